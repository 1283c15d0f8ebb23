import type { Case } from './cases.ts'
import type { Cpu } from './cpu.ts'

/** Issue 3, Speed. `tree_search_ms_100k` is milliseconds: Deliver 9. */
export const limits: Record<string, number> = {
  page_50_growth: 3,
  page_1500_growth: 3,
  count_growth: 3,
  ancestor_growth: 3,
  move_50_growth: 3,
  move_1500_growth: 3,
  page_46000_vs_sql: 2,
  search_46000_vs_sql: 2,
  list_cpu_vs_sql: 6,
  tree_search_ms_100k: 100,
}

type Measured = { p50: ReadonlyMap<string, number>; sizes: readonly number[]; cases: readonly Case[]; cpu: Cpu }

/** The worst of each kind. Growth is from the smallest tree to the largest. */
export function computeRatios({ p50, sizes, cases, cpu }: Measured): Record<string, number> {
  const [smallest, largest] = [Math.min(...sizes), Math.max(...sizes)]
  const at = (key: string): number => p50.get(key) ?? Number.NaN
  const growth = (rest: string) => at(`${largest} ${rest}`) / at(`${smallest} ${rest}`)
  const worst = (numbers: readonly number[]) => (numbers.length === 0 ? Number.NaN : Math.max(...numbers))
  const growths = (kind: Case['kind'], tops: readonly string[]) =>
    worst(
      cases
        .filter((one) => one.size === largest && one.kind === kind && tops.includes(one.top))
        .map(({ top, name }) => growth(`${top} ${kind} ${name}`)),
    )
  const ratios: Record<string, number> = {
    page_50_growth: growths('page', ['50']),
    page_1500_growth: growths('page', ['1500']),
    count_growth: growths('count', ['50', '1500']),
    ancestor_growth: growths('ancestor', ['50', '1500']),
    move_50_growth: growth('move 50'),
    move_1500_growth: growth('move 1500'),
    list_cpu_vs_sql: cpu.list_ms / cpu.sql_ms,
  }
  const large = sizes.filter((size) => size >= 100_000)
  if (large.length > 0) {
    const vsSql = (names: readonly string[]) =>
      worst(
        large.flatMap((size) =>
          names.map((name) => at(`${size} 46000 list ${name}`) / at(`${size} 46000 sql ${name}`)),
        ),
      )
    ratios.page_46000_vs_sql = vsSql(['name', '-created_at'])
    ratios.search_46000_vs_sql = vsSql(['name gmbh', 'name dental'])
  }
  const searches = cases.filter(
    (one) => one.size === 100_000 && one.kind === 'tree' && ['46000', 'vendor'].includes(one.top),
  )
  if (searches.length > 0)
    ratios.tree_search_ms_100k = worst(searches.map(({ top, kind, name }) => at(`100000 ${top} ${kind} ${name}`)))
  return ratios
}

import type { Cluster } from '../../server/src/platform/cluster/index.ts'
import { startAsker } from '../asker.ts'
import { type Judged, judge, measure, median } from '../measure.ts'
import { type Driver, type Frames, openDriver } from './drive.ts'
import { listProbes } from './probes.ts'
import { limits } from './ratios.ts'
import { openGridWorld, type World } from './world.ts'

export type Options = { rows: number; turns: number; plant: string | null }
export type Result = Judged & { rows: number; p50_ms: Record<string, number>; seen: Record<string, Seen> }
type Seen = { p50_ms: number; p95_ms: number; worst_ms: number; over_50_ms_percent: number; blank_percent: number }

const wheelPx = 20_000
const dragMs = 3000

type Watched = Record<'wheel' | 'drag', Frames[]> & { jumps: number[]; ends: number[]; heapMb: number[] }

/** Scrolls both grids in turns and asks the API beneath, and judges what came out. Prints what it does. */
export async function runGridBench(cluster: Cluster, dataDir: string, options: Options): Promise<Result> {
  const world = await openGridWorld(cluster, dataDir, options.rows)
  try {
    if (options.plant !== null) await world.bare.query(options.plant)
    const p50 = await askApi(world, options.turns)
    const wide = await watch(world, options.turns)
    const ratios = computeRatios(p50, wide)
    const rounded = Object.fromEntries(Object.entries(ratios).map(([name, ratio]) => [name, round(ratio)]))
    const ms = Object.fromEntries([...p50].map(([key, value]) => [key, round(value)]))
    for (const one of ['jumps', 'ends'] as const) ms[`${one} of the wide grid`] = round(median(wide.wide[one]))
    return { ...judge(rounded, limits), rows: options.rows, p50_ms: ms, seen: describe(wide) }
  } finally {
    await world.close()
  }
}

const round = (value: number): number => Math.round(value * 100) / 100

async function askApi(world: World, turns: number): Promise<Map<string, number>> {
  const asker = startAsker()
  try {
    return await measure(await listProbes(world, asker), turns * 3)
  } finally {
    asker.close()
  }
}

type Both = { wide: Watched; narrow: Watched }

async function watch(world: World, turns: number): Promise<Both> {
  const drivers = { wide: await openDriver(world.url, world.wide), narrow: await openDriver(world.url, world.narrow) }
  const seen: Both = { wide: nothing(), narrow: nothing() }
  try {
    // The first turn only warms up.
    for (let turn = -1; turn < turns; turn += 1)
      for (const name of ['wide', 'narrow'] as const) await look(drivers[name], turn < 0 ? nothing() : seen[name], turn)
    return seen
  } finally {
    await Promise.all(Object.values(drivers).map((driver) => driver.close()))
  }
}

const nothing = (): Watched => ({ wheel: [], drag: [], jumps: [], ends: [], heapMb: [] })

async function look(driver: Driver, seen: Watched, turn: number): Promise<void> {
  seen.wheel.push(await driver.wheel(wheelPx))
  seen.drag.push(await driver.drag(dragMs))
  seen.jumps.push(await driver.jump(0.2 + 0.05 * (turn + 1)))
  seen.ends.push(await driver.end())
  seen.heapMb.push(await driver.heapMb())
}

const gapsOf = (frames: readonly Frames[]): number[] => frames.flatMap(({ gaps }) => gaps).sort((a, b) => a - b)
const at = (sorted: readonly number[], share: number): number => sorted[Math.floor(share * sorted.length)] ?? Number.NaN
const p95 = (frames: readonly Frames[]): number => at(gapsOf(frames), 0.95)
/** Frames come in steps of 16.7 ms: up to two steps are as good as one, or a single step would double a ratio. */
const growth = (wide: readonly Frames[], narrow: readonly Frames[]): number => p95(wide) / Math.max(p95(narrow), 33.4)
/** For each frame that was shown: a machine with other work shows fewer. */
const cpuOf = (frames: readonly Frames[]): number => median(frames.map(({ cpuMs, gaps }) => cpuMs / gaps.length))
const blankOf = (frames: readonly Frames[]): number => 100 * median(frames.map(({ blankShare }) => blankShare))

function computeRatios(p50: ReadonlyMap<string, number>, { wide, narrow }: Both): Record<string, number> {
  const over = (one: string, other: string) => (p50.get(one) ?? Number.NaN) / (p50.get(other) ?? Number.NaN)
  return {
    wheel_p95_growth: growth(wide.wheel, narrow.wheel),
    wheel_cpu_growth: cpuOf(wide.wheel) / cpuOf(narrow.wheel),
    drag_p95_growth: growth(wide.drag, narrow.drag),
    page_middle_vs_first: over('page in the middle', 'first page'),
    page_end_vs_first: over('last page', 'first page'),
    sorted_first_vs_first: over('first page by last day', 'first page'),
    sorted_middle_vs_first: over('page in the middle by last day', 'first page by last day'),
    search_vs_counts: over('counts of a search', 'counts'),
    rows_in_page: Math.max(...[...wide.wheel, ...wide.drag].map(({ rows }) => rows)),
    wheel_blank_percent: blankOf(wide.wheel),
    heap_growth: median(wide.heapMb) / median(narrow.heapMb),
  }
}

function describe(both: Both): Result['seen'] {
  const entries = (['wide', 'narrow'] as const).flatMap((name) =>
    (['wheel', 'drag'] as const).map((how): [string, Seen] => {
      const gaps = gapsOf(both[name][how])
      const slow = gaps.filter((gap) => gap > 50).length
      return [
        `${name} ${how}`,
        {
          ...{
            p50_ms: round(at(gaps, 0.5)),
            p95_ms: round(at(gaps, 0.95)),
            worst_ms: round(gaps.at(-1) ?? Number.NaN),
          },
          ...{ over_50_ms_percent: round((100 * slow) / gaps.length), blank_percent: round(blankOf(both[name][how])) },
        },
      ]
    }),
  )
  return Object.fromEntries(entries)
}

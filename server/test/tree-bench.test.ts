import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { judge, median } from '../../bench/measure.ts'
import { computeRatios, limits } from '../../bench/tree/ratios.ts'
import { blocks, planShape } from '../../bench/tree/shape.ts'

const main = fileURLToPath(new URL('../../bench/tree/main.ts', import.meta.url))

function runBench(words: readonly string[]): Promise<{ code: number | null; lines: string[]; errors: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [main, ...words], { stdio: ['ignore', 'pipe', 'pipe'] })
    const [output, errors]: [Buffer[], Buffer[]] = [[], []]
    child.stdout.on('data', (chunk) => output.push(chunk))
    child.stderr.on('data', (chunk) => errors.push(chunk))
    child.on('close', (code) =>
      resolve({
        code,
        lines: Buffer.concat(output).toString().trim().split('\n'),
        errors: Buffer.concat(errors).toString(),
      }),
    )
  })
}

it('the benchmark of the tree runs to its end on small trees, and ends as it judged', async () => {
  const { code, lines, errors } = await runBench(['--sizes', '2000,3000', '--turns', '1'])
  expect(errors).toBe('')
  const result = JSON.parse(lines.at(-1) ?? '')
  expect(result.bench).toBe('tree')
  expect(Object.keys(result.ratios)).toEqual(Object.keys(result.limits))
  for (const name of ['page_50_growth', 'page_1500_growth', 'move_1500_growth', 'list_cpu_vs_sql'])
    expect(result.ratios[name], name).toBeGreaterThan(0)
  expect(code).toBe(result.pass ? 0 : 1)
}, 180_000)

describe('shape', () => {
  it.each([2000, 10_000, 100_000, 1_000_000])('%i tenants: as many as asked for, each at a path of its own', (size) => {
    const { places, spots } = planShape(size)
    const paths = places.map(({ path }) => path)
    expect(new Set(paths).size).toBe(paths.length)
    expect(1 + places.reduce((sum, { block }) => sum + blocks[block]!.length, 0)).toBe(size)
    const below = (top: string) =>
      places.filter(({ path }) => path.startsWith(top)).reduce((sum, { block }) => sum + blocks[block]!.length, 0)
    expect(below(spots.tops[1500]!)).toBe(1500)
    if (size >= 100_000) expect(below(spots.tops[46_000]!)).toBe(46_000)
    expect(new Set(places.map(({ realmId }) => realmId)).size).toBeGreaterThan(10)
  })
})

describe('judge', () => {
  it('passes at its limit, and fails over it, or where nothing was measured', () => {
    expect(judge({ a: 3 }, { a: 3 })).toMatchObject({ pass: true, over: [] })
    expect(judge({ a: 3.01, b: 1 }, { a: 3, b: 3 })).toMatchObject({ pass: false, over: ['a'] })
    expect(judge({ a: Number.NaN }, { a: 3 })).toMatchObject({ pass: false, over: ['a'] })
    expect(judge({}, { a: 3 }).pass).toBe(false)
  })

  it('a page that grows with the tree is found, whichever it is', () => {
    const asked = { url: '', token: '', status: 200 }
    const cases = ['name', 'search'].flatMap((name) =>
      [10, 20].map((size) => ({ size, top: '50', kind: 'page' as const, name, asked })),
    )
    const cpu = { list_ms: 6.6, sql_ms: 1, list_database_ms: null, sql_database_ms: null }
    const p50 = new Map([
      ['10 50 page name', 1],
      ['20 50 page name', 2],
      ['10 50 page search', 1],
      ['20 50 page search', 9],
    ])
    const ratios = computeRatios({ p50, sizes: [10, 20], cases, cpu })
    expect(ratios).toMatchObject({ page_50_growth: 9, list_cpu_vs_sql: 6.6 })
    expect(judge(ratios, limits).over).toEqual(expect.arrayContaining(['page_50_growth', 'list_cpu_vs_sql']))
  })

  it('the median is the middle of what was taken', () => {
    expect(median([9, 1, 5])).toBe(5)
    expect(median([])).toBeNaN()
  })
})

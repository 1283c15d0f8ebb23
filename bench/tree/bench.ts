import type { Cluster } from '../../server/src/platform/cluster/index.ts'
import { type Asker, startAsker } from '../asker.ts'
import { type Judged, judge, measure, type Probe } from '../measure.ts'
import { type Case, listCases } from './cases.ts'
import { type Cpu, measureCpu } from './cpu.ts'
import { checkLists, timeList } from './listing.ts'
import { listMoves } from './moves.ts'
import { computeRatios, limits } from './ratios.ts'
import { timeBare } from './sql.ts'
import { openTreeWorld, type Seat, type World } from './world.ts'

export type Options = { sizes: readonly number[]; turns: number; plant: string | null }
export type Result = Judged & { sizes: readonly number[]; cpu_ms: Cpu; p50_ms: Record<string, number> }

type Opened = { world: World; seats: Map<string, Seat>; mover: Seat; cases: Case[] }

/** Loads a tree of each size, asks them in turns, and judges what came out. Prints what it does. */
export async function runTreeBench(cluster: Cluster, dataDir: string, options: Options): Promise<Result> {
  const asker = startAsker()
  const opened: Opened[] = []
  try {
    for (const size of options.sizes) opened.push(await open(cluster, dataDir, size, options.plant))
    const medians = await measure(
      opened.flatMap((one) => listProbes(one, asker)),
      options.turns,
    )
    // Before the moves: they give the subtree of 1,500 other paths.
    const largest = opened.at(-1)!
    const cpu = await measureCpu(largest.world, largest.seats.get('1500')!, asker, {
      turns: Math.min(options.turns, 5),
      times: options.turns * 5,
    })
    const moves = (await Promise.all(opened.map(({ world, mover }) => listMoves(world, mover, asker)))).flat()
    for (const [key, ms] of await measure(moves, Math.ceil(options.turns / 4), Math.min(options.turns - 1, 2)))
      medians.set(key, ms)

    const sizes = options.sizes
    const p50 = Object.fromEntries([...medians].map(([key, ms]) => [key, round(ms)]))
    printTable(p50)
    const ratios = computeRatios({ p50: medians, sizes, cases: opened.flatMap(({ cases }) => cases), cpu })
    const rounded = Object.fromEntries(Object.entries(ratios).map(([name, ratio]) => [name, round(ratio)]))
    return { ...judge(rounded, limits), sizes, cpu_ms: cpu, p50_ms: p50 }
  } finally {
    for (const { world } of opened) await world.close()
    asker.close()
  }
}

const round = (value: number): number => Math.round(value * 100) / 100

async function open(cluster: Cluster, dataDir: string, size: number, plant: string | null): Promise<Opened> {
  const from = performance.now()
  const world = await openTreeWorld(cluster, dataDir, size)
  if (plant !== null) await world.bare.query(plant)
  const { spots } = world.shape
  const seats = new Map<string, Seat>()
  for (const [top, path] of Object.entries(spots.tops)) seats.set(top, await world.seat(path))
  seats.set('vendor', await world.seat(spots.vendor))
  const mover = await world.seat(spots.mover)
  await checkLists(world, seats)
  console.log(`${size.toLocaleString('en')} tenants loaded in ${Math.round(performance.now() - from)} ms`)
  return { world, seats, mover, cases: await listCases(world, seats) }
}

export const keyOf = ({ size, top, kind, name }: Case): string => `${size} ${top} ${kind} ${name}`

function listProbes({ world, seats, cases }: Opened, asker: Asker): Probe[] {
  const probes: Probe[] = cases.map((one) => ({
    key: keyOf(one),
    sample: async () => (await asker.ask([one.asked]))[0]!,
  }))
  const large = seats.get('46000')
  if (large === undefined) return probes
  for (const what of [
    { order: 'name' },
    { order: '-created_at' },
    { order: 'name', q: 'gmbh' },
    { order: 'name', q: 'dental' },
  ] as const) {
    const name = `${what.order}${'q' in what ? ` ${what.q}` : ''}`
    probes.push({ key: `${world.size} 46000 sql ${name}`, sample: () => timeBare(world, large.path, what) })
    probes.push({ key: `${world.size} 46000 list ${name}`, sample: () => timeList(world, large, what) })
  }
  return probes
}

function printTable(p50: Record<string, number>): void {
  for (const [key, ms] of Object.entries(p50)) console.log(`${key.padEnd(40)} ${ms.toFixed(2).padStart(9)} ms`)
}

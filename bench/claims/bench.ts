import type { Cluster } from '../../server/src/platform/cluster/index.ts'
import { type Judged, judge, median } from '../measure.ts'
import { processMs } from '../process-cpu.ts'
import { type Counts, check, countRows, type Found, readPool, toAdded } from './checks.ts'
import { cpuOf, raceOverHttp } from './http.ts'
import { type Opponent, openOpponent } from './opponent.ts'
import { raceOurs } from './ours.ts'
import { type Plant, plants } from './plants.ts'
import { type Clients, startClients } from './processes.ts'
import type { Kind, Race } from './race.ts'
import { openClaimsWorld, type World } from './world.ts'

export type Options = {
  clients: number
  licenses: number
  claims: number
  processes: number
  turns: number
  plant: string
  profileFolder: string | null
}
type Figures = {
  wall_ms: number
  claims_per_s: number
  claimer_cpu_ms: number
  database_cpu_ms: number | null
  p50_ms?: number
  p99_ms?: number
}
export type Result = Judged & { broken: string[]; figures: Record<string, Figures> }

/** One over is one too many, and so is one that has to try again; our rate over HTTP is at least half of the script's. */
const limits = { over: 0, short: 0, retries: 0, deadlocks: 0, broken: 0, agent_sql_vs_http: 2, assign_sql_vs_http: 2 }

type Bench = { world: World; clients: Clients; opponent: Opponent; options: Options }

/** Lets clients race for licenses over HTTP, in SQL and by our own functions, compares what they were told with what stands there, and the rates. */
export async function runClaimsBench(cluster: Cluster, dataDir: string, options: Options): Promise<Result> {
  const { claims, processes, profileFolder } = options
  const world = await openClaimsWorld(cluster, dataDir, { processes, devices: claims, profileFolder })
  const clients = startClients({ folder: profileFolder })
  const opponent = await openOpponent(world, options.clients)
  try {
    const taken = await takeTurns({ world, clients, opponent, options })
    return toResult(taken, { options, deadlocks: await countDeadlocks(world) })
  } finally {
    await opponent.close()
    await clients.close()
    await world.close()
  }
}

type Taken = { key: string; race: Race; found: Found; figures: Figures }

/** The first turn only warms up, on fewer; what it tells has to be true too. */
async function takeTurns(bench: Bench): Promise<Taken[]> {
  const taken: Taken[] = []
  for (let turn = -1; turn < bench.options.turns; turn += 1) {
    for (const [key, race] of Object.entries(listRaces(bench))) {
      const one = { key: turn < 0 ? `${key}, warming up` : key, ...(await runRace(bench, race, turn < 0 ? 0.2 : 1)) }
      print(one)
      taken.push(one)
    }
  }
  return taken
}

type Runner = (bench: Bench, size: number) => Promise<{ race: Race; waits: number[] }>

const kinds: readonly Kind[] = ['agent', 'assign']
/** A planted fault is in our functions, and not in the servers' processes. */
const kindsOf = ({ plant }: Options): readonly Kind[] => (plant === 'none' ? kinds : [])

function listRaces({ options }: Bench): Record<string, Runner> {
  const ours = options.plant.split(',').map((name): [string, Runner] => {
    const plant = plants[name]
    if (plant === undefined) throw new Error(`there is no plant ${name}; one of ${Object.keys(plants).join(', ')}`)
    return [name === 'none' ? 'ours' : `ours, ${name}`, (bench, size) => viaOurs(bench, plant, size)]
  })
  const races = kindsOf(options).flatMap((kind): [string, Runner][] => [
    [`${kind} http`, (bench, size) => viaHttp(bench, kind, size)],
    [`${kind} sql`, (bench, size) => viaSql(bench, kind, size)],
  ])
  return Object.fromEntries([...ours, ...races])
}

async function toRace({ world, options }: Bench, size: number) {
  const devices = world.devices.slice(0, Math.ceil(options.claims * size))
  return { devices, stock: await world.stock(Math.ceil(options.licenses * size)) }
}

async function timed<Answer>({ world }: Bench, claimerMs: () => Promise<number>, act: () => Promise<Answer>) {
  const [claimer, database, from] = [await claimerMs(), await backendsMs(world), performance.now()]
  const answer = await act()
  const wallMs = performance.now() - from
  const databaseNow = await backendsMs(world)
  const cpuMs = {
    claimer: (await claimerMs()) - claimer,
    database: database === null || databaseNow === null ? null : databaseNow - database,
  }
  return { answer, wallMs, cpuMs }
}

async function viaHttp(bench: Bench, kind: Kind, size: number) {
  const { world, clients, options } = bench
  const { devices, stock } = await toRace(bench, size)
  const asked = { world, clients, count: options.clients }
  const { answer, cpuMs } = await timed(
    bench,
    () => cpuOf(world.servers),
    () => raceOverHttp(asked, stock, { devices, kind }),
  )
  const { told, ended } = answer
  const race = { name: `${kind} http`, isKeyed: kind === 'assign', stock, told, wallMs: ended.wallMs, cpuMs }
  return { race, waits: ended.said.map(({ ms }) => ms) }
}

const ownMs = async (): Promise<number> => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

async function viaSql(bench: Bench, kind: Kind, size: number) {
  const { devices, stock } = await toRace(bench, size)
  const { answer: told, ...took } = await timed(bench, ownMs, () => bench.opponent.run(stock, devices, kind))
  return { race: { name: `${kind} sql`, isKeyed: kind === 'assign', stock, told, ...took }, waits: [] }
}

async function viaOurs(bench: Bench, plant: Plant, size: number) {
  const { world, options } = bench
  const { devices, stock } = await toRace(bench, size)
  const { answer: told, ...took } = await timed(bench, ownMs, () =>
    raceOurs(world, stock, { devices, connections: options.clients, plant }),
  )
  return { race: { name: 'ours', isKeyed: true, stock, told, ...took }, waits: [] }
}

/** CPU of the database's processes; null where the system does not tell. */
async function backendsMs({ bare }: World): Promise<number | null> {
  const { rows } = await bare.query<{ pid: number }>('select pid from pg_stat_activity')
  try {
    return rows.reduce((sum, { pid }) => sum + processMs(pid), 0)
  } catch {
    return null
  }
}

async function runRace(bench: Bench, run: Runner, size: number) {
  const { bare, reseller } = bench.world
  // The stock is made inside of the race, so what it adds is taken off again.
  let before: { counts: Counts; unassigned: number } | null = null
  const stock = bench.world.stock
  const world = {
    ...bench.world,
    async stock(licenses: number) {
      const made = await stock(licenses)
      await bare.query('checkpoint')
      before = { counts: await countRows(bare), unassigned: (await readPool(bare, reseller.id)).unassigned }
      return made
    },
  }
  const { race, waits } = await run({ ...bench, world }, size)
  const { counts, unassigned } = before!
  const added = toAdded(counts, await countRows(bare))
  const found = await check(bare, { race, poolId: reseller.id, unassignedBefore: unassigned, added })
  return { race, found, figures: toFigures(race, waits) }
}

const round = (value: number): number => Math.round(value * 100) / 100

function toFigures({ told, wallMs, cpuMs }: Race, waits: number[]): Figures {
  const sorted = waits.sort((left, right) => left - right)
  const at = (share: number) => round(sorted[Math.floor(sorted.length * share)] ?? 0)
  return {
    wall_ms: Math.round(wallMs),
    claims_per_s: round((told.length / wallMs) * 1000),
    claimer_cpu_ms: round(cpuMs.claimer / told.length),
    database_cpu_ms: cpuMs.database === null ? null : round(cpuMs.database / told.length),
    ...(sorted.length > 0 ? { p50_ms: at(0.5), p99_ms: at(0.99) } : {}),
  }
}

function print({ key, race, found, figures }: Taken): void {
  const won = race.told.filter(({ licenseId }) => licenseId !== null).length
  const outcome = `${won} of ${race.told.length} on ${race.stock.licenses} licenses`
  console.log(`${key.padEnd(24)} ${outcome} ${JSON.stringify(figures)}`)
  for (const line of found.broken) console.log(`  broken: ${line}`)
}

/** What the database has ended since two waited for each other: tried again by us unseen, but a second is lost each time. */
async function countDeadlocks({ bare }: World): Promise<number> {
  const { rows } = await bare.query<{ deadlocks: string }>(
    'select deadlocks from pg_stat_database where datname = current_database()',
  )
  return Number(rows[0]?.deadlocks)
}

function toResult(taken: readonly Taken[], { options, deadlocks }: { options: Options; deadlocks: number }): Result {
  const rateOf = (key: string) =>
    median(taken.filter((one) => one.key === key).map(({ figures }) => figures.claims_per_s))
  const sum = (name: 'over' | 'short' | 'retries') => taken.reduce((all, { found }) => all + found[name], 0)
  const broken = taken.flatMap(({ key, found }) => found.broken.map((line) => `${key}: ${line}`))
  const ratios = {
    over: sum('over'),
    short: sum('short'),
    retries: sum('retries'),
    deadlocks,
    broken: broken.length,
    ...Object.fromEntries(
      kindsOf(options).map((kind) => [`${kind}_sql_vs_http`, round(rateOf(`${kind} sql`) / rateOf(`${kind} http`))]),
    ),
  }
  return { ...judge(ratios, limits), broken, figures: toMedians(taken) }
}

/** Of each the turn in the middle. */
function toMedians(taken: readonly Taken[]): Record<string, Figures> {
  const keys = [...new Set(taken.map(({ key }) => key))].filter((key) => !key.endsWith('warming up'))
  return Object.fromEntries(
    keys.map((key) => {
      const all = taken.filter((one) => one.key === key).map(({ figures }) => figures)
      const middle = median(all.map(({ claims_per_s }) => claims_per_s))
      return [key, all.find(({ claims_per_s }) => claims_per_s === middle)!]
    }),
  )
}

import type pg from 'pg'
import type { Asker } from '../asker.ts'
import { median } from '../measure.ts'
import { processMs } from '../process-cpu.ts'
import { openClient } from '../seats.ts'
import { bareList } from './sql.ts'
import type { Seat, World } from './world.ts'

export type Cpu = { list_ms: number; sql_ms: number; list_database_ms: number | null; sql_database_ms: number | null }

const nodeMs = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** CPU of the database's processes that serve the runtime role. */
async function backendsMs(world: World): Promise<number | null> {
  const { rows } = await world.bare.query<{ pid: number }>(
    `select pid from pg_stat_activity where datname = current_database() and usename = 'tt_runtime'`,
  )
  try {
    return rows.reduce((sum, { pid }) => sum + processMs(pid), 0)
  } catch {
    return null
  }
}

async function costOf(world: World, times: number, act: () => Promise<void>) {
  const [node, database] = [nodeMs(), await backendsMs(world)]
  await act()
  const databaseNow = await backendsMs(world)
  return {
    node: (nodeMs() - node) / times,
    database: database === null || databaseNow === null ? null : (databaseNow - database) / times,
  }
}

/**
 * CPU milliseconds of this process for a page of 50 through the list route (the client is another process), and for the same select inside
 * begin, enter, commit on a pg client in this process; of the database's processes for both too. In turns; the median of the turns.
 */
export async function measureCpu(
  world: World,
  seat: Seat,
  asker: Asker,
  { turns, times }: { turns: number; times: number },
): Promise<Cpu> {
  const client = await openClient(world.urls.runtime)
  const list = { url: `${world.url}/v1/tenants?limit=50`, token: seat.token, status: 200 }
  const viaRoute = async () => {
    await asker.ask(Array.from({ length: times }, () => list))
  }
  const viaClient = async () => {
    for (let n = 0; n < times; n += 1) await selectPage(client, seat)
  }
  const taken: Cpu[] = []
  for (let turn = -1; turn < turns; turn += 1) {
    const route = await costOf(world, times, viaRoute)
    const sql = await costOf(world, times, viaClient)
    if (turn >= 0)
      taken.push({
        list_ms: route.node,
        sql_ms: sql.node,
        list_database_ms: route.database,
        sql_database_ms: sql.database,
      })
  }
  await client.end()
  const middle = (name: keyof Cpu) => (taken[0]?.[name] === null ? null : median(taken.map((one) => one[name] ?? 0)))
  return {
    list_ms: middle('list_ms') ?? 0,
    sql_ms: middle('sql_ms') ?? 0,
    list_database_ms: middle('list_database_ms'),
    sql_database_ms: middle('sql_database_ms'),
  }
}

async function selectPage(client: pg.Client, { path }: Seat): Promise<void> {
  await client.query('begin')
  await client.query('select * from app.enter($1, $2, $3)', [path, `${path}~`, ''])
  await client.query(bareList(path, { order: 'name' }))
  await client.query('commit')
}

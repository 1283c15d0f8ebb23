import pg from 'pg'
import { expect, vi } from 'vitest'
import { expectOk } from './given.ts'
import type { Answer, Client, World } from './world.ts'

/** What a refusal says: `409 tenant_name_taken`. */
export const refusal = (answer: Answer): string => `${answer.status} ${answer.body?.code}`

/** An answer without what differs from request to request: two refusals that look alike are equal. */
export const seen = ({ status, body }: Answer) => ({ status, body: { ...body, request_id: null } })

const clients = new WeakMap<World, Promise<pg.Client>>()

/** One connection a world, past all policies; it ends with the world's database. */
function superClient(world: World): Promise<pg.Client> {
  const known = clients.get(world)
  if (known !== undefined) return known
  const client = new pg.Client({ connectionString: world.database.superUrl })
  client.on('error', () => {})
  const connected = client.connect().then(() => client)
  clients.set(world, connected)
  return connected
}

const tables = `select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname in ('public', 'app') and c.relkind in ('r', 'p') and not c.relispartition order by 1`

let fingerprint = ''

/** A fingerprint of the rows of every table of ours, past all policies. */
export async function readState(world: World): Promise<Record<string, string>> {
  const client = await superClient(world)
  if (fingerprint === '') {
    const { rows } = await client.query<{ name: string }>(tables)
    fingerprint = rows
      .map(
        ({ name }) =>
          `select '${name}' as name, count(*) || ' ' || md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as state from ${name} t`,
      )
      .join(' union all ')
  }
  const { rows } = await client.query<{ name: string; state: string }>({ name: 'fingerprint', text: fingerprint })
  return Object.fromEntries(rows.map((row) => [row.name, row.state]))
}

const dueJobs =
  'select 1 from graphile_worker.jobs where run_at <= clock_timestamp() and attempts < max_attempts limit 1'

/** Waits until the jobs that earlier steps of a test have queued are done: they write when they like. */
const settle = (world: World): Promise<void> =>
  vi.waitFor(async () => expect(await query(world, dueJobs)).toEqual([]), { interval: 5, timeout: 20_000 })

/** Runs `act` and fails the test if it changed a row of any table. Answers what `act` answered. */
export async function writesNothing<T>(world: World, act: () => Promise<T>): Promise<T> {
  await settle(world)
  const before = await readState(world)
  const answer = await act()
  expect(await readState(world)).toEqual(before)
  return answer
}

/** A query past all policies: for what no route shows. */
export async function query<Row extends Record<string, unknown>>(
  world: World,
  text: string,
  values: unknown[] = [],
): Promise<Row[]> {
  return (await (await superClient(world)).query<Row>(text, values)).rows
}

export type Noted = {
  action: string
  actor_kind: string
  actor_id: string | null
  path: string
  private: boolean
  before: Record<string, unknown> | null
  after: Record<string, unknown> | null
}

/** What the audit log holds of an object, oldest first. */
export const auditOf = (world: World, objectId: string): Promise<Noted[]> =>
  query<Noted>(
    world,
    'select action, actor_kind, actor_id, path, private, before, after from audit_entries where object_id = $1 order by id',
    [objectId],
  )

/** All rows of a list, page by page. */
export async function listAll(as: Client, path: string, limit = 2): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = []
  let cursor: string | null = null
  do {
    const page = new URL(path, 'http://list')
    page.searchParams.set('limit', String(limit))
    if (cursor !== null) page.searchParams.set('cursor', cursor)
    const { body } = expectOk(await as.get(page.pathname + page.search))
    expect(body.data.length).toBeLessThanOrEqual(limit)
    if (body.next !== null) expect(body.data).toHaveLength(limit)
    rows.push(...body.data)
    cursor = body.next
  } while (cursor !== null)
  return rows
}

/** Opens the connections that requests at once need: while the pool still opens them, requests come one after the other and do not race. */
export async function warmUp(world: World): Promise<void> {
  await Promise.all(Array.from({ length: 20 }, () => world.vendor.get('/v1/tenants?limit=1')))
}

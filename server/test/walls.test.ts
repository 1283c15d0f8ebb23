import type pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ancestorPaths, toBounds } from '../src/kernel/tree.ts'
import { type BilledBranch, readBilled, sellTo } from './billed-branch.ts'
import { withClient } from './database.ts'
import * as given from './given.ts'
import { query } from './state.ts'
import { openStripeStandIn, type StripeStandIn } from './stripe-stand-in.ts'
import { openWorld, type World } from './world.ts'

/** Row-level security by itself: bare connections of the runtime role, queries that name no bound. */
let world: World
let stripe: StripeStandIn
let victim: BilledBranch
let pathOf: Record<string, string>
let tables: string[]

beforeAll(async () => {
  stripe = await openStripeStandIn()
  world = await openWorld(undefined, { stripe: stripe.options })
  const sold = await sellTo(world, await given.channel(world), stripe)
  const stranger = await sellTo(world, await given.channel(world))
  await world.moveTo('2027-02-01T01:00:00Z')
  victim = await readBilled(world, sold)
  await askPriceOnce(victim)
  const rows = await query<{ id: string; path: string }>(world, 'select id, path from tenants')
  const paths = Object.fromEntries(rows.map(({ id, path }) => [id, path]))
  const path = (id: string) => paths[id] ?? ''
  pathOf = {
    vendor: path(world.vendorId),
    distributor: path(victim.distributor.id),
    reseller: path(victim.reseller.id),
    customer: path(victim.customer.id),
    stranger: path(stranger.distributor.id),
    strangersReseller: path(stranger.reseller.id),
  }
  tables = (await query<{ relname: string }>(world, listTables)).map(({ relname }) => relname)
})
afterAll(async () => {
  await world.close()
  await stripe.close()
})

const listTables = `select c.relname from app.table_class c join pg_attribute a on a.attrelid = c.relname::regclass and a.attname = 'path'
  where c.class = 'distributed' order by 1`

/** With a key, so that the answer is kept to be replayed: it names a price of the edge. */
const askPriceOnce = async ({ reseller, priceLists, offerId }: BilledBranch) => {
  const price = { offer_id: offerId, unit_price: { amount: '99.99', currency: 'EUR' } }
  const key = { 'idempotency-key': given.unique('key') }
  given.expectOk(await reseller.as.post(`/v1/price-lists/${priceLists.reseller}/prices`, price, key))
}

const enter = (client: pg.Client, path: string) => {
  const { lo, hi } = toBounds(path)
  return client.query('select * from app.enter($1, $2, $3)', [lo, hi, ancestorPaths(path).join(' ')])
}

type Row = { path: string; seller_path?: string; private?: boolean }

/** The rows of a table that a connection sees; none where it may not read the table at all. */
async function readRows(client: pg.Client, table: string): Promise<Row[]> {
  await client.query('savepoint before_read')
  try {
    return (await client.query<Row>(`select * from ${table}`)).rows
  } catch (error) {
    await client.query('rollback to savepoint before_read')
    if ((error as pg.DatabaseError).code === '42501') return []
    throw error
  }
}

async function readAll(client: pg.Client): Promise<Record<string, Row[]>> {
  const rows: Record<string, Row[]> = {}
  for (const table of tables) rows[table] = await readRows(client, table)
  return rows
}

/** What the runtime role sees in each table inside the scope of the tenant at the path. */
const seenFrom = (path: string) =>
  withClient(world.database.urls.runtime, async (client) => {
    await client.query('begin')
    await enter(client, path)
    return readAll(client)
  })

/** Rows of the branch of the victim, by table. */
const ofVictim = (rows: Record<string, Row[]>): Record<string, number> =>
  Object.fromEntries(
    Object.entries(rows)
      .map(([table, all]) => [table, all.filter((row) => isOfVictim(row)).length] as const)
      .filter(([, count]) => count > 0),
  )
const isOfVictim = ({ path, seller_path }: Row): boolean =>
  path.startsWith(pathOf.distributor ?? '-') || (seller_path ?? '').startsWith(pathOf.distributor ?? '-')

/** Written by a user or a move and read by workers; and the stored answers of a tenant, which those above it do not read. */
const closed = ['outbox', 'idempotency_keys', 'ended_prices']

it('the branch has rows in every table that has a path, and its own distributor sees its own', async () => {
  const all = await withClient(world.database.superUrl, async (client) => {
    await client.query('begin')
    return readAll(client)
  })
  const empty = tables.filter((table) => !(table in ofVictim(all)))
  expect(tables.length).toBeGreaterThan(18)
  expect(empty).toEqual(['billing_runs'])
  const own = ofVictim(await seenFrom(pathOf.distributor!))
  expect(tables.filter((table) => !(table in own)).sort()).toEqual(['billing_runs', ...closed].sort())
})

it.each(['stranger', 'strangersReseller'])('from the %s no row of the branch is seen in any table', async (name) => {
  const rows = await seenFrom(pathOf[name]!)
  expect(ofVictim(rows)).toEqual({})
  expect(rows.tenants?.length).toBeGreaterThan(0)
})

it('a customer sees its own rows, both ends of its edges, and of those above only brand and enabled offers', async () => {
  const rows = await seenFrom(pathOf.customer!)
  const above = Object.entries(rows).filter(([, all]) =>
    all.some(({ path, seller_path }) => !path.startsWith(pathOf.customer!) && seller_path !== pathOf.customer),
  )
  expect(above.map(([table]) => table).sort()).toEqual(['enabled_offers', 'tenant_brands'])
  expect(
    above
      .flatMap(([, all]) => all.map(({ path }) => path))
      .every((path) => pathOf.customer!.startsWith(path) || path.startsWith(pathOf.customer!)),
  ).toBe(true)
})

it('R-TREE-10: those above an edge see neither its invoice, its prices nor its private audit entries', async () => {
  const edge = ['invoices', 'invoice_lines', 'asked_prices', 'price_lists', 'prices']
  for (const name of ['vendor', 'distributor']) {
    const rows = await seenFrom(pathOf[name]!)
    for (const table of edge) {
      expect(rows[table]?.length, `${name} sees its own ${table}`).toBeGreaterThan(0)
      const foreign = rows[table]?.filter((row) => row.path !== pathOf[name] && row.seller_path !== pathOf[name])
      expect(foreign, `${name}: ${table}`).toEqual([])
    }
    expect(rows.idempotency_keys?.filter((row) => row.path !== pathOf[name])).toEqual([])
    expect(rows.audit_entries?.some((row) => row.private)).toBe(true)
    expect(rows.audit_entries?.filter((row) => row.private && row.path !== pathOf[name])).toEqual([])
    expect(rows.audit_entries?.some((row) => row.path === pathOf.reseller)).toBe(true)
  }
})

it('no rows without a scope: unset settings, and a connection that was used and committed', async () => {
  await withClient(world.database.urls.runtime, async (client) => {
    await client.query('begin')
    const shared = Object.entries(await readAll(client)).filter(([, rows]) => rows.length > 0)
    expect(shared).toEqual([])
    await client.query('commit')
    await client.query('begin')
    await enter(client, pathOf.distributor!)
    expect((await readRows(client, 'tenants')).length).toBeGreaterThan(0)
    await client.query('commit')
    await client.query('begin')
    expect(Object.values(await readAll(client)).flat()).toEqual([])
    await client.query('rollback')
    expect((await client.query('select * from tenants')).rows).toEqual([])
  })
})

it('the search past the policies keeps inside the entered bounds, whatever it is asked', async () => {
  const search = (path: string | null) =>
    withClient(world.database.urls.runtime, async (client) => {
      await client.query('begin')
      if (path !== null) await enter(client, path)
      const text = `select id from app.search_tenants('', '~', '', null, null, null, null, null, 999)`
      return (await client.query<{ id: string }>(text)).rows.map(({ id }) => id)
    })
  const found = await search(pathOf.stranger!)
  expect(found.length).toBeGreaterThan(3)
  expect(found).not.toContain(victim.reseller.id)
  expect(await search(pathOf.distributor!)).toContain(victim.reseller.id)
  expect(await search(null)).toEqual([])
})

it('a row outside the scope can be neither written nor moved there', async () => {
  await withClient(world.database.urls.runtime, async (client) => {
    const refused = async (text: string, values: unknown[]) => {
      await client.query('begin')
      await enter(client, pathOf.stranger!)
      const outcome = await client.query(text, values).then(
        ({ rowCount }) => rowCount,
        (error: pg.DatabaseError) => error.code,
      )
      await client.query('rollback')
      return outcome
    }
    const realm = [1, victim.customer.id, pathOf.customer]
    expect(await refused(`insert into install_tokens values ($1, $2, $3, '\\x00', '', '2027-01-01Z')`, realm)).toBe(
      '42501',
    )
    expect(await refused('update tenants set name = $1 where id = $2', ['mine', victim.customer.id])).toBe(0)
    expect(await refused('update tenants set path = $1', [pathOf.customer])).toBe('42501')
    expect(await refused('update devices set path = $1', [pathOf.customer])).toBe('42501')
    expect(await refused('delete from users where id = $1', [victim.userOf.customer])).toBe(0)
    expect(await refused('delete from tenants', [])).toBe('42501')
  })
})

it('partitions are closed: a month is read through its parent only', async () => {
  const months = await query<{ name: string }>(
    world,
    `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'device_months'::regclass`,
  )
  expect(months.length).toBeGreaterThan(1)
  await withClient(world.database.urls.runtime, async (client) => {
    for (const { name } of months)
      await expect(client.query(`select 1 from ${name}`)).rejects.toMatchObject({ code: '42501' })
  })
})

it.each(['tenants', 'devices', 'invoices', 'audit_entries'])(
  'a planted leak is found: %s without its policy',
  async (table) => {
    const leaked = await withClient(world.database.superUrl, async (client) => {
      await client.query('begin')
      await client.query(`alter table ${table} disable row level security`)
      await client.query('set local role tt_runtime')
      await enter(client, pathOf.stranger!)
      const rows = await readAll(client)
      await client.query('rollback')
      return rows
    })
    expect(Object.keys(ofVictim(leaked))).toEqual([table])
  },
)

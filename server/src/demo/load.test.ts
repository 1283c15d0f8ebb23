import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase, withClient } from '../../test/database.ts'
import { type Application, createApplication } from '../application.ts'
import { openLog } from '../platform/log.ts'
import { ensureVendor } from '../tenants/index.ts'
import * as channel from './channel.ts'
import { loadDemo } from './load.ts'

const databases: TestDatabase[] = []
const openTestDatabase = async () => {
  const database = await createTestDatabase()
  databases.push(database)
  return database
}
afterAll(async () => {
  for (const database of databases) await database.drop()
})

/** What a start of the server is to the demo: an application of its own, with memories and a clock of its own. */
async function start<T>(database: TestDatabase, use: (application: Application) => Promise<T>): Promise<T> {
  const application = await createApplication({
    urls: database.urls,
    mode: 'demo',
    log: openLog('fatal'),
    auditKey: generateKeyPairSync('ed25519').privateKey,
    vaultKey: randomBytes(32),
    baseUrl: () => 'http://127.0.0.1',
    consoleFolder: null,
  })
  try {
    return await use(application)
  } finally {
    await application.close()
  }
}
const load = (database: TestDatabase, report: (share: number) => void = () => {}) =>
  start(database, async (application) => {
    await application.runDue(await application.db.systemCall('test'))
    await loadDemo({ ...application, report })
  })

// Moments of the last day are real time: their day is compared.
const contents = {
  tenants:
    'select t.name, t.level, t.path, t.state, t.created_at::date::text, t.trial_ends_at::text from tenants t order by t.path',
  users: 'select email, role, may_purchase, path from users order by email',
  prices:
    'select buyer_id is null as missing, path, valid_from::text, currency, unit_price from asked_prices order by path, currency, unit_price, valid_from, amount, tiers::text, term, period',
  subscriptions: 'select path, product_key, started_on::text from subscriptions order by path, product_key',
  devices:
    'select machine_id, host_name, path, state, enrolled_at::date::text, last_seen_at::date::text from devices order by machine_id',
  days: 'select d.machine_id, m.month::text, m.days from device_months m join devices d on d.id = m.device_id order by d.machine_id, m.month',
  invoices:
    'select month::text, seller_path, path, number, state, currency, total_minor, issued_at::text from invoices order by month, path',
  lines:
    'select l.path, l.seller_path, l.product, l.quantity, l.amount_minor, l.from_day::text from invoice_lines l order by l.from_day, l.path, l.customer_name, l.product',
  orders:
    'select o.path, o.state, o.payment_mode, o.placed_at::date::text, f.product, f.edition, l.term, l.quantity, l.first_amount_minor from orders o join order_lines l on l.order_id = o.id join offers f on f.id = l.offer_id order by o.placed_at, o.path, l.position',
  licenses:
    'select f.product, f.edition, l.path, l.pool_path, l.state, l.is_trial, l.holder_kind, l.starts_on::text, l.ends_on::text, l.assigned_at::date::text, h.days from licenses l join offers f on f.id = l.offer_id left join lateral (select string_agg(x.from_at::date::text, chr(32) order by x.from_at) as days from license_holdings x where x.license_id = l.id) h on true order by 1, 2, 3, 5, 7, 8, 9, 10',
  holders:
    'select path, name from subscriber_persons union all select path, name from gateways union all select path, name from domains order by 1, 2',
  trials: 'select path, outcome, started_at::date::text, ends_at::text from device_trials order by path',
  peaks:
    'select r.path, r.month::text, d.machine_id, r.peak, r.peak_on::text, r.charged_days from rated_peaks r join devices d on d.id = r.device_id order by 1, 2, 3',
  runs: 'select month::text, state from billing_runs order by month',
}
type Contents = Record<keyof typeof contents, Record<string, unknown>[]>
const read = (database: TestDatabase): Promise<Contents> =>
  withClient(database.superUrl, async (client) => {
    const found = {} as Contents
    for (const [name, text] of Object.entries(contents)) found[name as keyof Contents] = (await client.query(text)).rows
    return found
  })
const clockOf = (database: TestDatabase) =>
  withClient(
    database.superUrl,
    async (client) => (await client.query('select offset_ms, frozen_at from app.test_clock')).rows[0],
  )

let database: TestDatabase
let whole: Contents
const shares: number[] = []
beforeAll(async () => {
  database = await openTestDatabase()
  await load(database, (share) => shares.push(share))
  whole = await read(database)
})

describe('a load in a fresh database', () => {
  it('makes the whole channel and its users, and tells how far it is', () => {
    expect(whole.tenants).toHaveLength(channel.tenants.length)
    expect(whole.users).toHaveLength(channel.users.length)
    expect(whole.devices).toHaveLength(channel.devices.filter((device) => device.day <= channel.storyDays).length)
    expect(whole.tenants.filter((tenant) => tenant.level === 'end_customer')).toHaveLength(36)
    expect(shares).toHaveLength(channel.storyDays + 1)
    expect(shares.at(-1)).toBe(1)
    expect([...shares].sort((left, right) => left - right)).toEqual(shares)
  })
  it('leaves two closed months or more behind, every invoice issued, and each line priced', () => {
    expect(whole.runs.length).toBeGreaterThanOrEqual(2)
    expect(whole.runs.every((run) => run.state === 'done')).toBe(true)
    expect(whole.invoices.length).toBeGreaterThan(60)
    expect(whole.invoices.filter((invoice) => invoice.state !== 'issued')).toEqual([])
    expect(whole.lines.every((line) => Number(line.amount_minor) > 0)).toBe(true)
    const currencies = new Set(whole.invoices.map((invoice) => invoice.currency))
    expect(currencies).toEqual(new Set(['EUR', 'DKK', 'SEK']))
  })
  it('has orders, licenses in every state of their life, trials, and order lines on its invoices', () => {
    const states = (key: string) => new Set(whole.licenses.map((row) => row[key]))
    expect(states('state')).toEqual(new Set(['unassigned', 'assigned', 'pending_cancel']))
    expect(states('holder_kind')).toEqual(new Set(['device', 'subscriber', 'gateway', 'domain', null]))
    expect(states('is_trial')).toEqual(new Set([true, false]))
    const today = new Date().toISOString().slice(0, 10)
    const soon = new Date(Date.now() + 32 * 86_400_000).toISOString().slice(0, 10)
    const ending = whole.licenses.filter((row) => String(row.ends_on) <= soon)
    expect(ending.some((row) => row.is_trial) && ending.some((row) => row.state === 'pending_cancel')).toBe(true)
    expect(ending.every((row) => String(row.ends_on) >= today)).toBe(true)
    expect(whole.orders.every((order) => order.state === 'accepted')).toBe(true)
    expect(whole.trials.map((row) => row.outcome)).toEqual(['running'])
    const products = new Set(whole.lines.map((line) => line.product))
    for (const product of ['Secure Edge', 'Premium Support', 'Cloud Backup', 'Cloud Storage'])
      expect(products).toContain(product)
  })
  it('has machines that were on today, and gives the clock back to the present', async () => {
    const today = new Date().toISOString().slice(0, 7)
    expect(whole.days.some((row) => row.month === `${today}-01`)).toBe(true)
    expect(await clockOf(database)).toEqual({ offset_ms: '0', frozen_at: null })
  })
  it('lets its users sign in, whom the sign-in page names', async () => {
    await start(database, async ({ app }) => {
      const named = (await app.inject({ url: '/v1/demo-users' })).json().data
      expect(named).toHaveLength(channel.users.length)
      for (const { email } of named) {
        const answer = await app.inject({
          method: 'POST',
          url: '/v1/sessions',
          payload: { email, password: channel.demoPassword },
        })
        expect([email, answer.statusCode]).toEqual([email, 201])
      }
    })
  })
  it('changes nothing when it is loaded again', async () => {
    await load(database)
    expect(await read(database)).toEqual(whole)
  })
})

it('a load that was killed at 40 % goes on in the next start and ends the same', async () => {
  const other = await openTestDatabase()
  const kill = (share: number) => {
    if (share >= 0.4) throw new Error('killed')
  }
  await expect(load(other, kill)).rejects.toThrow('killed')
  expect((await read(other)).days.length).toBeLessThan(whole.days.length)
  expect((await clockOf(other)).frozen_at).not.toBeNull()
  await load(other)
  const resumed = await read(other)
  for (const name of Object.keys(contents) as (keyof Contents)[]) expect(resumed[name], name).toEqual(whole[name])
  expect(await clockOf(other)).toEqual({ offset_ms: '0', frozen_at: null })
})

it('a database with a vendor gets no demo', async () => {
  const other = await openTestDatabase()
  await start(other, async ({ db }) => {
    await ensureVendor(db, await db.systemCall('test'), { name: 'Somebody' })
  })
  await load(other)
  const found = await read(other)
  expect(found.tenants.map((tenant) => tenant.name)).toEqual(['Somebody'])
  expect([found.users, found.devices]).toEqual([[], []])
  expect(await clockOf(other)).toEqual({ offset_ms: '0', frozen_at: null })
})

it('404: the accounts are named in demo mode only', async () => {
  const application = await createApplication({
    urls: database.urls,
    mode: 'production',
    log: openLog('fatal'),
    auditKey: generateKeyPairSync('ed25519').privateKey,
    vaultKey: randomBytes(32),
    baseUrl: () => 'http://127.0.0.1',
    consoleFolder: null,
  })
  try {
    expect((await application.app.inject({ url: '/v1/demo-users' })).statusCode).toBe(404)
    const instance = (await application.app.inject({ url: '/v1/instance' })).json()
    expect(instance).toMatchObject({ mode: 'production', clock_movable: false })
  } finally {
    await application.close()
  }
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { signals } from '../../src/activity/index.ts'
import { invoices } from '../../src/billing/index.ts'
import { endedDevices } from '../../src/devices/index.ts'
import { accessLog, removedUsers } from '../../src/identity/index.ts'
import { keeper } from '../../src/keeping/index.ts'
import { mailContents } from '../../src/mails/index.ts'
import { verifyLines } from '../audit-crypto.ts'
import * as given from '../given.ts'
import { expectOk } from '../given.ts'
import { auditOf, listAll, query, refusal, writesNothing } from '../state.ts'
import { type Answer, type Client, openWorld, type World } from '../world.ts'

/** One world, whose clock goes on from test to test. */
let world: World
let key: string
beforeAll(async () => {
  world = await openWorld('2027-01-05T10:00:00Z')
  key = (await world.vendor.get('/v1/audit-key')).body.key
})
afterAll(() => world.close())

async function verified(as: Client) {
  const { bytes } = expectOk(await as.get('/v1/audit-export'))
  const report = verifyLines(new TextDecoder().decode(bytes).trimEnd().split('\n'), { key })
  expect(report.finding).toBeNull()
  return report
}

/** Tables with a row in which the text stands anywhere. */
async function whereIs(text: string): Promise<string[]> {
  const tables = await query<{ name: string }>(
    world,
    `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname in ('public', 'app') and c.relkind in ('r', 'p') and not c.relispartition order by 1`,
  )
  const found = []
  for (const { name } of tables)
    if ((await query(world, `select 1 from ${name} t where t::text ilike $1 limit 1`, [`%${text}%`])).length > 0)
      found.push(name)
  return found
}

type Proof = { sum: unknown; lines: unknown; pdf: string; evidence: Record<string, unknown>[] }

/** What an invoice proves, for one of its ends. */
async function proofOf(as: Client): Promise<Proof> {
  const [row] = await listAll(as, '/v1/invoices?month=2027-01&direction=received')
  const invoice = expectOk(await as.get(`/v1/invoices/${row?.id}`)).body
  const pdf = expectOk(await as.get(`/v1/invoices/${row?.id}/pdf`)).bytes
  expectOk(await as.get(`/v1/invoices/${row?.id}/xlsx`))
  const evidence = await listAll(as, `/v1/invoices/${row?.id}/lines/${invoice.lines[0].id}/evidence`)
  return { sum: invoice.total, lines: invoice.lines, pdf: Buffer.from(pdf).toString('base64'), evidence }
}
const withoutNames = ({ evidence, ...proof }: Proof) => ({
  ...proof,
  evidence: evidence
    .map(({ host_name: _name, ...row }) => row)
    .sort((a, b) => (String(a.device_id) < String(b.device_id) ? -1 : 1)),
})

async function signal(...devices: { signal(): Promise<Answer> }[]): Promise<void> {
  for (const device of devices) expectOk(await device.signal())
}

const erasedNotes = async (tenantId: string) =>
  query<{ after: { kind: string; count: number } }>(
    world,
    `select e.after from audit_entries e join tenants t on t.path = e.path where t.id = $1 and e.action = 'records.erased' order by e.id`,
    [tenantId],
  )

describe('scenario 76: 90 days after', () => {
  it('a device and a user are gone for good; invoices, evidence and the audit log still add up and verify', async () => {
    const channel = await given.channel(world)
    const beside = await given.channel(world)
    await given.sold(world, channel, await given.offer(world))
    const gone = await given.device(
      world,
      channel.reseller.as,
      channel.customer.id,
      `gone-${given.unique('m').slice(2)}`,
    )
    const stays = await given.device(world, channel.reseller.as, channel.customer.id)
    const other = await given.device(world, beside.reseller.as, beside.customer.id)
    await signal(gone, stays, other)
    const body = { tenant_id: channel.customer.id, email: 'ada.gone@people.example', name: 'Ada Gone', role: 'manager' }
    const ada = expectOk(await channel.customer.as.post('/v1/users', body)).body
    const token = new URL(ada.sign_in_url).searchParams.get('token')
    expectOk(await world.as(null).post('/v1/sessions/link', { token }))

    await world.moveTo('2027-01-20T10:00:00Z')
    await signal(stays, other)
    expectOk(await gone.uninstall())
    expectOk(await channel.customer.as.delete(`/v1/users/${ada.user.id}`))
    await world.moveTo('2027-02-01T01:00:00Z')
    const before = { customer: await proofOf(channel.customer.as), reseller: await proofOf(channel.reseller.as) }
    expect(before.customer.evidence).toHaveLength(2)
    const sealed = await verified(channel.distributor.as)

    await world.moveTo('2027-04-10T12:00:00Z')
    await signal(stays, other)
    await world.moveTo('2027-04-20T23:59:59.999Z')
    expect(await whereIs('ada gone')).toEqual(['audit_personal'])
    expect(await whereIs(`host-gone-`)).toEqual(expect.arrayContaining(['audit_personal', 'devices']))
    expect((await channel.customer.as.get(`/v1/devices/${gone.id}`)).body.state).toBe('uninstalled')

    await world.moveTo('2027-04-21T00:00:00Z')
    expect(await whereIs('ada gone')).toEqual([])
    expect(await whereIs('ada.gone@')).toEqual([])
    expect(await whereIs('host-gone-')).toEqual([])
    expect(await query(world, 'select 1 from accesses where actor_id = $1', [ada.user.id])).toEqual([])
    expect(refusal(await channel.customer.as.get(`/v1/devices/${gone.id}`))).toBe('404 not_found')
    await expect.poll(async () => refusal(await gone.signal()), { timeout: 5_000 }).toBe('401 device_key_invalid')
    for (const [as, id] of [
      [channel.customer.as, stays.id],
      [beside.customer.as, other.id],
    ] as const)
      expect((await as.get(`/v1/devices/${id}`)).status).toBe(200)

    const after = { customer: await proofOf(channel.customer.as), reseller: await proofOf(channel.reseller.as) }
    for (const end of ['customer', 'reseller'] as const)
      expect(withoutNames(after[end])).toEqual(withoutNames(before[end]))
    expect(after.customer.evidence.find(({ device_id }) => device_id === gone.id)).toMatchObject({ host_name: null })
    const usage = (await listAll(channel.customer.as, '/v1/usage?month=2027-01')).map(({ device_id }) => device_id)
    expect(usage.sort()).toEqual([gone.id, stays.id].sort())
    const report = await verified(channel.distributor.as)
    expect(report.realms[0]?.entries).toBeGreaterThan(sealed.realms[0]?.entries ?? 0)

    const removed = (await auditOf(world, ada.user.id)).find(({ action }) => action === 'user.removed')
    expect(removed?.before).toMatchObject({ email: expect.stringMatching(/^sha256:/), role: 'manager' })
    const notes = await erasedNotes(channel.customer.id)
    expect(notes.map(({ after: { kind, count } }) => [kind, count])).toEqual(
      expect.arrayContaining([
        ['ended_devices', 1],
        ['removed_users', 1],
      ]),
    )
    expect(notes.map(({ after: { kind } }) => kind)).not.toContain('silent_devices')
    await world.drain()
    expect((await channel.reseller.as.get(`/v1/tenants/${channel.customer.id}`)).body.device_count).toBe(1)
  })

  it('run again on the same day it finds nothing', async () => {
    const { db } = world.application
    const call = await db.systemCall('test')
    const clocks = [
      endedDevices(world.application.hooks.holders),
      removedUsers,
      accessLog,
      mailContents,
      signals,
      invoices,
    ]
    await writesNothing(world, () => keeper(db, clocks).run(call))
  })

  it('a planted clock that erases nothing is caught: the name is still there', async () => {
    const { customer, reseller } = await given.channel(world)
    const device = await given.device(world, reseller.as, customer.id, 'planted-1')
    expectOk(await device.uninstall())
    const { db } = world.application
    const call = { ...(await db.systemCall('test')), now: (await db.systemCall('test')).now.add({ hours: 24 * 92 }) }
    await keeper(db, [{ ...endedDevices(world.application.hooks.holders), erase: async () => [] }]).run(call)
    expect(await whereIs('host-planted-1')).toContain('devices')
    await keeper(db, [endedDevices(world.application.hooks.holders)]).run(call)
    expect(await whereIs('host-planted-1')).not.toContain('devices')
  })
})

describe('scenario 77: by the calendar', () => {
  it('a device of an inactive tenant with an unpaid invoice goes on its day, before its month is billed too', async () => {
    const channel = await given.channel(world)
    await given.sold(world, channel, await given.offer(world))
    const [early, late] = [
      await given.device(world, channel.reseller.as, channel.customer.id),
      await given.device(world, channel.reseller.as, channel.customer.id),
    ]
    for (const device of [early, late]) expectOk(await device.signal())
    expectOk(await early.uninstall())
    // One day, the shortest that there is.
    const read = (await world.vendor.get('/v1/retention')).body.data.find(
      ({ kind }: { kind: string }) => kind === 'ended_devices',
    )
    expectOk(await world.vendor.put('/v1/retention/ended_devices', { count: 1 }, read.version))
    expectOk(await channel.subDistributor.as.post(`/v1/tenants/${channel.reseller.id}/inactivate`))
    await world.moveTo('2027-04-23T00:00:00Z')
    const left = (
      await query<{ id: string }>(world, 'select id from devices where tenant_id = $1', [channel.customer.id])
    ).map(({ id }) => id)
    expect(left).toEqual([late.id])
    expectOk(await world.vendor.put('/v1/retention/ended_devices', { count: 90 }, read.version + 1))

    await world.moveTo('2027-05-01T01:00:00Z')
    const [invoice] = await listAll(channel.distributor.as, '/v1/invoices?month=2027-04&direction=issued')
    const { lines } = (await channel.distributor.as.get(`/v1/invoices/${invoice?.id}`)).body
    expect(lines.map(({ quantity }: { quantity: string }) => quantity)).toEqual(['2'])
    expect(invoice?.state).not.toBe('paid')
  })

  it('a device that is silent for 90 days goes, and one that a license holds stays', async () => {
    const { reseller, customer } = await given.channel(world)
    const [silent, held] = [
      await given.device(world, reseller.as, customer.id),
      await given.device(world, reseller.as, customer.id, `held-${given.unique('m').slice(2)}`),
    ]
    for (const device of [silent, held]) expectOk(await device.signal())
    const { keepsSilent } = world.application.hooks.devices
    const { sql } = await import('kysely')
    keepsSilent.push(sql<boolean>`d.machine_id like 'held-%'`)
    const idsLeft = async () =>
      (
        await query<{ id: string }>(world, 'select id from devices where tenant_id = $1 order by id', [customer.id])
      ).map(({ id }) => id)
    await world.moveTo('2027-07-30T23:59:59Z')
    expect(await idsLeft()).toEqual([silent.id, held.id].sort())
    await world.moveTo('2027-07-31T00:00:00Z')
    expect(await idsLeft()).toEqual([held.id])
    keepsSilent.pop()
  })

  it('an uninstalled device that comes back stays, and its time begins anew', async () => {
    const { reseller, customer } = await given.channel(world)
    const device = await given.device(world, reseller.as, customer.id)
    expectOk(await device.uninstall())
    await world.moveTo('2027-10-25T00:00:00Z')
    expectOk(await device.signal())
    expect(await query(world, 'select 1 from devices where id = $1 and ended_at is null', [device.id])).toHaveLength(1)
    expectOk(await device.uninstall())
    await world.moveTo('2028-01-22T23:59:59Z')
    expect((await customer.as.get(`/v1/devices/${device.id}`)).status).toBe(200)
    await world.moveTo('2028-01-24T00:00:00Z')
    expect(refusal(await customer.as.get(`/v1/devices/${device.id}`))).toBe('404 not_found')
  })
})

describe('months and years', () => {
  const monthsLeft = () =>
    query<{ name: string }>(
      world,
      `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'device_months'::regclass order by 1`,
    )
  it('signals go 13 months after the end of their month, with the partition; one that is not rated waits', async () => {
    const [month] = await query<{ realm_id: bigint }>(
      world,
      `delete from rated_months where month = '2027-01-01' and realm_id in (select realm_id from device_months where month = '2027-01-01') returning realm_id`,
    )
    await world.moveTo('2028-02-29T23:59:59.999Z')
    const signalsOf = () =>
      query<{ realm_id: bigint }>(world, `select realm_id from device_months where month = '2027-01-01'`)
    expect((await signalsOf()).length).toBeGreaterThan(0)
    await world.moveTo('2028-03-01T00:00:00Z')
    expect((await signalsOf()).length).toBeGreaterThan(0)
    expect((await monthsLeft()).map(({ name }) => name)).toContain('app.device_months_2027_01')
    await query(
      world,
      `insert into rated_months (realm_id, month, rated_at) select id, '2027-01-01', '2027-02-01Z' from realms on conflict do nothing`,
    )
    await world.moveTo('2028-03-02T00:00:00Z')
    expect((await monthsLeft()).map(({ name }) => name)).not.toContain('app.device_months_2027_01')
    expect(month).toBeDefined()
  })

  it('invoices with their evidence go after ten years, and their numbers are not given again', async () => {
    const rows = (table: string) => query(world, `select 1 from ${table} where month = '2018-02-01'`)
    // As if they were of ten years ago: a hundred months to bill would tell no more.
    await query(world, `update rated_units set month = '2018-02-01' where month = '2027-01-01'`)
    await query(
      world,
      `update invoices set month = '2018-02-01', issued_at = '2018-03-05T01:00:00Z' where month = '2027-01-01'`,
    )
    await world.moveTo('2028-03-05T23:59:59.999Z')
    expect((await rows('invoices')).length).toBeGreaterThan(0)
    expect((await rows('rated_units')).length).toBeGreaterThan(0)
    const counters = () => query(world, 'select * from invoice_counters where year = 2027 order by seller_id')
    const before = await counters()
    await world.moveTo('2028-03-06T00:00:00Z')
    expect([await rows('invoices'), await rows('rated_units')]).toEqual([[], []])
    expect(
      await query(
        world,
        `select 1 from invoice_lines l where not exists (select 1 from invoices i where i.id = l.invoice_id)`,
      ),
    ).toEqual([])
    expect(await counters()).toEqual(before)
    expect((await query(world, `select 1 from invoices where month = '2027-04-01'`)).length).toBeGreaterThan(0)
    const notes = await query<{ private: boolean }>(
      world,
      `select private from audit_entries where action = 'records.erased' and after ->> 'kind' = 'invoices'`,
    )
    expect(notes.length).toBeGreaterThan(0)
    expect(notes.every((note) => note.private)).toBe(true)
    await verified(world.vendor)
  })
})

import type { DueRecord, Retention } from '@tenantree/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { withClient } from '../../test/database.ts'
import * as given from '../../test/given.ts'
import { listAll, query, refusal, seen, writesNothing } from '../../test/state.ts'
import { type Client, openWorld, type World } from '../../test/world.ts'

const missingId = '01990000-0000-7000-8000-000000000000'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

const listOf = async (as: Client, path = '/v1/retention'): Promise<Retention[]> =>
  given.expectOk(await as.get(path)).body.data
const kindOf = async (as: Client, kind: string, path?: string): Promise<Retention> => {
  const found = (await listOf(as, path)).find((row) => row.kind === kind)
  if (found === undefined) throw new Error(`no kind ${kind}`)
  return found
}
const dueOf = async (as: Client, kind: string, search = '') =>
  (await listAll(as, `/v1/retention/${kind}${search}`, 1)) as DueRecord[]

describe('the defaults of R-KEEP-1', () => {
  it('200: every kind with how long, at least how long, and what an erasing takes', async () => {
    const rows = await listOf(world.vendor)
    const texts = rows.map(({ kind, kept_for, at_least }) => [
      kind,
      `${kept_for.count} ${kept_for.unit}`,
      at_least.count,
    ])
    expect(texts).toEqual([
      ['ended_devices', '90 days', 1],
      ['silent_devices', '90 days', 1],
      ['trial_devices', '90 days', 1],
      ['released_subscribers', '90 days', 1],
      ['removed_users', '90 days', 1],
      ['deleted_tenants', '30 days', 1],
      ['signals', '13 months', 1],
      ['reported_values', '13 months', 1],
      ['mail_contents', '30 days', 1],
      ['accesses', '90 days', 1],
      ['invoices', '10 years', 10],
    ])
    expect(rows.every(({ title, erases, version }) => title.length > 5 && erases.length > 20 && version === 0)).toBe(
      true,
    )
  })
})

describe('the preview', () => {
  it('200: counts by the day on which they go, of the subtree; a partner beside sees none of it', async () => {
    const [branch, beside] = [await given.channel(world), await given.channel(world)]
    const devices = []
    for (const at of ['2027-01-05T10:00:00Z', '2027-01-05T11:00:00Z', '2027-01-06T00:00:00Z']) {
      await world.moveTo(at)
      const device = await given.device(world, branch.reseller.as, branch.customer.id)
      given.expectOk(await device.uninstall())
      devices.push(device)
    }
    expect((await kindOf(branch.reseller.as, 'ended_devices')).due_count).toBe(0)
    await world.moveTo('2027-03-08T00:00:00Z')
    // 90 days from the 5th, 10:00: at the midnight after; from the midnight of the 6th: at the one of the 90th day.
    const due = [{ on: '2027-04-06', count: 3 }]
    for (const as of [world.vendor, branch.distributor.as, branch.reseller.as, branch.customer.as])
      expect(await kindOf(as, 'ended_devices')).toMatchObject({ due, due_count: 3 })
    for (const as of [beside.distributor.as, beside.customer.as])
      expect(await kindOf(as, 'ended_devices')).toMatchObject({ due: [], due_count: 0 })
    const at = (id: string) => kindOf(branch.distributor.as, 'ended_devices', `/v1/tenants/${id}/retention`)
    expect((await at(branch.customer.id)).due_count).toBe(3)
    const sibling = await given.tenant(branch.reseller.as, branch.reseller.id, { level: 'end_customer' })
    expect((await at(sibling.id)).due_count).toBe(0)

    const rows = await dueOf(branch.reseller.as, 'ended_devices')
    expect(rows.map(({ id, tenant, goes_on, since }) => [id, tenant?.id, goes_on, since])).toEqual([
      [devices[0]?.id, branch.customer.id, '2027-04-06', '2027-01-05T10:00:00.000Z'],
      [devices[1]?.id, branch.customer.id, '2027-04-06', '2027-01-05T11:00:00.000Z'],
      [devices[2]?.id, branch.customer.id, '2027-04-06', '2027-01-06T00:00:00.000Z'],
    ])
    expect(rows[0]?.name).toMatch(/^HOST-machine-/)
    expect(await dueOf(beside.reseller.as, 'ended_devices')).toEqual([])
    expect(await dueOf(branch.reseller.as, 'ended_devices', `?tenant_id=${sibling.id}`)).toEqual([])
    for (const path of [
      (id: string) => `/v1/tenants/${id}/retention`,
      (id: string) => `/v1/retention/signals?tenant_id=${id}`,
    ])
      expect(seen(await beside.distributor.as.get(path(branch.customer.id)))).toEqual(
        seen(await beside.distributor.as.get(path(missingId))),
      )

    await world.moveTo('2027-04-06T00:00:00Z')
    expect(await kindOf(branch.reseller.as, 'ended_devices')).toMatchObject({ due: [], due_count: 0 })
    expect(await query(world, 'select 1 from devices where tenant_id = $1', [branch.customer.id])).toEqual([])
  })

  it('200: a deleted tenant goes at its very moment, and can be restored until then', async () => {
    const { reseller, customer } = await given.channel(world)
    await world.moveTo('2027-04-07T15:00:00Z')
    given.expectOk(await reseller.as.post(`/v1/tenants/${customer.id}/inactivate`))
    given.expectOk(await reseller.as.post(`/v1/tenants/${customer.id}/delete`, { confirm_name: customer.name }))
    expect((await kindOf(reseller.as, 'deleted_tenants')).due).toEqual([{ on: '2027-05-07', count: 1 }])
    expect(await dueOf(reseller.as, 'deleted_tenants')).toMatchObject([
      { id: customer.id, name: customer.name, goes_on: '2027-05-07' },
    ])
    expect((await reseller.as.get(`/v1/tenants/${customer.id}`)).body.purge_at).toBe('2027-05-07T15:00:00.000Z')
    const { version } = await kindOf(world.vendor, 'deleted_tenants')
    given.expectOk(await world.vendor.put('/v1/retention/deleted_tenants', { count: 2 }, version))
    expect((await reseller.as.get(`/v1/tenants/${customer.id}`)).body.purge_at).toBe('2027-04-09T15:00:00.000Z')
    await world.moveTo('2027-04-09T14:59:59.999Z')
    given.expectOk(await reseller.as.post(`/v1/tenants/${customer.id}/restore`))
    given.expectOk(await reseller.as.post(`/v1/tenants/${customer.id}/delete`, { confirm_name: customer.name }))
    await world.moveTo('2027-04-11T14:59:59.999Z')
    expect(refusal(await reseller.as.get(`/v1/tenants/${customer.id}`))).toBe('404 not_found')
    given.expectOk(await world.vendor.put('/v1/retention/deleted_tenants', { count: 30 }, version + 1))
  })

  it('200: of invoices a tenant sees those that it is an end of, and nobody above does (R-TREE-10)', async () => {
    const branch = await given.channel(world)
    await given.sold(world, branch, await given.offer(world))
    given.expectOk(await (await given.device(world, branch.reseller.as, branch.customer.id)).signal())
    await world.moveTo('2027-05-01T01:00:00Z')
    await query(
      world,
      `update invoices set issued_at = '2017-05-15T00:00:00Z' where path >= (select path from tenants where id = $1)`,
      [branch.distributor.id],
    )
    const counts = []
    for (const as of [
      world.vendor,
      branch.distributor.as,
      branch.subDistributor.as,
      branch.reseller.as,
      branch.customer.as,
    ])
      counts.push((await kindOf(as, 'invoices')).due)
    const of = (count: number) => [{ on: '2027-05-15', count }]
    expect(counts).toEqual([of(1), of(2), of(2), of(2), of(1)])
    expect(await dueOf(branch.customer.as, 'invoices')).toHaveLength(1)
    expect(await dueOf(branch.distributor.as, 'invoices', `?tenant_id=${branch.customer.id}`)).toEqual([])
  })

  it('404 not_found: a kind that there is not', async () => {
    for (const answer of [
      await world.vendor.get('/v1/retention/nothing'),
      await world.vendor.put('/v1/retention/nothing', { count: 5 }, 0),
    ])
      expect(refusal(answer)).toBe('404 not_found')
    expect(refusal(await world.vendor.get('/v1/retention/DROP'))).toBe('404 not_found')
  })
})

describe('how long', () => {
  it('200: the vendor sets it, for all, and the log says so', async () => {
    const { customer } = await given.channel(world)
    const read = await kindOf(world.vendor, 'signals')
    const saved = given.expectOk(await world.vendor.put('/v1/retention/signals', { count: 24 }, read.version))
    expect([saved.body.kept_for, saved.body.version, saved.headers.get('etag')]).toEqual([
      { count: 24, unit: 'months' },
      read.version + 1,
      `"${read.version + 1}"`,
    ])
    expect((await kindOf(customer.as, 'signals')).kept_for.count).toBe(24)
    const [noted] = (await world.vendor.get('/v1/audit-events?action=retention.updated')).body.data
    expect(noted).toMatchObject({
      before: { kind: 'signals', kept_for: '13 months' },
      after: { kept_for: '24 months' },
    })
    given.expectOk(await world.vendor.put('/v1/retention/signals', { count: 13 }, read.version + 1))
  })
  it.each([
    ['signals', 0, '422 invalid_request'],
    ['signals', 36_501, '422 invalid_request'],
    ['signals', 1.5, '422 invalid_request'],
    ['invoices', 9, '422 kept_too_short'],
  ])('%s for %d: %s, nothing is written', async (kind, count, expected) => {
    const { version } = await kindOf(world.vendor, kind)
    expect(
      refusal(await writesNothing(world, () => world.vendor.put(`/v1/retention/${kind}`, { count }, version))),
    ).toBe(expected)
  })
  it.each([
    ['signals', 1],
    ['mail_contents', 1],
    ['invoices', 10],
    ['invoices', 11],
  ])('200: %s for %d', async (kind, count) => {
    const { version, kept_for: former } = await kindOf(world.vendor, kind)
    given.expectOk(await world.vendor.put(`/v1/retention/${kind}`, { count }, version))
    given.expectOk(await world.vendor.put(`/v1/retention/${kind}`, { count: former.count }, version + 1))
  })
  it('412 stale_version: of two at once one is kept', async () => {
    const { version } = await kindOf(world.vendor, 'accesses')
    const put = (count: number) => world.vendor.put('/v1/retention/accesses', { count }, version)
    const statuses = (await Promise.all([put(80), put(81)])).map(({ status }) => status)
    expect(statuses.sort()).toEqual([200, 412])
    expect(refusal(await writesNothing(world, () => put(82)))).toBe('412 stale_version')
    given.expectOk(await world.vendor.put('/v1/retention/accesses', { count: 90 }, version + 1))
  })
  it('403 not_allowed: a partner, whatever its role, and the vendor’s manager; nothing is written', async () => {
    const { distributor } = await given.channel(world)
    const manager = await given.user(world, world.vendor, world.vendorId, 'manager')
    for (const as of [distributor.as, manager])
      expect(refusal(await writesNothing(world, () => as.put('/v1/retention/accesses', { count: 5 }, 0)))).toBe(
        '403 not_allowed',
      )
  })
  it('42501: the database refuses it to whoever is not the vendor, too', async () => {
    await withClient(world.database.urls.runtime, async (client) => {
      const set = async (lo: string) => {
        await client.query('begin')
        await client.query('select * from app.enter($1, $2, $3)', [lo, `${lo}~`, ''])
        const outcome = await client.query(`insert into kept_for values ('planted', 1, 1)`).then(
          () => 'done',
          (error) => error.code,
        )
        await client.query('rollback')
        return outcome
      }
      expect([await set('00000001'), await set(''), await set('0000')]).toEqual(['42501', '42501', 'done'])
    })
  })
})

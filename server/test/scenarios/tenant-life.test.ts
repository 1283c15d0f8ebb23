import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hashSecret } from '../../src/platform/ids.ts'
import * as given from '../given.ts'
import { auditOf, query, refusal, writesNothing } from '../state.ts'
import { type Client, openWorld, type World } from '../world.ts'

let world: World

beforeAll(async () => {
  world = await openWorld('2027-01-05T10:00:00Z')
})
afterAll(() => world.close())

const act = (as: Client, id: string, name: string, body?: unknown) => as.post(`/v1/tenants/${id}/${name}`, body)
const stateOf = async (as: Client, id: string) => (await as.get(`/v1/tenants/${id}`)).body.state

describe('inactive (R-TREE-7)', () => {
  it('200: users, keys and agents of the whole subtree are refused, until it is reactivated', async () => {
    const { distributor, reseller, customer } = await given.channel(world)
    const device = await given.device(world, reseller.as, customer.id)
    const token = given.expectOk(await reseller.as.post(`/v1/tenants/${customer.id}/install-token`)).body.token
    expect((await device.signal()).status).toBe(200)

    const answer = given.expectOk(await act(world.vendor, distributor.id, 'inactivate'))
    expect(answer.body).toMatchObject({ state: 'inactive', inactivated_at: '2027-01-05T10:00:00.000Z' })
    for (const { as } of [distributor, reseller, customer])
      expect(refusal(await as.get('/v1/me'))).toBe('401 unauthenticated')
    // The key is in the memory of the server; within a second it is looked up anew.
    await expect.poll(async () => refusal(await device.signal()), { timeout: 5_000 }).toBe('403 device_refused')
    const machine = {
      machine_id: 'm-0000000001',
      host_name: 'H',
      os: 'linux',
      os_version: '1',
      architecture: 'x64',
      machine_kind: 'virtual',
    }
    const enrol = await world.as(null).post('/agent/v1/enrol', { install_token: token, agent_version: '1', machine })
    expect(refusal(enrol)).toBe('401 install_token_invalid')
    expect((await world.vendor.get(`/v1/tenants/${customer.id}`)).body).toMatchObject({
      state: 'production',
      inactive_above: true,
    })

    given.expectOk(await act(world.vendor, distributor.id, 'reactivate'))
    expect((await reseller.as.get('/v1/me')).status).toBe(200)
    await expect.poll(async () => (await device.signal()).status, { timeout: 5_000 }).toBe(200)
    expect((await auditOf(world, distributor.id)).map(({ action }) => action).slice(-2)).toEqual([
      'tenant.inactivated',
      'tenant.reactivated',
    ])
  })

  it('200: a child that was inactivated by itself stays inactive', async () => {
    const { distributor, reseller, customer } = await given.channel(world)
    given.expectOk(await act(reseller.as, customer.id, 'inactivate'))
    given.expectOk(await act(world.vendor, distributor.id, 'inactivate'))
    given.expectOk(await act(world.vendor, distributor.id, 'reactivate'))
    expect(await stateOf(reseller.as, customer.id)).toBe('inactive')
    expect(refusal(await customer.as.get('/v1/me'))).toBe('401 unauthenticated')
  })

  it('409 state_conflict: any other transition; 403 the own tenant; 404 a tenant beside', async () => {
    const { reseller, customer } = await given.channel(world)
    const other = await given.channel(world)
    await writesNothing(world, async () => {
      expect(refusal(await act(reseller.as, customer.id, 'reactivate'))).toBe('409 state_conflict')
      expect(refusal(await act(reseller.as, customer.id, 'restore'))).toBe('409 state_conflict')
      expect(refusal(await act(reseller.as, reseller.id, 'inactivate'))).toBe('403 not_allowed')
      expect(refusal(await act(reseller.as, other.customer.id, 'inactivate'))).toBe('404 not_found')
    })
    given.expectOk(await act(reseller.as, customer.id, 'inactivate'))
    await writesNothing(world, async () =>
      expect(refusal(await act(reseller.as, customer.id, 'inactivate'))).toBe('409 state_conflict'),
    )
  })

  it('200: a trial goes on where it was, without more time', async () => {
    const { reseller } = await given.channel(world)
    const customer = await given.tenant(reseller.as, reseller.id, { level: 'end_customer', in_trial: true })
    given.expectOk(await act(reseller.as, customer.id, 'inactivate'))
    const back = given.expectOk(await act(reseller.as, customer.id, 'reactivate')).body
    expect([back.state, back.trial_ends_at]).toEqual(['in_trial', customer.trial_ends_at])
  })
})

describe('deleted (R-TREE-8, scenario 92)', () => {
  const remove = (as: Client, tenant: { id: string; name: string }, withAll = false) =>
    act(as, tenant.id, 'delete', { confirm_name: tenant.name, with_everything_below: withAll })

  it('409: active, or with live descendants; 422 without its name; then restored whole', async () => {
    const { subDistributor, reseller, customer } = await given.channel(world)
    await world.drain()
    const countsOf = async () => {
      await world.drain()
      const { body } = await subDistributor.as.get(`/v1/tenants/${subDistributor.id}`)
      return [body.child_count, body.tenant_count]
    }
    expect(refusal(await remove(subDistributor.as, reseller))).toBe('409 state_conflict')
    given.expectOk(await act(subDistributor.as, reseller.id, 'inactivate'))
    await writesNothing(world, async () => {
      expect(refusal(await remove(subDistributor.as, reseller))).toBe('409 has_live_descendants')
      expect(refusal(await remove(subDistributor.as, { ...reseller, name: 'x' }, true))).toBe('422 name_not_confirmed')
    })
    const before = await countsOf()
    const gone = given.expectOk(await remove(subDistributor.as, reseller, true)).body
    expect(gone).toMatchObject({ state: 'deleted', purge_at: '2027-02-04T10:00:00.000Z' })
    expect(await countsOf()).toEqual([0, 0])
    expect((await subDistributor.as.get('/v1/tenants')).body.data.map(({ id }: { id: string }) => id)).not.toContain(
      customer.id,
    )
    expect((await subDistributor.as.get('/v1/tenants?state=deleted')).body.data).toHaveLength(2)
    expect(await stateOf(subDistributor.as, customer.id)).toBe('deleted')
    expect(refusal(await act(subDistributor.as, customer.id, 'restore'))).toBe('409 state_conflict')

    given.expectOk(await act(subDistributor.as, reseller.id, 'restore'))
    expect([await stateOf(subDistributor.as, reseller.id), await stateOf(subDistributor.as, customer.id)]).toEqual([
      'inactive',
      'production',
    ])
    expect(await countsOf()).toEqual(before)
    given.expectOk(await act(subDistributor.as, reseller.id, 'reactivate'))
    expect((await customer.as.get('/v1/me')).status).toBe(200)
  })

  it('409 commitment_running: what a slice above says keeps the tenant', async () => {
    const { Problem } = await import('../../src/kernel/problem.ts')
    const { reseller, customer } = await given.channel(world)
    given.expectOk(await act(reseller.as, customer.id, 'inactivate'))
    const { beforeDelete } = world.application.hooks.tenants
    beforeDelete.push(async (_tx, _call, tenant) => {
      if (tenant.id === customer.id) throw new Problem('commitment_running')
    })
    await writesNothing(world, async () =>
      expect(refusal(await remove(reseller.as, customer))).toBe('409 commitment_running'),
    )
    beforeDelete.pop()
    expect((await remove(reseller.as, customer)).status).toBe(200)
  })
})

describe('storage location (R-PLACE-3, scenario 13)', () => {
  it('403 contact_support for every partner; 200 for vendor support, audited with the reason', async () => {
    const { distributor, subDistributor, reseller, customer } = await given.channel(world)
    const body = { storage_location: 'france', reason: 'Asked for in ticket 4711' }
    for (const { as } of [distributor, subDistributor, reseller])
      await writesNothing(world, async () =>
        expect(refusal(await act(as, customer.id, 'storage-location', body))).toBe('403 contact_support'),
      )
    expect(refusal(await act(world.vendor, customer.id, 'storage-location', { ...body, reason: ' ' }))).toBe(
      '422 invalid_request',
    )
    expect(
      refusal(await act(world.vendor, customer.id, 'storage-location', { ...body, storage_location: 'atlantis' })),
    ).toBe('422 location_unknown')
    expect(given.expectOk(await act(world.vendor, customer.id, 'storage-location', body)).body.storage_location).toBe(
      'france',
    )
    const [, noted] = (await auditOf(world, customer.id)).filter(
      ({ action }) => action === 'tenant.relocated' || action === 'tenant.created',
    )
    expect([noted?.before, noted?.after]).toEqual([{ storage_location: 'germany' }, body])
  })

  it('the flag support gives the right to a manager of the vendor, and its end takes it', async () => {
    const { customer } = await given.channel(world)
    const manager = await given.user(world, world.vendor, world.vendorId, 'manager')
    const body = { storage_location: 'norway', reason: 'Ticket 4712' }
    expect(refusal(await act(manager, customer.id, 'storage-location', body))).toBe('403 contact_support')
    const { id } = (await manager.get('/v1/me')).body.user
    given.expectOk(await world.vendor.patch(`/v1/users/${id}`, { support: true }, 1))
    expect((await act(manager, customer.id, 'storage-location', body)).status).toBe(200)
    given.expectOk(await world.vendor.patch(`/v1/users/${id}`, { support: false }, 2))
    expect(refusal(await act(manager, customer.id, 'storage-location', body))).toBe('403 contact_support')
  })

  it('the database refuses it too: the runtime role has no right to the column, the function none without a reason', async () => {
    const { customer } = await given.channel(world)
    const { withClient } = await import('../database.ts')
    await withClient(world.database.urls.runtime, async (client) => {
      await client.query('begin')
      await client.query(`select app.enter('0000', '0000~', '')`)
      await client.query('savepoint a')
      await expect(
        client.query(`update tenants set storage_location = 'france' where id = $1`, [customer.id]),
      ).rejects.toThrow('permission denied')
      await client.query('rollback to a')
      await expect(
        client.query(`select app.override_storage_location(1, $1, 'france', ' ')`, [customer.id]),
      ).rejects.toThrow('a reason is needed')
      await client.query('rollback')
      await client.query('begin')
      await client.query(`select app.enter('00000001', '00000001~', '0000')`)
      await expect(
        client.query(`select app.override_storage_location(1, $1, 'france', 'x')`, [customer.id]),
      ).rejects.toThrow('only the vendor')
    })
  })
})

/** Last: the clock goes on. */
describe('the days of a tenant', () => {
  it('scenario 81: inactivated on the 10th, its lines hold the days up to and with the 10th; next month there is none', async () => {
    const channel = await given.channel(world)
    await given.sold(world, channel, await given.offer(world))
    const device = await given.device(world, channel.reseller.as, channel.customer.id)
    const deviceDays = (days: number) =>
      query(world, 'update device_months set days = days | $2 where device_id = $1 returning days', [device.id, days])
    await device.signal()
    await world.moveTo('2027-01-10T15:00:00Z')
    given.expectOk(await device.signal())
    given.expectOk(await act(channel.subDistributor.as, channel.reseller.id, 'inactivate'))
    await expect.poll(async () => (await device.signal()).status, { timeout: 5_000 }).toBe(403)
    // A signal that came through all the same, on the 11th and the 20th, is not charged.
    expect(await deviceDays((1 << 10) | (1 << 19))).toHaveLength(1)
    await world.moveTo('2027-01-25T09:00:00Z')
    given.expectOk(await act(channel.subDistributor.as, channel.reseller.id, 'reactivate'))
    await expect.poll(async () => (await device.signal()).status, { timeout: 5_000 }).toBe(200)
    given.expectOk(await act(channel.subDistributor.as, channel.reseller.id, 'inactivate'))
    const usage = (await channel.subDistributor.as.get('/v1/usage')).body.data
    expect(usage.map(({ charged_days }: { charged_days: number[] }) => charged_days)).toEqual([[5, 10, 25]])
    await world.moveTo('2027-02-01T01:00:00Z')
    const invoices = (await channel.subDistributor.as.get('/v1/invoices?month=2027-01&direction=issued')).body.data
    expect(invoices).toHaveLength(1)
    await world.moveTo('2027-03-01T01:00:00Z')
    expect((await channel.subDistributor.as.get('/v1/invoices?month=2027-02')).body.data).toEqual([])
  })

  it('after 30 days a deleted tenant is erased with all below it; invoices and the log stay, names go', async () => {
    const channel = await given.channel(world)
    const { reseller, customer, subDistributor } = channel
    await given.sold(world, channel, await given.offer(world))
    const device = await given.device(world, reseller.as, customer.id)
    given.expectOk(await device.signal())
    await world.moveTo('2027-04-01T01:00:00Z')
    const [invoice] = (await subDistributor.as.get('/v1/invoices?direction=issued')).body.data
    given.expectOk(await act(subDistributor.as, reseller.id, 'inactivate'))
    given.expectOk(
      await act(subDistributor.as, reseller.id, 'delete', { confirm_name: reseller.name, with_everything_below: true }),
    )
    await world.moveTo('2027-05-01T00:59:59Z')
    expect(await stateOf(subDistributor.as, customer.id)).toBe('deleted')
    const path =
      (await query<{ path: string }>(world, 'select path from tenants where id = $1', [reseller.id]))[0]?.path ?? ''
    const entries = () =>
      query<{ n: number }>(world, 'select count(*)::int as n from audit_entries where path >= $1 and path < $2', [
        path,
        `${path}~`,
      ])
    const before = await entries()
    await world.moveTo('2027-05-01T01:00:00Z')
    for (const id of [reseller.id, customer.id])
      expect(refusal(await subDistributor.as.get(`/v1/tenants/${id}`))).toBe('404 not_found')
    const left = async (table: string) =>
      query(world, `select 1 from ${table} where path >= $1 and path < $2`, [path, `${path}~`])
    for (const table of [
      'tenants',
      'users',
      'devices',
      'device_months',
      'companies',
      'audit_personal',
      'subscriptions',
      'asked_prices',
      'tenant_pauses',
    ])
      expect([table, await left(table)]).toEqual([table, []])
    expect(await query(world, 'select 1 from device_keys where key_hash = $1', [hashSecret(device.key)])).toEqual([])
    expect(
      await query(world, 'select 1 from sessions where token_hash = $1', [hashSecret(reseller.as.token ?? '')]),
    ).toEqual([])
    expect(await entries()).toEqual(before)
    expect((await subDistributor.as.get(`/v1/invoices/${invoice.id}`)).body.total).toEqual(invoice.total)
    expect(refusal(await act(subDistributor.as, reseller.id, 'restore'))).toBe('404 not_found')
  })
})

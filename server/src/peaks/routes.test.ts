import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as given from '../../test/given.ts'
import { listAll, query, refusal, seen, writesNothing } from '../../test/state.ts'
import { openWorld, type World } from '../../test/world.ts'

const missingId = '01990000-0000-7000-8000-000000000000'
const gigabyte = 1_000_000_000

let world: World
beforeAll(async () => {
  world = await openWorld('2027-03-02T10:00:00Z')
})
afterAll(() => world.close())

/** A branch whose customer subscribes to a peak offer. */
async function subscribed(fields: Record<string, unknown> = {}) {
  const branch = await given.channel(world)
  const offerId = await given.peakOffer(world, fields)
  await given.sold(world, branch, offerId)
  return { ...branch, offerId }
}

const reportedOf = (deviceId: string) =>
  query(
    world,
    'select metric, month::text, highest::text from device_peaks where device_id = $1 order by metric, month',
    [deviceId],
  )

describe('POST /agent/v1/heartbeat with values', () => {
  it('200: last allowed values; each day keeps its highest, whatever comes again', async () => {
    const { reseller, customer } = await given.channel(world)
    const device = await given.device(world, reseller.as, customer.id)
    const most = { selected_size: Number.MAX_SAFE_INTEGER, used_storage: 0, protected_users: 1_000_000_000 }
    for (const peaks of [{ used_storage: 0 }, most, { selected_size: 5 }, most, {}])
      given.expectOk(await device.signal(peaks))
    expect(await reportedOf(device.id)).toEqual([
      { metric: 'protected_users', month: '2027-03-01', highest: '{NULL,1000000000}' },
      { metric: 'selected_size', month: '2027-03-01', highest: '{NULL,9007199254740991}' },
      { metric: 'used_storage', month: '2027-03-01', highest: '{NULL,0}' },
    ])
  })

  it.each([
    ['negative', { used_storage: -1 }],
    ['a fraction', { used_storage: 0.5 }],
    ['text', { used_storage: '5' }],
    ['too large', { used_storage: Number.MAX_SAFE_INTEGER + 1 }],
    ['too many users', { protected_users: 1_000_000_001 }],
    ['null', { selected_size: null }],
    ['another metric', { free_storage: 1 }],
    ['one of two is bad', { used_storage: 1, protected_users: -1 }],
  ])('422 %s: nothing is stored, not even the sign of life', async (_what, peaks) => {
    const { reseller, customer } = await given.channel(world)
    const device = await given.device(world, reseller.as, customer.id)
    const answer = await writesNothing(world, () => device.signal(peaks))
    expect(refusal(answer)).toBe('422 invalid_request')
  })

  it('many at once: of one device the highest stands, of all devices each its own', async () => {
    const { reseller, customer } = await given.channel(world)
    const devices = [
      await given.device(world, reseller.as, customer.id),
      await given.device(world, reseller.as, customer.id),
    ]
    const values = [3, 9, 4, 9, 1, 7]
    await Promise.all(
      devices.flatMap((device, index) => values.map((value) => device.signal({ used_storage: value * (index + 1) }))),
    )
    expect(await reportedOf(devices[0]!.id)).toMatchObject([{ highest: '{NULL,9}' }])
    expect(await reportedOf(devices[1]!.id)).toMatchObject([{ highest: '{NULL,18}' }])
  })

  it('403 device_refused: a deleted device stores nothing, and nothing is carried past that day', async () => {
    const branch = await subscribed()
    const device = await given.device(world, branch.reseller.as, branch.customer.id)
    given.expectOk(await device.signal({ used_storage: gigabyte }))
    given.expectOk(await branch.reseller.as.delete(`/v1/devices/${device.id}`))
    await expect
      .poll(async () => refusal(await device.signal({ used_storage: 5 * gigabyte })))
      .toBe('403 device_refused')
    const [row] = await listAll(branch.reseller.as, '/v1/usage/peaks')
    expect(row).toMatchObject({ deleted_on: '2027-03-02', days: [2], value: gigabyte })
  })
})

describe('GET /v1/usage/peaks', () => {
  it('the highest value with its date, site, offer; what is not measured is not there', async () => {
    const branch = await subscribed()
    const site = await given.tenant(world.vendor, branch.customer.id, { level: 'site' })
    const own = await given.device(world, world.vendor, branch.customer.id, 'machine-1')
    const below = await given.device(world, world.vendor, site.id, 'machine-2')
    const other = await given.device(world, world.vendor, site.id, 'machine-3')
    given.expectOk(await own.signal({ used_storage: 1_500_000_001, protected_users: 7 }))
    given.expectOk(await below.signal({ used_storage: 2 * gigabyte }))
    given.expectOk(await other.signal({ selected_size: 9 * gigabyte }))
    const rows = await listAll(branch.reseller.as, '/v1/usage/peaks?month=2027-03', 1)
    const charged = {
      metric: 'used_storage',
      unit: 'GB',
      peak_on: '2027-03-02',
      days: [2],
      charged_days: [2],
      reason: 'peak',
    }
    expect(rows).toMatchObject([
      {
        ...charged,
        device_id: own.id,
        host_name: 'HOST-machine-1',
        site: null,
        value: 1_500_000_001,
        quantity: '1.500000001',
      },
      { ...charged, device_id: below.id, site: { id: site.id, level: 'site' }, value: 2 * gigabyte, quantity: '2' },
    ])
    expect(await listAll(branch.reseller.as, '/v1/usage/peaks')).toEqual(rows)
    expect(await listAll(branch.reseller.as, `/v1/usage/peaks?tenant_id=${site.id}`)).toHaveLength(1)
    expect((await branch.reseller.as.get('/v1/usage/peak-totals')).body.data).toMatchObject([
      { offer: { id: branch.offerId }, customers: 1, devices: 2, quantity: '3.500000001', unit: 'GB', free_devices: 0 },
    ])
    // Nothing of it is a unit of active use.
    expect(await listAll(branch.reseller.as, '/v1/usage')).toEqual([])
  })

  it('used storage that is not ours is told and not charged; users of the same customer are', async () => {
    const branch = await given.channel(world)
    const own = await given.tenant(branch.reseller.as, branch.reseller.id, {
      level: 'end_customer',
      service_type: 'software_only',
    })
    const customer = { ...branch.customer, ...own, as: branch.customer.as }
    const [storage, users] = [await given.peakOffer(world), await given.peakOffer(world, { metric: 'protected_users' })]
    for (const offerId of [storage, users]) await given.sold(world, { ...branch, customer }, offerId)
    const device = await given.device(world, world.vendor, own.id)
    given.expectOk(await device.signal({ used_storage: gigabyte, protected_users: 3 }))
    const rows = await listAll(branch.reseller.as, `/v1/usage/peaks?tenant_id=${own.id}`)
    expect(rows.find(({ metric }) => metric === 'used_storage')).toMatchObject({
      reason: 'own_storage',
      value: gigabyte,
      quantity: '0',
      charged_days: [],
    })
    expect(rows.find(({ metric }) => metric === 'protected_users')).toMatchObject({
      reason: 'peak',
      quantity: '3',
      unit: 'user',
    })
  })

  it('404 and nothing: the peaks of another branch, in the filter, the list and the totals', async () => {
    const [a, b] = [await subscribed(), await subscribed()]
    const device = await given.device(world, b.reseller.as, b.customer.id)
    given.expectOk(await device.signal({ used_storage: gigabyte }))
    for (const path of ['/v1/usage/peaks', '/v1/usage/peak-totals']) {
      const missing = seen(await a.reseller.as.get(`${path}?tenant_id=${missingId}`))
      expect(missing.status).toBe(404)
      for (const id of [b.customer.id, a.subDistributor.id])
        expect(seen(await a.reseller.as.get(`${path}?tenant_id=${id}`))).toEqual(missing)
      expect((await a.reseller.as.get(path)).body.data).toEqual([])
      expect((await b.reseller.as.get(path)).body.data).toHaveLength(1)
      expect(refusal(await a.reseller.as.get(`${path}?month=2027-13`))).toBe('422 invalid_request')
    }
  })
})

describe('subscriptions to peak offers (R-SUBS-1)', () => {
  it('409 subscription_exists: one per product; ended by hand it is not charged after that day', async () => {
    const branch = await subscribed()
    const again = { tenant_id: branch.customer.id, offer_id: branch.offerId }
    const refused = await writesNothing(world, () => branch.reseller.as.post('/v1/subscriptions', again))
    expect(refusal(refused)).toBe('409 subscription_exists')
    const [subscription] = await listAll(branch.reseller.as, '/v1/subscriptions')
    const ended = await branch.reseller.as.put(`/v1/subscriptions/${subscription?.id}/state`, { state: 'ended' })
    expect(ended.status, JSON.stringify(ended.body)).toBeLessThan(300)
  })

  it('in trial: its days are told apart and charge nothing', async () => {
    const branch = await given.channel(world)
    const offerId = await given.peakOffer(world)
    await given.enabledDown(world, branch, offerId)
    const trial = { tenant_id: branch.customer.id, offer_id: offerId, in_trial: true }
    expect(given.expectOk(await branch.reseller.as.post('/v1/subscriptions', trial)).body.state).toBe('in_trial')
    const device = await given.device(world, world.vendor, branch.customer.id)
    given.expectOk(await device.signal({ used_storage: gigabyte }))
    expect(await listAll(branch.reseller.as, '/v1/usage/peaks')).toMatchObject([
      { reason: 'trial', quantity: '0', value: gigabyte },
    ])
    expect((await branch.reseller.as.get('/v1/usage/peak-totals')).body.data).toMatchObject([
      { devices: 0, quantity: '0', free_devices: 1 },
    ])
  })

  it('422 offer_not_offered: nobody subscribes to what is not sold to them', async () => {
    const branch = await given.channel(world)
    const offerId = await given.peakOffer(world)
    const subscribe = () =>
      branch.reseller.as.post('/v1/subscriptions', { tenant_id: branch.customer.id, offer_id: offerId })
    expect(refusal(await writesNothing(world, subscribe))).toBe('422 offer_not_offered')
  })
})

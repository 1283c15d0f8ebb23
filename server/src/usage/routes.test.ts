import { afterAll, beforeAll, expect, it } from 'vitest'
import * as given from '../../test/given.ts'
import { listAll, refusal, seen } from '../../test/state.ts'
import { openWorld, type World } from '../../test/world.ts'

const missingId = '01990000-0000-7000-8000-000000000000'

let world: World
beforeAll(async () => {
  world = await openWorld('2027-01-05T10:00:00Z')
})
afterAll(() => world.close())

async function subscribed() {
  const branch = await given.channel(world)
  const offerId = await given.offer(world)
  await given.sold(world, branch, offerId)
  return { ...branch, offerId }
}

it('a unit has its evidence: customer, site, device, days, and why it counts (R-ACT-6)', async () => {
  const branch = await subscribed()
  const site = await given.tenant(world.vendor, branch.customer.id, { level: 'site' })
  const own = await given.device(world, world.vendor, branch.customer.id, 'machine-1')
  const below = await given.device(world, world.vendor, site.id, 'machine-2')
  await given.device(world, world.vendor, site.id, 'silent-machine')
  for (const device of [own, below]) given.expectOk(await device.signal())
  const rows = await listAll(branch.reseller.as, '/v1/usage?month=2027-01', 1)
  expect(rows).toMatchObject([
    {
      customer: { id: branch.customer.id, level: 'end_customer' },
      site: null,
      device_id: own.id,
      host_name: 'HOST-machine-1',
      days: [5],
      charged_days: [5],
      units: 1,
      reason: 'standalone_device',
      offer: { id: branch.offerId },
    },
    {
      customer: { id: branch.customer.id },
      site: { id: site.id, level: 'site' },
      device_id: below.id,
      days: [5],
      units: 1,
    },
  ])
  expect(await listAll(branch.reseller.as, '/v1/usage')).toEqual(rows)
  const [total] = (await branch.reseller.as.get('/v1/usage/totals')).body.data
  expect(total).toMatchObject({ offer: { id: branch.offerId }, customers: 1, devices: 2, units: 2, trial_devices: 0 })
  expect(await listAll(branch.reseller.as, `/v1/usage?tenant_id=${site.id}`)).toHaveLength(1)
})

it('404 and nothing: the usage of another branch, in the filter, the list and the totals', async () => {
  const [a, b] = [await subscribed(), await subscribed()]
  const device = await given.device(world, b.reseller.as, b.customer.id)
  given.expectOk(await device.signal())
  for (const path of ['/v1/usage', '/v1/usage/totals', '/v1/usage/export']) {
    const missing = seen(await a.reseller.as.get(`${path}?tenant_id=${missingId}`))
    expect(missing.status).toBe(404)
    for (const id of [b.customer.id, a.subDistributor.id])
      expect(seen(await a.reseller.as.get(`${path}?tenant_id=${id}`))).toEqual(missing)
  }
  expect((await a.reseller.as.get('/v1/usage')).body.data).toEqual([])
  expect((await a.reseller.as.get('/v1/usage/totals')).body.data).toEqual([])
  expect((await b.reseller.as.get('/v1/usage')).body.data).toHaveLength(1)
})

it('422: what is no month', async () => {
  for (const month of ['2027-13', '2027-00', '2027-1', '2027', 'now']) {
    for (const path of ['/v1/usage', '/v1/usage/totals', '/v1/usage/export']) {
      expect(refusal(await world.vendor.get(`${path}?month=${month}`)), `${path} ${month}`).toBe('422 invalid_request')
    }
  }
  expect((await world.vendor.get('/v1/usage?month=2019-12')).body.data).toEqual([])
})

/** Moves the clock: the last one. */
it('a subscription that starts in a month counts the days from then on; what a machine did before is nothing', async () => {
  const branch = await subscribed()
  const late = await given.tenant(branch.reseller.as, branch.reseller.id, { level: 'end_customer' })
  given.expectOk(await branch.reseller.as.put(`/v1/tenants/${late.id}/offers/${branch.offerId}`))
  const both = await given.device(world, branch.reseller.as, late.id)
  const before = await given.device(world, branch.reseller.as, late.id)
  for (const device of [both, before]) given.expectOk(await device.signal())
  const usage = () => listAll(branch.reseller.as, `/v1/usage?month=2027-01&tenant_id=${late.id}`)
  expect(await usage()).toEqual([])
  await world.moveTo('2027-01-11T00:00:00Z')
  given.expectOk(await both.signal())
  await world.moveTo('2027-01-12T23:59:59.999Z')
  given.expectOk(await branch.reseller.as.post('/v1/subscriptions', { tenant_id: late.id, offer_id: branch.offerId }))
  expect(await usage()).toEqual([])
  given.expectOk(await both.signal())
  await world.moveTo('2027-01-31T12:00:00Z')
  given.expectOk(await both.signal())
  expect(await usage()).toMatchObject([{ device_id: both.id, days: [12, 31], charged_days: [12, 31], units: 1 }])
  await world.moveTo('2027-02-01T01:00:00Z')
  // As it was rated, a report of the month stays what it was.
  expect(await usage()).toMatchObject([{ device_id: both.id, days: [12, 31], units: 1 }])
  const [invoice] = (await branch.reseller.as.get('/v1/invoices?month=2027-01&direction=issued')).body.data
  expect(invoice).toMatchObject({ buyer_id: late.id, total: { amount: '8.50', currency: 'EUR' } })
})

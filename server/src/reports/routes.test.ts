import { afterAll, beforeAll, expect, it } from 'vitest'
import * as given from '../../test/given.ts'
import { seen } from '../../test/state.ts'
import { type Client, openWorld, type World } from '../../test/world.ts'

let world: World
let branch: given.Channel
let site: { id: string }
beforeAll(async () => {
  world = await openWorld('2027-01-05T10:00:00Z')
  branch = await given.channel(world)
  await given.sold(world, branch, await given.offer(world))
  site = await given.tenant(world.vendor, branch.customer.id, { level: 'site' })
  await given.tenant(world.vendor, branch.reseller.id, { level: 'end_customer', in_trial: true })
  const [own, below] = [
    await given.device(world, world.vendor, branch.customer.id),
    await given.device(world, world.vendor, site.id),
  ]
  const gone = await given.device(world, world.vendor, site.id)
  for (const device of [own, below]) given.expectOk(await device.signal())
  await world.moveTo('2027-02-01T12:00:00Z')
  given.expectOk(await own.signal())
  given.expectOk(await gone.uninstall())
})
afterAll(() => world.close())

const overview = async (as: Client, tenantId?: string) =>
  given.expectOk(await as.get(`/v1/overview${tenantId === undefined ? '' : `?tenant_id=${tenantId}`}`)).body

it('a reseller: tenants by level, devices by state, days, trials, and its own invoices', async () => {
  const found = await overview(branch.reseller.as)
  expect(found).toMatchObject({
    tenants_by_level: { end_customer: 2, site: 1 },
    devices_by_state: { active: 1, offline: 1, uninstalled: 1 },
    active_devices_this_month: 1,
    customers_in_trial: 1,
    trials_ending_in_7_days: 1,
  })
  expect(found.open_invoices).toEqual([
    { direction: 'issued', count: 1, total: { amount: '17.00', currency: 'EUR' } },
    { direction: 'received', count: 1, total: { amount: '11.60', currency: 'EUR' } },
  ])
})

it('one row for each of the last 90 days, those without a signal too', async () => {
  const { active_per_day: days } = await overview(branch.customer.as)
  expect(days).toHaveLength(90)
  expect([days[0].day, days.at(-1).day]).toEqual(['2026-11-04', '2027-02-01'])
  expect(days.filter((row: { devices: number }) => row.devices > 0)).toEqual([
    { day: '2027-01-05', devices: 2 },
    { day: '2027-02-01', devices: 1 },
  ])
})

it('a part of the subtree: its numbers and no invoices, which are its own affair (R-TREE-10)', async () => {
  const part = await overview(branch.reseller.as, site.id)
  expect(part).toMatchObject({
    tenants_by_level: {},
    devices_by_state: { offline: 1, uninstalled: 1 },
    active_devices_this_month: 0,
    customers_in_trial: 0,
    open_invoices: [],
  })
  expect((await overview(world.vendor)).open_invoices).toEqual([
    { direction: 'issued', count: 1, total: { amount: '8.20', currency: 'EUR' } },
  ])
})

it('404: the overview of another branch; an empty one of the own is all zeros', async () => {
  const other = await given.channel(world)
  expect(await overview(other.customer.as)).toMatchObject({
    tenants_by_level: {},
    devices_by_state: {},
    active_devices_this_month: 0,
    open_invoices: [],
  })
  const missing = seen(await other.reseller.as.get('/v1/overview?tenant_id=01990000-0000-7000-8000-000000000000'))
  expect(missing.status).toBe(404)
  for (const id of [branch.customer.id, other.subDistributor.id])
    expect(seen(await other.reseller.as.get(`/v1/overview?tenant_id=${id}`))).toEqual(missing)
})

it('trials that end within seven days: the eighth day is not yet one', async () => {
  const { reseller } = await given.channel(world)
  await given.tenant(world.vendor, reseller.id, { level: 'end_customer', in_trial: true })
  // Made on 1 February: it ends at 00:00 on 4 March.
  for (const [day, ending] of [
    ['2027-02-24T23:59:59.999Z', 0],
    ['2027-02-25T00:00:00Z', 1],
  ] as const) {
    await world.moveTo(day)
    expect((await overview(reseller.as)).trials_ending_in_7_days, day).toBe(ending)
  }
})

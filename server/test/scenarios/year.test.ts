import { afterAll, beforeAll, expect, it } from 'vitest'
import * as given from '../given.ts'
import { listAll } from '../state.ts'
import { type Client, openWorld, type World } from '../world.ts'

let world: World
beforeAll(async () => {
  world = await openWorld('2027-10-05T10:00:00Z')
})
afterAll(() => world.close())

/** R-BILL-7: numbers run without gaps per seller and year of issue; R-BILL-2: the quantities agree on every edge. */
it('five months over the turn of a leap year: each seller counts its own numbers, anew each year', async () => {
  const branch = await given.channel(world)
  const offerId = await given.offer(world)
  await given.sold(world, branch, offerId)
  const second = await given.tenant(branch.reseller.as, branch.reseller.id, { level: 'end_customer' })
  given.expectOk(await branch.reseller.as.put(`/v1/tenants/${second.id}/offers/${offerId}`))
  given.expectOk(await branch.reseller.as.post('/v1/subscriptions', { tenant_id: second.id, offer_id: offerId }))
  const devices = [
    await given.device(world, branch.reseller.as, branch.customer.id),
    await given.device(world, branch.reseller.as, second.id),
    await given.device(world, branch.reseller.as, second.id),
  ]
  const days = ['2027-10-31', '2027-11-30', '2027-12-31', '2028-01-01', '2028-02-29']
  for (const day of days) {
    await world.moveTo(`${day}T23:59:59.999Z`)
    for (const device of devices) expect((await device.signal()).body.day).toBe(day)
  }
  // In one move: on the way every month is closed at its own time.
  await world.moveTo('2028-05-20T00:00:00Z')

  const issued = async (as: Client) =>
    (await listAll(as, '/v1/invoices?direction=issued')).map((row) => [
      row.month,
      row.number,
      row.issued_on,
      (row.total as { amount: string }).amount,
    ])
  expect((await issued(branch.distributor.as)).sort()).toEqual([
    ['2027-10', 'INV-2027-00001', '2027-11-01', '14.70'],
    ['2027-11', 'INV-2027-00002', '2027-12-01', '14.70'],
    ['2027-12', 'INV-2028-00001', '2028-01-01', '14.70'],
    ['2028-01', 'INV-2028-00002', '2028-02-01', '14.70'],
    ['2028-02', 'INV-2028-00003', '2028-03-01', '14.70'],
  ])
  const reseller = await issued(branch.reseller.as)
  expect(reseller.map(([, number]) => number).sort()).toEqual([
    ...[1, 2, 3, 4].map((n) => `INV-2027-0000${n}`),
    ...[1, 2, 3, 4, 5, 6].map((n) => `INV-2028-0000${n}`),
  ])
  for (const month of days.map((day) => day.slice(0, 7))) {
    const totals = reseller.filter(([of]) => of === month).map(([, , , total]) => total)
    expect(totals.sort(), month).toEqual(['17.00', '8.50'])
  }
  const [february] = await listAll(branch.customer.as, '/v1/usage?month=2028-02')
  expect(february).toMatchObject({ days: [29], units: 1 })
})

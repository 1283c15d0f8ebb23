import { afterAll, beforeAll, expect, it } from 'vitest'
import * as given from '../given.ts'
import { openWorld, type World } from '../world.ts'

let world: World
beforeAll(async () => {
  world = await openWorld('2027-01-05T10:00:00Z')
})
afterAll(() => world.close())

it('a month ends: one invoice per edge, each at its own price, the same quantity on all', async () => {
  const branch = await given.channel(world)
  const offerId = await given.offer(world)
  await given.sold(world, branch, offerId)
  const device = await given.device(world, branch.reseller.as, branch.customer.id)
  expect((await device.signal()).body.day).toBe('2027-01-05')
  await world.moveTo('2027-01-20T00:00:00Z')
  expect((await device.signal()).body.day).toBe('2027-01-20')
  const usage = await branch.customer.as.get('/v1/usage?month=2027-01')
  expect(usage.body.data[0]).toMatchObject({ device_id: device.id, days: [5, 20], units: 1 })
  await world.moveTo('2027-02-01T01:00:00Z')
  const totals = await Promise.all(
    [world.vendor, branch.distributor.as, branch.subDistributor.as, branch.reseller.as].map(async (seller) => {
      const { body } = await seller.get('/v1/invoices?month=2027-01&direction=issued')
      return body.data.map((invoice: { total: unknown; state: string }) => [invoice.total, invoice.state])
    }),
  )
  expect(totals).toEqual(['4.10', '4.90', '5.80', '8.50'].map((amount) => [[{ amount, currency: 'EUR' }, 'issued']]))
})

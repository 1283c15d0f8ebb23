import { afterAll, beforeAll, expect, it } from 'vitest'
import * as given from '../given.ts'
import { query } from '../state.ts'
import { type Client, openWorld, type World } from '../world.ts'

let world: World
let terms: number
beforeAll(async () => {
  world = await openWorld('2027-11-25T10:00:00Z')
  terms = await given.terms(world)
})
afterAll(() => world.close())

type Line = { edition: string; from: string; to: string; quantity: string; unit_price: string; amount: string }
/** The lines of what a seller has issued for a month. */
async function linesOf(seller: Client, month: string): Promise<Line[]> {
  const { data } = given.expectOk(await seller.get(`/v1/invoices?month=${month}&direction=issued`)).body
  const lines: Line[] = []
  for (const { id } of data) lines.push(...given.expectOk(await seller.get(`/v1/invoices/${id}`)).body.lines)
  return lines
}
const amounts = async (seller: Client, month: string) => (await linesOf(seller, month)).map(({ amount }) => amount)

it('the invoice says what the preview has said, on every edge at its price; below the buyer the assigned days; run again it is the same', async () => {
  const branch = await given.channel(world)
  const offerId = await given.orderedOffer(world, { unit: 'domain' })
  await given.soldTerms(world, branch, offerId)
  const buyer = await given.purchaser(world, world.vendor, branch.reseller.id)
  const body = {
    buyer_id: branch.reseller.id,
    lines: [{ offer_id: offerId, term: 'year', quantity: 5 }],
    payment_mode: 'monthly',
    terms_version: terms,
  }
  const preview = given.expectOk(await buyer.post('/v1/orders/preview', body)).body
  const kept = given.expectOk(await buyer.post('/v1/orders', body)).body
  const withdrawn = given.expectOk(await buyer.post('/v1/orders', body)).body
  const domain = { tenant_id: branch.customer.id, name: 'billed.example', kind: 'google_workspace' }
  const { id: holderId } = given.expectOk(await buyer.post('/v1/domains', domain)).body
  const [license] = await query<{ id: string }>(world, 'select id from licenses where order_id = $1 limit 1', [kept.id])
  // Held on the 27th, the 28th and the 29th, which is the day of the release.
  await world.moveTo('2027-11-27T15:00:00Z')
  given.expectOk(await buyer.post(`/v1/licenses/${license?.id}/assign`, { holder_kind: 'domain', holder_id: holderId }))
  await world.moveTo('2027-11-29T08:00:00Z')
  given.expectOk(await buyer.post(`/v1/licenses/${license?.id}/release`))
  await world.moveTo('2027-12-01T01:00:00Z')

  const sellers = [world.vendor, branch.distributor.as, branch.subDistributor.as] as const
  for (const [index, seller] of sellers.entries())
    expect(await amounts(seller, '2027-11')).toEqual([['4.00', '5.00', '6.00'][index], ['4.00', '5.00', '6.00'][index]])
  const [line] = await linesOf(branch.subDistributor.as, '2027-11')
  expect(line).toMatchObject({ from: '2027-11-25', to: '2027-11-30', quantity: '5', unit_price: '6' })
  expect(line?.amount).toBe(preview.lines[0].first_amount.amount)
  // 9.00 x 3 / 30
  expect(await amounts(branch.reseller.as, '2027-11')).toEqual(['0.90'])

  // Withdrawn after the run: credited next month, on all edges, to the cent; what was assigned stays charged.
  given.expectOk(await buyer.post(`/v1/orders/${withdrawn.id}/withdraw`))
  await world.moveTo('2028-01-01T01:00:00Z')
  // The period of December of the withdrawn order was charged at midnight on the 1st, and is credited with the first.
  expect((await amounts(branch.subDistributor.as, '2027-12')).sort()).toEqual(['-30.00', '-6.00', '30.00', '30.00'])
  expect(await amounts(branch.reseller.as, '2027-12')).toEqual([])
  const call = await world.application.db.systemCall('test')
  const count = async () =>
    (await query(world, 'select count(*)::int as n, sum(amount_minor)::text as total from invoice_lines'))[0]
  const before = await count()
  given.expectOk(await world.vendor.post('/v1/billing-runs', { month: '2027-12' }))
  await world.application.runDue(call)
  expect(await count()).toEqual(before)
  const [last] = preview.lines
  await world.moveTo('2028-12-01T01:00:00Z')
  expect(await amounts(branch.subDistributor.as, '2028-10')).toEqual([last.recurring.amount.amount])
  // November 2028 has the last days of the year and the first of its renewal.
  expect(await amounts(branch.subDistributor.as, '2028-11')).toEqual([last.last.amount.amount, '6.00'])
})

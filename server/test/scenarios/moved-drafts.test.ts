import { afterAll, beforeAll, expect, it } from 'vitest'
import { toMonth } from '../../src/kernel/time.ts'
import * as given from '../given.ts'
import { query, refusal } from '../state.ts'
import { type Client, openWorld, type World } from '../world.ts'

/** The tests follow one another through the months. */
let world: World
beforeAll(async () => {
  world = await openWorld('2027-01-05T10:00:00Z')
})
afterAll(() => world.close())

const run = async (month: string) => {
  const { runMonth } = await import('../../src/billing/run.ts')
  return runMonth(world.application.db, await world.application.db.systemCall('test'), toMonth(month))
}
const move = (id: string, parentId: string) => world.vendor.post(`/v1/tenants/${id}/move`, { parent_id: parentId })
const received = async (as: Client, month: string) =>
  (await as.get(`/v1/invoices?month=${month}&direction=received`)).body.data

/** A branch that sells and one that could: the offer is enabled down to its reseller, which asks no price. */
async function twoBranches() {
  const [from, to] = [await given.channel(world), await given.channel(world)]
  const offerId = await given.offer(world)
  await given.sold(world, from, offerId)
  for (const [seller, buyer, price] of [
    [world.vendor, to.distributor, null],
    [to.distributor.as, to.subDistributor, '5'],
    [to.subDistributor.as, to.reseller, '6'],
  ] as const) {
    if (price !== null) await given.price(seller, offerId, price)
    given.expectOk(await seller.put(`/v1/tenants/${buyer.id}/offers/${offerId}`))
  }
  const device = await given.device(world, from.reseller.as, from.customer.id)
  given.expectOk(await device.signal())
  return { from, to, offerId, device }
}

it('200: drafts stop no move; they stay with their edge, and are issued once what was missing is there', async () => {
  const { from, to } = await twoBranches()
  const bare = { company: { street: null, city: null } }
  given.expectOk(await world.vendor.patch(`/v1/tenants/${from.reseller.id}`, bare, 1))
  await world.moveTo('2027-02-01T01:00:00Z')
  const [draft] = await received(from.customer.as, '2027-01')
  expect(draft).toMatchObject({ state: 'draft', seller_id: from.reseller.id, total: { amount: '8.50' } })

  const preview = given.expectOk(
    await world.vendor.post(`/v1/tenants/${from.customer.id}/move-preview`, { parent_id: to.reseller.id }),
  ).body
  expect(preview).toMatchObject({ allowed: true, moves_on: '2027-02-01' })
  given.expectOk(await move(from.customer.id, to.reseller.id))
  expect((await received(from.customer.as, '2027-01'))[0]).toEqual(draft)
  expect(refusal(await to.reseller.as.get(`/v1/invoices/${draft.id}`))).toBe('404 not_found')

  given.expectOk(
    await from.reseller.as.patch(`/v1/tenants/${from.reseller.id}`, { company: { street: '1 Quay', city: 'Ulm' } }, 2),
  )
  await run('2027-01')
  const [issued, ...more] = await received(from.customer.as, '2027-01')
  expect([issued.state, issued.seller_id, issued.total.amount, more]).toEqual(['issued', from.reseller.id, '8.50', []])
  const sold = (await from.reseller.as.get(`/v1/invoices/${issued.id}`)).body
  expect(sold.lines).toHaveLength(1)
  const path = `/v1/invoices/${issued.id}/lines/${sold.lines[0].id}/evidence`
  // The old seller has its evidence, without the name of a machine that it sees no more.
  expect((await from.reseller.as.get(path)).body.data).toMatchObject([{ host_name: null, days: [5], quantity: '1' }])
  expect((await from.customer.as.get(path)).body.data[0].host_name).toMatch(/^HOST-/)
  expect((await from.reseller.as.get('/v1/usage?month=2027-01')).body.data).toMatchObject([
    { customer: { id: from.customer.id, name: from.customer.name }, host_name: null, site: null, days: [5] },
  ])
  expect((await to.reseller.as.get('/v1/usage?month=2027-01')).body.data).toEqual([])
  const doubled = await query(world, 'select 1 from invoices group by seller_id, buyer_id, month having count(*) > 1')
  expect(doubled).toEqual([])
})

it('a move on the last day: before the run the old seller sees nothing, after it its part and its invoice', async () => {
  const { from, to, offerId, device } = await twoBranches()
  await given.price(to.reseller.as, offerId, '10')
  await world.moveTo('2027-02-28T23:00:00Z')
  given.expectOk(await device.signal())
  given.expectOk(await move(from.reseller.id, to.subDistributor.id))
  const usage = async (as: Client) => (await as.get('/v1/usage?month=2027-02')).body.data
  const division = { charged_days: 1, of_days: 2, moved_on: ['2027-02-28'] }
  expect(await usage(from.subDistributor.as)).toEqual([])
  expect(await usage(to.subDistributor.as)).toMatchObject([{ quantity: '0.5', division, days: [28] }])
  expect(await usage(from.customer.as)).toMatchObject([{ quantity: '1', division: null, days: [1, 28] }])
  await world.moveTo('2027-03-01T01:00:00Z')
  expect(await usage(from.subDistributor.as)).toMatchObject([{ quantity: '0.5', division, days: [1], host_name: null }])
  expect(await usage(to.subDistributor.as)).toMatchObject([{ quantity: '0.5', division, days: [28] }])
  expect(await usage(from.customer.as)).toMatchObject([{ quantity: '1', division: null }])
  const totals = await Promise.all(
    [from.distributor, from.subDistributor, from.reseller, to.distributor, to.subDistributor, from.customer].map(
      async ({ as }) => (await received(as, '2027-02')).map((row: { total: { amount: string } }) => row.total.amount),
    ),
  )
  // Half of 4.10, 4.90 and 5.80; half of 4.10, of 5 and of 6; and whole on the edge that both chains share.
  expect(totals.map((list) => list.sort())).toEqual([
    ['2.05'],
    ['2.45'],
    ['2.90', '3.00'],
    ['2.05'],
    ['2.50'],
    ['8.50'],
  ])
  const [half] = await received(from.subDistributor.as, '2027-02')
  const invoice = (await from.subDistributor.as.get(`/v1/invoices/${half.id}`)).body
  expect(invoice.lines).toMatchObject([{ quantity: '0.5', division: { ...division, quantity: '1/2', units: 1 } }])
  for (const file of ['pdf', 'xlsx'])
    expect((await from.subDistributor.as.get(`/v1/invoices/${half.id}/${file}`)).status).toBe(200)
})

it('R-BILL-1: an edge without any price is a draft with the reason, in the currency of its seller or in none', async () => {
  const { from, to, offerId, device } = await twoBranches()
  given.expectOk(await move(from.customer.id, to.reseller.id))
  given.expectOk(await device.signal())
  await world.moveTo('2027-04-01T01:00:00Z')
  const [draft, ...more] = await received(from.customer.as, '2027-03')
  expect(more).toEqual([])
  expect(draft).toMatchObject({ state: 'draft', number: null, total: null, seller_id: to.reseller.id })
  expect(draft.draft_reason).toMatch(/^No price for Product \w+ Standard\.$/)
  const invoice = (await to.reseller.as.get(`/v1/invoices/${draft.id}`)).body
  expect([invoice.currency, invoice.subtotal, invoice.lines]).toEqual([null, null, []])
  for (const file of ['pdf', 'xlsx'])
    expect((await to.reseller.as.get(`/v1/invoices/${draft.id}/${file}`)).status, file).toBe(200)
  expect((await to.reseller.as.get('/v1/overview')).status).toBe(200)

  // Known once the seller asks for anything; the price begins too late for March.
  await given.price(to.reseller.as, offerId, '9', 'NOK')
  await run('2027-03')
  expect((await received(from.customer.as, '2027-03'))[0]).toMatchObject({
    state: 'draft',
    total: { amount: '0.00', currency: 'NOK' },
  })
})

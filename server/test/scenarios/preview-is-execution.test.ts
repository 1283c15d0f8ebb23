import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import * as given from '../given.ts'
import { type Client, openWorld, type World } from '../world.ts'

/** Random orders of a month under random prices: the preview is the order, and the orders are the invoice. R-BUY-3, R-PRICE-1, R-BILL-3. */
const seed = 20_271_122
const unitPrice = fc.constantFrom('9.99', '0.0475', '10')
const tiers = fc.tuple(fc.integer({ min: 1, max: 20 }), unitPrice, unitPrice).map(([up_to, first, second]) => [
  { above: 0, up_to, unit_price: first },
  { above: up_to, up_to: null, unit_price: second },
])
const rate = fc.oneof(
  unitPrice.map((unit_price) => ({ model: 'per_unit', unit_price })),
  fc.constantFrom('49.95', '1000').map((amount) => ({ model: 'flat', amount })),
  tiers.map((of) => ({ model: 'graduated', tiers: of })),
  tiers.map((of) => ({ model: 'volume', tiers: of })),
  fc.integer({ min: 2, max: 12 }).map((size) => ({ model: 'package', size, package_price: '33.33' })),
)
const orders = fc.array(
  fc.record({
    day: fc.integer({ min: 1, max: 30 }),
    quantity: fc.integer({ min: 1, max: 25 }),
    term: fc.constantFrom('monthly', 'year'),
    isTwice: fc.boolean(),
  }),
  { minLength: 2, maxLength: 5 },
)
const plans = fc.sample(fc.record({ rate, minimum: fc.constantFrom(null, null, '120'), orders }), { numRuns: 12, seed })

let world: World
let version: number
beforeAll(async () => {
  world = await openWorld('2027-11-01T00:00:00Z')
  version = await given.terms(world)
})
afterAll(() => world.close())

type Buyer = { id: string; as: Client; offerId: string; cents: bigint; added: number }
async function buyerOf(plan: (typeof plans)[number]): Promise<Buyer> {
  const { id } = await given.tenant(world.vendor, world.vendorId, { level: 'reseller' })
  const as = await given.purchaser(world, world.vendor, id)
  const offerId = await given.orderedOffer(world)
  const list = given.expectOk(await world.vendor.post('/v1/price-lists', { buyer_id: id, currency: 'EUR' })).body
  for (const term of ['monthly', 'year']) {
    const price = { offer_id: offerId, term, period: 'monthly', rate: plan.rate, minimum: plan.minimum }
    given.expectOk(await world.vendor.post(`/v1/price-lists/${list.id}/prices`, price))
  }
  given.expectOk(await world.vendor.put(`/v1/tenants/${id}/offers/${offerId}`))
  return { id, as, offerId, cents: 0n, added: 0 }
}

const toCents = (amount: string) => BigInt(amount.replace('.', ''))

async function place(buyer: Buyer, { quantity, term, isTwice }: (typeof plans)[number]['orders'][number]) {
  const line = { offer_id: buyer.offerId, term, quantity }
  const body = {
    buyer_id: buyer.id,
    lines: isTwice ? [line, { ...line, quantity: 1 }] : [line],
    payment_mode: 'monthly',
    terms_version: version,
  }
  const preview = given.expectOk(await buyer.as.post('/v1/orders/preview', body)).body
  const order = given.expectOk(await buyer.as.post('/v1/orders', body)).body
  const parts = (of: {
    lines: { first_amount: { amount: string } }[]
    additions: { amount: { amount: string } }[]
  }) => ({
    lines: of.lines.map((one) => one.first_amount.amount),
    additions: of.additions.map((one) => one.amount.amount),
  })
  expect([parts(order), order.first_total]).toEqual([parts(preview), preview.totals[0]])
  const { lines, additions } = parts(order)
  const cents = toCents(order.first_total.amount)
  expect([...lines, ...additions].reduce((sum, amount) => sum + toCents(amount), 0n)).toBe(cents)
  buyer.cents += cents
  buyer.added += additions.length
}

it('whatever is asked and ordered: an order is what its preview said, and the orders of a month sum to its invoice', async () => {
  const buyers: Buyer[] = []
  for (const plan of plans) buyers.push(await buyerOf(plan))
  for (let day = 1; day <= 30; day += 1) {
    const due = plans.flatMap((plan, index) =>
      plan.orders.filter((order) => order.day === day).map((order) => ({ order, buyer: buyers[index]! })),
    )
    if (due.length > 0) await world.moveTo(`2027-11-${`${day}`.padStart(2, '0')}T12:00:00Z`)
    for (const { order, buyer } of due) await place(buyer, order)
  }
  await world.moveTo('2027-12-01T01:00:00Z')
  for (const [index, buyer] of buyers.entries()) {
    const { data } = given.expectOk(await buyer.as.get('/v1/invoices?month=2027-11')).body
    expect([toCents(data[0].total.amount), data[0].state], JSON.stringify(plans[index])).toEqual([
      buyer.cents,
      'issued',
    ])
  }
  // Not a test of plain prices alone.
  expect(buyers.reduce((sum, { added }) => sum + added, 0)).toBeGreaterThan(5)
}, 180_000)

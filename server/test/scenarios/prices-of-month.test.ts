import { afterAll, beforeAll, expect, it } from 'vitest'
import * as given from '../given.ts'
import { query } from '../state.ts'
import { type Client, openWorld, type World } from '../world.ts'

let world: World
let terms: number
beforeAll(async () => {
  world = await openWorld('2027-11-28T10:00:00Z')
  terms = await given.terms(world)
})
afterAll(() => world.close())

type Rate = Record<string, unknown>
/** On the seller's default list, made if it has none. */
async function ask(seller: Client, offerId: string, fields: Rate): Promise<void> {
  const lists = given.expectOk(await seller.get('/v1/price-lists')).body.data
  const known = lists.find((list: { buyer_id: string | null }) => list.buyer_id === null)
  const list = known ?? given.expectOk(await seller.post('/v1/price-lists', { currency: 'EUR' })).body
  given.expectOk(await seller.post(`/v1/price-lists/${list.id}/prices`, { offer_id: offerId, ...fields }))
}

async function linesOf(seller: Client, buyerId: string, month: string) {
  const { data } = given.expectOk(await seller.get(`/v1/invoices?month=${month}&direction=issued`)).body
  const found = data.find((row: { buyer_id: string }) => row.buyer_id === buyerId)
  return found === undefined ? null : given.expectOk(await seller.get(`/v1/invoices/${found.id}`)).body
}
const short = (invoice: { lines: { kind: string; customer_name: string | null; amount: string }[] }) =>
  invoice.lines.map(({ kind, customer_name, amount }) => [kind, customer_name, amount])

it('R-PRICE-1: what was ordered in a month is priced together; the preview is what the invoice says; withdrawn later it is credited with what made the packages whole', async () => {
  const branch = await given.channel(world)
  const offerId = await given.orderedOffer(world, { unit: 'domain' })
  await given.soldTerms(world, branch, offerId)
  const packages = { model: 'package', size: 10, package_price: '100' }
  const other = await given.orderedOffer(world, { unit: 'domain' })
  for (const [seller, buyer] of [
    [world.vendor, branch.distributor],
    [branch.distributor.as, branch.subDistributor],
    [branch.subDistributor.as, branch.reseller],
  ] as const) {
    const rate =
      seller === branch.subDistributor.as ? { rate: packages } : { unit_price: { amount: '7', currency: 'EUR' } }
    await ask(seller, other, { term: 'monthly', period: 'monthly', ...rate })
    given.expectOk(await seller.put(`/v1/tenants/${buyer.id}/offers/${other}`))
  }
  const buyer = await given.purchaser(world, world.vendor, branch.reseller.id)
  const body = (quantity: number) => ({
    buyer_id: branch.reseller.id,
    lines: [{ offer_id: other, term: 'monthly', quantity }],
    payment_mode: 'monthly',
    terms_version: terms,
  })
  const preview = async (quantity: number) =>
    given.expectOk(await buyer.post('/v1/orders/preview', body(quantity))).body as {
      lines: { first_amount: { amount: string }; unit_price: null; pricing: { quantity: string } }[]
      additions: { reason: string; amount: { amount: string } }[]
      totals: { amount: string }[]
    }
  const told = ({ lines, additions, totals }: Awaited<ReturnType<typeof preview>>) => ({
    line: lines[0]?.first_amount.amount,
    additions: additions.map(({ reason, amount }) => [reason, amount.amount]),
    total: totals[0]?.amount,
  })
  expect(told(await preview(4))).toEqual({ line: '4.00', additions: [['package', '6.00']], total: '10.00' })
  const first = given.expectOk(await buyer.post('/v1/orders', body(4))).body
  expect([first.first_total.amount, first.additions[0].amount.amount]).toEqual(['10.00', '6.00'])
  const receipts = await query<{ text: string }>(
    world,
    `select c.text_body as text from mails m join mail_contents c on c.mail_id = m.id where m.template = 'purchase_receipt' and m.tenant_id = $1`,
    [branch.reseller.id],
  )
  expect(receipts[0]?.text).toMatch(
    /EUR 4\.00[\s\S]*to whole packages: EUR 6\.00[\s\S]*Total of the first period: EUR 10\.00/,
  )

  const second = await preview(7)
  expect(second.lines[0]).toMatchObject({ unit_price: null, pricing: { model: 'package', quantity: '11' } })
  expect(told(second)).toEqual({ line: '7.00', additions: [['package', '3.00']], total: '10.00' })
  const late = given.expectOk(await buyer.post('/v1/orders', body(7))).body
  expect(late.first_total.amount).toBe('10.00')

  await world.moveTo('2027-12-01T01:00:00Z')
  const november = await linesOf(branch.subDistributor.as, branch.reseller.id, '2027-11')
  // Three of thirty days.
  expect(short(november)).toEqual([
    ['period', branch.reseller.name, '4.00'],
    ['period', branch.reseller.name, '7.00'],
    ['package', null, '9.00'],
  ])
  expect(november.total.amount).toBe('20.00')
  expect(november.lines[0]).toMatchObject({
    unit_price: null,
    pricing: { model: 'package', quantity: '11', package_size: 10 },
    basis: { reason: 'period', order_id: first.id, days: 3, whole_days: 30, periods: 1, priced_on: '2027-11-28' },
  })
  // The same quantities at the price of the edge above, which is no end of the order.
  const above = await linesOf(branch.distributor.as, branch.subDistributor.id, '2027-11')
  expect(
    above.lines.map((line: { quantity: string; amount: string; basis: { order_id: null } }) => [
      line.quantity,
      line.amount,
      line.basis.order_id,
    ]),
  ).toEqual([
    ['4', '2.80', null],
    ['7', '4.90', null],
  ])

  given.expectOk(await buyer.post(`/v1/orders/${late.id}/withdraw`))
  await world.moveTo('2028-01-01T01:00:00Z')
  // December began for both, and the withdrawn one is out of it again: 4 licenses are one package.
  const december = await linesOf(branch.subDistributor.as, branch.reseller.id, '2027-12')
  expect(short(december).sort()).toEqual(
    [
      ['period', branch.reseller.name, '40.00'],
      ['package', null, '60.00'],
      ['period', branch.reseller.name, '70.00'],
      ['period', branch.reseller.name, '-70.00'],
      ['period', branch.reseller.name, '-7.00'],
      ['package', null, '-3.00'],
    ].sort(),
  )
  expect(december.total.amount).toBe('90.00')
})

it('R-PRICE-1: what was used in a month is priced for all customers of an edge, on each edge by its own price, and explains itself', async () => {
  await world.moveTo('2028-02-01T10:00:00Z')
  const branch = await given.channel(world)
  const offerId = await given.offer(world)
  const tiers = [
    { above: 0, up_to: 2, unit_price: '10' },
    { above: 2, up_to: null, unit_price: '4' },
  ]
  const steps = [
    [world.vendor, branch.distributor.id, { rate: { model: 'graduated', tiers } }],
    [branch.distributor.as, branch.subDistributor.id, { unit_price: { amount: '5', currency: 'EUR' }, minimum: '20' }],
    [branch.subDistributor.as, branch.reseller.id, { rate: { model: 'flat', amount: '50' } }],
    [branch.reseller.as, branch.customer.id, { rate: { model: 'volume', tiers } }],
  ] as const
  for (const [seller, id, rate] of steps) {
    await ask(seller, offerId, rate)
    given.expectOk(await seller.put(`/v1/tenants/${id}/offers/${offerId}`))
  }
  const second = await given.tenant(branch.reseller.as, branch.reseller.id, { level: 'end_customer' })
  given.expectOk(await branch.reseller.as.put(`/v1/tenants/${second.id}/offers/${offerId}`))
  for (const [tenantId, devices] of [
    [branch.customer.id, 2],
    [second.id, 1],
  ] as const) {
    given.expectOk(await branch.reseller.as.post('/v1/subscriptions', { tenant_id: tenantId, offer_id: offerId }))
    for (let n = 0; n < devices; n += 1)
      given.expectOk(await (await given.device(world, branch.reseller.as, tenantId)).signal())
  }
  await world.moveTo('2028-03-01T01:00:00Z')
  const amounts = async (seller: Client, buyerId: string) =>
    (await linesOf(seller, buyerId, '2028-02')).lines
      .map((line: { kind: string; customer_id: string | null; amount: string }) => [
        line.kind,
        line.customer_id === second.id ? 'second' : line.customer_id && 'first',
        line.amount,
      ])
      .sort()
  const [first, other] = ['first', 'second']
  expect(await amounts(world.vendor, branch.distributor.id)).toEqual([
    ['use', first, '16.00'],
    ['use', other, '8.00'],
  ])
  expect(await amounts(branch.distributor.as, branch.subDistributor.id)).toEqual([
    ['minimum', null, '5.00'],
    ['use', first, '10.00'],
    ['use', other, '5.00'],
  ])
  expect(await amounts(branch.subDistributor.as, branch.reseller.id)).toEqual([
    ['use', first, '33.33'],
    ['use', other, '16.67'],
  ])
  // Two devices, the last of the tier; an edge has its own sum.
  expect(await amounts(branch.reseller.as, branch.customer.id)).toEqual([['use', first, '20.00']])
  const [line] = (await linesOf(world.vendor, branch.distributor.id, '2028-02')).lines
  expect(line.pricing).toEqual({
    model: 'graduated',
    quantity: '3',
    parts: [
      { above: 0, up_to: 2, quantity: '2', unit_price: '10', amount: '20' },
      { above: 2, up_to: null, quantity: '1', unit_price: '4', amount: '4' },
    ],
    package_size: null,
    minimum: null,
  })
  const { id } = await linesOf(branch.distributor.as, branch.subDistributor.id, '2028-02')
  for (const format of ['pdf', 'xlsx'])
    expect((await branch.subDistributor.as.get(`/v1/invoices/${id}/${format}`)).status, format).toBe(200)
})

it('R-BILL-9: assigned days of the month of a move stand on the edges of the days; above both chains nothing changes; either end reads the licenses behind', async () => {
  await world.moveTo('2028-04-01T10:00:00Z')
  const branch = await given.channel(world)
  const offerId = await given.orderedOffer(world, { unit: 'domain' })
  await given.soldTerms(world, branch, offerId)
  const next = await given.tenant(world.vendor, branch.subDistributor.id, { level: 'reseller' })
  const nextAs = await given.user(world, world.vendor, next.id)
  given.expectOk(await branch.subDistributor.as.put(`/v1/tenants/${next.id}/offers/${offerId}`))
  await ask(nextAs, offerId, { term: 'year', period: 'monthly', unit_price: { amount: '3', currency: 'EUR' } })
  const buyer = await given.purchaser(world, world.vendor, branch.distributor.id)
  const { id: tenantId } = branch.customer
  given.expectOk(
    await world.vendor.put(
      `/v1/tenants/${tenantId}/pool-settings`,
      { source: 'company_pool', take: 'manual', exchange_expired: false },
      0,
    ),
  )
  const order = given.expectOk(
    await buyer.post('/v1/orders', {
      buyer_id: branch.distributor.id,
      company_id: tenantId,
      lines: [{ offer_id: offerId, term: 'year', quantity: 1 }],
      payment_mode: 'monthly',
      terms_version: terms,
    }),
  ).body
  const domain = { tenant_id: tenantId, name: 'moved.example', kind: 'google_workspace' }
  const { id: holderId } = given.expectOk(await branch.reseller.as.post('/v1/domains', domain)).body
  const { data } = given.expectOk(await world.vendor.get(`/v1/licenses?order_id=${order.id}`)).body
  given.expectOk(await buyer.post(`/v1/licenses/${data[0].id}/assign`, { holder_kind: 'domain', holder_id: holderId }))
  await world.moveTo('2028-04-11T10:00:00Z')
  given.expectOk(await world.vendor.post(`/v1/tenants/${tenantId}/move`, { parent_id: next.id }))
  await world.moveTo('2028-05-01T01:00:00Z')
  const lineOf = async (seller: Client, buyerId: string) => {
    const invoice = await linesOf(seller, buyerId, '2028-04')
    const [line] = invoice.lines
    const { data: evidence } = given.expectOk(
      await seller.get(`/v1/invoices/${invoice.id}/lines/${line.id}/evidence`),
    ).body
    return [
      line.kind,
      line.quantity,
      line.amount,
      evidence.map((row: { days: number[]; license_id: string }) => [row.license_id, row.days.length]),
    ]
  }
  const license = data[0].id
  // The 1st to the 10th under the old reseller, from the 11th under the new one: 9 x 10/30, 3 x 20/30.
  expect(await lineOf(branch.reseller.as, tenantId)).toEqual(['assigned', '0.333333', '3.00', [[license, 10]]])
  expect(await lineOf(nextAs, tenantId)).toEqual(['assigned', '0.666667', '2.00', [[license, 20]]])
  expect(await lineOf(branch.subDistributor.as, branch.reseller.id)).toEqual([
    'assigned',
    '0.333333',
    '2.00',
    [[license, 10]],
  ])
  expect(await lineOf(branch.subDistributor.as, next.id)).toEqual(['assigned', '0.666667', '4.00', [[license, 20]]])
  expect(await lineOf(branch.distributor.as, branch.subDistributor.id)).toEqual([
    'assigned',
    '1',
    '5.00',
    [[license, 30]],
  ])
  // The buyer's own edge is charged by the order.
  expect((await linesOf(world.vendor, branch.distributor.id, '2028-04')).lines[0]).toMatchObject({
    kind: 'period',
    amount: '4.00',
  })
  // Names are for who still sees the holder.
  const gone = await linesOf(branch.reseller.as, tenantId, '2028-04')
  const { data: rows } = given.expectOk(
    await branch.reseller.as.get(`/v1/invoices/${gone.id}/lines/${gone.lines[0].id}/evidence`),
  ).body
  expect([rows[0].host_name, rows[0].holder_kind]).toEqual([null, 'domain'])
  expect((await world.vendor.get(`/v1/invoices/${gone.id}/lines/${gone.lines[0].id}/evidence`)).status).toBe(404)
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as given from '../../test/given.ts'
import { auditOf, listAll, query, refusal, seen, warmUp, writesNothing } from '../../test/state.ts'
import { type Answer, type Client, openWorld, type World } from '../../test/world.ts'

const missingId = '01990000-0000-7000-8000-000000000000'

let world: World
beforeAll(async () => {
  world = await openWorld()
  await warmUp(world)
})
afterAll(() => world.close())

const refused = (act: () => Promise<Answer>) => writesNothing(world, async () => refusal(await act()))
const makeList = (as: Client, fields: Record<string, unknown> = {}) =>
  as.post('/v1/price-lists', { currency: 'EUR', ...fields })
const priceIn = (as: Client, listId: string, offerId: string, amount: unknown, fields: Record<string, unknown> = {}) =>
  as.post(`/v1/price-lists/${listId}/prices`, { offer_id: offerId, unit_price: { amount, currency: 'EUR' }, ...fields })
const today = async () => (await world.vendor.get('/v1/test-clock')).body.now.slice(0, 10)
const dayAfter = (day: string, days: number) => new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10)

/** A branch, an offer that its distributor may sell, and the distributor's default list. */
async function seller() {
  const branch = await given.channel(world)
  const offerId = await given.offer(world)
  await given.price(world.vendor, offerId, '4.10')
  given.expectOk(await world.vendor.put(`/v1/tenants/${branch.distributor.id}/offers/${offerId}`))
  const list = given.expectOk(await makeList(branch.distributor.as)).body.id as string
  return { branch, offerId, as: branch.distributor.as, buyer: branch.subDistributor, list }
}
type Sold = Awaited<ReturnType<typeof seller>>
const enable = async ({ as, buyer, offerId }: Sold) =>
  given.expectOk(await as.put(`/v1/tenants/${buyer.id}/offers/${offerId}`))
/** What is asked of the buyer: `[day, amount]`, the newest first. */
const asked = async (as: Client, buyerId: string): Promise<[string, string][]> =>
  given
    .expectOk(await as.get(`/v1/tenants/${buyerId}/prices?limit=500`))
    .body.data.map((price: { valid_from: string; unit_price: { amount: string } }) => [
      price.valid_from,
      price.unit_price.amount,
    ])

describe('price lists (R-PRICE-1)', () => {
  it('409 price_list_exists: one default list, one for each buyer', async () => {
    const { as, buyer } = await seller()
    expect(await refused(() => makeList(as))).toBe('409 price_list_exists')
    expect(await refused(() => makeList(as, { buyer_id: null, currency: 'USD' }))).toBe('409 price_list_exists')
    const own = await makeList(as, { buyer_id: buyer.id })
    expect(own.body).toMatchObject({ buyer_id: buyer.id, buyer_name: buyer.name, currency: 'EUR' })
    expect(await refused(() => makeList(as, { buyer_id: buyer.id }))).toBe('409 price_list_exists')
    expect(await listAll(as, '/v1/price-lists', 1)).toHaveLength(2)
    expect(await auditOf(world, own.body.id)).toMatchObject([{ action: 'price_list.created', private: true }])
  })
  it('422: buyer_not_direct, sites_buy_nothing; 404 for a buyer of another branch; nothing is written', async () => {
    const { as, branch } = await seller()
    const site = await given.tenant(world.vendor, branch.customer.id, { level: 'site' })
    expect(await refused(() => makeList(as, { buyer_id: branch.reseller.id }))).toBe('422 buyer_not_direct')
    expect(await refused(() => makeList(as, { buyer_id: branch.distributor.id }))).toBe('422 buyer_not_direct')
    expect(await refused(() => makeList(branch.reseller.as, { buyer_id: site.id }))).toBe('422 sites_buy_nothing')
    const other = await given.channel(world)
    expect(seen(await makeList(as, { buyer_id: other.subDistributor.id }))).toEqual(
      seen(await makeList(as, { buyer_id: missingId })),
    )
  })
  it('422: a currency that is none', async () => {
    const { branch } = await seller()
    for (const currency of ['QQQ', 'eur', 'EURO', '', undefined]) {
      expect(await refused(() => makeList(branch.reseller.as, { currency })), String(currency)).toBe(
        '422 invalid_request',
      )
    }
  })
  it("404: another seller's list, the list of the own seller too, looks like a missing one", async () => {
    const [a, b] = [await seller(), await seller()]
    for (const [as, listId] of [
      [a.as, b.list],
      [a.buyer.as, a.list],
      [world.vendor, a.list],
    ] as const) {
      const own = a.offerId
      expect(seen(await as.get(`/v1/price-lists/${listId}/prices`))).toEqual(
        seen(await as.get(`/v1/price-lists/${missingId}/prices`)),
      )
      expect(await refused(() => priceIn(as, listId, own, '1'))).toBe('404 not_found')
      expect((await listAll(as, '/v1/price-lists', 500)).map((list) => list.id)).not.toContain(listId)
    }
  })
})

describe('prices (R-PRICE-2, R-PRICE-3)', () => {
  it('201: up to 8 digits after the point and 9 before, kept as they were written', async () => {
    const sold = await seller()
    for (const [days, amount] of ['0', '4.1', '4.10', '0.00000001', '999999999.99999999'].entries()) {
      const made = await priceIn(sold.as, sold.list, sold.offerId, amount, {
        valid_from: dayAfter(await today(), days),
      })
      expect([made.status, made.body.unit_price]).toEqual([201, { amount, currency: 'EUR' }])
    }
    expect(await listAll(sold.as, `/v1/price-lists/${sold.list}/prices`)).toHaveLength(5)
  })
  it('422: nine digits, negative, a number, an exponent, nothing', async () => {
    const sold = await seller()
    for (const amount of [
      '0.000000001',
      '1000000000',
      '-1',
      '-0',
      4.1,
      4,
      '1e3',
      '1,5',
      '.5',
      '5.',
      '',
      ' 1',
      'NaN',
      null,
      undefined,
    ]) {
      expect(await refused(() => priceIn(sold.as, sold.list, sold.offerId, amount)), String(amount)).toBe(
        '422 invalid_request',
      )
    }
  })
  it('409 price_exists: that day has one; of eight at once one is made', async () => {
    const sold = await seller()
    const tomorrow = { valid_from: dayAfter(await today(), 1) }
    const racing = await Promise.all(
      Array.from({ length: 8 }, () => priceIn(sold.as, sold.list, sold.offerId, '5', tomorrow)),
    )
    expect(racing.map((answer) => answer.status).sort()).toEqual([201, ...Array<number>(7).fill(409)])
    expect(await refused(() => priceIn(sold.as, sold.list, sold.offerId, '6', tomorrow))).toBe('409 price_exists')
    expect((await priceIn(sold.as, sold.list, sold.offerId, '6')).body.valid_from).toBe(await today())
  })
  it('422 price_in_the_past: yesterday; today is allowed; no day at all is refused', async () => {
    const sold = await seller()
    const from = (valid_from: string) => priceIn(sold.as, sold.list, sold.offerId, '5', { valid_from })
    const day = await today()
    expect(await refused(() => from(dayAfter(day, -1)))).toBe('422 price_in_the_past')
    for (const none of ['2027-02-30', 'tomorrow', `${day}T00:00:00Z`])
      expect(await refused(() => from(none))).toBe('422 invalid_request')
    expect((await from(day)).status).toBe(201)
  })
  it('404: an offer that the seller does not have', async () => {
    const sold = await seller()
    const other = await given.offer(world)
    expect(seen(await priceIn(sold.as, sold.list, other, '1'))).toEqual(
      seen(await priceIn(sold.as, sold.list, missingId, '1')),
    )
  })
  it('the audit log has the price for the seller alone', async () => {
    const sold = await seller()
    const made = (await priceIn(sold.as, sold.list, sold.offerId, '5.5')).body
    const [entry] = await auditOf(world, made.id)
    const [own] = await query<{ path: string }>(world, 'select path from tenants where id = $1', [
      sold.branch.distributor.id,
    ])
    expect(entry).toMatchObject({
      action: 'price.created',
      private: true,
      path: own?.path,
      after: { unit_price: '5.5', currency: 'EUR' },
    })
  })
})

describe('an edge has one currency (R-PRICE-4)', () => {
  it('422 currency_mismatch: a list and a price, a list for a buyer and its edge', async () => {
    const sold = await seller()
    const dollars = { unit_price: { amount: '1', currency: 'USD' } }
    expect(await refused(() => priceIn(sold.as, sold.list, sold.offerId, '1', dollars))).toBe('422 currency_mismatch')
    given.expectOk(await priceIn(sold.as, sold.list, sold.offerId, '5'))
    expect(await refused(() => makeList(sold.as, { buyer_id: sold.buyer.id, currency: 'USD' }))).toBe(
      '422 currency_mismatch',
    )
    expect((await makeList(sold.as, { buyer_id: sold.buyer.id })).status).toBe(201)
  })
  it('422 currency_mismatch: a list made before the edge had a currency', async () => {
    const sold = await seller()
    const own = given.expectOk(await makeList(sold.as, { buyer_id: sold.buyer.id, currency: 'USD' })).body.id
    given.expectOk(await priceIn(sold.as, sold.list, sold.offerId, '5'))
    await enable(sold)
    await world.moveTo(`${dayAfter(await today(), 1)}T10:00:00Z`)
    const dollars = { unit_price: { amount: '1', currency: 'USD' } }
    expect(await refused(() => priceIn(sold.as, own, sold.offerId, '1', dollars))).toBe('422 currency_mismatch')
    expect(await asked(sold.buyer.as, sold.buyer.id)).toEqual([[dayAfter(await today(), -1), '5']])
  })
  it('a default list in another currency asks nothing of a buyer whose edge has one', async () => {
    const sold = await seller()
    const own = given.expectOk(await makeList(sold.as, { buyer_id: sold.buyer.id, currency: 'USD' })).body.id
    given.expectOk(await priceIn(sold.as, own, sold.offerId, '7', { unit_price: { amount: '7', currency: 'USD' } }))
    given.expectOk(await priceIn(sold.as, sold.list, sold.offerId, '5', { valid_from: dayAfter(await today(), 3) }))
    await enable(sold)
    expect(await asked(sold.buyer.as, sold.buyer.id)).toEqual([[await today(), '7']])
  })
})

describe('what is asked of a buyer', () => {
  it('an override stands before the default from its day on and not before, whatever comes later', async () => {
    const sold = await seller()
    const day = await today()
    const at = (days: number) => ({ valid_from: dayAfter(day, days) })
    given.expectOk(await priceIn(sold.as, sold.list, sold.offerId, '5'))
    given.expectOk(await priceIn(sold.as, sold.list, sold.offerId, '6', at(10)))
    given.expectOk(await priceIn(sold.as, sold.list, sold.offerId, '7', at(30)))
    await enable(sold)
    const own = given.expectOk(await makeList(sold.as, { buyer_id: sold.buyer.id })).body.id
    given.expectOk(await priceIn(sold.as, own, sold.offerId, '4', at(20)))
    expect(await asked(sold.buyer.as, sold.buyer.id)).toEqual([
      [dayAfter(day, 20), '4'],
      [dayAfter(day, 10), '6'],
      [day, '5'],
    ])
    // A default price after the override does not reach this buyer, an earlier override does, and the default price of that day gives way.
    given.expectOk(await priceIn(sold.as, sold.list, sold.offerId, '8', at(40)))
    given.expectOk(await priceIn(sold.as, own, sold.offerId, '3', at(10)))
    expect(await asked(sold.buyer.as, sold.buyer.id)).toEqual([
      [dayAfter(day, 20), '4'],
      [dayAfter(day, 10), '3'],
      [day, '5'],
    ])
  })
  it('a new buyer is asked the default prices, and overrides of others are not its', async () => {
    const sold = await seller()
    given.expectOk(await priceIn(sold.as, sold.list, sold.offerId, '5'))
    const own = given.expectOk(await makeList(sold.as, { buyer_id: sold.buyer.id })).body.id
    given.expectOk(await priceIn(sold.as, own, sold.offerId, '4'))
    const made = await given.tenant(world.vendor, sold.branch.distributor.id, { level: 'reseller' })
    expect(await asked(sold.as, made.id)).toEqual([])
    given.expectOk(await sold.as.put(`/v1/tenants/${made.id}/offers/${sold.offerId}`))
    expect(await asked(sold.as, made.id)).toEqual([[await today(), '5']])
  })
  it("R-TREE-10: the two ends see it, the grandparent and the buyer's buyer an empty list, others 404", async () => {
    const sold = await seller()
    given.expectOk(await priceIn(sold.as, sold.list, sold.offerId, '5'))
    await enable(sold)
    const path = `/v1/tenants/${sold.buyer.id}/prices`
    const [row] = (await sold.as.get(path)).body.data
    expect(row).toMatchObject({
      buyer_id: sold.buyer.id,
      seller_name: sold.branch.distributor.name,
      unit_price: { amount: '5', currency: 'EUR' },
    })
    expect((await sold.buyer.as.get(path)).body.data).toEqual([row])
    expect((await world.vendor.get(path)).body).toEqual({ data: [], next: null })
    const stranger = await given.channel(world)
    for (const as of [sold.branch.reseller.as, stranger.distributor.as]) {
      expect(seen(await as.get(path))).toEqual(seen(await as.get(`/v1/tenants/${missingId}/prices`)))
    }
    const [{ id: reseller }] = [sold.branch.reseller]
    expect((await sold.as.get(`/v1/tenants/${reseller}/prices`)).body.data).toEqual([])
  })
  it('pages to the end by offer, the newest first', async () => {
    const sold = await seller()
    for (let days = 0; days < 5; days += 1) {
      given.expectOk(
        await priceIn(sold.as, sold.list, sold.offerId, `${days + 1}`, { valid_from: dayAfter(await today(), days) }),
      )
    }
    await enable(sold)
    const rows = await listAll(sold.buyer.as, `/v1/tenants/${sold.buyer.id}/prices`)
    expect(rows.map((row) => (row.unit_price as { amount: string }).amount)).toEqual(['5', '4', '3', '2', '1'])
  })
})

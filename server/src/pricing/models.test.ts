import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as given from '../../test/given.ts'
import { auditOf, listAll, refusal, seen, warmUp, writesNothing } from '../../test/state.ts'
import { type Answer, type Client, openWorld, type World } from '../../test/world.ts'
import { findAskedPrice } from './index.ts'

const missingId = '01990000-0000-7000-8000-000000000000'
const annual = { code: 'annual', name: '1 year', months: 12 }
const monthly = { code: 'monthly', name: 'Month to month', months: 1 }

let world: World
beforeAll(async () => {
  world = await openWorld()
  await warmUp(world)
})
afterAll(() => world.close())

const refused = (act: () => Promise<Answer>) => writesNothing(world, async () => refusal(await act()))
const offer = async (fields: Record<string, unknown>): Promise<string> => {
  const body = { product: given.unique('Product'), edition: 'Standard', unit: 'device', ...fields }
  return given.expectOk(await world.vendor.post('/v1/offers', body)).body.id
}
const committed = () => offer({ charge_model: 'committed', terms: [monthly, annual] })
const listOf = async (as: Client): Promise<string> => {
  const [known] = await listAll(as, '/v1/price-lists')
  return known === undefined
    ? given.expectOk(await as.post('/v1/price-lists', { currency: 'EUR' })).body.id
    : String(known.id)
}
const add = (as: Client, list: string, offer_id: string, fields: Record<string, unknown>) =>
  as.post(`/v1/price-lists/${list}/prices`, { offer_id, ...fields })
const tiers = [
  { above: 0, up_to: 10, unit_price: '5' },
  { above: 10, up_to: null, unit_price: '4.25' },
]
const flat = { model: 'flat', amount: '49' }

/** A committed offer that a distributor may sell, and the lists of both sellers. */
async function seller() {
  const branch = await given.channel(world)
  const offerId = await committed()
  const vendorList = await listOf(world.vendor)
  const price = { term: 'monthly', rate: { model: 'per_unit', unit_price: '2.05' } }
  given.expectOk(await add(world.vendor, vendorList, offerId, price))
  given.expectOk(await world.vendor.put(`/v1/tenants/${branch.distributor.id}/offers/${offerId}`))
  const as = branch.distributor.as
  return { branch, offerId, as, list: await listOf(as), vendorList }
}

describe('price models (R-PRICE-1)', () => {
  it.each([
    [{ model: 'per_unit', unit_price: '4.10' }],
    [flat],
    [{ model: 'graduated', tiers }],
    [{ model: 'volume', tiers }],
    [{ model: 'package', size: 5, package_price: '20.00' }],
  ])('201: %o is kept as it was written, asked of the buyer, and in the audit log', async (rate) => {
    const { branch, offerId, as, list } = await seller()
    const sent = { term: 'annual', period: 'annual', rate, minimum: '10.00' }
    const made = given.expectOk(await add(as, list, offerId, sent)).body
    expect(made).toMatchObject({ ...sent, service_type: null, currency: 'EUR', valid_from: '2027-01-05' })
    expect(made.unit_price).toEqual(rate.model === 'per_unit' ? { amount: '4.10', currency: 'EUR' } : null)
    expect((await as.get(`/v1/price-lists/${list}/prices`)).body.data).toEqual([made])
    given.expectOk(await as.put(`/v1/tenants/${branch.subDistributor.id}/offers/${offerId}`))
    const [asked] = (await branch.subDistributor.as.get(`/v1/tenants/${branch.subDistributor.id}/prices`)).body.data
    expect(asked).toMatchObject({ ...sent, seller_name: branch.distributor.name })
    expect(await auditOf(world, made.id)).toMatchObject([
      { action: 'price.created', private: true, after: { model: rate.model, term: 'annual', minimum: '10.00' } },
    ])
  })
  it('422 with the field; nothing is written', async () => {
    const { offerId, as, list } = await seller()
    const each = { model: 'per_unit', unit_price: '1' }
    const ofTiers = (...rows: object[]) => ({ term: 'monthly', rate: { model: 'graduated', tiers: rows } })
    for (const [fields, code, pointer] of [
      [{ rate: each }, 'invalid_request', '/term'],
      [{ term: 'three_years', rate: each }, 'price_term_unknown', '/term'],
      [{ term: 'monthly', period: 'annual', rate: each }, 'invalid_request', '/period'],
      [{ term: 'monthly', period: 'weekly', rate: each }, 'invalid_request', '/period'],
      [{ term: 'monthly', rate: each, service_type: 'all_inclusive' }, 'invalid_request', '/service_type'],
      [{ term: 'monthly' }, 'invalid_request', '/rate'],
      [{ term: 'monthly', rate: { ...each, unit_price: '-1' } }, 'invalid_request', '/rate/unit_price'],
      [{ term: 'monthly', rate: { ...each, unit_price: 1 } }, 'invalid_request', '/rate/unit_price'],
      [{ term: 'monthly', rate: { ...each, unit_price: '1e3' } }, 'invalid_request', '/rate/unit_price'],
      [{ term: 'monthly', rate: each, minimum: '0' }, 'invalid_request', '/minimum'],
      [{ term: 'monthly', rate: each, minimum: '-5' }, 'invalid_request', '/minimum'],
      [{ term: 'monthly', rate: { model: 'package', size: 0, package_price: '1' } }, 'invalid_request', '/rate/size'],
      [{ term: 'monthly', rate: { model: 'package', size: 1.5, package_price: '1' } }, 'invalid_request', '/rate/size'],
      [ofTiers(), 'invalid_request', '/rate/tiers'],
      [ofTiers({ above: 0, up_to: 10, unit_price: '1' }), 'tiers_invalid', '/rate/tiers/0/up_to'],
      [ofTiers({ above: 1, up_to: null, unit_price: '1' }), 'tiers_invalid', '/rate/tiers/0/above'],
      [ofTiers(tiers[0]!, { ...tiers[1]!, above: 11 }), 'tiers_invalid', '/rate/tiers/1/above'],
      [ofTiers(tiers[0]!, { ...tiers[1]!, above: 9 }), 'tiers_invalid', '/rate/tiers/1/above'],
      [ofTiers(tiers[1]!, tiers[0]!), 'tiers_invalid', '/rate/tiers/0/above'],
      [ofTiers({ ...tiers[0]!, up_to: '10' }, tiers[1]!), 'invalid_request', '/rate/tiers/0/up_to'],
      [ofTiers({ ...tiers[0]!, up_to: 10.5 }, tiers[1]!), 'invalid_request', '/rate/tiers/0/up_to'],
    ] as const) {
      const answer = await writesNothing(world, () => add(as, list, offerId, fields))
      expect([refusal(answer), answer.body.errors[0].pointer], JSON.stringify(fields)).toEqual([`422 ${code}`, pointer])
    }
  })
  it('409 price_exists: two prices for the same from the same day; another term, period or day is another price', async () => {
    const { offerId, as, list } = await seller()
    const price = { term: 'annual', unit_price: { amount: '1', currency: 'EUR' } }
    given.expectOk(await add(as, list, offerId, price))
    expect(await refused(() => add(as, list, offerId, { ...price, rate: undefined }))).toBe('409 price_exists')
    expect((await add(as, list, offerId, { ...price, term: 'monthly' })).status).toBe(201)
    expect((await add(as, list, offerId, { ...price, period: 'annual' })).status).toBe(201)
    expect((await add(as, list, offerId, { ...price, valid_from: '2027-01-06' })).status).toBe(201)
    expect(await listAll(as, `/v1/price-lists/${list}/prices`)).toHaveLength(4)
  })
  it('what is billed after use takes every model and a minimum', async () => {
    const id = await given.offer(world)
    const list = await listOf(world.vendor)
    given.expectOk(await add(world.vendor, list, id, { rate: flat }))
    const unit_price = { amount: '1', currency: 'EUR' }
    given.expectOk(await add(world.vendor, list, id, { unit_price, minimum: '5', valid_from: '2027-01-06' }))
  })
  it('an override takes over term by term, and storage has a price for each service type', async () => {
    const { branch, offerId, as, list } = await seller()
    const price = (term: string, amount: string) => ({ term, rate: { model: 'per_unit', unit_price: amount } })
    given.expectOk(await add(as, list, offerId, price('monthly', '5')))
    given.expectOk(await add(as, list, offerId, price('annual', '4')))
    const buyer = branch.subDistributor
    const own = given.expectOk(await as.post('/v1/price-lists', { buyer_id: buyer.id, currency: 'EUR' })).body.id
    given.expectOk(await add(as, own, offerId, price('annual', '3.5')))
    given.expectOk(await as.put(`/v1/tenants/${buyer.id}/offers/${offerId}`))
    const rows = (await buyer.as.get(`/v1/tenants/${buyer.id}/prices`)).body.data
    expect(
      rows.map((row: { term: string; unit_price: { amount: string } }) => [row.term, row.unit_price.amount]),
    ).toEqual([
      ['annual', '3.5'],
      ['monthly', '5'],
    ])
    const storage = await offer({ unit: 'tenant', charge_model: 'peak', metric: 'used_storage' })
    const vendorList = await listOf(world.vendor)
    const gigabyte = { rate: { model: 'graduated', tiers }, service_type: 'all_inclusive' }
    given.expectOk(await add(world.vendor, vendorList, storage, gigabyte))
    given.expectOk(await add(world.vendor, vendorList, storage, { rate: { model: 'per_unit', unit_price: '0' } }))
    const call = await world.application.db.systemCall('test')
    const [path] = ['00000001']
    const asked = (serviceType: 'all_inclusive' | 'software_only') =>
      world.application.db.transaction({ ...call, scope: { ...call.scope, lo: '0000', hi: '0000~' } }, (tx) =>
        findAskedPrice(tx, {
          buyerPath: path!,
          offerId: storage,
          term: '',
          period: 'monthly',
          serviceType,
          day: '2027-01-05',
        }),
      )
    expect((await asked('all_inclusive'))?.rate.model).toBe('graduated')
    expect((await asked('software_only'))?.rate.model).toBe('per_unit')
  })
  it('422 offer_is_ordered and offer_not_metered: subscribing is for what is metered', async () => {
    const { branch, offerId, as } = await seller()
    const peak = await offer({ charge_model: 'peak', metric: 'protected_users' })
    const perUser = await offer({ charge_model: 'active_use', unit: 'user' })
    const path: [Client, string][] = [
      [world.vendor, branch.distributor.id],
      [as, branch.subDistributor.id],
      [branch.subDistributor.as, branch.reseller.id],
      [branch.reseller.as, branch.customer.id],
    ]
    for (const [id, term] of [
      [offerId, 'annual'],
      [peak, undefined],
      [perUser, undefined],
    ] as const) {
      for (const [selling, buyerId] of path) {
        const price = { rate: { model: 'per_unit', unit_price: '1' }, ...(term === undefined ? {} : { term }) }
        given.expectOk(await add(selling, await listOf(selling), id, price))
        given.expectOk(await selling.put(`/v1/tenants/${buyerId}/offers/${id}`))
      }
    }
    const subscribe = (id: string) =>
      branch.reseller.as.post('/v1/subscriptions', { tenant_id: branch.customer.id, offer_id: id })
    expect(await refused(() => subscribe(offerId))).toBe('422 offer_is_ordered')
    expect(given.expectOk(await subscribe(peak)).status).toBe(201)
    expect(await refused(() => subscribe(perUser))).toBe('422 offer_not_metered')
  })
})

describe('the margin (R-PRICE-1, R-TREE-10)', () => {
  it('the seller sees its cost beside its price, for any quantity and day; nobody else sees the list', async () => {
    const { branch, offerId, as, list, vendorList } = await seller()
    given.expectOk(await add(as, list, offerId, { term: 'monthly', rate: { model: 'graduated', tiers } }))
    given.expectOk(await add(as, list, offerId, { term: 'annual', rate: flat, valid_from: '2027-02-01' }))
    const margins = async (query = '') => (await as.get(`/v1/price-lists/${list}/margins${query}`)).body.data
    expect(await margins()).toMatchObject([
      {
        offer: { id: offerId },
        term: 'monthly',
        quantity: 1,
        price: '5',
        cost: '2.05',
        cost_currency: 'EUR',
        margin: '2.95',
        margin_percent: '59',
      },
    ])
    expect(await margins('?quantity=20')).toMatchObject([
      { price: '92.5', cost: '41', margin: '51.5', margin_percent: '55.7' },
    ])
    expect(await margins('?day=2027-02-01')).toMatchObject([
      { term: 'annual', price: '49', cost: null, margin: null, margin_percent: null },
      { term: 'monthly' },
    ])
    const vendor = (await world.vendor.get(`/v1/price-lists/${vendorList}/margins`)).body.data
    expect(vendor.find((row: { offer: { id: string } }) => row.offer.id === offerId)).toMatchObject({
      price: '2.05',
      cost: null,
      margin: null,
    })
    for (const other of [branch.subDistributor.as, branch.reseller.as, world.vendor])
      expect(seen(await other.get(`/v1/price-lists/${list}/margins`))).toEqual(
        seen(await other.get(`/v1/price-lists/${missingId}/margins`)),
      )
  })
  it('two currencies are never subtracted', async () => {
    const { branch, offerId, as } = await seller()
    const kroner = given.expectOk(
      await as.post('/v1/price-lists', { buyer_id: branch.subDistributor.id, currency: 'DKK' }),
    ).body.id
    given.expectOk(await add(as, kroner, offerId, { term: 'monthly', rate: { model: 'per_unit', unit_price: '30' } }))
    expect((await as.get(`/v1/price-lists/${kroner}/margins`)).body.data).toMatchObject([
      { price: '30', currency: 'DKK', cost: '2.05', cost_currency: 'EUR', margin: null, margin_percent: null },
    ])
  })
})

describe('examples of amounts', () => {
  const compute = (as: Client, fields: Record<string, unknown>) =>
    as.post('/v1/price-examples', { currency: 'EUR', quantities: [1, 10, 11], ...fields })
  it('200 with the rows that explain them; nothing is stored', async () => {
    const { body } = await writesNothing(world, () => compute(world.vendor, { rate: { model: 'graduated', tiers } }))
    expect(body.examples.map((row: { total: string }) => row.total)).toEqual(['5.00', '50.00', '54.25'])
    expect(body.examples[2].parts).toEqual([
      { above: 0, up_to: 10, quantity: '10', unit_price: '5', amount: '50' },
      { above: 10, up_to: null, quantity: '1', unit_price: '4.25', amount: '4.25' },
    ])
    const packed = await compute(world.vendor, {
      rate: { model: 'package', size: 10, package_price: '20' },
      minimum: '30',
    })
    expect(packed.body.examples[0]).toMatchObject({
      amount: '2.00',
      added: [
        { reason: 'package', amount: '18.00' },
        { reason: 'minimum', amount: '10.00' },
      ],
      total: '30.00',
    })
  })
  it('422: the same refusals as of a price', async () => {
    const each = { model: 'per_unit', unit_price: '1' }
    expect(refusal(await compute(world.vendor, { rate: { model: 'volume', tiers: [tiers[0]] } }))).toBe(
      '422 tiers_invalid',
    )
    expect(refusal(await compute(world.vendor, { rate: each, currency: 'QQQ' }))).toBe('422 invalid_request')
    expect(refusal(await compute(world.vendor, { rate: each, quantities: [1.5] }))).toBe('422 invalid_request')
  })
})

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

const enable = (as: Client, tenantId: string, offerId: string) => as.put(`/v1/tenants/${tenantId}/offers/${offerId}`)
const refused = (act: () => Promise<Answer>) => writesNothing(world, async () => refusal(await act()))
const offerIds = async (as: Client) => (await listAll(as, '/v1/offers', 500)).map((offer) => offer.id)

describe('the catalog (R-OFFER-1)', () => {
  const offer = (fields: Record<string, unknown> = {}) => ({
    product: given.unique('Product'),
    edition: 'Standard',
    unit: 'device',
    charge_model: 'active_use',
    ...fields,
  })
  it('201, and an entry in the audit log', async () => {
    const made = (await world.vendor.post('/v1/offers', offer({ rank: 1000 }))).body
    expect(made).toMatchObject({ rank: 1000, unit: 'device', charge_model: 'active_use' })
    const [entry] = await auditOf(world, made.id)
    expect(entry).toMatchObject({
      action: 'offer.created',
      before: null,
      after: { product: made.product, edition: 'Standard' },
    })
  })
  it('409 offer_exists: that product and edition, letter case aside; of ten at once one is made', async () => {
    const body = offer()
    const answers = await Promise.all(Array.from({ length: 10 }, () => world.vendor.post('/v1/offers', body)))
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, ...Array<number>(9).fill(409)])
    const other = { ...body, product: body.product.toUpperCase(), edition: 'STANDARD' }
    expect(await refused(() => world.vendor.post('/v1/offers', other))).toBe('409 offer_exists')
    expect((await world.vendor.post('/v1/offers', { ...body, edition: 'Pro' })).status).toBe(201)
  })
  it('422: parts that do not go together, with the field; nothing is written', async () => {
    for (const [wrong, pointer] of [
      [{ rank: 1001 }, '/rank'],
      [{ rank: -1 }, '/rank'],
      [{ rank: 1.5 }, '/rank'],
      [{ product: ' ' }, '/product'],
      [{ edition: 'x'.repeat(101) }, '/edition'],
      [{ price: '1' }, ''],
      [{ unit: 'seat' }, '/unit'],
      [{ charge_model: 'prepaid' }, '/terms'],
      [{ charge_model: 'peak' }, '/metric'],
      [{ features: ['no_such_feature'] }, '/features/0'],
      [{ machine_edition: 'mainframe' }, '/machine_edition'],
      [{ trial: { days: 91, end_policy: 'convert' } }, '/trial/days'],
      [{ trial: { days: 30, end_policy: 'shrug' } }, '/trial/end_policy'],
      [{ add_on_of: [{ product: 'No such product', edition: null }] }, '/add_on_of/0'],
    ] as const) {
      const answer = await writesNothing(world, () => world.vendor.post('/v1/offers', offer(wrong)))
      expect([refusal(answer), answer.body.errors[0].pointer], JSON.stringify(wrong)).toEqual([
        '422 invalid_request',
        pointer,
      ])
    }
  })
  it('201: all four models and five units may be in the catalog, and say what they say by themselves', async () => {
    const annual = { code: 'annual', name: '1 year', months: 12 }
    const made = async (fields: Record<string, unknown>) =>
      given.expectOk(await world.vendor.post('/v1/offers', offer(fields))).body
    expect(await made({ unit: 'user', charge_model: 'committed', terms: [annual] })).toMatchObject({
      assignable_to: ['subscriber'],
      requires_terms: true,
      terms: [annual],
      version: 1,
    })
    expect(await made({ unit: 'domain', charge_model: 'prepaid', terms: [annual] })).toMatchObject({
      assignable_to: ['domain'],
    })
    expect(await made({ unit: 'tenant', charge_model: 'peak', metric: 'used_storage' })).toMatchObject({
      assignable_to: [],
      requires_terms: false,
      metric: 'used_storage',
    })
    expect(await made({ unit: 'gateway' })).toMatchObject({ assignable_to: ['gateway'], trial: null })
  })
  it('409 offer_exists is by charge model too: one edition may be sold after use and by term', async () => {
    const body = offer()
    given.expectOk(await world.vendor.post('/v1/offers', body))
    const term = { code: 'monthly', name: 'Month to month', months: 1 }
    const other = { ...body, charge_model: 'committed', terms: [term] }
    expect((await world.vendor.post('/v1/offers', other)).status).toBe(201)
    expect(await refused(() => world.vendor.post('/v1/offers', other))).toBe('409 offer_exists')
  })
})

describe('enabling edge by edge (R-OFFER-5)', () => {
  it('200 down the tree; each sees what it may sell or use, nobody what it may not', async () => {
    const branch = await given.channel(world)
    const beside = await given.channel(world)
    const offerId = await given.offer(world)
    const seats: [Client, string, Client][] = [
      [world.vendor, branch.distributor.id, branch.distributor.as],
      [branch.distributor.as, branch.subDistributor.id, branch.subDistributor.as],
      [branch.subDistributor.as, branch.reseller.id, branch.reseller.as],
      [branch.reseller.as, branch.customer.id, branch.customer.as],
    ]
    for (const [seller, buyerId, buyer] of seats) {
      expect(await offerIds(buyer)).not.toContain(offerId)
      await given.price(seller, offerId, '4.10')
      expect((await enable(seller, buyerId, offerId)).body).toMatchObject({
        offer: { id: offerId },
        enabled_at: '2027-01-05T10:00:00.000Z',
      })
      expect(await offerIds(buyer)).toContain(offerId)
    }
    expect(await offerIds(beside.distributor.as)).not.toContain(offerId)
    expect((await branch.distributor.as.get(`/v1/tenants/${branch.customer.id}/offers`)).body.data).toMatchObject([
      { offer: { id: offerId } },
    ])
    const stranger = seen(await beside.distributor.as.get(`/v1/tenants/${branch.customer.id}/offers`))
    expect(stranger).toEqual(seen(await beside.distributor.as.get(`/v1/tenants/${missingId}/offers`)))
  })
  it('200: again changes nothing', async () => {
    const { distributor } = await given.channel(world)
    const offerId = await given.offer(world)
    await given.price(world.vendor, offerId, '4.10')
    const first = await enable(world.vendor, distributor.id, offerId)
    const again = await writesNothing(world, () => enable(world.vendor, distributor.id, offerId))
    expect([again.status, again.body]).toEqual([200, first.body])
    expect(await auditOf(world, offerId)).toMatchObject([
      { action: 'offer.created' },
      { action: 'offer.enabled', after: { tenant_id: distributor.id } },
    ])
    const other = await given.offer(world)
    await given.price(world.vendor, other, '1')
    const racing = await Promise.all(Array.from({ length: 8 }, () => enable(world.vendor, distributor.id, other)))
    expect(racing.map((answer) => answer.status)).toEqual(Array(8).fill(200))
    expect(
      await query(world, "select 1 from audit_entries where object_id = $1 and action = 'offer.enabled'", [other]),
    ).toHaveLength(1)
  })
  it('422 buyer_not_direct: a grandchild, oneself; 422 sites_buy_nothing; nothing is written', async () => {
    const branch = await given.channel(world)
    const site = await given.tenant(world.vendor, branch.customer.id, { level: 'site' })
    const offerId = await given.offer(world)
    await given.price(world.vendor, offerId, '4.10')
    given.expectOk(await enable(world.vendor, branch.distributor.id, offerId))
    expect(await refused(() => enable(world.vendor, branch.subDistributor.id, offerId))).toBe('422 buyer_not_direct')
    expect(await refused(() => enable(world.vendor, world.vendorId, offerId))).toBe('422 buyer_not_direct')
    expect(await refused(() => enable(branch.distributor.as, branch.distributor.id, offerId))).toBe(
      '422 buyer_not_direct',
    )
    expect(await refused(() => enable(branch.reseller.as, site.id, offerId))).toBe('422 sites_buy_nothing')
  })
  it("404: what the seller does not have itself, like an offer that does not exist; and a stranger's buyer", async () => {
    const [a, b] = [await given.channel(world), await given.channel(world)]
    const offerId = await given.offer(world)
    await given.price(world.vendor, offerId, '4.10')
    given.expectOk(await enable(world.vendor, b.distributor.id, offerId))
    const missing = seen(await enable(a.distributor.as, a.subDistributor.id, missingId))
    expect(missing.status).toBe(404)
    expect(seen(await writesNothing(world, () => enable(a.distributor.as, a.subDistributor.id, offerId)))).toEqual(
      missing,
    )
    expect(seen(await enable(b.distributor.as, a.subDistributor.id, offerId))).toEqual(missing)
  })
  it('422 price_missing: the edge has no price yet; nothing is written', async () => {
    const branch = await given.channel(world)
    const offerId = await given.offer(world)
    const without = () => enable(world.vendor, branch.distributor.id, offerId)
    expect(await refused(without)).toBe('422 price_missing')
    expect((await without()).body.params).toEqual({ buyer_id: branch.distributor.id })
    await given.price(world.vendor, offerId, '4.10')
    expect((await without()).status).toBe(200)
    // The price above is no price of the next edge.
    expect(await refused(() => enable(branch.distributor.as, branch.subDistributor.id, offerId))).toBe(
      '422 price_missing',
    )
    await given.price(branch.distributor.as, offerId, '0')
    expect((await enable(branch.distributor.as, branch.subDistributor.id, offerId)).status).toBe(200)
  })
  it('422 price_missing: a price that begins tomorrow is none today', async () => {
    const { distributor } = await given.channel(world)
    const offerId = await given.offer(world)
    await given.price(world.vendor, await given.offer(world), '1')
    const [list] = (await world.vendor.get('/v1/price-lists')).body.data
    const tomorrow = { offer_id: offerId, unit_price: { amount: '1', currency: 'EUR' }, valid_from: '2027-01-06' }
    given.expectOk(await world.vendor.post(`/v1/price-lists/${list.id}/prices`, tomorrow))
    expect(await refused(() => enable(world.vendor, distributor.id, offerId))).toBe('422 price_missing')
  })
  it('offers page to the end without loss, of the catalog and of a tenant', async () => {
    const { distributor } = await given.channel(world)
    const ids: string[] = []
    for (let n = 0; n < 5; n += 1) {
      const id = await given.offer(world)
      await given.price(world.vendor, id, '1')
      given.expectOk(await enable(world.vendor, distributor.id, id))
      ids.push(id)
    }
    expect((await listAll(distributor.as, '/v1/offers')).map((offer) => offer.id).sort()).toEqual([...ids].sort())
    const enabled = await listAll(world.vendor, `/v1/tenants/${distributor.id}/offers`)
    expect(enabled.map((row) => (row.offer as { id: string }).id).sort()).toEqual([...ids].sort())
  })
})

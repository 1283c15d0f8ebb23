import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as given from '../../test/given.ts'
import { auditOf, query, refusal, seen, warmUp, writesNothing } from '../../test/state.ts'
import { type Client, openWorld, type World } from '../../test/world.ts'

let world: World
let terms: number
beforeAll(async () => {
  world = await openWorld('2027-11-25T10:00:00Z')
  terms = await given.terms(world)
})
afterAll(() => world.close())

const missingId = '0190a000-0000-7000-8000-000000000000'

/** A branch that is sold an offer by term, and buyers on two levels. */
async function sold(fields: Record<string, unknown> = {}) {
  const branch = await given.channel(world)
  const offerId = await given.orderedOffer(world, fields)
  await given.soldTerms(world, branch, offerId)
  const buyer = await given.purchaser(world, world.vendor, branch.reseller.id)
  const line = { offer_id: offerId, term: 'year', quantity: 5 }
  const body = { buyer_id: branch.reseller.id, lines: [line], payment_mode: 'monthly', terms_version: terms }
  return { branch, offerId, buyer, line, body }
}

const place = (as: Client, body: unknown, key?: string) =>
  as.post('/v1/orders', body, key === undefined ? {} : { 'idempotency-key': key })

describe('preview and place (R-BUY-3)', () => {
  it('201: the order says to the cent what the preview has said; licenses and what is charged stand', async () => {
    const { branch, offerId, buyer, body } = await sold()
    const preview = given.expectOk(await buyer.post('/v1/orders/preview', body)).body
    expect(preview).toMatchObject({
      payment_mode: 'monthly',
      payment_mode_fixed: false,
      terms: { required: true, version: terms },
      totals: [{ amount: '6.00', currency: 'EUR' }],
      lines: [
        {
          unit_price: { amount: '6', currency: 'EUR' },
          first: { from: '2027-11-25', to: '2027-11-30', days: 6, whole_days: 30 },
          first_amount: { amount: '6.00', currency: 'EUR' },
          recurring: { from: '2027-12-01', until: '2028-10-31', amount: { amount: '30.00', currency: 'EUR' } },
          last: {
            from: '2028-11-01',
            to: '2028-11-24',
            days: 24,
            whole_days: 30,
            amount: { amount: '24.00', currency: 'EUR' },
          },
          ends_on: '2028-11-24',
        },
      ],
    })
    const order = given.expectOk(await place(buyer, body)).body
    expect(order).toMatchObject({ state: 'accepted', terms_version: terms, first_total: preview.totals[0] })
    expect(order.lines[0]).toMatchObject({ quantity: 5, first_amount: preview.lines[0].first_amount, licenses: 5 })
    expect(order.withdrawable_until).toBe('2027-12-02T10:00:00.000Z')
    const licenses = await query(
      world,
      'select state, ends_on::text, committed_to::text, auto_renew from licenses where order_id = $1',
      [order.id],
    )
    expect(licenses).toEqual(
      Array.from({ length: 5 }, () => ({
        state: 'unassigned',
        ends_on: '2028-11-24',
        committed_to: '2028-11-24',
        auto_renew: true,
      })),
    )
    const charged = await query(
      world,
      'select from_day::text, to_day::text, quantity, offer_id from charged_periods where order_id = $1',
      [order.id],
    )
    expect(charged).toEqual([{ from_day: '2027-11-25', to_day: '2027-11-30', quantity: 5, offer_id: offerId }])
    const noted = await auditOf(world, order.id)
    expect(noted.filter(({ action }) => action === 'order.accepted')).toMatchObject([
      { private: true },
      { private: true },
    ])
    expect((await buyer.get(`/v1/tenants/${branch.reseller.id}/payment-mode`)).body.mode).toBe('monthly')
    const disabling = `/v1/tenants/${branch.reseller.id}/offers/${offerId}`
    given.expectOk(await branch.reseller.as.delete(`/v1/tenants/${branch.customer.id}/offers/${offerId}`))
    expect(refusal(await branch.subDistributor.as.delete(disabling))).toBe('409 in_use_below')
    given.expectOk(await buyer.post(`/v1/orders/${order.id}/withdraw`))
    expect((await branch.subDistributor.as.delete(disabling)).status).toBe(204)
  })
})

describe('refusals: nothing is stored', () => {
  it('422: quantities as text, fractions, negative, zero, too large, with the field; the largest is taken', async () => {
    const { buyer, body, line } = await sold()
    for (const quantity of ['5', 1.5, -1, 0, 100_001, 1e21, null, undefined]) {
      const answer = await writesNothing(world, () => place(buyer, { ...body, lines: [{ ...line, quantity }] }))
      expect([refusal(answer), answer.body.errors[0].pointer], String(quantity)).toEqual([
        '422 invalid_request',
        '/lines/0/quantity',
      ])
    }
    const largest = await buyer.post('/v1/orders/preview', { ...body, lines: [{ ...line, quantity: 100_000 }] })
    expect(largest.body.totals).toEqual([{ amount: '120000.00', currency: 'EUR' }])
  })

  it('422 terms_required: none, an older and a future version; an offer that asks for none stores none', async () => {
    const { branch, buyer, body } = await sold()
    for (const terms_version of [undefined, terms + 1]) {
      const answer = await writesNothing(world, () => place(buyer, { ...body, terms_version }))
      expect([refusal(answer), answer.body.params]).toEqual(['422 terms_required', { version: terms }])
    }
    const free = await given.orderedOffer(world, { requires_terms: false })
    await given.soldTerms(world, branch, free)
    const order = given.expectOk(
      await place(buyer, {
        ...body,
        terms_version: undefined,
        lines: [{ offer_id: free, term: 'monthly', quantity: 1 }],
      }),
    )
    expect(order.body.terms_version).toBeNull()
  })

  it('422: an unknown term, an offer that is not enabled or not known, one billed after use; 409 once withdrawn', async () => {
    const { branch, offerId, buyer, body, line } = await sold()
    const other = await given.orderedOffer(world)
    const used = await given.offer(world)
    await given.sold(world, branch, used)
    const sent = (change: Record<string, unknown>) => ({ ...body, lines: [{ ...line, ...change }] })
    for (const [change, code, pointer] of [
      [{ term: 'century' }, '422 price_term_unknown', '/lines/0/term'],
      [{ offer_id: other }, '422 offer_not_offered', '/lines/0/offer_id'],
      [{ offer_id: missingId }, '422 offer_not_offered', '/lines/0/offer_id'],
      [{ offer_id: used }, '422 offer_is_subscribed', '/lines/0/offer_id'],
    ] as const) {
      const answer = await writesNothing(world, () => place(buyer, sent(change)))
      expect([refusal(answer), answer.body.errors[0].pointer]).toEqual([code, pointer])
    }
    const { version } = (await world.vendor.get(`/v1/offers/${offerId}`)).body
    given.expectOk(await world.vendor.post(`/v1/offers/${offerId}/withdraw`, undefined, { 'if-match': `"${version}"` }))
    expect(refusal(await writesNothing(world, () => place(buyer, body)))).toBe('409 offer_withdrawn')
  })

  it('404: a buyer or company of another branch looks like a missing one; 422 for one beside, a site, the vendor', async () => {
    const { branch, buyer, body } = await sold()
    const other = await given.channel(world)
    for (const field of ['buyer_id', 'company_id'])
      expect(seen(await place(buyer, { ...body, [field]: other.reseller.id }))).toEqual(
        seen(await place(buyer, { ...body, [field]: missingId })),
      )
    const seller = await given.purchaser(world, world.vendor, branch.subDistributor.id)
    const beside = await given.tenant(world.vendor, branch.subDistributor.id, { level: 'reseller' })
    expect(refusal(await place(seller, { ...body, company_id: beside.id }))).toBe('422 invalid_request')
    const site = await given.tenant(world.vendor, branch.customer.id, { level: 'site' })
    expect(refusal(await place(buyer, { ...body, buyer_id: site.id }))).toBe('422 sites_buy_nothing')
    const vendor = await given.purchaser(world, world.vendor, world.vendorId)
    const preview = await vendor.post('/v1/orders/preview', { ...body, buyer_id: world.vendorId })
    expect(refusal(preview)).toBe('422 sites_buy_nothing')
  })

  it('409 tenant_in_trial: an order by or for an end customer in trial; the reseller above buys for its own pool', async () => {
    const { branch, buyer, body, offerId } = await sold()
    const trial = await given.tenant(branch.reseller.as, branch.reseller.id, { level: 'end_customer', in_trial: true })
    given.expectOk(await branch.reseller.as.put(`/v1/tenants/${trial.id}/offers/${offerId}`))
    expect(refusal(await writesNothing(world, () => place(buyer, { ...body, buyer_id: trial.id })))).toBe(
      '409 tenant_in_trial',
    )
    expect(refusal(await place(buyer, { ...body, company_id: trial.id }))).toBe('409 tenant_in_trial')
    expect((await place(buyer, body)).status).toBe(201)
  })

  it('422 price_missing names an edge only to its ends', async () => {
    const branch = await given.channel(world)
    const offerId = await given.orderedOffer(world)
    const steps = [
      [world.vendor, branch.distributor.id, '4'],
      [branch.distributor.as, branch.subDistributor.id, '5'],
      [branch.subDistributor.as, branch.reseller.id, '6'],
    ] as const
    for (const [seller, buyerId, amount] of steps) {
      const all = given.termPrices(amount)
      // The distributor asks a price for months only.
      const prices = seller === branch.distributor.as ? all.filter(({ period }) => period === 'monthly') : all
      await given.sellTerms(seller, { buyerId, offerId, prices })
    }
    const body = {
      buyer_id: branch.reseller.id,
      lines: [{ offer_id: offerId, term: 'year', quantity: 1 }],
      payment_mode: 'annual',
      terms_version: terms,
    }
    const reseller = await given.purchaser(world, world.vendor, branch.reseller.id)
    const distributor = await given.purchaser(world, world.vendor, branch.distributor.id)
    const from = async (as: Client) => {
      const answer = await writesNothing(world, () => place(as, body))
      return [refusal(answer), answer.body.detail]
    }
    expect(await from(reseller)).toEqual([
      '422 price_missing',
      'An edge that you are not part of has no price for the offer.',
    ])
    expect(await from(distributor)).toEqual(['422 price_missing', 'Your own edge has no price for the offer.'])
    expect((await place(reseller, { ...body, payment_mode: 'monthly' })).status).toBe(201)
  })

  it('422 add_on_alone: beside its offer, or where that is owned, it is a line of its own', async () => {
    const product = given.unique('Suite')
    const { branch, offerId, buyer, body, line } = await sold({ product })
    const addOn = await given.orderedOffer(world, {
      product: given.unique('Support'),
      edition: 'Premium',
      unit: 'tenant',
      add_on_of: [{ product, edition: null }],
    })
    await given.soldTerms(world, branch, addOn)
    const alone = { ...body, lines: [{ offer_id: addOn, term: 'year', quantity: 1 }] }
    expect(refusal(await writesNothing(world, () => place(buyer, alone)))).toBe('422 add_on_alone')
    const beside = given.expectOk(
      await place(buyer, { ...body, lines: [line, { offer_id: addOn, term: 'year', quantity: 1 }] }),
    ).body
    expect(beside.lines.map((one: { offer: { id: string } }) => one.offer.id)).toEqual([offerId, addOn])
    expect(beside.lines[1].add_on_of).toBe(beside.lines[0].id)
    expect((await place(buyer, alone)).status).toBe(201)
  })
})

describe('who may buy (R-BUY-1)', () => {
  it('403 purchase_not_allowed: noted though refused, nothing else stands; the grid of orders is shown', async () => {
    const { branch, body } = await sold()
    const user = await given.user(world, world.vendor, branch.reseller.id, 'administrator')
    expect(refusal(await place(user, body, 'a-key'))).toBe('403 purchase_not_allowed')
    expect(await auditOf(world, branch.reseller.id)).toContainEqual(
      expect.objectContaining({
        action: 'order.refused',
        actor_kind: 'user',
        after: { code: 'purchase_not_allowed', reason: expect.any(String) },
      }),
    )
    expect((await user.get('/v1/orders')).body.data).toEqual([])
    expect(await query(world, 'select 1 from orders where buyer_id = $1', [branch.reseller.id])).toEqual([])
    expect(refusal(await place(await given.user(world, world.vendor, branch.reseller.id, 'supporter'), body))).toBe(
      '403 not_allowed',
    )
  })

  it("an end customer's own users order where its seller lets them, a partner's unless it does not", async () => {
    const { branch, body, buyer } = await sold()
    const customer = await given.purchaser(world, world.vendor, branch.customer.id)
    const own = { ...body, buyer_id: branch.customer.id }
    const path = `/v1/tenants/${branch.customer.id}/order-settings`
    expect((await customer.get(path)).body).toEqual({ may_order: false, is_default: true })
    expect(refusal(await place(customer, own))).toBe('403 purchase_not_allowed')
    expect(refusal(await customer.put(path, { may_order: true }))).toBe('403 not_allowed')
    expect(refusal(await branch.subDistributor.as.put(path, { may_order: true }))).toBe('422 buyer_not_direct')
    given.expectOk(await branch.reseller.as.put(path, { may_order: true }))
    expect((await place(customer, own)).status).toBe(201)
    given.expectOk(
      await branch.subDistributor.as.put(`/v1/tenants/${branch.reseller.id}/order-settings`, { may_order: false }),
    )
    expect(refusal(await place(buyer, body))).toBe('403 purchase_not_allowed')
    const seller = await given.purchaser(world, world.vendor, branch.subDistributor.id)
    expect((await place(seller, body)).status).toBe(201)
  })

  it('R-TREE-10: an ancestor that is no end of the edge orders, and sees neither amounts nor the order afterwards', async () => {
    const { branch, body, buyer } = await sold()
    const above = await given.purchaser(world, world.vendor, branch.distributor.id)
    const preview = given.expectOk(await above.post('/v1/orders/preview', body)).body
    expect(preview).toMatchObject({
      totals: [],
      lines: [{ unit_price: null, first_amount: null, recurring: { amount: null }, last: { amount: null } }],
    })
    const order = given.expectOk(await place(above, body)).body
    expect(order).toMatchObject({
      state: 'accepted',
      first_total: null,
      lines: [{ unit_price: null, first_amount: null }],
    })
    for (const as of [above, world.vendor, branch.customer.as]) {
      expect(seen(await as.get(`/v1/orders/${order.id}`))).toEqual(seen(await as.get(`/v1/orders/${missingId}`)))
      expect((await as.get('/v1/orders')).body.data).toEqual([])
    }
    expect((await buyer.get(`/v1/orders/${order.id}`)).body).toMatchObject({
      first_total: { amount: '6.00' },
      ordered_by: null,
    })
    const mails = (await world.vendor.get(`/v1/mails?tenant_id=${branch.reseller.id}&limit=500`)).body.data
    const receipt = mails.find(({ template }: { template: string }) => template === 'purchase_receipt')
    expect((await world.vendor.get(`/v1/mails/${receipt.id}`)).body.text).toBeNull()
    expect((await buyer.get(`/v1/mails/${receipt.id}`)).body.text).toContain('EUR 6.00')
    const [row] = (await branch.subDistributor.as.get('/v1/orders?direction=sold')).body.data
    expect(row).toMatchObject({
      id: order.id,
      direction: 'sold',
      quantity: 5,
      first_total: { amount: '6.00', currency: 'EUR' },
    })
  })
})

describe('payment mode (R-BUY-2)', () => {
  it('409 payment_mode_fixed: later orders may omit it and cannot differ; support alone changes it', async () => {
    const { branch, body, buyer } = await sold()
    expect(refusal(await place(buyer, { ...body, payment_mode: undefined }))).toBe('422 invalid_request')
    given.expectOk(await place(buyer, body))
    const answer = await writesNothing(world, () => place(buyer, { ...body, payment_mode: 'annual' }))
    expect([refusal(answer), answer.body.params]).toEqual(['409 payment_mode_fixed', { payment_mode: 'monthly' }])
    expect((await place(buyer, { ...body, payment_mode: undefined })).status).toBe(201)
    const path = `/v1/tenants/${branch.reseller.id}/payment-mode`
    const change = { mode: 'annual', reason: 'As agreed' }
    expect(refusal(await branch.subDistributor.as.put(path, change))).toBe('403 contact_support')
    expect(given.expectOk(await world.vendor.put(path, change)).body).toMatchObject({ mode: 'annual', version: 2 })
    expect((await place(buyer, { ...body, payment_mode: 'annual' })).body.lines[0].first).toMatchObject({
      to: '2028-11-24',
      days: 366,
    })
  })

  it('409: of racing first orders with two modes one mode wins, and all others are refused', async () => {
    const { body, buyer, branch } = await sold()
    await warmUp(world)
    const modes = ['monthly', 'annual', 'monthly', 'annual', 'monthly', 'annual'] as const
    const answers = await Promise.all(modes.map((payment_mode) => place(buyer, { ...body, payment_mode })))
    const fixed = (await buyer.get(`/v1/tenants/${branch.reseller.id}/payment-mode`)).body.mode
    for (const [index, answer] of answers.entries())
      expect(answer.status === 201 ? 'accepted' : refusal(answer)).toBe(
        modes[index] === fixed ? 'accepted' : '409 payment_mode_fixed',
      )
  })
})

describe('once (R-BUY-3)', () => {
  it('30 at once with one key: one order; the same key with another body is 422', async () => {
    const { body, buyer, branch } = await sold()
    await warmUp(world)
    const answers = await Promise.all(Array.from({ length: 30 }, () => place(buyer, body, 'one-key')))
    const ids = new Set(answers.filter(({ status }) => status === 201).map((answer) => answer.body.id))
    expect(ids.size).toBe(1)
    for (const answer of answers)
      expect(['201', '409 request_in_progress']).toContain(answer.status === 201 ? '201' : refusal(answer))
    const [counted] = await query(
      world,
      'select count(*)::int as orders, (select count(*)::int from licenses where owner_id = $1) as licenses from orders where buyer_id = $1',
      [branch.reseller.id],
    )
    expect(counted).toEqual({ orders: 1, licenses: 5 })
    expect(refusal(await place(buyer, { ...body, payment_mode: 'annual' }, 'one-key'))).toBe(
      '422 idempotency_key_reused',
    )
  })
})

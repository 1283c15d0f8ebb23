import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as given from '../given.ts'
import { query, refusal, writesNothing } from '../state.ts'
import { openStripeStandIn, type StripeStandIn, type TestCard } from '../stripe-stand-in.ts'
import { type Answer, type Client, openWorld, type World } from '../world.ts'

let world: World
let stripe: StripeStandIn
let terms: number
beforeAll(async () => {
  stripe = await openStripeStandIn()
  world = await openWorld('2027-01-05T10:00:00Z', { stripe: stripe.options })
  terms = await given.terms(world)
})
afterAll(async () => {
  await world.close()
  await stripe.close()
})

type Charged = { from_day: string; to_day: string; quantity: number; priced_on: string; reason: string }
const chargedOf = (orderId: string): Promise<Charged[]> =>
  query<Charged>(
    world,
    'select from_day::text, to_day::text, quantity, priced_on::text, reason from charged_periods where order_id = $1 order by from_day, quantity desc, id',
    [orderId],
  )
const licensesOf = (orderId: string) =>
  query<{ state: string; ends_on: string }>(
    world,
    'select state, ends_on::text from licenses where order_id = $1 order by id',
    [orderId],
  )
const mailsOf = async (tenantId: string, template: string) =>
  await query<{ subject: string; recipient: string }>(
    world,
    'select c.subject, c.recipient from mails m join mail_contents c on c.mail_id = m.id where m.tenant_id = $1 and m.template = $2 order by m.id',
    [tenantId, template],
  )
const refused = (act: () => Promise<Answer>) => writesNothing(world, async () => refusal(await act()))
const sendEvent = (event: { body: string; signature: string }) =>
  fetch(`${world.url}/v1/payment-events/stripe`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'stripe-signature': event.signature },
    body: event.body,
  })

/** A reseller of the vendor's own, whose users buy, with a card if one is named. */
async function buyer(card?: TestCard, fields: Record<string, unknown> = {}) {
  const { id, name } = await given.tenant(world.vendor, world.vendorId, { level: 'reseller' })
  const as = await given.purchaser(world, world.vendor, id)
  const offerId = await given.orderedOffer(world, fields)
  await given.sellTerms(world.vendor, { buyerId: id, offerId, prices: given.termPrices('10') })
  const body = {
    buyer_id: id,
    lines: [{ offer_id: offerId, term: 'year', quantity: 3 }],
    payment_mode: 'monthly',
    terms_version: terms,
  }
  if (card !== undefined) {
    const { url } = given.expectOk(await as.post(`/v1/tenants/${id}/payment-card-setups`)).body
    const event = stripe.enterCard(url, card)
    expect((await sendEvent(event)).status).toBe(200)
    expect((await sendEvent(event)).status).toBe(200)
  }
  return { id, name, as, offerId, body }
}
const customerOf = async (buyerId: string) =>
  (
    await query<{ customer_reference: string }>(
      world,
      'select customer_reference from payment_cards where buyer_id = $1',
      [buyerId],
    )
  )[0]!.customer_reference
const order = async (as: Client, body: Record<string, unknown>) =>
  given.expectOk(await as.post('/v1/orders', body)).body

describe('withdrawal (R-BUY-3)', () => {
  it('whole, within seven days: licenses end at once, all is credited; a second later it is 409', async () => {
    const { as, body } = await buyer()
    const [first, late] = [await order(as, body), await order(as, body)]
    await world.moveTo('2027-01-12T09:59:59.999Z')
    const withdrawn = given.expectOk(await as.post(`/v1/orders/${first.id}/withdraw`)).body
    expect(withdrawn).toMatchObject({ state: 'withdrawn', withdrawable_until: null })
    expect((await licensesOf(first.id)).map(({ state }) => state)).toEqual(['withdrawn', 'withdrawn', 'withdrawn'])
    expect((await chargedOf(first.id)).map(({ quantity, reason }) => [quantity, reason])).toEqual([
      [3, 'period'],
      [-3, 'withdrawal'],
    ])
    expect(refusal(await as.post(`/v1/orders/${first.id}/withdraw`))).toBe('409 state_conflict')
    await world.moveTo('2027-01-12T10:00:00Z')
    expect(await refused(() => as.post(`/v1/orders/${late.id}/withdraw`))).toBe('409 withdrawal_over')
    expect((await licensesOf(late.id)).map(({ state }) => state)).toEqual(['unassigned', 'unassigned', 'unassigned'])
  })
})

describe('cards (R-BUY-4)', () => {
  it('an order is accepted when the charge has succeeded: once, with the exact amount', async () => {
    const { id, as, body } = await buyer('pm_card_visa')
    const placed = await order(as, { ...body, payment_method: 'card' })
    expect(placed).toMatchObject({ state: 'accepted', first_total: { amount: '19.35', currency: 'EUR' } })
    expect(stripe.payments.filter(({ key }) => key === placed.id)).toMatchObject([
      { amount: 1935, currency: 'eur', status: 'succeeded' },
    ])
    expect(await mailsOf(id, 'purchase_receipt')).toHaveLength(1)
    const withdrawn = given.expectOk(await as.post(`/v1/orders/${placed.id}/withdraw`)).body
    expect(withdrawn.state).toBe('withdrawn')
    const [payment] = stripe.payments.filter(({ key }) => key === placed.id)
    expect(stripe.refunds.filter(({ payment_intent }) => payment_intent === payment?.id)).toHaveLength(1)
  })

  it('53: a first order that payment refuses fixes no mode, makes no license and charges nothing', async () => {
    const { id, as, body } = await buyer('pm_card_chargeDeclined')
    const failed = await order(as, { ...body, payment_method: 'card' })
    expect(failed).toMatchObject({
      state: 'payment_failed',
      payment_failure: 'Your card was declined.',
      withdrawable_until: null,
    })
    expect([await licensesOf(failed.id), await chargedOf(failed.id)]).toEqual([[], []])
    expect((await as.get(`/v1/tenants/${id}/payment-mode`)).body).toEqual({ mode: null, fixed_at: null, version: 0 })
    expect((await order(as, { ...body, payment_mode: 'annual' })).payment_mode).toBe('annual')
    expect(refusal(await as.post('/v1/orders', body))).toBe('409 payment_mode_fixed')
  })

  it('an answer that was lost is asked for again with the same key, and the card is charged once', async () => {
    const { as, body } = await buyer('pm_card_visa')
    stripe.loseAnswers(5)
    const placed = await order(as, { ...body, payment_method: 'card' })
    expect([placed.state, await licensesOf(placed.id)]).toEqual(['placed', []])
    stripe.loseAnswers(0)
    const call = await world.application.db.systemCall('test')
    await Promise.all([world.application.runDue(call), world.application.runDue(call)])
    expect((await as.get(`/v1/orders/${placed.id}`)).body.state).toBe('accepted')
    expect(await licensesOf(placed.id)).toHaveLength(3)
    expect(stripe.payments.filter(({ key }) => key === placed.id)).toHaveLength(1)
  })

  it('the event of a payment settles an order too; one that Stripe has not signed is 400 and settles nothing', async () => {
    const { as, body } = await buyer('pm_card_visa')
    stripe.loseAnswers(5)
    const placed = await order(as, { ...body, payment_method: 'card' })
    stripe.loseAnswers(0)
    const object = {
      id: 'pi_told',
      object: 'payment_intent',
      status: 'succeeded',
      metadata: { charge_id: placed.id },
      last_payment_error: null,
    }
    const event = stripe.sign({ id: 'evt_told', object: 'event', type: 'payment_intent.succeeded', data: { object } })
    const forged = await sendEvent({ ...event, body: event.body.replace('pi_told', 'pi_forged') })
    expect([forged.status, await forged.json()]).toMatchObject([400, { code: 'payment_event_refused' }])
    expect((await as.get(`/v1/orders/${placed.id}`)).body.state).toBe('placed')
    expect([(await sendEvent(event)).status, (await sendEvent(event)).status]).toEqual([200, 200])
    expect((await as.get(`/v1/orders/${placed.id}`)).body.state).toBe('accepted')
    expect(await licensesOf(placed.id)).toHaveLength(3)
  })

  it('422 card_missing, card_not_taken: no card left, a seller that is not the vendor', async () => {
    const { as, body } = await buyer()
    expect(await refused(() => as.post('/v1/orders', { ...body, payment_method: 'card' }))).toBe('422 card_missing')
    const branch = await given.channel(world)
    const offerId = await given.orderedOffer(world)
    await given.soldTerms(world, branch, offerId)
    const reseller = await given.purchaser(world, world.vendor, branch.reseller.id)
    const lines = [{ offer_id: offerId, term: 'year', quantity: 1 }]
    const order = { ...body, buyer_id: branch.reseller.id, lines, payment_method: 'card' }
    expect(await refused(() => reseller.post('/v1/orders', order))).toBe('422 card_not_taken')
    expect(await refused(() => reseller.post(`/v1/tenants/${branch.reseller.id}/payment-card-setups`))).toBe(
      '422 card_not_taken',
    )
  })

  it('422 card_amount_invalid: a million; the largest amount below it is taken, and any by invoice', async () => {
    const { id, as, body } = await buyer('pm_card_visa')
    const of = async (amount: string) => {
      const offerId = await given.orderedOffer(world)
      const prices = [{ term: 'year', period: 'annual' as const, amount }]
      await given.sellTerms(world.vendor, { buyerId: id, offerId, prices })
      return { ...body, payment_mode: 'annual', lines: [{ offer_id: offerId, term: 'year', quantity: 1 }] }
    }
    const [largest, tooMuch] = [await of('999999.99'), await of('1000000')]
    expect(await refused(() => as.post('/v1/orders', { ...tooMuch, payment_method: 'card' }))).toBe(
      '422 card_amount_invalid',
    )
    expect(await order(as, { ...largest, payment_method: 'card' })).toMatchObject({
      state: 'accepted',
      first_total: { amount: '999999.99', currency: 'EUR' },
    })
    expect((await order(as, tooMuch)).state).toBe('accepted')
  })

  it('503 payment_unavailable: the provider does not answer where a card is to be entered; there is none then', async () => {
    const { id, as } = await buyer()
    const setUp = () => as.post(`/v1/tenants/${id}/payment-card-setups`)
    stripe.loseAnswers(9, '/v1/customers')
    expect(await refused(setUp)).toBe('503 payment_unavailable')
    stripe.loseAnswers(0)
    expect((await as.get(`/v1/tenants/${id}/payment-card`)).body).toEqual({ taken: true, card: null })
    expect((await setUp()).status).toBe(201)
  })
})

describe('periods and renewal', () => {
  it('monthly periods of a commitment are written as they begin, once, at the price of its start; then it renews at the day’s price', async () => {
    const { id, as, body, offerId } = await buyer()
    const start = (await world.vendor.get('/v1/instance')).body.now.slice(0, 10)
    const placed = await order(as, { ...body, lines: [{ ...body.lines[0], term: 'year' }] })
    const monthly = await order(as, { ...body, lines: [{ ...body.lines[0], term: 'monthly', quantity: 2 }] })
    await world.moveTo('2027-02-01T00:00:00Z')
    const call = await world.application.db.systemCall('test')
    await Promise.all([world.application.runDue(call), world.application.runDue(call)])
    expect(
      (await chargedOf(placed.id)).map(({ from_day, to_day, priced_on }) => [from_day, to_day, priced_on]),
    ).toEqual([
      [start, '2027-01-31', start],
      ['2027-02-01', '2027-02-28', start],
    ])
    expect(
      (await chargedOf(monthly.id)).map(({ from_day, quantity, priced_on }) => [from_day, quantity, priced_on]),
    ).toEqual([
      [start, 2, start],
      ['2027-02-01', 2, '2027-02-01'],
    ])
    // Two months at once, as after a stop of the server.
    await world.moveTo('2027-04-15T00:00:00Z')
    expect((await chargedOf(monthly.id)).map(({ from_day }) => from_day)).toEqual([
      start,
      '2027-02-01',
      '2027-03-01',
      '2027-04-01',
    ])
    await world.moveTo('2028-02-01T00:00:00Z')
    const all = await chargedOf(placed.id)
    // January 2028 holds the end of one term and the start of the next.
    expect(all.slice(-3).map(({ from_day, to_day }) => [from_day, to_day])).toEqual([
      ['2028-01-01', `2028-01-${String(Number(start.slice(8)) - 1).padStart(2, '0')}`],
      [`2028-01-${start.slice(8)}`, '2028-01-31'],
      ['2028-02-01', '2028-02-29'],
    ])
    expect(all.at(-1)?.priced_on).toBe(`2028-01-${start.slice(8)}`)
    expect(await mailsOf(id, 'license_renewed')).toHaveLength(1)
    expect(offerId).toBeDefined()
  })

  it('63: the charge of a renewal fails three times: a holder has another free license where the pool exchanges, else none; the buyer is mailed', async () => {
    const now = (await world.vendor.get('/v1/instance')).body.now
    const month = now.slice(0, 7)
    const { id, as, body } = await buyer('pm_card_visa', { unit: 'domain' })
    const customer = await given.tenant(world.vendor, id, { level: 'end_customer' })
    const line = { ...body.lines[0], term: 'monthly', quantity: 1 }
    const paid = await order(as, { ...body, lines: [line], payment_method: 'card' })
    const domain = given.expectOk(
      await as.post('/v1/domains', { tenant_id: customer.id, name: 'exchange.example', kind: 'google_workspace' }),
    ).body
    const [license] = await query<{ id: string }>(world, 'select id from licenses where order_id = $1', [paid.id])
    given.expectOk(await as.post(`/v1/licenses/${license?.id}/assign`, { holder_kind: 'domain', holder_id: domain.id }))
    const spare = await order(as, { ...body, lines: [line] })
    const settings = given.expectOk(await as.get(`/v1/tenants/${id}/pool-settings`)).body
    given.expectOk(
      await as.put(
        `/v1/tenants/${id}/pool-settings`,
        { source: settings.source, take: settings.take, exchange_expired: true },
        settings.version,
      ),
    )
    stripe.replaceCard(await customerOf(id), 'pm_card_chargeDeclined')
    const last = new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)), 0)).getUTCDate()
    const attemptsAt = () => stripe.payments.filter((payment) => payment.status === 'failed').length
    const before = attemptsAt()
    await world.moveTo(`${month}-${last - 2}T00:00:00Z`)
    await world.moveTo(`${month}-${last}T00:00:00Z`)
    expect(attemptsAt() - before).toBe(2)
    expect((await licensesOf(paid.id))[0]?.state).toBe('assigned')
    const next = new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)), 1)).toISOString()
    await world.moveTo(next)
    expect(attemptsAt() - before).toBe(3)
    expect((await licensesOf(paid.id))[0]?.state).toBe('expired')
    const [held] = await query<{ order_id: string }>(
      world,
      `select order_id from licenses where holder_id = $1 and state = 'assigned'`,
      [domain.id],
    )
    expect(held?.order_id).toBe(spare.id)
    expect(await mailsOf(id, 'renewal_failed')).toHaveLength(3)
    expect((await chargedOf(paid.id)).every(({ from_day }) => from_day < next.slice(0, 10))).toBe(true)
  })

  it('R-BILL-1: a card charge is a payment towards the invoice of its month; paid whole, the invoice is paid; a refund is taken off', async () => {
    const now = (await world.vendor.get('/v1/instance')).body.now.slice(0, 7)
    const { id, as, body } = await buyer('pm_card_visa')
    const { id: gone } = await order(as, { ...body, payment_method: 'card' })
    given.expectOk(await as.post(`/v1/orders/${gone}/withdraw`))
    const kept = await order(as, { ...body, payment_method: 'card' })
    const other = await buyer('pm_card_visa')
    await order(other.as, { ...other.body, payment_method: 'card' })
    await order(other.as, other.body)
    const next = new Date(Date.UTC(Number(now.slice(0, 4)), Number(now.slice(5)), 1, 1)).toISOString()
    await world.moveTo(next)
    const invoiceOf = async (client: Client) => {
      const { data } = given.expectOk(await client.get(`/v1/invoices?month=${now}&direction=received`)).body
      return given.expectOk(await client.get(`/v1/invoices/${data[0].id}`)).body
    }
    const { amount } = kept.first_total
    const whole = await invoiceOf(await given.user(world, world.vendor, id))
    expect(whole).toMatchObject({ state: 'paid', total: { amount }, due: { amount: '0.00' } })
    const paid = whole.payments.map((payment: { amount: { amount: string } }) => payment.amount.amount)
    expect(paid).toEqual([amount, `-${amount}`, amount])
    const half = await invoiceOf(await given.user(world, world.vendor, other.id))
    expect(half).toMatchObject({ state: 'issued', due: { amount }, payments: [{ method: 'card', amount: { amount } }] })
  })
})

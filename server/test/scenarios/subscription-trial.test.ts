import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as given from '../given.ts'
import { auditOf, listAll, query, refusal, seen, writesNothing } from '../state.ts'
import { type Client, openWorld, type World } from '../world.ts'

const missingId = '01990000-0000-7000-8000-000000000000'
let world: World
beforeAll(async () => {
  world = await openWorld('2027-02-01T10:00:00Z')
})
afterAll(() => world.close())

const subscribe = (as: Client, tenantId: string, offerId: string, inTrial = true) =>
  as.post('/v1/subscriptions', { tenant_id: tenantId, offer_id: offerId, in_trial: inTrial })
const setState = (as: Client, id: string, state: string) => as.put(`/v1/subscriptions/${id}/state`, { state })

/** A customer with a subscription in trial. */
async function inTrial(fields: Record<string, unknown> = {}) {
  const branch = await given.channel(world)
  const offerId = await given.trialOffer(world, branch, fields)
  const { body } = given.expectOk(await subscribe(branch.reseller.as, branch.customer.id, offerId))
  return { ...branch, offerId, subscription: body }
}
const usageOf = (as: Client, tenantId: string, month: string) =>
  listAll(as, `/v1/usage?month=${month}&tenant_id=${tenantId}`)
const linesTo = async (as: Client, month: string) => {
  const [invoice] = await listAll(as, `/v1/invoices?month=${month}&direction=received`)
  return invoice === undefined ? [] : (await as.get(`/v1/invoices/${invoice.id}`)).body.lines
}

/** One test, since the clock moves on: 24, 25 and the end by itself, side by side. */
it('scenarios 24 and 25: by hand on day 5, and by the clock at the end; trial days carry no charge', async () => {
  const byHand = await inTrial()
  const byClock = await inTrial()
  const ended = await inTrial({ trial: { days: 15, end_policy: 'deactivate' } })
  expect(byHand.subscription).toMatchObject({
    state: 'in_trial',
    trial: { ends_at: '2027-03-04T00:00:00.000Z', end_policy: 'convert' },
    charged_from: '2027-03-04',
    ended_on: null,
  })
  expect(ended.subscription).toMatchObject({ trial: { ends_at: '2027-02-17T00:00:00.000Z' }, charged_from: null })
  const deviceOf = (branch: given.Channel, name = 'machine-a') =>
    given.device(world, branch.reseller.as, branch.customer.id, name)
  const [hand, clock, gone] = [await deviceOf(byHand), await deviceOf(byClock), await deviceOf(ended)]
  const late = await deviceOf(byHand, 'machine-b')
  for (const device of [hand, clock, gone]) given.expectOk(await device.signal())

  await world.moveTo('2027-02-05T23:00:00Z')
  const { id } = byHand.subscription
  const active = given.expectOk(await setState(byHand.reseller.as, id, 'active')).body
  expect(active).toMatchObject({ state: 'active', charged_from: '2027-02-05', version: 2 })
  // said again it changes nothing
  expect(await writesNothing(world, () => setState(byHand.reseller.as, id, 'active'))).toMatchObject({ body: active })
  const back = await writesNothing(world, () => setState(byHand.reseller.as, id, 'in_trial'))
  expect([refusal(back), back.body.params]).toEqual(['409 state_conflict', { state: 'active' }])
  given.expectOk(await late.signal())

  await world.moveTo('2027-02-16T23:59:59.999Z')
  expect((await ended.reseller.as.get(`/v1/subscriptions/${ended.subscription.id}`)).body.state).toBe('in_trial')
  given.expectOk(await gone.signal())
  await world.moveTo('2027-02-17T00:00:00Z')
  expect((await ended.reseller.as.get(`/v1/subscriptions/${ended.subscription.id}`)).body).toMatchObject({
    state: 'ended',
    ended_on: '2027-02-16',
    charged_from: null,
  })
  given.expectOk(await gone.signal())

  await world.moveTo('2027-03-03T23:59:59.999Z')
  const stateOf = async ({ reseller, subscription }: typeof byClock) =>
    (await reseller.as.get(`/v1/subscriptions/${subscription.id}`)).body.state
  expect(await stateOf(byClock)).toBe('in_trial')
  await world.moveTo('2027-03-04T00:00:00Z')
  expect(await stateOf(byClock)).toBe('active')
  for (const device of [hand, clock]) given.expectOk(await device.signal())
  await world.moveTo('2027-04-01T01:00:00Z')

  // February: on the 1st all were in trial; the one that was switched on the 5th counts from that day on
  expect(await usageOf(byHand.reseller.as, byHand.customer.id, '2027-02')).toMatchObject([
    { device_id: hand.id, days: [1], charged_days: [], units: 0, reason: 'trial' },
    { device_id: late.id, days: [5], charged_days: [5], units: 1 },
  ])
  expect(await linesTo(byHand.customer.as, '2027-02')).toMatchObject([{ quantity: '1' }])
  expect(await usageOf(byClock.reseller.as, byClock.customer.id, '2027-02')).toMatchObject([
    { units: 0, reason: 'trial' },
  ])
  expect(await linesTo(byClock.customer.as, '2027-02')).toEqual([])
  expect(await usageOf(byClock.reseller.as, byClock.customer.id, '2027-03')).toMatchObject([
    { days: [4], charged_days: [4] },
  ])
  expect(await linesTo(byClock.customer.as, '2027-03')).toMatchObject([{ quantity: '1' }])
  // what ended with its trial is never charged, and counts no day after it
  expect(await usageOf(ended.reseller.as, ended.customer.id, '2027-02')).toMatchObject([
    { days: [1, 16], charged_days: [], units: 0 },
  ])
  expect(await linesTo(ended.customer.as, '2027-02')).toEqual([])

  const actions = async (subscriptionId: string) => (await auditOf(world, subscriptionId)).map(({ action }) => action)
  expect(await actions(id)).toEqual(['subscription.created', 'subscription.activated'])
  expect(await actions(byClock.subscription.id)).toEqual(['subscription.created', 'subscription.trial_ended'])
  const [, entry] = await query<{ at: Date; actor_kind: string }>(
    world,
    'select at, actor_kind from audit_entries where object_id = $1 order by id',
    [byClock.subscription.id],
  )
  expect([entry?.at.toISOString(), entry?.actor_kind]).toEqual(['2027-03-04T00:00:00.000Z', 'system'])
})

describe('ending', () => {
  it('200: the day still counts, from the next on there is no charge; a new one takes the day over (R-BILL-9)', async () => {
    const branch = await given.channel(world)
    const offerId = await given.trialOffer(world, branch)
    const { id } = given.expectOk(await subscribe(branch.reseller.as, branch.customer.id, offerId, false)).body
    const today = (await world.vendor.get('/v1/instance')).body.now.slice(0, 10)
    const device = await given.device(world, branch.reseller.as, branch.customer.id)
    given.expectOk(await device.signal())
    const ended = given.expectOk(await setState(branch.reseller.as, id, 'ended')).body
    expect(ended).toMatchObject({ state: 'ended', ended_on: today })
    const units = () => usageOf(branch.reseller.as, branch.customer.id, today.slice(0, 7))
    expect(await units()).toMatchObject([{ units: 1, charged_days: [Number(today.slice(8))] }])
    expect(refusal(await setState(branch.reseller.as, id, 'active'))).toBe('409 state_conflict')
    // the same product again, on the same day: one unit, no day twice
    given.expectOk(await subscribe(branch.reseller.as, branch.customer.id, offerId, false))
    expect(await units()).toMatchObject([{ units: 1, charged_days: [Number(today.slice(8))] }])
  })
  it('403 not_allowed: an operator neither adds nor ends; 404: nobody beside sees it', async () => {
    const { reseller, customer, subscription, offerId } = await inTrial()
    const operator = await given.user(world, reseller.as, reseller.id, 'operator')
    const manager = await given.user(world, reseller.as, reseller.id, 'manager')
    for (const act of [
      () => setState(operator, subscription.id, 'ended'),
      () => subscribe(operator, customer.id, offerId),
    ])
      expect(await writesNothing(world, async () => refusal(await act()))).toBe('403 not_allowed')
    const other = await given.channel(world)
    for (const as of [other.reseller.as, other.distributor.as]) {
      expect(seen(await setState(as, subscription.id, 'ended'))).toEqual(seen(await setState(as, missingId, 'ended')))
      expect(seen(await as.get(`/v1/subscriptions/${subscription.id}`))).toEqual(
        seen(await as.get(`/v1/subscriptions/${missingId}`)),
      )
    }
    expect((await setState(manager, subscription.id, 'ended')).body.state).toBe('ended')
  })
})

describe('trials that are refused; nothing is written', () => {
  it('422 trial_not_offered: the offer has none', async () => {
    const branch = await given.channel(world)
    const offerId = await given.trialOffer(world, branch, { trial: null })
    const answer = await writesNothing(world, () => subscribe(branch.reseller.as, branch.customer.id, offerId))
    expect([refusal(answer), answer.body.errors[0].pointer]).toEqual(['422 trial_not_offered', '/in_trial'])
  })
  it('409 trial_repeated: another edition of the product too, for that customer alone', async () => {
    const { reseller, customer, subscription, offerId, ...branch } = await inTrial()
    given.expectOk(await setState(reseller.as, subscription.id, 'ended'))
    expect(await writesNothing(world, async () => refusal(await subscribe(reseller.as, customer.id, offerId)))).toBe(
      '409 trial_repeated',
    )
    const plus = await given.trialOffer(
      world,
      { reseller, customer, ...branch },
      { product: subscription.offer.product, edition: 'Plus' },
    )
    expect(refusal(await subscribe(reseller.as, customer.id, plus))).toBe('409 trial_repeated')
    const beside = await given.tenant(reseller.as, reseller.id, { level: 'end_customer' })
    given.expectOk(await reseller.as.put(`/v1/tenants/${beside.id}/offers/${offerId}`))
    expect((await subscribe(reseller.as, beside.id, offerId)).status).toBe(201)
    // paid for it may be at once
    expect((await subscribe(reseller.as, customer.id, offerId, false)).body.state).toBe('active')
  })
  it.each(['yes', 1, null])('422 invalid_request: in_trial %o', async (value) => {
    const { reseller, customer, offerId } = await inTrial()
    const body = { tenant_id: customer.id, offer_id: offerId, in_trial: value }
    expect(refusal(await reseller.as.post('/v1/subscriptions', body))).toBe('422 invalid_request')
  })
})

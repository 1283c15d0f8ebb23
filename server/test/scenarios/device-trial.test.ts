import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as given from '../given.ts'
import * as licensed from '../licensed.ts'
import { auditOf, listAll, query, refusal, seen, writesNothing } from '../state.ts'
import { type Client, openWorld, type World } from '../world.ts'

const missingId = '01990000-0000-7000-8000-000000000000'
let world: World
beforeAll(async () => {
  world = await openWorld('2027-02-01T10:00:00Z')
})
afterAll(() => world.close())

const start = (as: Client, deviceId: string, offerId: string) =>
  as.post(`/v1/devices/${deviceId}/trial`, { offer_id: offerId })
const switchToPaid = (as: Client, deviceId: string) => as.post(`/v1/devices/${deviceId}/switch-to-paid`)
const trialOf = async (as: Client, deviceId: string) => (await as.get(`/v1/devices/${deviceId}/trial`)).body.trial
const stateOf = async (as: Client, deviceId: string) => (await as.get(`/v1/devices/${deviceId}`)).body.state

/** A device in trial of an offer that its customer is subscribed to. */
async function inTrial(endPolicy: 'convert' | 'deactivate', isSubscribed = true) {
  const branch = await given.channel(world)
  const offerId = await given.trialOffer(world, branch, { trial: { days: 30, end_policy: endPolicy } })
  const { reseller, customer } = branch
  if (isSubscribed)
    given.expectOk(await reseller.as.post('/v1/subscriptions', { tenant_id: customer.id, offer_id: offerId }))
  const device = await given.device(world, reseller.as, customer.id)
  const trial = given.expectOk(await start(reseller.as, device.id, offerId)).body
  return { ...branch, offerId, device, trial }
}
const usageOf = ({ reseller, customer }: given.Channel, month: string) =>
  listAll(reseller.as, `/v1/usage?month=${month}&tenant_id=${customer.id}`)

/** Moves the clock past everything that runs: as if the server were down. */
const passUnnoticed = (to: string) => query(world, 'update app.test_clock set frozen_at = $1 where id = 1', [to])

it('scenarios 26 and 27: switched before the end it is charged from that day; unswitched its work is refused', async () => {
  const [paid, left, converted] = [await inTrial('deactivate'), await inTrial('deactivate'), await inTrial('convert')]
  expect(paid.trial).toMatchObject({ outcome: 'running', ends_at: '2027-03-04T00:00:00.000Z', is_paid: false })
  for (const { device } of [paid, left, converted]) given.expectOk(await device.signal())
  expect(await usageOf(paid, '2027-02')).toMatchObject([{ days: [1], charged_days: [], units: 0, reason: 'trial' }])

  await world.moveTo('2027-02-10T12:00:00Z')
  const { body } = given.expectOk(await switchToPaid(paid.reseller.as, paid.device.id))
  expect(body.trial).toMatchObject({ outcome: 'converted', is_paid: true, switched_at: '2027-02-10T12:00:00.000Z' })
  // scenario 27: again it changes nothing
  expect((await writesNothing(world, () => switchToPaid(paid.reseller.as, paid.device.id))).body).toEqual(body)
  given.expectOk(await paid.device.signal())
  expect(await usageOf(paid, '2027-02')).toMatchObject([{ days: [1, 10], charged_days: [10], units: 1 }])

  await world.moveTo('2027-03-03T23:59:59.999Z')
  for (const { device } of [paid, left, converted]) given.expectOk(await device.signal())
  // down at the end: refused from its instant on, told as such, before anything has run
  await passUnnoticed('2027-03-04T00:00:00Z')
  expect(await stateOf(left.reseller.as, left.device.id)).toBe('deactivated')
  expect(await trialOf(left.reseller.as, left.device.id)).toMatchObject({
    outcome: 'deactivated',
    ended_at: left.trial.ends_at,
  })
  expect(refusal(await left.device.signal())).toBe('403 device_refused')
  const states = (await left.reseller.as.get(`/v1/devices?state=deactivated&tenant_id=${left.customer.id}`)).body.data
  expect(states).toHaveLength(1)
  expect(await query(world, 'select outcome from device_trials where device_id = $1', [left.device.id])).toEqual([
    { outcome: 'running' },
  ])
  for (const { device } of [paid, converted]) given.expectOk(await device.signal())

  await world.moveTo('2027-03-06T10:00:00Z')
  expect(refusal(await left.device.signal())).toBe('403 device_refused')
  const token = given.expectOk(await left.reseller.as.post(`/v1/tenants/${left.customer.id}/install-token`)).body.token
  const machine = (
    await query<{ machine_id: string }>(world, 'select machine_id from devices where id = $1', [left.device.id])
  )[0]
  await expect(given.enrolled(world, token, machine?.machine_id ?? '')).rejects.toThrow('device_refused')
  given.expectOk(await switchToPaid(left.reseller.as, left.device.id))
  expect(await trialOf(left.reseller.as, left.device.id)).toMatchObject({ outcome: 'deactivated', is_paid: true })
  await expect.poll(async () => (await left.device.signal()).status, { timeout: 5000 }).toBe(200)
  expect(await stateOf(left.reseller.as, left.device.id)).toBe('active')
  expect(await usageOf(left, '2027-03')).toMatchObject([{ days: [3, 6], charged_days: [6], units: 1 }])
  expect(await usageOf(converted, '2027-03')).toMatchObject([{ days: [3, 4], charged_days: [4], units: 1 }])
  const actions = (await auditOf(world, left.device.id)).map(({ action, actor_kind }) => `${action} ${actor_kind}`)
  expect(actions).toEqual([
    'device.enrolled device',
    'device_trial.started user',
    'device_trial.ended system',
    'device_trial.switched_to_paid user',
  ])
})

it('200: a switch that finds an end that nothing has stored ends it first, at its instant', async () => {
  const { reseller, device, trial } = await inTrial('deactivate')
  await passUnnoticed(new Date(Date.parse(trial.ends_at) + 3_600_000).toISOString())
  const { body } = given.expectOk(await switchToPaid(reseller.as, device.id))
  expect(body.trial).toMatchObject({ outcome: 'deactivated', ended_at: trial.ends_at, is_paid: true })
  const entries = await query<{ action: string; at: Date; actor_kind: string }>(
    world,
    `select action, at, actor_kind from audit_entries where object_id = $1 and action like 'device_trial.%' order by id`,
    [device.id],
  )
  expect(
    entries.map(({ action, at, actor_kind }) => `${action} ${actor_kind} ${at.toISOString() === trial.ends_at}`),
  ).toEqual([
    'device_trial.started user false',
    'device_trial.ended system true',
    'device_trial.switched_to_paid user false',
  ])
  await expect.poll(async () => (await device.signal()).status, { timeout: 5000 }).toBe(200)
})

describe('refusals; nothing is written', () => {
  const refused = (act: () => ReturnType<Client['post']>) => writesNothing(world, async () => refusal(await act()))

  it('409 state_conflict: in trial already, and paid for already: active never goes back to trial', async () => {
    const { reseller, customer, device, offerId } = await inTrial('convert')
    expect(await refused(() => start(reseller.as, device.id, offerId))).toBe('409 state_conflict')
    const active = await given.device(world, reseller.as, customer.id)
    given.expectOk(await active.signal())
    const now = (await world.vendor.get('/v1/instance')).body.now
    await world.moveTo(new Date(Date.parse(now) + 86_400_000).toISOString())
    expect(await refused(() => start(reseller.as, active.id, offerId))).toBe('409 state_conflict')
    // a first signal of the same day is no charge yet: the last live value of the day counts
    const fresh = await given.device(world, reseller.as, customer.id)
    given.expectOk(await fresh.signal())
    given.expectOk(await start(reseller.as, fresh.id, offerId))
    const units = await usageOf({ reseller, customer } as given.Channel, now.slice(0, 7))
    expect(units.find(({ device_id }) => device_id === fresh.id) ?? { units: 0 }).toMatchObject({ units: 0 })
  })
  it('409 trial_repeated: the same machine, wherever it stands now', async () => {
    const { reseller, customer, device, offerId } = await inTrial('convert')
    const [machine] = await query<{ machine_id: string }>(world, 'select machine_id from devices where id = $1', [
      device.id,
    ])
    const beside = await given.tenant(reseller.as, reseller.id, { level: 'end_customer' })
    given.expectOk(await reseller.as.put(`/v1/tenants/${beside.id}/offers/${offerId}`))
    const again = await given.device(world, reseller.as, beside.id, machine?.machine_id)
    expect(await refused(() => start(reseller.as, again.id, offerId))).toBe('409 trial_repeated')
    const other = await given.device(world, reseller.as, customer.id)
    expect((await start(reseller.as, other.id, offerId)).status).toBe(201)
  })
  it('409 subscription_missing: there is nothing to be charged by', async () => {
    const { reseller, customer, device, offerId } = await inTrial('convert', false)
    expect(await refused(() => switchToPaid(reseller.as, device.id))).toBe('409 subscription_missing')
    given.expectOk(await reseller.as.post('/v1/subscriptions', { tenant_id: customer.id, offer_id: offerId }))
    expect((await switchToPaid(reseller.as, device.id)).status).toBe(200)
  })
  it('422 trial_not_offered, offer_not_offered', async () => {
    const branch = await given.channel(world)
    const device = await given.device(world, branch.reseller.as, branch.customer.id)
    const none = await given.trialOffer(world, branch, { trial: null })
    expect(await refused(() => start(branch.reseller.as, device.id, none))).toBe('422 trial_not_offered')
    const foreign = await given.trialOffer(world, await given.channel(world))
    expect(await refused(() => start(branch.reseller.as, device.id, foreign))).toBe('422 offer_not_offered')
    expect(seen(await start(branch.reseller.as, device.id, foreign))).toEqual(
      seen(await start(branch.reseller.as, device.id, missingId)),
    )
  })
  it('403 for an operator, 404 from beside; 200 for a device that never was in trial', async () => {
    const { reseller, customer, device, offerId } = await inTrial('convert')
    const operator = await given.user(world, reseller.as, reseller.id, 'operator')
    for (const act of [() => switchToPaid(operator, device.id), () => start(operator, device.id, offerId)])
      expect(await refused(act)).toBe('403 not_allowed')
    const other = await given.channel(world)
    expect(seen(await switchToPaid(other.reseller.as, device.id))).toEqual(
      seen(await switchToPaid(other.reseller.as, missingId)),
    )
    expect(seen(await other.reseller.as.get(`/v1/devices/${device.id}/trial`))).toEqual(
      seen(await other.reseller.as.get(`/v1/devices/${missingId}/trial`)),
    )
    const never = await given.device(world, reseller.as, customer.id)
    expect((await switchToPaid(reseller.as, never.id)).body).toEqual({ device_id: never.id, trial: null })
  })
})

it('a site shares the subscription of its customer, also for its own users', async () => {
  const branch = await given.channel(world)
  const offerId = await given.trialOffer(world, branch)
  const site = await given.tenant(branch.customer.as, branch.customer.id, { level: 'site' })
  const own = await given.user(world, branch.customer.as, site.id)
  const device = await given.device(world, own, site.id)
  given.expectOk(await start(own, device.id, offerId))
  expect(refusal(await switchToPaid(own, device.id))).toBe('409 subscription_missing')
  given.expectOk(
    await branch.reseller.as.post('/v1/subscriptions', { tenant_id: branch.customer.id, offer_id: offerId }),
  )
  expect((await switchToPaid(own, device.id)).body.trial).toMatchObject({ is_paid: true })
})

describe('scenario 28: a trial that ends by a license of the pool', () => {
  async function inLicensedTrial() {
    const branch = await given.channel(world)
    const offerId = await given.orderedOffer(world, {
      unit: 'device',
      terms: [{ code: 'monthly', name: 'Month to month', months: 1 }],
      trial: { days: 15, end_policy: 'take_from_pool' },
    })
    await given.soldTerms(world, branch, offerId, ['4', '5', '6', '9'], ['monthly'])
    const device = await given.device(world, branch.reseller.as, branch.customer.id)
    const trial = given.expectOk(await start(branch.reseller.as, device.id, offerId)).body
    const ask = () => world.as(device.key).post('/agent/v1/license', { product: trial.offer.product })
    return { ...branch, offerId, device, trial, ask }
  }
  it('granted where one is free, unlicensed and refused where none is; a switch takes one then (R-DEV-9)', async () => {
    const [served, none] = [await inLicensedTrial(), await inLicensedTrial()]
    for (const { ask } of [served, none]) expect((await ask()).body).toMatchObject({ kind: 'trial', taken: false })
    await licensed.licenses(world, {
      ownerId: served.reseller.id,
      offerId: served.offerId,
      quantity: 1,
      endsOn: '2029-01-04',
    })
    await world.moveTo(new Date(Date.parse(served.trial.ends_at)).toISOString())
    expect(await trialOf(served.reseller.as, served.device.id)).toMatchObject({
      outcome: 'taken_from_pool',
      is_paid: true,
    })
    expect((await served.ask()).body).toMatchObject({ kind: 'commercial', taken: false })
    expect(await trialOf(none.reseller.as, none.device.id)).toMatchObject({ outcome: 'unlicensed', is_paid: false })
    expect(refusal(await none.ask())).toBe('403 no_license')
    expect(await writesNothing(world, async () => refusal(await switchToPaid(none.reseller.as, none.device.id)))).toBe(
      '409 insufficient_unassigned',
    )
    await licensed.licenses(world, {
      ownerId: none.reseller.id,
      offerId: none.offerId,
      quantity: 1,
      endsOn: '2029-01-04',
    })
    expect((await switchToPaid(none.reseller.as, none.device.id)).body.trial).toMatchObject({
      outcome: 'unlicensed',
      is_paid: true,
    })
    expect((await none.ask()).body).toMatchObject({ kind: 'commercial' })
  })
})

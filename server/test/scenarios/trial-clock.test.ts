import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import * as given from '../given.ts'
import { listAll, query } from '../state.ts'
import { openWorld, type World } from '../world.ts'

const dayMs = 86_400_000
let world: World
let branch: given.Channel
beforeAll(async () => {
  world = await openWorld('2027-01-05T10:00:00Z')
  branch = await given.channel(world)
})
afterAll(() => world.close())

const nowMs = async () => Date.parse((await world.vendor.get('/v1/instance')).body.now)
/** Moves the clock past everything that runs: as if the server were down. */
const passUnnoticed = (ms: number) =>
  query(world, 'update app.test_clock set frozen_at = $1 where id = 1', [new Date(ms).toISOString()])
async function runJobs(times: number): Promise<void> {
  const call = await world.application.db.systemCall('test')
  await Promise.all(Array.from({ length: times }, () => world.application.runDue(call)))
}

type Kind = 'customer' | 'subscription' | 'device'
type Thing = { kind: Kind; id: string; endMs: number; before: string; after: string }

/** One of each, with trials of the lengths. */
async function begin(customerDays: number, deviceDays: number, policy: 'convert' | 'deactivate'): Promise<Thing[]> {
  const as = branch.reseller.as
  const customer = await given.tenant(as, branch.reseller.id, { level: 'end_customer', in_trial: true })
  const offerOf = (days: number) => given.trialOffer(world, branch, { trial: { days, end_policy: policy } })
  const [forCustomer, forDevice] = [await offerOf(customerDays), await offerOf(deviceDays)]
  for (const offerId of [forCustomer, forDevice])
    given.expectOk(await as.put(`/v1/tenants/${customer.id}/offers/${offerId}`))
  const body = { tenant_id: customer.id, offer_id: forCustomer, in_trial: true }
  const subscription = given.expectOk(await as.post('/v1/subscriptions', body)).body
  const device = await given.device(world, as, customer.id)
  const trial = given.expectOk(await as.post(`/v1/devices/${device.id}/trial`, { offer_id: forDevice })).body
  const stops = policy === 'deactivate'
  return [
    {
      kind: 'customer',
      id: customer.id,
      endMs: Date.parse(customer.trial_ends_at),
      before: 'in_trial',
      after: 'production',
    },
    {
      kind: 'subscription',
      id: subscription.id,
      endMs: Date.parse(subscription.trial.ends_at),
      before: 'in_trial',
      after: stops ? 'ended' : 'active',
    },
    {
      kind: 'device',
      id: device.id,
      endMs: Date.parse(trial.ends_at),
      before: 'running',
      after: stops ? 'deactivated' : 'converted',
    },
  ]
}

async function stateOf({ kind, id }: Thing): Promise<string> {
  const as = branch.reseller.as
  if (kind === 'customer') return (await as.get(`/v1/tenants/${id}`)).body.state
  if (kind === 'subscription') return (await as.get(`/v1/subscriptions/${id}`)).body.state
  return (await as.get(`/v1/devices/${id}/trial`)).body.trial.outcome
}
const endings: Record<Kind, string> = {
  customer: 'tenant.trial_ended',
  subscription: 'subscription.trial_ended',
  device: 'device_trial.ended',
}
const entriesOf = async ({ kind, id }: Thing) =>
  (
    await query<{ at: Date; actor_kind: string }>(
      world,
      'select at, actor_kind from audit_entries where object_id = $1 and action = $2',
      [id, endings[kind]],
    )
  ).map(({ at, actor_kind }) => [at.getTime(), actor_kind])

async function expectAsAt(things: readonly Thing[], ms: number): Promise<void> {
  for (const thing of things)
    expect([thing.kind, await stateOf(thing)]).toEqual([thing.kind, ms < thing.endMs ? thing.before : thing.after])
  const listed = new Set((await listAll(branch.reseller.as, '/v1/trials', 500)).map(({ id }) => id))
  expect(things.map(({ id }) => listed.has(id))).toEqual(things.map(({ endMs }) => ms < endMs))
}

async function expectNotedOnce(things: readonly Thing[], ms: number): Promise<void> {
  for (const thing of things) expect(await entriesOf(thing)).toEqual(ms < thing.endMs ? [] : [[thing.endMs, 'system']])
}

/** R-TRIAL-3. The clock only moves forward, so that each run goes on where the last one left it. */
it('any moves of the clock, with jobs run never, late or twice at once: the same states, each end noted once at its instant', async () => {
  const moves = fc.array(
    fc.record({ hours: fc.integer({ min: 1, max: 20 * 24 }), jobs: fc.constantFrom(0, 0, 1, 2, 3) }),
    { minLength: 1, maxLength: 5 },
  )
  const lengths = fc.integer({ min: 1, max: 40 })
  const policies = fc.constantFrom('convert' as const, 'deactivate' as const)
  await fc.assert(
    fc.asyncProperty(moves, lengths, lengths, policies, async (steps, customerDays, deviceDays, policy) => {
      const things = await begin(customerDays, deviceDays, policy)
      let ms = await nowMs()
      for (const { hours, jobs } of steps) {
        ms += hours * 3_600_000
        await passUnnoticed(ms)
        if (jobs > 0) await runJobs(jobs)
        await expectAsAt(things, ms)
      }
      await runJobs(2)
      await expectNotedOnce(things, ms)
    }),
    { numRuns: 5 },
  )
  // the last instant before an end, and the end itself
  const things = await begin(3, 3, 'deactivate')
  const end = things[1]!.endMs
  await passUnnoticed(end - 1)
  expect(await Promise.all(things.map(stateOf))).toEqual(['in_trial', 'in_trial', 'running'])
  await passUnnoticed(end)
  expect(await Promise.all(things.map(stateOf))).toEqual(['in_trial', 'ended', 'deactivated'])
  expect((things[0]!.endMs - end) / dayMs).toBe(27)
}, 240_000)

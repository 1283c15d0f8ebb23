import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as given from '../given.ts'
import * as licensed from '../licensed.ts'
import { query, refusal, warmUp, writesNothing } from '../state.ts'
import { type Answer, openWorld, type World } from '../world.ts'

// Section 13 of the domain: every transition that is not in its table is refused, and nothing is stored.
let world: World
beforeAll(async () => {
  world = await openWorld()
  await warmUp(world)
})
afterAll(() => world.close())

/** `ok`, or how it is refused; a refusal has written nothing. */
async function outcomeOf(expected: string, act: () => Promise<Answer>): Promise<string> {
  const answer = expected === 'ok' ? await act() : await writesNothing(world, act)
  return answer.status < 300 ? 'ok' : refusal(answer)
}
const conflict = '409 state_conflict'
const inUse = '409 license_in_use'

describe('license', () => {
  const states = [
    'unassigned',
    'assigned',
    'pending_cancel',
    'pending_cancel, held',
    'expired',
    'ended',
    'withdrawn',
  ] as const
  type State = (typeof states)[number]
  const over = { expired: conflict, ended: conflict, withdrawn: conflict }
  const expected: Record<string, Record<State, string>> = {
    assign: { unassigned: 'ok', assigned: inUse, pending_cancel: 'ok', 'pending_cancel, held': inUse, ...over },
    release: { unassigned: conflict, assigned: 'ok', pending_cancel: conflict, 'pending_cancel, held': 'ok', ...over },
    cancel: { unassigned: 'ok', assigned: 'ok', pending_cancel: conflict, 'pending_cancel, held': conflict, ...over },
    restore: { unassigned: conflict, assigned: conflict, pending_cancel: 'ok', 'pending_cancel, held': 'ok', ...over },
    renew: { unassigned: 'ok', assigned: 'ok', pending_cancel: 'ok', 'pending_cancel, held': 'ok', ...over },
    edition: { unassigned: 'ok', assigned: 'ok', pending_cancel: 'ok', 'pending_cancel, held': 'ok', ...over },
    move: { unassigned: 'ok', assigned: inUse, pending_cancel: 'ok', 'pending_cancel, held': inUse, ...over },
  }

  async function openBoard() {
    const branch = await given.channel(world)
    const { offerId, product } = await licensed.soldOffer(world, branch)
    const { offerId: plusId } = await licensed.soldOffer(world, branch, { product, edition: 'Plus' })
    const { reseller, customer } = branch
    const as = reseller.as
    const machine = () => licensed.machine(world, as, customer.id)
    const bring = async (state: State): Promise<string> => {
      const [id = ''] = await licensed.licenses(world, { ownerId: reseller.id, offerId, quantity: 1 })
      if (state === 'assigned' || state.endsWith('held'))
        given.expectOk(await licensed.assign(as, id, 'device', (await machine()).id))
      if (state.startsWith('pending')) given.expectOk(await as.post(`/v1/licenses/${id}/cancel`))
      if (state in over)
        await query(world, `update licenses set state = $2, auto_renew = false where id = $1`, [id, state])
      return id
    }
    const acts: Record<keyof typeof expected, (id: string, deviceId: string) => Promise<Answer>> = {
      assign: (id, deviceId) => licensed.assign(as, id, 'device', deviceId),
      release: (id) => as.post(`/v1/licenses/${id}/release`),
      cancel: (id) => as.post(`/v1/licenses/${id}/cancel`),
      restore: (id) => as.post(`/v1/licenses/${id}/restore`),
      renew: (id) => as.post('/v1/licenses/actions', { action: 'set_auto_renew', auto_renew: true, ids: [id] }),
      edition: (id) => as.post(`/v1/licenses/${id}/edition`, { offer_id: plusId }),
      move: (id) => as.post('/v1/licenses/move', { ids: [id], pool_id: customer.id }),
    }
    return { bring, acts, machine }
  }

  it.each(Object.keys(expected))('%s', async (act) => {
    const { bring, acts, machine } = await openBoard()
    const found: Record<string, string> = {}
    const { id: deviceId } = await machine()
    for (const state of states) {
      const id = await bring(state)
      const target = act === 'assign' && expected[act]![state] === 'ok' ? (await machine()).id : deviceId
      found[state] = await outcomeOf(expected[act]![state], () => acts[act]!(id, target))
    }
    expect(found).toEqual(expected[act])
  })
})

describe('trial of a device', () => {
  /** What was paid is not tried again in 180 days, and what runs or was stopped by it is not at all. */
  const again = {
    running: conflict,
    deactivated: conflict,
    converted: '409 trial_repeated',
    taken_from_pool: '409 trial_repeated',
    unlicensed: '409 trial_repeated',
  }
  type Outcome = keyof typeof again
  const paid: readonly Outcome[] = ['converted', 'taken_from_pool']

  /** A device whose trial has come to that. */
  async function bring(outcome: Outcome) {
    const branch = await given.channel(world)
    const { as } = branch.reseller
    const offerId = await given.trialOffer(world, branch, { trial: { days: 10, end_policy: 'deactivate' } })
    given.expectOk(await as.post('/v1/subscriptions', { tenant_id: branch.customer.id, offer_id: offerId }))
    const { id } = await given.device(world, as, branch.customer.id)
    const start = () => as.post(`/v1/devices/${id}/trial`, { offer_id: offerId })
    given.expectOk(await start())
    if (outcome !== 'running')
      await query(
        world,
        `update device_trials set outcome = $2, ended_at = '2027-01-05T10:00:00Z' where device_id = $1`,
        [id, outcome],
      )
    if (outcome === 'deactivated') await query(world, `update devices set state = 'deactivated' where id = $1`, [id])
    if (paid.includes(outcome)) await query(world, 'update devices set deactivates_at = null where id = $1', [id])
    return { start, toPaid: () => as.post(`/v1/devices/${id}/switch-to-paid`) }
  }

  it.each(Object.keys(again) as Outcome[])(
    '%s: it does not start again; the switch to paid is done once',
    async (outcome) => {
      const { start, toPaid } = await bring(outcome)
      expect(await outcomeOf(again[outcome], start)).toBe(again[outcome])
      if (!paid.includes(outcome)) given.expectOk(await toPaid())
      expect((await writesNothing(world, toPaid)).body.trial).toMatchObject({ is_paid: true })
    },
  )
})

describe('subscription', () => {
  const states = ['in_trial', 'active', 'ended'] as const
  const expected = {
    in_trial: { in_trial: 'ok', active: 'ok', ended: 'ok' },
    active: { in_trial: conflict, active: 'ok', ended: 'ok' },
    ended: { in_trial: conflict, active: conflict, ended: 'ok' },
  }
  it.each(states)('from %s', async (from) => {
    const found: Record<string, string> = {}
    for (const to of states) {
      const branch = await given.channel(world)
      const { as } = branch.reseller
      const offerId = await given.trialOffer(world, branch)
      const body = { tenant_id: branch.customer.id, offer_id: offerId, in_trial: from === 'in_trial' }
      const { id } = given.expectOk(await as.post('/v1/subscriptions', body)).body
      const set = (state: string) => as.put(`/v1/subscriptions/${id}/state`, { state })
      if (from === 'ended') given.expectOk(await set('ended'))
      found[to] = await outcomeOf(expected[from][to], () => set(to))
    }
    expect(found).toEqual(expected[from])
  })
})

describe('order', () => {
  it('409 state_conflict: only an accepted one is withdrawn, and once', async () => {
    const branch = await given.channel(world)
    const { offerId } = await licensed.soldOffer(world, branch)
    const buyer = await given.purchaser(world, world.vendor, branch.reseller.id)
    const expected = { placed: conflict, payment_failed: conflict, withdrawn: conflict, accepted: 'ok' } as const
    const found: Record<string, string> = {}
    for (const [state, outcome] of Object.entries(expected)) {
      const order = await given.order(world, buyer, {
        buyer_id: branch.reseller.id,
        lines: [{ offer_id: offerId, term: 'year', quantity: 1 }],
      })
      await query(world, 'update orders set state = $2 where id = $1', [order.id, state])
      found[state] = await outcomeOf(outcome, () => buyer.post(`/v1/orders/${order.id}/withdraw`))
    }
    expect(found).toEqual(expected)
  })
})

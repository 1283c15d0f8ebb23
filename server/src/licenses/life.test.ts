import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as given from '../../test/given.ts'
import * as licensed from '../../test/licensed.ts'
import { listAll, query, refusal, warmUp, writesNothing } from '../../test/state.ts'
import { type Answer, type Client, openWorld, type World } from '../../test/world.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
  await warmUp(world)
})
afterAll(() => world.close())

const refused = (act: () => Promise<Answer>) => writesNothing(world, async () => refusal(await act()))
const stateOf = async (as: Client, id: string) => (await as.get(`/v1/licenses/${id}`)).body.state

async function openSold(fields: Record<string, unknown> = {}) {
  const branch = await given.channel(world)
  return { ...branch, ...(await licensed.soldOffer(world, branch, fields)) }
}

describe('cancelling (R-LIC-7, R-LIC-5)', () => {
  it('200: it stays with its holder, may be restored, and auto-renew off is the same act', async () => {
    const { reseller, customer, offerId } = await openSold()
    const [id = ''] = await licensed.licenses(world, { ownerId: reseller.id, offerId, quantity: 1 })
    const computer = await licensed.machine(world, reseller.as, customer.id)
    given.expectOk(await licensed.assign(reseller.as, id, 'device', computer.id))
    const cancelled = await reseller.as.post(`/v1/licenses/${id}/cancel`)
    expect(cancelled.body).toMatchObject({ state: 'pending_cancel', holder: { id: computer.id }, next_renewal: null })
    expect(await refused(() => reseller.as.post(`/v1/licenses/${id}/cancel`))).toBe('409 state_conflict')
    expect((await reseller.as.post(`/v1/licenses/${id}/restore`)).body).toMatchObject({
      state: 'assigned',
      auto_renew: true,
    })
    expect(await refused(() => reseller.as.post(`/v1/licenses/${id}/restore`))).toBe('409 state_conflict')
    const off = { action: 'set_auto_renew', auto_renew: false, ids: [id] }
    expect((await reseller.as.post('/v1/licenses/actions', off)).body).toEqual({ changed: 1 })
    expect(await stateOf(reseller.as, id)).toBe('pending_cancel')
    // released, it is still paid for: someone else may take it
    given.expectOk(await reseller.as.post(`/v1/licenses/${id}/release`))
    const other = await licensed.machine(world, reseller.as, customer.id)
    given.expectOk(await licensed.take(reseller.as, offerId, 'device', other.id))
    expect(await stateOf(reseller.as, id)).toBe('pending_cancel')
  })

  it('403 not_allowed: only who has bought it, though the holder’s tenant sees it; 404 for everyone beside', async () => {
    const { reseller, customer, offerId } = await openSold()
    const [id = ''] = await licensed.licenses(world, { ownerId: reseller.id, offerId, quantity: 1 })
    const computer = await licensed.machine(world, reseller.as, customer.id)
    given.expectOk(await licensed.assign(reseller.as, id, 'device', computer.id))
    expect((await customer.as.get(`/v1/licenses/${id}`)).body).toMatchObject({
      may_manage: false,
      order_id: null,
      committed_to: null,
      pool: { id: reseller.id, name: reseller.name },
    })
    const off = { action: 'set_auto_renew', auto_renew: false, ids: [id] }
    expect(await refused(() => customer.as.post(`/v1/licenses/${id}/cancel`))).toBe('403 not_allowed')
    expect(await refused(() => customer.as.post('/v1/licenses/actions', off))).toBe('403 not_allowed')
    expect(await refused(() => customer.as.post('/v1/licenses/move', { ids: [id], pool_id: customer.id }))).toBe(
      '403 not_allowed',
    )
    const beside = await given.channel(world)
    expect(await refused(() => beside.reseller.as.post(`/v1/licenses/${id}/cancel`))).toBe('404 not_found')
  })
})

describe('editions (R-LIC-8)', () => {
  it('200: the other edition counts from today; of another product 422', async () => {
    const branch = await given.channel(world)
    const { reseller, customer } = branch
    const core = await licensed.soldOffer(world, branch)
    const plus = await licensed.soldOffer(world, branch, { product: core.product, edition: 'Plus' })
    const foreign = await licensed.soldOffer(world, branch)
    const [id = ''] = await licensed.licenses(world, { ownerId: reseller.id, offerId: core.offerId, quantity: 1 })
    const computer = await licensed.machine(world, reseller.as, customer.id)
    given.expectOk(await licensed.assign(reseller.as, id, 'device', computer.id))
    const change = (offerId: string) => reseller.as.post(`/v1/licenses/${id}/edition`, { offer_id: offerId })
    expect(await refused(() => change(foreign.offerId))).toBe('422 invalid_request')
    expect(await refused(() => change(core.offerId))).toBe('422 invalid_request')
    const before = (await reseller.as.get(`/v1/licenses/${id}`)).body
    const { body } = given.expectOk(await change(plus.offerId))
    expect(body).toMatchObject({
      offer: { id: plus.offerId },
      valid_until: before.valid_until,
      holder: { id: computer.id },
    })
    const holdings = await query<{ offer_id: string; is_open: boolean }>(
      world,
      'select offer_id, to_at is null as is_open from license_holdings where license_id = $1 order by is_open',
      [id],
    )
    expect(holdings).toEqual([
      { offer_id: core.offerId, is_open: false },
      { offer_id: plus.offerId, is_open: true },
    ])
  })
})

describe('group actions are all or nothing', () => {
  it('409: one that nobody holds, 404: one of another branch; then none is released', async () => {
    const { reseller, customer, offerId } = await openSold()
    const [held = '', free = ''] = await licensed.licenses(world, { ownerId: reseller.id, offerId, quantity: 2 })
    const computer = await licensed.machine(world, reseller.as, customer.id)
    given.expectOk(await licensed.assign(reseller.as, held, 'device', computer.id))
    const other = await openSold()
    const [strange = ''] = await licensed.licenses(world, {
      ownerId: other.reseller.id,
      offerId: other.offerId,
      quantity: 1,
    })
    const release = (ids: string[]) => reseller.as.post('/v1/licenses/actions', { action: 'release', ids })
    expect(await refused(() => release([held, free]))).toBe('409 state_conflict')
    expect(await refused(() => release([held, strange]))).toBe('404 not_found')
    const remove = { action: 'remove_expired', ids: [free] }
    expect(await refused(() => reseller.as.post('/v1/licenses/actions', remove))).toBe('409 state_conflict')
    // of a filter those that it is about
    const all = { action: 'release', filter: { offer_id: offerId } }
    expect((await reseller.as.post('/v1/licenses/actions', all)).body).toEqual({ changed: 1 })
    const supporter = await given.user(world, reseller.as, reseller.id, 'supporter')
    expect(await refused(() => supporter.post('/v1/licenses/actions', all))).toBe('403 not_allowed')
    const operator = await given.user(world, reseller.as, reseller.id, 'operator')
    expect(await refused(() => operator.post('/v1/licenses/actions', remove))).toBe('403 not_allowed')
  })

  it('200: Excel has the rows of the filter', async () => {
    const { reseller, offerId } = await openSold()
    await licensed.licenses(world, { ownerId: reseller.id, offerId, quantity: 3 })
    const file = await reseller.as.get(`/v1/license-exports?offer_id=${offerId}`)
    expect([file.status, file.headers.get('content-disposition')]).toEqual([
      200,
      'attachment; filename="licenses-2027-01-05.xlsx"',
    ])
    expect(file.bytes.length).toBeGreaterThan(2000)
  })
})

describe('kept for a company (R-POOL-2)', () => {
  it('409 insufficient_unassigned: never more than the pool has; less than the company uses is 409 license_in_use', async () => {
    const { reseller, customer, offerId } = await openSold()
    await licensed.licenses(world, { ownerId: reseller.id, offerId, quantity: 3 })
    const keep = (as: Client, number: number) =>
      as.put(`/v1/tenants/${customer.id}/set-asides`, { offer_id: offerId, number })
    expect(await refused(() => keep(reseller.as, 4))).toBe('409 insufficient_unassigned')
    expect(await refused(() => keep(customer.as, 1))).toBe('403 not_allowed')
    expect((await keep(reseller.as, 3)).body.set_aside).toMatchObject([
      { tenant: { id: customer.id }, number: 3, assigned: 0 },
    ])
    const second = await given.tenant(reseller.as, reseller.id, { level: 'end_customer' })
    const other = () => reseller.as.put(`/v1/tenants/${second.id}/set-asides`, { offer_id: offerId, number: 1 })
    expect(await refused(other)).toBe('409 insufficient_unassigned')
    given.expectOk(await licensed.setPool(reseller.as, customer.id, { source: 'company_pool' }))
    const computer = await licensed.machine(world, reseller.as, customer.id)
    given.expectOk(await licensed.take(reseller.as, offerId, 'device', computer.id))
    expect(await refused(() => keep(reseller.as, 0))).toBe('409 license_in_use')
    given.expectOk(await keep(reseller.as, 1))
    given.expectOk(await other())
    const path = `/v1/tenants/${customer.id}/pool-settings`
    expect(await refused(() => reseller.as.put(path, { take: 'manual' }, 7))).toBe('412 stale_version')
  })
})

/** These move the clock: the last ones. */
describe('time', () => {
  it('R-LIC-9: five at most, 15 days from the first assignment, not again in 180 days', async () => {
    const { reseller, customer, offerId, product } = await openSold({
      trial: { days: 15, end_policy: 'take_from_pool' },
    })
    const ask = (quantity: number, as = reseller.as, id = reseller.id) =>
      as.post('/v1/trial-licenses', { tenant_id: id, offer_id: offerId, quantity })
    expect(await refused(() => ask(6))).toBe('422 invalid_request')
    expect(await refused(() => ask(5, world.vendor, world.vendorId))).toBe('422 parent_level_invalid')
    expect((await ask(5)).body).toMatchObject({
      again_from: '2027-07-04',
      licenses: Array(5).fill({ kind: 'trial', valid_until: null }),
    })
    expect(await refused(() => ask(1))).toBe('409 trial_already_had')
    const [first, second] = [
      await licensed.machine(world, reseller.as, customer.id),
      await licensed.machine(world, reseller.as, customer.id),
    ]
    const taken = (await first.ask(product)).body
    expect(taken).toMatchObject({ kind: 'trial', valid_until: '2027-01-20', taken: true })
    given.expectOk(await second.ask(product))
    await licensed.licenses(world, { ownerId: reseller.id, offerId, quantity: 1 })
    await world.moveTo('2027-01-20T23:59:59.999Z')
    expect((await first.ask(product)).body).toMatchObject({ license_id: taken.license_id })
    await world.moveTo('2027-01-21T00:00:00.000Z')
    // of the two one has the commercial license that there was, the other none: it takes another trial by itself
    const kinds = await listAll(reseller.as, `/v1/licenses?offer_id=${offerId}&use=used`, 100)
    expect(kinds.map(({ kind }) => kind)).toEqual(['commercial'])
    expect(await stateOf(reseller.as, taken.license_id)).toBe('expired')
    await world.moveTo('2027-07-03T23:59:59.999Z')
    expect(await refused(() => ask(1))).toBe('409 trial_already_had')
    await world.moveTo('2027-07-04T00:00:00.000Z')
    expect((await ask(1)).status).toBe(201)
  })

  it('R-LIC-5, R-LIC-6: what has ended is exchanged where the pool says so, and can be taken out of the grid', async () => {
    const { reseller, customer, offerId } = await openSold()
    const end = { endsOn: '2027-08-31', autoRenew: false }
    const [old = ''] = await licensed.licenses(world, { ownerId: reseller.id, offerId, quantity: 1, ...end })
    const computer = await licensed.machine(world, reseller.as, customer.id)
    given.expectOk(await licensed.take(reseller.as, offerId, 'device', computer.id))
    const [next = ''] = await licensed.licenses(world, {
      ownerId: reseller.id,
      offerId,
      quantity: 1,
      endsOn: '2028-08-31',
    })
    given.expectOk(await licensed.setPool(reseller.as, reseller.id, { exchange_expired: true }))
    await world.moveTo('2027-09-01T00:00:00.000Z')
    expect((await reseller.as.get(`/v1/licenses/${next}`)).body).toMatchObject({
      state: 'assigned',
      holder: { id: computer.id },
    })
    expect((await reseller.as.get(`/v1/licenses/${old}`)).body).toMatchObject({ state: 'expired', valid: false })
    const remove = { action: 'remove_expired', filter: { offer_id: offerId } }
    expect((await reseller.as.post('/v1/licenses/actions', remove)).body).toEqual({ changed: 1 })
    expect((await listAll(reseller.as, `/v1/licenses?offer_id=${offerId}`, 10)).map(({ id }) => id)).toEqual([next])
    expect(await refused(() => reseller.as.get(`/v1/licenses/${old}`))).toBe('404 not_found')
  })
})

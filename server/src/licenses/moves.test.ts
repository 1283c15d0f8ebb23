import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as given from '../../test/given.ts'
import * as licensed from '../../test/licensed.ts'
import { query, refusal, warmUp, writesNothing } from '../../test/state.ts'
import { openWorld, type World } from '../../test/world.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
  await warmUp(world)
})
afterAll(() => world.close())

/** Two resellers beside each other, the first with a customer that has three machines; two editions that both may sell. */
async function openPair() {
  const branch = await given.channel(world)
  const { offerId, product } = await licensed.soldOffer(world, branch)
  const { offerId: plusId } = await licensed.soldOffer(world, branch, { product, edition: 'Plus' })
  const as = branch.subDistributor.as
  const beside = await given.tenant(as, branch.subDistributor.id, { level: 'reseller' })
  for (const id of [offerId, plusId]) given.expectOk(await as.put(`/v1/tenants/${beside.id}/offers/${id}`))
  const computers = []
  for (let n = 0; n < 3; n += 1) computers.push(await licensed.machine(world, as, branch.customer.id))
  const give = (ownerId: string, quantity: number, fields: Record<string, unknown> = {}) =>
    licensed.licenses(world, { ownerId, offerId, quantity, ...fields })
  return { ...branch, as, beside, offerId, plusId, product, computers, give }
}
type Pair = Awaited<ReturnType<typeof openPair>>

const holders = (pair: Pair) =>
  query<{ holder_id: string; owner_id: string; pool_id: string; set_aside_for: string | null; offer_id: string }>(
    world,
    `select holder_id, owner_id, pool_id, set_aside_for, offer_id from licenses where holder_id = any ($1::uuid[]) and state in ('assigned', 'pending_cancel')`,
    [pair.computers.map(({ id }) => id)],
  )

/** Moves, and finds that the preview has said it: who is left without, and that it is 409 unless that is allowed. Answers how many have one. */
async function move(pair: Pair, tenantId = pair.customer.id, parentId = pair.beside.id): Promise<number> {
  const path = `/v1/tenants/${tenantId}`
  const body = { parent_id: parentId }
  const preview = given.expectOk(await pair.as.post(`${path}/move-preview`, body)).body
  const [finding] = preview.findings as { code: string; detail: string }[]
  const said = finding === undefined ? 0 : Number(/^(\d+)/.exec(finding.detail)?.[1] ?? 1)
  const before = (await holders(pair)).length
  expect(preview.allowed).toBe(said === 0)
  if (said > 0) {
    expect(finding?.code).toBe('licenses_missing')
    expect(await writesNothing(world, async () => refusal(await pair.as.post(`${path}/move`, body)))).toBe(
      '409 licenses_missing',
    )
  }
  const total = () =>
    query(world, `select count(*) as n from licenses where owner_id in ($1, $2)`, [pair.reseller.id, pair.beside.id])
  const count = await total()
  given.expectOk(await pair.as.post(`${path}/move`, { ...body, allow_unlicensed: said > 0 }))
  expect(await total()).toEqual(count)
  const after = (await holders(pair)).length
  expect(before - after).toBe(said)
  return after
}
const startAll = async (pair: Pair) => {
  for (const computer of pair.computers) given.expectOk(await computer.ask(pair.product))
}

describe('R-TREE-6: the preview says what the move does', () => {
  it('global_pool: as many as the new seller has of the product, the same edition before another', async () => {
    const pair = await openPair()
    await pair.give(pair.reseller.id, 3)
    await startAll(pair)
    await pair.give(pair.beside.id, 1)
    await pair.give(pair.beside.id, 1, { offerId: pair.plusId })
    expect(await move(pair)).toBe(2)
    const now = await holders(pair)
    expect(now.every(({ pool_id }) => pool_id === pair.beside.id)).toBe(true)
    expect(new Set(now.map(({ offer_id }) => offer_id))).toEqual(new Set([pair.offerId, pair.plusId]))
  })

  it('company_pool: what it has bought itself stays with its holders; what the seller bought or kept for it goes back', async () => {
    const pair = await openPair()
    given.expectOk(await licensed.setPool(pair.as, pair.customer.id, { source: 'company_pool' }))
    await pair.give(pair.customer.id, 1)
    await pair.give(pair.reseller.id, 1, { poolId: pair.customer.id })
    await pair.give(pair.reseller.id, 2)
    given.expectOk(
      await pair.as.put(`/v1/tenants/${pair.customer.id}/set-asides`, { offer_id: pair.offerId, number: 1 }),
    )
    await startAll(pair)
    // what the new seller has for all is none of the company's
    await pair.give(pair.beside.id, 5)
    expect(await move(pair)).toBe(1)
    expect(await holders(pair)).toMatchObject([{ owner_id: pair.customer.id }])
    const back = await query(
      world,
      `select pool_id, set_aside_for, holder_id from licenses where owner_id = $1 and (pool_id <> $1 or set_aside_for is not null or holder_id is not null)`,
      [pair.reseller.id],
    )
    expect(back).toEqual([])
  })

  it('company_pool: free ones of its own take the place of those that go back', async () => {
    const pair = await openPair()
    await pair.give(pair.reseller.id, 2)
    await startAll({ ...pair, computers: pair.computers.slice(0, 2) })
    given.expectOk(await licensed.setPool(pair.as, pair.customer.id, { source: 'company_pool' }))
    await pair.give(pair.customer.id, 1)
    expect(await move(pair)).toBe(1)
  })

  it('take manual: nobody takes one by itself, whatever the new seller has', async () => {
    const pair = await openPair()
    await pair.give(pair.reseller.id, 3)
    await startAll(pair)
    given.expectOk(await licensed.setPool(pair.as, pair.customer.id, { take: 'manual' }))
    await pair.give(pair.beside.id, 3)
    expect(await move(pair)).toBe(0)
  })

  it('an edition that does not fit the machine is not taken', async () => {
    const pair = await openPair()
    const linux = await licensed.machine(world, pair.as, pair.customer.id, { os: 'linux', os_version: 'Debian 13' })
    await pair.give(pair.reseller.id, 1)
    given.expectOk(await linux.ask(pair.product))
    const { offerId } = await licensed.soldOffer(world, pair, {
      product: pair.product,
      edition: 'Server',
      machine_edition: 'server',
    })
    given.expectOk(await pair.as.put(`/v1/tenants/${pair.beside.id}/offers/${offerId}`))
    await pair.give(pair.beside.id, 1, { offerId })
    expect(await move({ ...pair, computers: [linux as (typeof pair.computers)[number]] })).toBe(0)
  })

  it('a site: what its customer had bought or kept goes back, though the seller is the same', async () => {
    const pair = await openPair()
    const { reseller, customer, as } = pair
    const site = await given.tenant(as, customer.id, { level: 'site' })
    const other = await given.tenant(as, reseller.id, { level: 'end_customer' })
    given.expectOk(await reseller.as.put(`/v1/tenants/${other.id}/offers/${pair.offerId}`))
    given.expectOk(await licensed.setPool(as, customer.id, { source: 'company_pool' }))
    const [bought = ''] = await pair.give(reseller.id, 1, { poolId: customer.id })
    await pair.give(reseller.id, 1)
    given.expectOk(await as.put(`/v1/tenants/${customer.id}/set-asides`, { offer_id: pair.offerId, number: 1 }))
    const computers = [await licensed.machine(world, as, site.id), await licensed.machine(world, as, site.id)]
    const moved = { ...pair, computers }
    await startAll(moved)
    await pair.give(reseller.id, 1)
    expect(await move(moved, site.id, other.id)).toBe(1)
    expect(await holders(moved)).toMatchObject([{ pool_id: reseller.id, set_aside_for: null }])
    expect((await as.get(`/v1/licenses/${bought}`)).body).toMatchObject({ holder: null, pool: { id: customer.id } })
  })

  it('R-TREE-6: the clocks of a device trial and of a license trial go on; the seller’s trial goes back, the company’s own goes along', async () => {
    const pair = await openPair()
    const { reseller, customer, as, computers } = pair
    const trial = { days: 15, end_policy: 'take_from_pool' }
    const [tried, own] = [
      await licensed.soldOffer(world, pair, { trial }),
      await licensed.soldOffer(world, pair, { trial }),
    ]
    const clocked = await given.trialOffer(world, pair, { trial: { days: 15, end_policy: 'deactivate' } })
    for (const id of [tried.offerId, own.offerId, clocked])
      given.expectOk(await as.put(`/v1/tenants/${pair.beside.id}/offers/${id}`))
    given.expectOk(await reseller.as.post('/v1/trial-licenses', { tenant_id: reseller.id, offer_id: tried.offerId }))
    given.expectOk(await reseller.as.post('/v1/trial-licenses', { tenant_id: customer.id, offer_id: own.offerId }))
    const of = (sold: { product: string }) => computers[0]!.ask(sold.product)
    const [{ license_id: sellers }, { license_id: companys }] = [
      given.expectOk(await of(tried)).body,
      given.expectOk(await of(own)).body,
    ]
    given.expectOk(await as.post(`/v1/devices/${computers[0]!.id}/trial`, { offer_id: clocked }))
    const clocks = async () => [
      await query(world, 'select id, trial_ends_at, ends_on from licenses where id = any ($1::uuid[]) order by id', [
        [sellers, companys],
      ]),
      await query(world, 'select ends_at, outcome from device_trials where device_id = $1', [computers[0]!.id]),
    ]
    const before = await clocks()
    given.expectOk(await reseller.as.post('/v1/trial-licenses', { tenant_id: reseller.id, offer_id: pair.offerId }))
    expect(await move(pair)).toBe(1)
    expect(await clocks()).toEqual(before)
    expect((await of(own)).body).toMatchObject({ license_id: companys, kind: 'trial' })
    expect((await as.get(`/v1/licenses/${sellers}`)).body).toMatchObject({ holder: null, pool: { id: reseller.id } })
    // a trial of the new seller would be the same trial again
    const { id } = pair.beside
    given.expectOk(await as.post('/v1/trial-licenses', { tenant_id: id, offer_id: tried.offerId }))
    expect(refusal(await of(tried))).toBe('403 no_license')
  })
})

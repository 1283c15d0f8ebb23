import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as given from '../../test/given.ts'
import * as licensed from '../../test/licensed.ts'
import { query, refusal, warmUp, writesNothing } from '../../test/state.ts'
import { type Answer, openWorld, type World } from '../../test/world.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
  await warmUp(world)
})
afterAll(() => world.close())

const refused = (act: () => Promise<Answer>) => writesNothing(world, async () => refusal(await act()))

/** Two resellers beside each other, the first with a customer and a free license; an offer that both may sell. */
async function openPair(quantity = 1) {
  const branch = await given.channel(world)
  const { offerId, product } = await licensed.soldOffer(world, branch)
  const as = branch.subDistributor.as
  const beside = await given.tenant(as, branch.subDistributor.id, { level: 'reseller' })
  given.expectOk(await as.put(`/v1/tenants/${beside.id}/offers/${offerId}`))
  const ids = await licensed.licenses(world, { ownerId: branch.reseller.id, offerId, quantity })
  const computer = await licensed.machine(world, as, branch.customer.id)
  const move = (fields: Record<string, unknown> = {}) =>
    as.post(`/v1/tenants/${branch.customer.id}/move`, { parent_id: beside.id, ...fields })
  const preview = (fields: Record<string, unknown> = {}) =>
    as.post(`/v1/tenants/${branch.customer.id}/move-preview`, { parent_id: beside.id, ...fields })
  return { ...branch, as, beside, offerId, product, ids, computer, move, preview }
}

const numbersOf = async (tenantId: string) =>
  query(world, 'select unit, total, unassigned from pool_numbers where pool_id = $1 order by unit', [tenantId])

describe('moves of tenants (R-TREE-6)', () => {
  it('409 licenses_missing: unless it is allowed; nothing is written; the preview says the same', async () => {
    const pair = await openPair()
    given.expectOk(await pair.computer.ask(pair.product))
    expect(await refused(() => pair.move())).toBe('409 licenses_missing')
    const { body } = await writesNothing(world, () => pair.preview())
    const detail = `One holder of ${pair.product} would be left without a license.`
    expect(body).toMatchObject({ allowed: false, findings: [{ code: 'licenses_missing', detail, refuses: true }] })
    expect((await pair.preview({ allow_unlicensed: true })).body).toMatchObject({
      allowed: true,
      findings: [{ refuses: false }],
    })
    given.expectOk(await pair.move({ allow_unlicensed: true }))
    expect((await pair.reseller.as.get(`/v1/licenses/${pair.ids[0]}`)).body).toMatchObject({
      state: 'unassigned',
      holder: null,
    })
    expect(refusal(await pair.computer.ask(pair.product))).toBe('403 no_license')
    expect(await numbersOf(pair.reseller.id)).toEqual([{ unit: 'device', total: 1, unassigned: 1 }])
  })

  it('200: the holder has one of the new seller, and the old one has its own again; the holder was refused none', async () => {
    const pair = await openPair()
    given.expectOk(await pair.computer.ask(pair.product))
    const [there = ''] = await licensed.licenses(world, { ownerId: pair.beside.id, offerId: pair.offerId, quantity: 1 })
    expect((await pair.preview()).body).toMatchObject({ allowed: true, findings: [] })
    given.expectOk(await pair.move())
    expect((await pair.as.get(`/v1/licenses/${there}`)).body).toMatchObject({
      state: 'assigned',
      holder: { id: pair.computer.id },
    })
    expect((await pair.computer.ask(pair.product)).body).toMatchObject({ license_id: there, taken: false })
    expect(await numbersOf(pair.beside.id)).toEqual([{ unit: 'device', total: 1, unassigned: 0 }])
    expect(refusal(await pair.reseller.as.get(`/v1/licenses/${there}`))).toBe('404 not_found')
  })

  it('200: what was bought for the company, or kept for it, is the owner’s again', async () => {
    const pair = await openPair(3)
    const [, bought = '', kept = ''] = pair.ids
    given.expectOk(await pair.as.post('/v1/licenses/move', { ids: [bought], pool_id: pair.customer.id }))
    given.expectOk(
      await pair.as.put(`/v1/tenants/${pair.customer.id}/set-asides`, { offer_id: pair.offerId, number: 1 }),
    )
    expect(await numbersOf(pair.customer.id)).toEqual([{ unit: 'device', total: 1, unassigned: 1 }])
    given.expectOk(await pair.move())
    for (const id of [bought, kept])
      expect((await pair.reseller.as.get(`/v1/licenses/${id}`)).body).toMatchObject({
        pool: { id: pair.reseller.id },
        set_aside_for: null,
      })
    expect(await numbersOf(pair.reseller.id)).toEqual([{ unit: 'device', total: 3, unassigned: 3 }])
    expect(await numbersOf(pair.customer.id)).toEqual([{ unit: 'device', total: 0, unassigned: 0 }])
  })

  it('200: between realms a partner takes along what it has bought, and its holders keep it', async () => {
    const pair = await openPair()
    const other = await given.channel(world)
    given.expectOk(await world.vendor.put(`/v1/tenants/${other.distributor.id}/offers/${pair.offerId}`))
    await given.sellTerms(other.distributor.as, {
      buyerId: other.subDistributor.id,
      offerId: pair.offerId,
      prices: given.termPrices('5'),
    })
    given.expectOk(await pair.computer.ask(pair.product))
    await query(world, `delete from enabled_offers where offer_id <> $1 and path >= $2 and path < $2 || '~'`, [
      pair.offerId,
      (await query<{ path: string }>(world, 'select path from tenants where id = $1', [pair.reseller.id]))[0]?.path ??
        '',
    ])
    given.expectOk(
      await world.vendor.post(`/v1/tenants/${pair.reseller.id}/move`, { parent_id: other.subDistributor.id }),
    )
    expect((await other.distributor.as.get(`/v1/licenses/${pair.ids[0]}`)).body).toMatchObject({
      state: 'assigned',
      holder: { id: pair.computer.id },
      owner: { id: pair.reseller.id },
    })
    expect((await pair.computer.ask(pair.product)).body).toMatchObject({ license_id: pair.ids[0], taken: false })
    expect((await pair.reseller.as.get(`/v1/licenses/${pair.ids[0]}/history`)).body.data).toHaveLength(2)
    expect((await pair.reseller.as.post(`/v1/licenses/${pair.ids[0]}/release`)).status).toBe(204)
    expect(await numbersOf(pair.reseller.id)).toEqual([{ unit: 'device', total: 1, unassigned: 1 }])
  })
})

describe('deletions (R-TREE-8, R-SUB-7)', () => {
  const remove = (as: given.Seat['as'], { id, name }: { id: string; name: string }) =>
    as.post(`/v1/tenants/${id}/delete`, { confirm_name: name, with_everything_below: true })

  it('409 commitment_running: of a tenant that has bought, or has one below it that has; its last day is the last refused one', async () => {
    const pair = await openPair()
    given.expectOk(await pair.as.post(`/v1/tenants/${pair.reseller.id}/inactivate`))
    expect(await refused(() => remove(pair.as, pair.reseller))).toBe('409 commitment_running')
    await query(world, `update licenses set committed_to = '2027-01-05' where id = $1`, [pair.ids[0]])
    expect(await refused(() => remove(pair.as, pair.reseller))).toBe('409 commitment_running')
    await query(world, `update licenses set committed_to = '2027-01-04' where id = $1`, [pair.ids[0]])
    expect((await remove(pair.as, pair.reseller)).status).toBe(200)
  })

  it('200: licenses of a deleted customer’s holders go back; an inactive one’s stay', async () => {
    const pair = await openPair()
    given.expectOk(await pair.computer.ask(pair.product))
    given.expectOk(await pair.reseller.as.post(`/v1/tenants/${pair.customer.id}/inactivate`))
    expect((await pair.reseller.as.get(`/v1/licenses/${pair.ids[0]}`)).body.state).toBe('assigned')
    given.expectOk(await remove(pair.reseller.as, pair.customer))
    expect((await pair.reseller.as.get(`/v1/licenses/${pair.ids[0]}`)).body).toMatchObject({
      state: 'unassigned',
      holder: null,
    })
    expect(await numbersOf(pair.reseller.id)).toEqual([{ unit: 'device', total: 1, unassigned: 1 }])
  })

  it('204: a device, a subscriber and a gateway that are removed leave their licenses; removed again 404 or 409', async () => {
    const pair = await openPair()
    const users = await licensed.soldOffer(world, pair, { unit: 'user' })
    const gateways = await licensed.soldOffer(world, pair, { unit: 'gateway' })
    const person = await licensed.subscriber(pair.as, pair.customer.id)
    const gateway = await licensed.gateway(pair.as, pair.reseller.id)
    given.expectOk(await pair.computer.ask(pair.product))
    for (const [offer, kind, id] of [
      [users, 'subscriber', person],
      [gateways, 'gateway', gateway],
    ] as const) {
      await licensed.licenses(world, { ownerId: pair.reseller.id, offerId: offer.offerId, quantity: 1 })
      given.expectOk(await licensed.take(pair.as, offer.offerId, kind, id))
    }
    const paths = [`/v1/devices/${pair.computer.id}`, `/v1/subscribers/${person}`, `/v1/gateways/${gateway}`]
    const operator = await given.user(world, pair.as, pair.customer.id, 'operator')
    expect(await refused(() => operator.delete(paths[0] ?? ''))).toBe('403 not_allowed')
    for (const path of paths) expect((await pair.as.delete(path)).status).toBe(204)
    expect(await numbersOf(pair.reseller.id)).toEqual(
      ['device', 'gateway', 'user'].map((unit) => ({ unit, total: 1, unassigned: 1 })),
    )
    const again = []
    for (const path of paths) again.push(await refused(() => pair.as.delete(path)))
    expect(again).toEqual(['404 not_found', '409 state_conflict', '409 state_conflict'])
    expect(await refused(() => licensed.take(pair.as, users.offerId, 'subscriber', person))).toBe('404 not_found')
  })
})

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

const subscribe = (as: Client, tenantId: string, offerId: string) =>
  as.post('/v1/subscriptions', { tenant_id: tenantId, offer_id: offerId })
const refused = (act: () => Promise<Answer>) => writesNothing(world, async () => refusal(await act()))

/** A branch with an offer enabled down to the customer, not yet subscribed. */
async function enabled() {
  const branch = await given.channel(world)
  const offerId = await given.offer(world)
  const steps: [Client, string][] = [
    [world.vendor, branch.distributor.id],
    [branch.distributor.as, branch.subDistributor.id],
    [branch.subDistributor.as, branch.reseller.id],
    [branch.reseller.as, branch.customer.id],
  ]
  for (const [seller, buyerId] of steps) {
    await given.price(seller, offerId, '1')
    given.expectOk(await seller.put(`/v1/tenants/${buyerId}/offers/${offerId}`))
  }
  return { ...branch, offerId }
}

it('201: from today on, with an entry in the audit log; the other tenant sees none of it', async () => {
  const { reseller, customer, offerId } = await enabled()
  const made = await subscribe(reseller.as, customer.id, offerId)
  expect(made.status).toBe(201)
  expect(made.body).toMatchObject({
    tenant_id: customer.id,
    tenant_name: customer.name,
    state: 'active',
    started_on: '2027-01-05',
    offer: { id: offerId },
  })
  expect(await auditOf(world, made.body.id)).toMatchObject([
    { action: 'subscription.created', before: null, after: { offer_id: offerId } },
  ])
  expect((await customer.as.get('/v1/subscriptions')).body.data).toEqual([made.body])
  const other = await enabled()
  expect((await other.reseller.as.get('/v1/subscriptions')).body.data).toEqual([])
  expect(seen(await other.reseller.as.get(`/v1/subscriptions?tenant_id=${customer.id}`))).toEqual(
    seen(await other.reseller.as.get(`/v1/subscriptions?tenant_id=${missingId}`)),
  )
})

describe('refusals; nothing is written', () => {
  it('422 offer_not_offered: anyone but an end customer', async () => {
    const { distributor, reseller, customer, offerId } = await enabled()
    const site = await given.tenant(world.vendor, customer.id, { level: 'site' })
    for (const tenantId of [reseller.id, distributor.id, site.id]) {
      expect(await refused(() => subscribe(world.vendor, tenantId, offerId))).toBe('422 offer_not_offered')
    }
  })
  it('422 offer_not_offered: an offer that is not enabled for it, like one that does not exist', async () => {
    const [a, b] = [await enabled(), await enabled()]
    expect(await refused(() => subscribe(a.reseller.as, a.customer.id, b.offerId))).toBe('422 offer_not_offered')
    expect(seen(await subscribe(a.reseller.as, a.customer.id, b.offerId))).toEqual(
      seen(await subscribe(a.reseller.as, a.customer.id, missingId)),
    )
  })
  it('404: a customer of another branch', async () => {
    const [a, b] = [await enabled(), await enabled()]
    expect(await refused(() => subscribe(a.reseller.as, b.customer.id, b.offerId))).toBe('404 not_found')
    expect(seen(await subscribe(a.reseller.as, b.customer.id, b.offerId))).toEqual(
      seen(await subscribe(a.reseller.as, missingId, b.offerId)),
    )
  })
  it('409 subscription_exists: one per product, another edition too; of eight at once one is made', async () => {
    const { reseller, customer, offerId } = await enabled()
    const racing = await Promise.all(Array.from({ length: 8 }, () => subscribe(reseller.as, customer.id, offerId)))
    expect(racing.map((answer) => answer.status).sort()).toEqual([201, ...Array<number>(7).fill(409)])
    expect(await refused(() => subscribe(reseller.as, customer.id, offerId))).toBe('409 subscription_exists')
    expect(await listAll(reseller.as, `/v1/subscriptions?tenant_id=${customer.id}`)).toHaveLength(1)
  })
  it('422 price_missing: a missing price above is named to the ends of its edge alone (R-PRICE-4)', async () => {
    const branch = await enabled()
    const { subDistributor, reseller, customer, offerId } = branch
    await query(world, 'delete from asked_prices where buyer_id = $1 and offer_id = $2', [reseller.id, offerId])
    const own = 'Your own edge has no price for the offer.'
    const other = 'An edge that you are not part of has no price for the offer.'
    for (const [as, detail] of [
      [reseller.as, own],
      [subDistributor.as, own],
      [branch.distributor.as, other],
      [world.vendor, other],
    ] as const) {
      const answer = await writesNothing(world, () => subscribe(as, customer.id, offerId))
      expect([refusal(answer), answer.body.detail]).toEqual(['422 price_missing', detail])
      for (const { id, name } of [subDistributor, reseller])
        expect(JSON.stringify(answer.body)).not.toMatch(new RegExp(`${id}|${name}`))
    }
  })
})

it('subscriptions page to the end, those of one tenant with everything below', async () => {
  const { reseller, customer, offerId } = await enabled()
  const made = [given.expectOk(await subscribe(reseller.as, customer.id, offerId)).body.id]
  for (let n = 0; n < 4; n += 1) {
    const next = await given.tenant(reseller.as, reseller.id, { level: 'end_customer' })
    given.expectOk(await reseller.as.put(`/v1/tenants/${next.id}/offers/${offerId}`))
    made.push(given.expectOk(await subscribe(reseller.as, next.id, offerId)).body.id)
  }
  expect((await listAll(reseller.as, '/v1/subscriptions')).map((row) => row.id)).toEqual([...made].sort())
  expect(await listAll(reseller.as, `/v1/subscriptions?tenant_id=${customer.id}`)).toHaveLength(1)
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as given from '../../test/given.ts'
import * as licensed from '../../test/licensed.ts'
import { auditOf, listAll, query, refusal, seen, warmUp, writesNothing } from '../../test/state.ts'
import { type Answer, type Client, openWorld, type World } from '../../test/world.ts'

const missingId = '01990000-0000-7000-8000-000000000000'

let world: World
beforeAll(async () => {
  world = await openWorld()
  await warmUp(world)
})
afterAll(() => world.close())

const refused = (act: () => Promise<Answer>) => writesNothing(world, async () => refusal(await act()))
const add = (as: Client, tenantId: string, email: string, name = 'Ada Ember') =>
  as.post('/v1/subscribers', { tenant_id: tenantId, email, name })
const address = () => `${given.unique('p').replace(' ', '')}@people.example`

describe('subscribers (R-SUB-2)', () => {
  it('201: invited, its name and address in one table alone; the other tenant sees none of it', async () => {
    const { customer, reseller } = await given.channel(world)
    const email = address()
    const { status, body } = await add(customer.as, customer.id, email)
    expect([status, body]).toEqual([
      201,
      expect.objectContaining({ email, name: 'Ada Ember', state: 'invited', tenant_id: customer.id }),
    ])
    const [noted] = await auditOf(world, body.id)
    expect(JSON.stringify(noted)).not.toContain(email)
    expect(await listAll(reseller.as, '/v1/subscribers?q=EMBER')).toEqual([body])
    const beside = await given.channel(world)
    expect(await listAll(beside.reseller.as, '/v1/subscribers')).toEqual([])
    expect(seen(await beside.reseller.as.delete(`/v1/subscribers/${body.id}`))).toEqual(
      seen(await beside.reseller.as.delete(`/v1/subscribers/${missingId}`)),
    )
  })

  it('409 subscriber_exists: an address once within a customer and its sites, letter case aside; elsewhere it is free', async () => {
    const { customer, reseller } = await given.channel(world)
    const site = await given.tenant(customer.as, customer.id, { level: 'site' })
    const email = address()
    given.expectOk(await add(customer.as, customer.id, email))
    expect(await refused(() => add(customer.as, site.id, email.toUpperCase()))).toBe('409 subscriber_exists')
    const second = await given.tenant(reseller.as, reseller.id, { level: 'end_customer' })
    expect((await add(reseller.as, second.id, email)).status).toBe(201)
    const racing = address()
    const answers = await Promise.all(Array.from({ length: 8 }, () => add(customer.as, site.id, racing)))
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(7).fill(409)])
  })

  it('201: one that was removed comes back with its id, at the tenant that asks now', async () => {
    const { customer } = await given.channel(world)
    const site = await given.tenant(customer.as, customer.id, { level: 'site' })
    const email = address()
    const { id } = given.expectOk(await add(customer.as, customer.id, email)).body
    expect((await customer.as.delete(`/v1/subscribers/${id}`)).status).toBe(204)
    expect(await listAll(customer.as, '/v1/subscribers')).toEqual([])
    expect(await listAll(customer.as, '/v1/subscribers?state=removed')).toHaveLength(1)
    const back = await add(customer.as, site.id, email, 'Ada Again')
    expect([back.status, back.body]).toEqual([
      201,
      expect.objectContaining({ id, tenant_id: site.id, name: 'Ada Again', removed_at: null }),
    ])
  })

  it('422 parent_level_invalid: partners have none; 403: an operator neither adds nor removes', async () => {
    const { customer, reseller } = await given.channel(world)
    expect(await refused(() => add(reseller.as, reseller.id, address()))).toBe('422 parent_level_invalid')
    expect(await refused(() => add(customer.as, customer.id, 'no address'))).toBe('422 invalid_request')
    const operator = await given.user(world, customer.as, customer.id, 'operator')
    expect(await refused(() => add(operator, customer.id, address()))).toBe('403 not_allowed')
  })
})

describe('gateways and domains', () => {
  it('409: names are taken within their tenant and customer, letter case aside, until they are removed', async () => {
    const { customer, reseller } = await given.channel(world)
    const site = await given.tenant(customer.as, customer.id, { level: 'site' })
    const gateway = (name: string, id: string) => reseller.as.post('/v1/gateways', { tenant_id: id, name })
    const { id } = given.expectOk(await gateway('Edge 1', customer.id)).body
    expect(await refused(() => gateway('EDGE 1', customer.id))).toBe('409 gateway_name_taken')
    expect((await gateway('Edge 1', site.id)).status).toBe(201)
    expect((await reseller.as.delete(`/v1/gateways/${id}`)).status).toBe(204)
    expect((await gateway('edge 1', customer.id)).status).toBe(201)
    expect(await refused(() => world.vendor.post('/v1/gateways', { tenant_id: world.vendorId, name: 'Edge' }))).toBe(
      '422 parent_level_invalid',
    )
    const name = `${given.unique('d').replace(' ', '')}.example`
    const domain = (tenantId: string, as: string, kind = 'microsoft_365') =>
      reseller.as.post('/v1/domains', { tenant_id: tenantId, name: as, kind })
    given.expectOk(await domain(customer.id, name))
    expect(await refused(() => domain(site.id, name.toUpperCase()))).toBe('409 domain_exists')
    expect((await domain(site.id, name, 'google_workspace')).status).toBe(201)
    for (const bad of ['example', 'exa mple.com', '-a.example', 'a..example'])
      expect(await refused(() => domain(customer.id, bad))).toBe('422 invalid_request')
    expect(await refused(() => domain(reseller.id, name))).toBe('422 parent_level_invalid')
    expect(
      await listAll(customer.as, `/v1/domains?q=${name.slice(0, 8).toUpperCase()}&kind=google_workspace`),
    ).toHaveLength(1)
  })

  it('200: what stands at a site goes with it to another customer', async () => {
    const { customer, reseller } = await given.channel(world)
    const site = await given.tenant(customer.as, customer.id, { level: 'site' })
    const email = address()
    given.expectOk(await add(customer.as, site.id, email))
    const domain = await licensed.domain(customer.as, site.id)
    const second = await given.tenant(reseller.as, reseller.id, { level: 'end_customer' })
    given.expectOk(await reseller.as.post(`/v1/tenants/${site.id}/move`, { parent_id: second.id }))
    expect((await add(customer.as, customer.id, email)).status).toBe(201)
    expect(await refused(() => add(reseller.as, second.id, email))).toBe('409 subscriber_exists')
    expect(await query(world, 'select customer_id from domains where id = $1', [domain])).toEqual([
      { customer_id: second.id },
    ])
  })
})

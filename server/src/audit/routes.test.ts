import { afterAll, beforeAll, expect, it } from 'vitest'
import * as given from '../../test/given.ts'
import { listAll, query, refusal } from '../../test/state.ts'
import { type Client, openWorld, type World } from '../../test/world.ts'
import { newId } from '../platform/ids.ts'

let world: World
let channel: given.Channel
let other: given.Channel

beforeAll(async () => {
  world = await openWorld()
  channel = await given.channel(world)
  other = await given.channel(world)
})
afterAll(() => world.close())

// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever comes
const eventsOf = async (as: Client, search = ''): Promise<any[]> =>
  given.expectOk(await as.get(`/v1/audit-events?limit=500${search}`)).body.data
const idOf = async (as: Client): Promise<string> => (await as.get('/v1/me')).body.user.id

it('200: who, when, from where, what, before and after (R-AUDIT-1)', async () => {
  const { reseller } = channel
  const customer = await given.tenant(reseller.as, reseller.id, { level: 'end_customer' })
  given.expectOk(await reseller.as.patch(`/v1/tenants/${customer.id}`, { name: 'Another name' }, customer.version))
  const [event] = await eventsOf(reseller.as, `&object_id=${customer.id}&action=tenant.updated`)
  const me = (await reseller.as.get('/v1/me')).body.user
  expect(event).toMatchObject({
    at: '2027-01-05T10:00:00.000Z',
    tenant: { id: customer.id, name: 'Another name' },
    actor: { kind: 'user', id: me.id, name: me.name },
    address: '127.0.0.1',
    object: { kind: 'tenant', id: customer.id },
    before: { name: customer.name },
    after: { name: 'Another name' },
    erased: [],
    sealed: false,
  })
  await world.moveTo('2027-01-05T10:01:00Z')
  expect((await eventsOf(reseller.as, `&object_id=${customer.id}&action=tenant.updated`))[0].sealed).toBe(true)
})

it('200: to those below, whoever acted from above is nobody they know', async () => {
  const [created] = await eventsOf(channel.customer.as, `&object_id=${channel.customer.id}&action=tenant.created`)
  expect(created).toMatchObject({ actor: { kind: 'user', id: null, name: null }, address: null })
  const [seenAbove] = await eventsOf(world.vendor, `&object_id=${channel.customer.id}&action=tenant.created`)
  expect(seenAbove).toMatchObject({ actor: { kind: 'user', id: expect.any(String), name: expect.any(String) } })
})

it('200: newest first, page by page, each once', async () => {
  const all = await eventsOf(channel.distributor.as)
  const paged = await listAll(channel.distributor.as, '/v1/audit-events', 3)
  expect(paged.map((event) => event.id)).toEqual(all.map((event) => event.id))
  const keys = all.map((event) => `${event.at} ${event.id}`)
  expect(keys).toEqual(keys.toSorted().reverse())
  expect(all.length).toBeGreaterThan(6)
})

it('200: filters by tenant, by what is below, by the beginning of the action, by kind, by actor, by time', async () => {
  const { reseller, customer } = channel
  const tenants = async (search: string) =>
    new Set((await eventsOf(world.vendor, search)).map((event) => event.tenant.id))
  expect(await tenants(`&tenant_id=${reseller.id}`)).toEqual(new Set([reseller.id]))
  const below = await tenants(`&under_id=${reseller.id}`)
  expect([below.has(reseller.id), below.has(customer.id), below.has(channel.distributor.id)]).toEqual([
    true,
    true,
    false,
  ])
  const actions = async (search: string) => new Set((await eventsOf(world.vendor, search)).map((event) => event.action))
  expect(await actions('&action=tenant.cr')).toEqual(new Set(['tenant.created']))
  expect(await actions('&action=enant')).toEqual(new Set())
  expect(await actions('&object_kind=tenant&action=user')).toEqual(new Set())
  const resellerId = await idOf(reseller.as)
  const byReseller = await eventsOf(world.vendor, `&actor_id=${resellerId}`)
  expect(new Set(byReseller.map((event) => event.actor.id))).toEqual(new Set([resellerId]))
  const [last] = byReseller
  const since = await eventsOf(world.vendor, `&actor_id=${resellerId}&from=${last.at}`)
  expect(since.map((event) => event.id)).toContain(last.id)
  const until = await eventsOf(world.vendor, `&actor_id=${resellerId}&to=${last.at}`)
  expect(until.map((event) => event.id)).not.toContain(last.id)
})

it('404: a tenant, actor or thing of another looks exactly like a missing one', async () => {
  const { as } = channel.reseller
  const hidden = [other.reseller.id, channel.subDistributor.id, world.vendorId, newId()]
  for (const name of ['tenant_id', 'under_id', 'object_id'])
    for (const id of hidden) expect(refusal(await as.get(`/v1/audit-events?${name}=${id}`))).toBe('404 not_found')
  for (const id of [await idOf(other.reseller.as), await idOf(channel.subDistributor.as), await idOf(world.vendor)])
    expect(refusal(await as.get(`/v1/audit-events?actor_id=${id}`))).toBe('404 not_found')
  expect((await as.get(`/v1/audit-events?actor_id=${await idOf(as)}`)).status).toBe(200)
})

it('200: nothing of another tenant, above or beside, is in the list (scenario 16)', async () => {
  const text = JSON.stringify(await eventsOf(channel.reseller.as))
  for (const { id, name } of [...Object.values(other), channel.distributor, channel.subDistributor]) {
    expect(text).not.toContain(id)
    expect(text).not.toContain(name)
  }
})

it('200: what names a price is seen by the tenant itself, not from above (R-TREE-10)', async () => {
  const branch = await given.channel(world)
  await given.sold(world, branch, await given.offer(world), ['4.11', '4.91', '5.81', '8.51'])
  expect(JSON.stringify(await eventsOf(branch.reseller.as))).toContain('8.51')
  for (const { as } of [branch.subDistributor, branch.distributor])
    expect(JSON.stringify(await eventsOf(as))).not.toContain('8.51')
  expect(JSON.stringify(await eventsOf(world.vendor))).not.toMatch(/4\.91|5\.81|8\.51/)
})

it('200: an erased value is shown as erased, the rest of the entry stays (R-KEEP-2)', async () => {
  const { reseller } = await given.channel(world)
  await given.user(world, reseller.as, reseller.id, 'manager')
  const search = '&action=user.created'
  const [before] = await eventsOf(reseller.as, search)
  expect(before.after.email).toMatch(/@users\.example$/)
  await query(world, 'delete from audit_personal where entry_id = $1', [before.id])
  const [after] = await eventsOf(reseller.as, search)
  expect(after).toMatchObject({ address: null, after: { email: null, name: null, role: 'manager' } })
  expect(after.erased.toSorted()).toEqual(['/after/email', '/after/name'])
})

it.each(['action=Tenant', 'object_kind=%25', 'from=yesterday', 'tenant_id=1', 'limit=501'])(
  '422 invalid_request: %s',
  async (search) => {
    expect(refusal(await world.vendor.get(`/v1/audit-events?${search}`))).toBe('422 invalid_request')
  },
)

it('405 or 404: no route changes or deletes an entry (scenario 49)', async () => {
  const [event] = await eventsOf(world.vendor)
  for (const path of ['/v1/audit-events', `/v1/audit-events/${event.id}`, '/v1/audit-export']) {
    expect(refusal(await world.vendor.post(path, {}))).toBe('404 not_found')
    expect(refusal(await world.vendor.patch(path, {}, 1))).toBe('404 not_found')
    expect(refusal(await world.vendor.delete(path))).toBe('404 not_found')
  }
})

it('200: an API key is named, also after it was revoked', async () => {
  const { reseller } = channel
  const body = { tenant_id: reseller.id, name: 'Import job', role: 'manager', scopes: ['tenants.create'] }
  const made = given.expectOk(await reseller.as.post('/v1/api-keys', body)).body
  const customer = await given.tenant(world.as(made.secret), reseller.id, { level: 'end_customer' })
  const actor = async (as: Client) => (await eventsOf(as, `&object_id=${customer.id}&action=tenant.created`))[0].actor
  expect(await actor(reseller.as)).toEqual({ kind: 'key', id: made.api_key.id, name: 'Import job' })
  given.expectOk(await reseller.as.delete(`/v1/api-keys/${made.api_key.id}`))
  expect(await actor(reseller.as)).toEqual({ kind: 'key', id: made.api_key.id, name: 'Import job' })
  const below = await given.user(world, reseller.as, customer.id)
  expect(await actor(below)).toEqual({ kind: 'key', id: null, name: null })
})

it('200: what the changes of a subtree can be filtered by, and nobody above or beside among the actors', async () => {
  const filtersOf = async (as: Client, search = '') => given.expectOk(await as.get(`/v1/audit-filters${search}`)).body
  const mine = await filtersOf(channel.reseller.as)
  expect(mine.actions).toEqual(mine.actions.toSorted())
  expect(mine.actions).toEqual(expect.arrayContaining(['tenant.created', 'session.opened']))
  expect(mine.object_kinds).toEqual(expect.arrayContaining(['tenant', 'user', 'api_key']))
  const ids = mine.actors.map(({ id }: { id: string }) => id)
  expect(ids).toContain(await idOf(channel.reseller.as))
  expect(ids).toContain(await idOf(channel.customer.as))
  for (const as of [world.vendor, channel.distributor.as, other.reseller.as]) expect(ids).not.toContain(await idOf(as))
  expect(mine.actors).toContainEqual({ kind: 'key', id: expect.any(String), name: 'Import job' })
  for (const action of mine.actions)
    expect((await eventsOf(channel.reseller.as, `&action=${action}`)).length).toBeGreaterThan(0)
  const under = await filtersOf(channel.reseller.as, `?under_id=${channel.customer.id}`)
  expect(under.object_kinds).not.toContain('api_key')
  expect(refusal(await channel.reseller.as.get(`/v1/audit-filters?under_id=${other.reseller.id}`))).toBe(
    '404 not_found',
  )
})

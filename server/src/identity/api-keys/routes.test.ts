import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as given from '../../../test/given.ts'
import { auditOf, listAll, query, refusal, seen, writesNothing } from '../../../test/state.ts'
import { type Client, openWorld, type World } from '../../../test/world.ts'

const missingId = '01990000-0000-7000-8000-000000000000'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

const create = (as: Client, tenantId: string, fields: Record<string, unknown> = {}, headers = {}) =>
  as.post(
    '/v1/api-keys',
    { tenant_id: tenantId, name: 'Billing sync', role: 'manager', scopes: ['tenants.create'], ...fields },
    headers,
  )
async function key(as: Client, tenantId: string, fields: Record<string, unknown> = {}) {
  const { api_key, secret } = given.expectOk(await create(as, tenantId, fields)).body
  return { id: api_key.id as string, secret: secret as string, as: world.as(secret) }
}

describe('scenario 95: an API key', () => {
  it('201: is shown once, and only a hash of it is kept', async () => {
    const { reseller } = await given.channel(world)
    const once = { 'idempotency-key': given.unique('key') }
    const made = await create(reseller.as, reseller.id, {}, once)
    expect(made.status).toBe(201)
    expect(made.body.secret).toMatch(/^ttk_[\w-]{32}$/)
    expect(refusal(await create(reseller.as, reseller.id, {}, once))).toBe('409 secret_already_shown')
    const [listed] = await listAll(reseller.as, '/v1/api-keys')
    expect(listed).toEqual(made.body.api_key)
    expect(listed).toMatchObject({ role: 'manager', scopes: ['tenants.create'], tenant_name: reseller.name })
    const stored = await query(world, 'select key_hash = sha256($1::bytea) as hashed from api_key_hashes', [
      Buffer.from(made.body.secret),
    ])
    expect(stored.some(({ hashed }) => hashed)).toBe(true)
    const [entry] = await auditOf(world, made.body.api_key.id)
    expect(entry).toMatchObject({ action: 'api_key.created', actor_kind: 'user', after: { role: 'manager' } })
    expect(JSON.stringify(entry)).not.toContain(made.body.secret)
  })

  it('401 at once after its revocation; the log says who acted with it', async () => {
    const { reseller } = await given.channel(world)
    const { id, as } = await key(reseller.as, reseller.id)
    const tenant = await given.tenant(as, reseller.id, { level: 'end_customer' })
    expect(await auditOf(world, tenant.id)).toMatchObject([{ actor_kind: 'key', actor_id: id }])
    expect((await reseller.as.delete(`/v1/api-keys/${id}`)).status).toBe(204)
    expect(refusal(await as.get('/v1/tenants'))).toBe('401 unauthenticated')
    expect(refusal(await reseller.as.delete(`/v1/api-keys/${id}`))).toBe('404 not_found')
    expect((await auditOf(world, id)).at(-1)?.action).toBe('api_key.revoked')
  })

  it('403 api_key_not_allowed: a key does not sign in, and has no account', async () => {
    const { reseller } = await given.channel(world)
    const { id, as, secret } = await key(reseller.as, reseller.id, { role: 'superuser', scopes: ['users.create'] })
    for (const answer of [
      await as.get('/v1/me'),
      await as.get('/v1/me/sessions'),
      await as.get('/v1/me/second-factor'),
      await as.put('/v1/me/password', { current_password: null, new_password: 'fifteen letters' }),
      await as.delete('/v1/sessions/current'),
    ])
      expect(refusal(answer)).toBe('403 api_key_not_allowed')
    expect(refusal(await world.as(null).post('/v1/sessions/link', { token: secret }))).toBe('401 sign_in_link_invalid')
    const cookie = { cookie: `tenantree_session=${secret}` }
    expect(refusal(await world.as(null).get('/v1/me', cookie))).toBe('401 unauthenticated')
    expect((await as.get('/v1/api-keys/current')).body).toMatchObject({ id, name: 'Billing sync' })
    expect(refusal(await reseller.as.get('/v1/api-keys/current'))).toBe('404 not_found')
  })
})

describe('what a key may', () => {
  it('403: only its scopes, in its subtree, and nobody above itself', async () => {
    const { reseller, customer, subDistributor } = await given.channel(world)
    const reads = await key(reseller.as, reseller.id, { scopes: [] })
    expect((await reads.as.get(`/v1/tenants/${customer.id}`)).status).toBe(200)
    expect(refusal(await reads.as.get(`/v1/tenants/${subDistributor.id}`))).toBe('404 not_found')
    expect(refusal(await reads.as.post('/v1/tenants', {}))).toBe('403 not_allowed')
    const invites = await key(reseller.as, reseller.id, { role: 'administrator', scopes: ['users.create'] })
    const invite = (role: string) => {
      const email = `${given.unique('k').replace(' ', '.')}@users.example`
      return invites.as.post('/v1/users', { tenant_id: reseller.id, email, name: 'Someone', role })
    }
    expect((await invite('administrator')).status).toBe(201)
    expect(refusal(await invite('superuser'))).toBe('403 role_above_own')
    expect(refusal(await create(invites.as, reseller.id))).toBe('403 not_allowed')
  })

  it('a role not above the own, scopes of that role, 365 days: first refused and last allowed', async () => {
    const { reseller } = await given.channel(world)
    const administrator = await given.user(world, reseller.as, reseller.id, 'administrator')
    const refused = async (fields: Record<string, unknown>, as = administrator) =>
      refusal(await writesNothing(world, () => create(as, reseller.id, fields)))
    expect(await refused({ role: 'superuser', scopes: [] })).toBe('403 role_above_own')
    expect(await refused({ role: 'finance', scopes: [] })).toBe('403 role_above_own')
    expect(await refused({ scopes: ['users.create'] })).toBe('422 scope_not_in_role')
    expect(await refused({ role: 'administrator', scopes: ['api_keys.manage'] })).toBe('422 scope_not_in_role')
    expect(await refused({ role: 'administrator', scopes: ['offers.create'] })).toBe('422 scope_not_in_role')
    expect(await refused({ expires_in_days: 366 })).toBe('422 invalid_request')
    expect(await refused({ expires_in_days: 0 })).toBe('422 invalid_request')
    const manager = await given.user(world, reseller.as, reseller.id, 'manager')
    expect(await refused({}, manager)).toBe('403 not_allowed')
    const longest = await create(administrator, reseller.id, { role: 'administrator', expires_in_days: 365 })
    expect(longest.status).toBe(201)
  })

  it('403 not_allowed: the keys of others are a superuser’s to end (R-USER-1)', async () => {
    const { reseller } = await given.channel(world)
    const administrator = await given.user(world, reseller.as, reseller.id, 'administrator')
    const [foreign, own] = [await key(reseller.as, reseller.id), await key(administrator, reseller.id)]
    expect(refusal(await administrator.delete(`/v1/api-keys/${foreign.id}`))).toBe('403 not_allowed')
    expect((await administrator.delete(`/v1/api-keys/${own.id}`)).status).toBe(204)
  })

  it('401: a key ends with who made it, and when that one is demoted below it', async () => {
    const { reseller } = await given.channel(world)
    const maker = await given.user(world, reseller.as, reseller.id, 'administrator')
    const { user } = (await maker.get('/v1/me')).body
    const [high, low] = [await key(maker, reseller.id, { role: 'administrator' }), await key(maker, reseller.id)]
    given.expectOk(await reseller.as.patch(`/v1/users/${user.id}`, { role: 'manager' }, 1))
    expect(refusal(await high.as.get('/v1/tenants'))).toBe('401 unauthenticated')
    expect((await low.as.get('/v1/tenants')).status).toBe(200)
    given.expectOk(await reseller.as.delete(`/v1/users/${user.id}`))
    expect(refusal(await low.as.get('/v1/tenants'))).toBe('401 unauthenticated')
  })

  it('404: a tenant or a key of another branch looks like a missing one', async () => {
    const [a, b] = [await given.channel(world), await given.channel(world)]
    const foreign = await key(b.reseller.as, b.reseller.id)
    const remove = (id: string) => a.reseller.as.delete(`/v1/api-keys/${id}`)
    expect(seen(await remove(foreign.id))).toEqual(seen(await remove(missingId)))
    expect(refusal(await remove(foreign.id))).toBe('404 not_found')
    expect(seen(await create(a.reseller.as, b.reseller.id))).toEqual(seen(await create(a.reseller.as, missingId)))
    expect(refusal(await a.reseller.as.get(`/v1/api-keys?tenant_id=${b.reseller.id}`))).toBe('404 not_found')
    expect(JSON.stringify(await listAll(a.reseller.as, '/v1/api-keys'))).not.toContain(foreign.id)
    expect((await listAll(b.subDistributor.as, '/v1/api-keys')).map(({ id }) => id)).toContain(foreign.id)
  })

  it('401: when it has expired, to the millisecond', async () => {
    const { reseller } = await given.channel(world)
    const { as } = await key(reseller.as, reseller.id, { expires_in_days: 1 })
    const { expires_at } = (await as.get('/v1/api-keys/current')).body
    await world.moveTo(new Date(Date.parse(expires_at) - 1).toISOString())
    expect((await as.get('/v1/tenants')).status).toBe(200)
    await world.moveTo(expires_at)
    expect(refusal(await as.get('/v1/tenants'))).toBe('401 unauthenticated')
  })
})

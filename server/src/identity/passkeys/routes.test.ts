import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as given from '../../../test/given.ts'
import { createAuthenticator } from '../../../test/soft-authenticator.ts'
import { auditOf, listAll, query, refusal, seen, writesNothing } from '../../../test/state.ts'
import { type Client, openWorld, readToken, type World } from '../../../test/world.ts'
import { toRelyingParty } from './relying-party.ts'

let world: World
/** The console by its name: the test world itself listens at an address. */
let origin: string
beforeAll(async () => {
  world = await openWorld()
  origin = toRelyingParty(world.url).origin
})
afterAll(() => world.close())

const missingId = '01990000-0000-7000-8000-000000000000'
const begin = async (as: Client) => given.expectOk(await as.post('/v1/me/passkeys/options')).body.options
const add = (as: Client, response: unknown, name = 'Laptop') => as.post('/v1/me/passkeys', { name, response })
const beginSignIn = async () => given.expectOk(await world.as(null).post('/v1/sessions/passkey/options')).body.options
const signIn = (response: unknown) => world.as(null).post('/v1/sessions/passkey', { response })

async function person(role: 'superuser' | 'operator' = 'superuser') {
  const tenant = await given.tenant(world.vendor, world.vendorId, { level: 'reseller' })
  const as = await given.user(world, world.vendor, tenant.id, role)
  const { user } = (await as.get('/v1/me')).body
  return { as, id: user.id as string, email: user.email as string, tenantId: tenant.id as string }
}
async function withPasskey() {
  const user = await person()
  const key = createAuthenticator(origin)
  const { id } = given.expectOk(await add(user.as, key.register(await begin(user.as)))).body
  return { ...user, key, passkeyId: id as string }
}

describe('adding a passkey', () => {
  it('201: named, listed, told by mail and in the audit log; the session has proved it', async () => {
    const user = await person()
    const options = await begin(user.as)
    expect(options).toMatchObject({
      rp: { id: 'localhost', name: 'Tenantree' },
      user: { name: user.email },
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    })
    const made = await add(user.as, createAuthenticator(origin).register(options), 'Work laptop')
    expect([made.status, made.body.name]).toEqual([201, 'Work laptop'])
    expect((await user.as.get('/v1/me/passkeys')).body).toEqual({ data: [made.body], next: null })
    expect((await user.as.get('/v1/me')).body.sign_in.method).toBe('passkey')
    const mails = await listAll(user.as, '/v1/mails', 100)
    expect(mails.map(({ template }) => template)).toContain('passkey_added')
    expect((await auditOf(world, user.id)).at(-1)?.action).toBe('passkey.added')
    expect((await begin(user.as)).excludeCredentials).toHaveLength(1)
  })

  it('422 passkey_refused: another origin, another name, another challenge, nobody verified, a second time', async () => {
    const user = await person()
    const key = createAuthenticator(origin)
    const refused = async (how: Parameters<typeof key.register>[1]) => {
      const answer = await add(user.as, key.register(await begin(user.as), how))
      expect(refusal(answer), JSON.stringify(how)).toBe('422 passkey_refused')
    }
    await refused({ origin: 'https://evil.example' })
    await refused({ origin: world.url })
    await refused({ rpId: 'evil.example' })
    await refused({ challenge: 'bm90IG9uZSBvZiBvdXJz' })
    await refused({ isVerified: false })
    const options = await begin(user.as)
    expect((await add(user.as, key.register(options))).status).toBe(201)
    expect(refusal(await add(user.as, key.register(options)))).toBe('422 passkey_refused')
    expect(refusal(await add(user.as, key.register(await begin(user.as))))).toBe('422 passkey_refused')
    expect((await user.as.get('/v1/me/passkeys')).body.data).toHaveLength(1)
  })

  it('422 passkey_refused: the challenge of another user, of a sign-in, and one that is five minutes old', async () => {
    const [user, other] = [await person(), await person()]
    const key = createAuthenticator(origin)
    const foreign = key.register(await begin(other.as))
    expect(refusal(await add(user.as, foreign))).toBe('422 passkey_refused')
    const { challenge } = await beginSignIn()
    const crossed = key.register(await begin(user.as), { challenge })
    expect(refusal(await add(user.as, crossed))).toBe('422 passkey_refused')
    const late = key.register(await begin(user.as))
    await query(world, 'update passkey_challenges set expires_at = clock_timestamp() where user_id = $1', [user.id])
    expect(refusal(await add(user.as, late))).toBe('422 passkey_refused')
    expect((await user.as.get('/v1/me/passkeys')).body.data).toEqual([])
  })

  it('409 passkey_limit: ten are a lot, an eleventh is refused', async () => {
    const user = await person()
    const [eleventh, options] = [createAuthenticator(origin), await begin(user.as)]
    for (let made = 1; made <= 10; made += 1)
      given.expectOk(await add(user.as, createAuthenticator(origin).register(await begin(user.as)), `Key ${made}`))
    expect(refusal(await user.as.post('/v1/me/passkeys/options'))).toBe('409 passkey_limit')
    expect(refusal(await add(user.as, eleventh.register(options)))).toBe('409 passkey_limit')
  })
})

describe('removing a passkey', () => {
  it('204, and it opens nothing any more; 404 for somebody else’s', async () => {
    const [user, other] = [await withPasskey(), await withPasskey()]
    const remove = (as: Client, id: string) => as.delete(`/v1/me/passkeys/${id}`)
    const foreign = await writesNothing(world, () => remove(other.as, user.passkeyId))
    expect(seen(foreign)).toEqual(seen(await remove(other.as, missingId)))
    expect(refusal(foreign)).toBe('404 not_found')
    expect((await remove(user.as, user.passkeyId)).status).toBe(204)
    expect((await auditOf(world, user.id)).at(-1)?.action).toBe('passkey.removed')
    expect(refusal(await signIn(user.key.sign(await beginSignIn())))).toBe('401 passkey_invalid')
    expect((await signIn(other.key.sign(await beginSignIn()))).status).toBe(201)
  })

  it('whoever is invited again or removed loses them', async () => {
    const user = await withPasskey()
    given.expectOk(await world.vendor.post(`/v1/users/${user.id}/invite`))
    expect(refusal(await signIn(user.key.sign(await beginSignIn())))).toBe('401 passkey_invalid')
    expect(await query(world, 'select 1 from passkeys where user_id = $1', [user.id])).toEqual([])
  })
})

describe('signing in with a passkey', () => {
  it('201: without an address typed in, as both factors; when it was last used is noted', async () => {
    const user = await withPasskey()
    const policy = { require_second_factor: true }
    given.expectOk(await world.vendor.put(`/v1/tenants/${user.tenantId}/sign-in-policy`, policy))
    const options = await beginSignIn()
    expect(options).toMatchObject({ rpId: 'localhost', userVerification: 'required' })
    expect(options.allowCredentials ?? []).toEqual([])
    const answer = await signIn(user.key.sign(options))
    expect(answer.status).toBe(201)
    expect(answer.body).toMatchObject({
      user: { id: user.id },
      second_factor: { enabled: false, required: true, missing: false },
      sign_in: { method: 'passkey' },
    })
    const as = world.as(readToken(answer))
    expect((await as.get('/v1/tenants')).status).toBe(200)
    expect((await as.get('/v1/me/passkeys')).body.data[0].last_used_at).not.toBeNull()
    expect((await auditOf(world, user.id)).at(-1)).toMatchObject({ action: 'session.opened', after: { by: 'passkey' } })
  })

  it('401 passkey_invalid: whatever is wrong with the answer, in the same words as for a passkey that nobody has', async () => {
    const [user, other] = [await withPasskey(), await withPasskey()]
    const stranger = createAuthenticator(origin)
    const unknown = seen(await signIn({ ...stranger.sign(await beginSignIn(), { userHandle: '' }) }))
    expect(unknown).toMatchObject({ status: 401, body: { code: 'passkey_invalid' } })
    const refused = async (response: unknown, what: string) =>
      expect(seen(await signIn(response)), what).toEqual(unknown)
    await refused(user.key.sign(await beginSignIn(), { origin: 'https://evil.example' }), 'another origin')
    await refused(user.key.sign(await beginSignIn(), { rpId: 'evil.example' }), 'another name')
    await refused(user.key.sign(await beginSignIn(), { isVerified: false }), 'nobody verified')
    await refused(user.key.sign(await beginSignIn(), { challenge: 'bm90IG9uZSBvZiBvdXJz' }), 'a challenge of nobody')
    const own = await begin(user.as)
    await refused(user.key.sign({ ...own, rpId: 'localhost' }), 'a challenge for adding')
    await refused({ ...other.key.sign(await beginSignIn()), id: user.key.credentialId }, 'signed by another key')
    const otherHandle = Buffer.from(other.id).toString('base64url')
    await refused(user.key.sign(await beginSignIn(), { userHandle: otherHandle }), 'for another user')
    const once = user.key.sign(await beginSignIn())
    expect((await signIn(once)).status).toBe(201)
    await refused(once, 'a second time')
    await refused(user.key.sign(await beginSignIn(), { counter: 1 }), 'a counter that went back: a copy of the key')
    const late = user.key.sign(await beginSignIn(), { counter: 9 })
    await query(world, 'update passkey_challenges set expires_at = clock_timestamp() where user_id is null')
    await refused(late, 'after five minutes')
  })

  it('201 once: of an answer that is sent six times at once, one is taken', async () => {
    const user = await withPasskey()
    const answer = user.key.sign(await beginSignIn())
    const statuses = await Promise.all(Array.from({ length: 6 }, async () => (await signIn(answer)).status))
    expect(statuses.filter((status) => status === 201)).toHaveLength(1)
  })

  it('401 passkey_invalid: of a tenant that is inactive', async () => {
    const user = await withPasskey()
    given.expectOk(await world.vendor.post(`/v1/tenants/${user.tenantId}/inactivate`))
    expect(refusal(await signIn(user.key.sign(await beginSignIn())))).toBe('401 passkey_invalid')
  })

  it('401 passkey_required: a password alone is not enough where a second factor is asked for and the passkey is it', async () => {
    const user = await withPasskey()
    const password = 'fifteen letters'
    given.expectOk(await user.as.put('/v1/me/password', { current_password: null, new_password: password }))
    const withPassword = () => world.as(null).post('/v1/sessions', { email: user.email, password })
    expect((await withPassword()).status).toBe(201)
    const policy = { require_second_factor: true }
    given.expectOk(await world.vendor.put(`/v1/tenants/${user.tenantId}/sign-in-policy`, policy))
    const answer = await withPassword()
    expect([refusal(answer), answer.headers.get('set-cookie')]).toEqual(['401 passkey_required', null])
  })

  it('403 second_factor_missing ends with a passkey that is added', async () => {
    const user = await person()
    const policy = { require_second_factor: true }
    given.expectOk(await world.vendor.put(`/v1/tenants/${user.tenantId}/sign-in-policy`, policy))
    expect(refusal(await user.as.get('/v1/tenants'))).toBe('403 second_factor_missing')
    given.expectOk(await add(user.as, createAuthenticator(origin).register(await begin(user.as))))
    expect((await user.as.get('/v1/tenants')).status).toBe(200)
  })
})

describe('whom passkeys are for', () => {
  it.each([
    ['https://console.example.com', 'console.example.com', 'https://console.example.com'],
    ['https://console.example.com:8443/', 'console.example.com', 'https://console.example.com:8443'],
    ['http://localhost:8080', 'localhost', 'http://localhost:8080'],
    ['http://127.0.0.1:8080', 'localhost', 'http://localhost:8080'],
    ['http://[::1]:8080', 'localhost', 'http://localhost:8080'],
  ])('%s is the name %s', (baseUrl, id, at) => {
    expect(toRelyingParty(baseUrl)).toEqual({ id, origin: at })
  })
  it.each(['https://192.0.2.1', 'https://[2001:db8::1]:8443'])(
    '409 passkeys_unavailable: %s has no name',
    (baseUrl) => {
      expect(() => toRelyingParty(baseUrl)).toThrow('give it a name')
    },
  )
})

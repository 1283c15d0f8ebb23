import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as given from '../../../test/given.ts'
import { type IdentityProvider, openIdentityProvider, type Person } from '../../../test/identity-provider.ts'
import { auditOf, query, refusal, seen, writesNothing } from '../../../test/state.ts'
import { openWorld, readToken, signInWithLink, type World } from '../../../test/world.ts'

let world: World
let provider: IdentityProvider
beforeAll(async () => {
  world = await openWorld()
  provider = await openIdentityProvider({ redirectUri: `${world.url}/sign-in/callback` })
})
afterAll(async () => {
  await provider.stop()
  await world.close()
})

const password = 'fifteen letters'
const settingOf = (from: IdentityProvider, fields = {}) => ({
  issuer: from.issuer,
  client_id: from.clientId,
  client_secret: from.clientSecret,
  covers_below: false,
  ...fields,
})
const setProvider = (tenantId: string, fields = {}, as = world.vendor) =>
  as.put(`/v1/tenants/${tenantId}/identity-provider`, settingOf(provider, fields))
const askFor = (tenantId: string, policy: Record<string, boolean>, as = world.vendor) =>
  as.put(`/v1/tenants/${tenantId}/sign-in-policy`, { require_second_factor: false, ...policy })

/** A reseller whose users sign in by the provider, and a user of it who is only invited. */
async function organization(fields = {}) {
  const tenant = await given.tenant(world.vendor, world.vendorId, { level: 'reseller' })
  given.expectOk(await setProvider(tenant.id, fields))
  return { id: tenant.id as string, ...(await invite(tenant.id)) }
}
async function invite(tenantId: string, role = 'operator') {
  const email = `${given.unique('s').replace(' ', '.')}@users.example`
  const body = { tenant_id: tenantId, email, name: 'Someone', role }
  const made = given.expectOk(await world.vendor.post('/v1/users', body)).body
  const link = new URL(made.sign_in_url).searchParams.get('token') ?? ''
  return { email, userId: made.user.id as string, link }
}
async function withPassword(tenantId: string, role = 'operator') {
  const user = await invite(tenantId, role)
  const as = world.as(await signInWithLink(world.url, user.link))
  given.expectOk(await as.put('/v1/me/password', { current_password: null, new_password: password }))
  return { ...user, as }
}

const start = (email: string) => world.as(null).post('/v1/sessions/single-sign-on/start', { email })
const cookieOf = (answer: Awaited<ReturnType<typeof start>>) =>
  /tenantree_sign_in=[^;]+/.exec(answer.headers.get('set-cookie') ?? '')?.[0] ?? ''
const finish = (query: string, cookie: string) =>
  world.as(null).post('/v1/sessions/single-sign-on', { query }, { cookie })

/** Goes to the provider as `person`, and answers what the browser comes back with. */
async function comeBack(email: string, person: Person) {
  provider.person = person
  const started = given.expectOk(await start(email))
  const at = await provider.browse(started.body.url)
  return { query: at.search.slice(1), cookie: cookieOf(started) }
}
async function signIn(email: string, person: Person) {
  const { query, cookie } = await comeBack(email, person)
  return finish(query, cookie)
}
const personOf = (email: string, fields: Partial<Person> = {}): Person => ({
  subject: `subject of ${email}`,
  email,
  email_verified: true,
  ...fields,
})

describe('signing in by the identity provider', () => {
  it('201: at first by the verified address, letter case aside; the user is active, the provider’s subject is noted', async () => {
    const { email, userId } = await organization()
    const answer = await signIn(email, personOf(email.toUpperCase()))
    expect(answer.status).toBe(201)
    expect(answer.body).toMatchObject({ user: { id: userId }, sign_in: { method: 'single_sign_on' } })
    expect((await world.as(readToken(answer)).get('/v1/tenants')).status).toBe(200)
    expect((await world.vendor.get(`/v1/users/${userId}`)).body.state).toBe('active')
    const noted = await auditOf(world, userId)
    expect(noted.map(({ action }) => action)).toEqual(['user.created', 'session.opened', 'user.identity_linked'])
    expect(noted[1]?.after).toEqual({ by: 'single_sign_on' })
    expect(noted[2]?.after).toEqual({ issuer: provider.issuer })
  })

  it('201: from then on by the subject, whatever address the provider tells, verified or not', async () => {
    const { email, userId } = await organization()
    given.expectOk(await signIn(email, personOf(email)))
    const renamed = personOf(email, { email: 'renamed@elsewhere.example', email_verified: false })
    const answer = await signIn(email, renamed)
    expect([answer.status, answer.body.user.id]).toEqual([201, userId])
  })

  it('201: a provider that tells the address in the token', async () => {
    const telling = await openIdentityProvider({ redirectUri: `${world.url}/sign-in/callback`, tellsInToken: true })
    try {
      const { email } = await organization(settingOf(telling))
      telling.person = personOf(email)
      const started = given.expectOk(await start(email))
      const at = await telling.browse(started.body.url)
      expect((await finish(at.search.slice(1), cookieOf(started))).status).toBe(201)
    } finally {
      await telling.stop()
    }
  })

  it('200: the address goes along, with code, PKCE, state and nonce; what comes back is kept as hashes', async () => {
    const { email, userId } = await organization()
    const started = await start(email)
    const url = new URL(started.body.url)
    expect(url.origin).toBe(provider.issuer)
    const sent = Object.fromEntries(url.searchParams)
    expect(sent).toMatchObject({
      response_type: 'code',
      code_challenge_method: 'S256',
      login_hint: email,
      redirect_uri: `${world.url}/sign-in/callback`,
    })
    expect([sent.state?.length, sent.nonce?.length, sent.code_challenge?.length]).toEqual([43, 43, 43])
    expect(started.headers.get('set-cookie')).toMatch(/HttpOnly; SameSite=Lax/)
    const [kept] = await query(world, 'select * from sign_on_attempts where user_id = $1', [userId])
    expect(JSON.stringify(kept)).not.toContain(sent.state)
  })
})

describe('whom a provider speaks for', () => {
  it('201 below where it is for those below; 422 single_sign_on_unavailable where it is not', async () => {
    const { id, email } = await organization({ covers_below: true })
    const customer = await given.tenant(world.vendor, id, { level: 'end_customer' })
    const below = await invite(customer.id)
    expect((await signIn(below.email, personOf(below.email))).status).toBe(201)
    given.expectOk(await setProvider(id, { covers_below: false }))
    expect(refusal(await start(below.email))).toBe('422 single_sign_on_unavailable')
    expect((await signIn(email, personOf(email))).status).toBe(201)
  })

  it('401 single_sign_on_refused: an address of nobody, of another branch, above, or below with a provider of its own', async () => {
    const [{ id, email }, other] = [await organization({ covers_below: true }), await organization()]
    const customer = await given.tenant(world.vendor, id, { level: 'end_customer' })
    given.expectOk(await setProvider(customer.id, { client_id: 'another client' }))
    const below = await invite(customer.id)
    const vendor = await invite(world.vendorId)
    const unknown = await signIn(email, personOf('nobody@users.example'))
    expect(refusal(unknown)).toBe('401 single_sign_on_refused')
    for (const stranger of [other.email, below.email, vendor.email]) {
      const answer = await signIn(email, personOf(stranger))
      expect(seen(answer), stranger).toEqual(seen(unknown))
      expect(answer.headers.get('set-cookie') ?? '').not.toContain('tenantree_session')
    }
    expect(
      await query(world, 'select 1 from federated_identities where issuer = $1 and user_id = any ($2)', [
        provider.issuer,
        [other.userId, below.userId, vendor.userId],
      ]),
    ).toEqual([])
  })

  it('401 single_sign_on_refused: another person who was given the address since', async () => {
    const { email } = await organization()
    given.expectOk(await signIn(email, personOf(email)))
    const successor = await signIn(email, personOf(email, { subject: `another subject of ${email}` }))
    expect(refusal(successor)).toBe('401 single_sign_on_refused')
    expect((await signIn(email, personOf(email))).status).toBe(201)
  })

  it('201 again, as another person, once the user was invited again', async () => {
    const { email, userId } = await organization()
    given.expectOk(await signIn(email, personOf(email)))
    given.expectOk(await world.vendor.post(`/v1/users/${userId}/invite`))
    const successor = await signIn(email, personOf(email, { subject: `another subject of ${email}` }))
    expect(successor.status).toBe(201)
  })

  it('401 email_not_verified at first', async () => {
    const { email, userId } = await organization()
    expect(refusal(await signIn(email, personOf(email, { email_verified: false })))).toBe('401 email_not_verified')
    expect(refusal(await signIn(email, { subject: 'told nothing' }))).toBe('401 email_not_verified')
    expect(await query(world, 'select 1 from federated_identities where user_id = $1', [userId])).toEqual([])
  })

  it('refused: a user who was removed, and one of a tenant that is inactive, at the start and on the way back', async () => {
    const [gone, closed] = [await organization(), await organization()]
    given.expectOk(await signIn(gone.email, personOf(gone.email)))
    const [first, second] = [
      await comeBack(gone.email, personOf(gone.email)),
      await comeBack(closed.email, personOf(closed.email)),
    ]
    given.expectOk(await world.vendor.delete(`/v1/users/${gone.userId}`))
    given.expectOk(await world.vendor.post(`/v1/tenants/${closed.id}/inactivate`))
    expect(refusal(await finish(first.query, first.cookie))).toBe('401 single_sign_on_expired')
    expect(refusal(await finish(second.query, second.cookie))).toBe('401 single_sign_on_refused')
    for (const { email } of [gone, closed]) expect(refusal(await start(email))).toBe('422 single_sign_on_unavailable')
  })
})

describe('what comes back wrong', () => {
  it('422 single_sign_on_unavailable: the same for an address that nobody has as for one without it', async () => {
    const plain = await given.tenant(world.vendor, world.vendorId, { level: 'reseller' })
    const { email } = await invite(plain.id)
    const unknown = await start(`x${email}`)
    expect(refusal(unknown)).toBe('422 single_sign_on_unavailable')
    expect(seen(await start(email))).toEqual(seen(unknown))
  })

  it('401 single_sign_on_expired: a wrong state, another browser, a second time, after ten minutes', async () => {
    const { email, userId } = await organization()
    const { query: came, cookie } = await comeBack(email, personOf(email))
    const elsewhere = cookieOf(await start(email))
    const state = new URLSearchParams(came).get('state') ?? ''
    for (const [text, jar] of [
      [came.replace(state, 'A'.repeat(43)), cookie],
      [came, elsewhere],
      [came, ''],
      ['', cookie],
    ] as const)
      expect(refusal(await finish(text, jar)), `${text} ${jar}`).toBe('401 single_sign_on_expired')
    expect((await finish(came, cookie)).status).toBe(201)
    expect(refusal(await finish(came, cookie))).toBe('401 single_sign_on_expired')
    const late = await comeBack(email, personOf(email))
    await query(world, 'update sign_on_attempts set expires_at = clock_timestamp() where user_id = $1', [userId])
    expect(refusal(await finish(late.query, late.cookie))).toBe('401 single_sign_on_expired')
  })

  it('401 single_sign_on_expired: the provider was changed on the way', async () => {
    const { id, email } = await organization()
    const { query: came, cookie } = await comeBack(email, personOf(email))
    given.expectOk(await setProvider(id, { issuer: 'https://login.example.com' }))
    expect(refusal(await finish(came, cookie))).toBe('401 single_sign_on_expired')
  })

  it('401 single_sign_on_failed: a token of another nonce, another verifier, a made-up code; nobody is signed in', async () => {
    const { email, userId } = await organization()
    const spoilt = async (spoil: (came: { query: string }) => Promise<string>) => {
      const came = await comeBack(email, personOf(email))
      const answer = await finish(await spoil(came), came.cookie)
      expect([refusal(answer), answer.headers.get('set-cookie')]).toEqual(['401 single_sign_on_failed', null])
    }
    const set = async (column: string, came: { query: string }) => {
      const text = `update sign_on_attempts set ${column} = 'other-other-other-other-other-other-other-43' where user_id = $1`
      await query(world, text, [userId])
      return came.query
    }
    await spoilt((came) => set('nonce', came))
    await spoilt((came) => set('code_verifier', came))
    await spoilt(async ({ query }) => query.replace(/code=[^&]+/, 'code=made-up'))
    expect(await query(world, 'select 1 from sessions where user_id = $1', [userId])).toEqual([])
    expect((await signIn(email, personOf(email))).status).toBe(201)
  })

  it('401 single_sign_on_failed: the provider’s refusal is told by its code, and nothing else of it', async () => {
    const { email } = await organization()
    const refused = async (error: string) => {
      const { query, cookie } = await comeBack(email, personOf(email))
      const sent = new URLSearchParams(query)
      sent.delete('code')
      sent.set('error', error)
      return (await finish(sent.toString(), cookie)).body
    }
    expect(await refused('access_denied')).toMatchObject({ detail: 'The provider answered access_denied.' })
    expect(await refused('<b>Call 555-1234</b>')).not.toHaveProperty('detail')
  })

  it('503 identity_provider_unreachable: it is down at the start, or on the way back', async () => {
    const down = await openIdentityProvider({ redirectUri: `${world.url}/sign-in/callback` })
    const { id, email } = await organization(settingOf(down))
    down.person = personOf(email)
    const check = () => world.vendor.post(`/v1/tenants/${id}/identity-provider/check`)
    expect((await check()).body).toEqual({ issuer: down.issuer, authorization_endpoint: `${down.issuer}/auth` })
    const started = given.expectOk(await start(email))
    const at = await down.browse(started.body.url)
    await down.stop()
    for (const answer of [await finish(at.search.slice(1), cookieOf(started)), await start(email), await check()]) {
      expect(refusal(answer)).toBe('503 identity_provider_unreachable')
      expect(answer.body.detail).toBe(`${down.issuer} does not answer as an OpenID provider.`)
    }
  })
})

describe('where single sign-on is required', () => {
  it('401 single_sign_on_required: no password, right or wrong, no link, no session of before; by the provider 201', async () => {
    const { id } = await organization()
    const user = await withPassword(id)
    const invited = await invite(id)
    const policy = given.expectOk(await askFor(id, { require_single_sign_on: true })).body
    expect(policy).toMatchObject({ require_single_sign_on: true, single_sign_on_required: true })
    const withSecret = (secret: string) => world.as(null).post('/v1/sessions', { email: user.email, password: secret })
    expect(seen(await withSecret(password))).toEqual(seen(await withSecret('wrong')))
    expect(refusal(await withSecret(password))).toBe('401 single_sign_on_required')
    expect(refusal(await user.as.get('/v1/tenants'))).toBe('401 single_sign_on_required')
    const link = await world.as(null).post('/v1/sessions/link', { token: invited.link })
    expect(refusal(link)).toBe('401 single_sign_on_required')
    for (const { email } of [user, invited]) {
      const answer = await signIn(email, personOf(email))
      expect([answer.status, answer.body.sign_in.single_sign_on_required]).toEqual([201, true])
      expect((await world.as(readToken(answer)).get('/v1/tenants')).status).toBe(200)
    }
    given.expectOk(await askFor(id, { require_single_sign_on: false }))
    expect((await withSecret(password)).status).toBe(201)
  })

  it('a superuser keeps a way in: the password, with a second factor that has to be set up first', async () => {
    const { id } = await organization()
    const superuser = await withPassword(id, 'superuser')
    given.expectOk(await askFor(id, { require_single_sign_on: true }))
    const answer = await world.as(null).post('/v1/sessions', { email: superuser.email, password })
    expect(answer.body.second_factor).toEqual({ enabled: false, required: true, missing: true })
    const as = world.as(readToken(answer))
    expect(refusal(await as.get('/v1/tenants'))).toBe('403 second_factor_missing')
    const bySingleSignOn = await signIn(superuser.email, personOf(superuser.email))
    expect((await world.as(readToken(bySingleSignOn)).get('/v1/tenants')).status).toBe(200)
  })

  it('201: single sign-on needs no second factor of ours', async () => {
    const { id, email } = await organization()
    given.expectOk(await askFor(id, { require_second_factor: true }))
    const as = world.as(readToken(await signIn(email, personOf(email))))
    expect((await as.get('/v1/tenants')).status).toBe(200)
    expect((await as.get('/v1/me')).body.second_factor).toEqual({ enabled: false, required: true, missing: false })
  })

  it('below: required of those whom the provider is for, whatever provider they have; of nobody else', async () => {
    const { id } = await organization({ covers_below: true })
    const customer = await given.tenant(world.vendor, id, { level: 'end_customer' })
    const user = await withPassword(customer.id)
    given.expectOk(await askFor(id, { require_single_sign_on: true }))
    const below = () => world.vendor.get(`/v1/tenants/${customer.id}/sign-in-policy`)
    expect((await below()).body).toMatchObject({
      require_single_sign_on: false,
      single_sign_on_provided: true,
      single_sign_on_required: true,
    })
    expect(refusal(await user.as.get('/v1/me'))).toBe('401 single_sign_on_required')
    given.expectOk(await setProvider(customer.id))
    expect(refusal(await user.as.get('/v1/me'))).toBe('401 single_sign_on_required')
    given.expectOk(await setProvider(id, { covers_below: false }))
    expect((await below()).body).toMatchObject({ single_sign_on_provided: true, single_sign_on_required: false })
    expect((await user.as.get('/v1/me')).status).toBe(200)
  })

  it('409 identity_provider_missing without a provider, identity_provider_in_use while it is required', async () => {
    const tenant = await given.tenant(world.vendor, world.vendorId, { level: 'reseller' })
    const remove = () => world.vendor.delete(`/v1/tenants/${tenant.id}/identity-provider`)
    const ask = (isRequired: boolean) => askFor(tenant.id, { require_single_sign_on: isRequired })
    expect(refusal(await writesNothing(world, () => ask(true)))).toBe('409 identity_provider_missing')
    expect(refusal(await remove())).toBe('404 not_found')
    given.expectOk(await setProvider(tenant.id))
    given.expectOk(await ask(true))
    expect(refusal(await writesNothing(world, remove))).toBe('409 identity_provider_in_use')
    given.expectOk(await ask(false))
    expect((await remove()).status).toBe(204)
    const actions = (await auditOf(world, tenant.id)).map(({ action }) => action)
    expect(actions.slice(-4)).toEqual([
      'identity_provider.set',
      'sign_in_policy.changed',
      'sign_in_policy.changed',
      'identity_provider.removed',
    ])
  })
})

import { generateSync } from 'otplib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as given from '../../../test/given.ts'
import { auditOf, query, refusal, seen, writesNothing } from '../../../test/state.ts'
import { type Client, openWorld, readToken, signInWithLink, type World } from '../../../test/world.ts'

const password = 'fifteen letters'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

/** A user with a password at a reseller of its own. */
async function person() {
  const tenant = await given.tenant(world.vendor, world.vendorId, { level: 'reseller' })
  const email = `${given.unique('f').replace(' ', '.')}@users.example`
  const body = { tenant_id: tenant.id, email, name: 'Someone', role: 'superuser' }
  const made = given.expectOk(await world.vendor.post('/v1/users', body)).body
  const link = new URL(made.sign_in_url).searchParams.get('token') ?? ''
  const as = world.as(await signInWithLink(world.url, link))
  given.expectOk(await as.put('/v1/me/password', { current_password: null, new_password: password }))
  return { id: made.user.id as string, tenantId: tenant.id as string, email, as }
}
const codeOf = (secret: string) => generateSync({ secret })
/** Lets the running half minute be used again: a test need not wait for the next. */
const forgetStep = (userId: string) =>
  query(world, 'update second_factors set last_step = 0 where user_id = $1', [userId])

async function withFactor() {
  const user = await person()
  const { secret } = given.expectOk(await user.as.post('/v1/me/second-factor')).body
  const confirmed = await user.as.post('/v1/me/second-factor/confirm', { code: codeOf(secret) })
  const codes = given.expectOk(confirmed).body.recovery_codes as string[]
  await forgetStep(user.id)
  return { ...user, secret: secret as string, codes }
}
const signIn = (email: string, secret = password) => world.as(null).post('/v1/sessions', { email, password: secret })
const answer = (challenge: string, code: string) => world.as(null).post('/v1/sessions/code', { challenge, code })
const challengeOf = async (email: string) => (await signIn(email)).body.params.challenge as string

describe('setting it up', () => {
  it('201: secret and URI once, then a code, then recovery codes once', async () => {
    const user = await person()
    const begun = await user.as.post('/v1/me/second-factor')
    expect(begun.status).toBe(201)
    expect(begun.body.otpauth_uri).toMatch(/^otpauth:\/\/totp\/Tenantree:.+secret=[A-Z2-7]{32}/)
    expect((await signIn(user.email)).status).toBe(201)
    const confirm = (code: string) => user.as.post('/v1/me/second-factor/confirm', { code })
    const wrong = codeOf('JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP')
    expect(refusal(await writesNothing(world, () => confirm(wrong)))).toBe('422 code_invalid')
    const done = await confirm(codeOf(begun.body.secret))
    expect(done.status).toBe(201)
    expect(new Set(done.body.recovery_codes).size).toBe(10)
    expect((await user.as.get('/v1/me/second-factor')).body).toMatchObject({ enabled: true, recovery_codes_left: 10 })
    expect(refusal(await confirm(codeOf(begun.body.secret)))).toBe('409 second_factor_enabled')
    expect(refusal(await user.as.post('/v1/me/second-factor'))).toBe('409 second_factor_enabled')
    expect((await auditOf(world, user.id)).map(({ action }) => action)).toContain('second_factor.enabled')
    const stored = await query(world, 'select 1 from recovery_codes where code_hash = any ($1)', [
      done.body.recovery_codes.map((code: string) => Buffer.from(code)),
    ])
    expect(stored).toHaveLength(0)
  })

  it('409 second_factor_not_enabled: nothing was begun', async () => {
    const user = await person()
    const confirm = await user.as.post('/v1/me/second-factor/confirm', { code: '000000' })
    expect(refusal(confirm)).toBe('409 second_factor_not_enabled')
    const remove = await user.as.post('/v1/me/second-factor/remove', { current_password: password })
    expect(refusal(remove)).toBe('409 second_factor_not_enabled')
  })
})

describe('its secret', () => {
  it('is sealed, for this user only: as somebody else’s it opens nothing', async () => {
    const [user, other] = [await withFactor(), await withFactor()]
    const stored = (id: string) => query(world, 'select secret from second_factors where user_id = $1', [id])
    const [row] = await stored(user.id)
    expect(row?.secret).toMatch(/^v1\./)
    expect(JSON.stringify(await query(world, 'select * from second_factors'))).not.toContain(user.secret)
    const planted = 'update second_factors set secret = $2 where user_id = $1'
    await query(world, planted, [other.id, row?.secret])
    expect((await answer(await challengeOf(other.email), codeOf(user.secret))).status).toBe(500)
    expect((await answer(await challengeOf(user.email), codeOf(user.secret))).status).toBe(201)
  })

  it('201: one that was stored before there was a vault still signs in, and is sealed by the next round', async () => {
    const user = await withFactor()
    await query(world, 'update second_factors set secret = $2 where user_id = $1', [user.id, user.secret])
    expect((await answer(await challengeOf(user.email), codeOf(user.secret))).status).toBe(201)
    await world.application.runDue(await world.application.db.systemCall('test'))
    const [row] = await query(world, 'select secret from second_factors where user_id = $1', [user.id])
    expect(row?.secret).toMatch(/^v1\./)
    await forgetStep(user.id)
    expect((await answer(await challengeOf(user.email), codeOf(user.secret))).status).toBe(201)
  })
})

describe('signing in with it', () => {
  it('401 second_factor_required, then 201 with a code; each code and each challenge works once', async () => {
    const user = await withFactor()
    const first = await signIn(user.email)
    expect(refusal(first)).toBe('401 second_factor_required')
    expect(first.headers.get('set-cookie')).toBeNull()
    const { challenge } = first.body.params
    const code = codeOf(user.secret)
    const done = await answer(challenge, code)
    expect(done.status).toBe(201)
    expect((await world.as(readToken(done)).get('/v1/me')).body.second_factor).toEqual({
      enabled: true,
      required: false,
      missing: false,
    })
    expect(refusal(await answer(challenge, code))).toBe('401 challenge_invalid')
    expect(refusal(await answer(await challengeOf(user.email), code))).toBe('422 code_invalid')
    expect(refusal(await answer('ttc_never-made', code))).toBe('401 challenge_invalid')
  })

  it('201 once: one code sent many times at once', async () => {
    const user = await withFactor()
    const challenges = await Promise.all([1, 2, 3].map(() => challengeOf(user.email)))
    const code = codeOf(user.secret)
    const answers = await Promise.all(
      challenges.flatMap((challenge) => [answer(challenge, code), answer(challenge, code)]),
    )
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
  })

  it('a wrong password answers as for anybody: nothing tells that there is a second factor', async () => {
    const [one, other] = [await withFactor(), await person()]
    expect(seen(await signIn(one.email, 'wrong'))).toEqual(seen(await signIn(other.email, 'wrong')))
  })

  it('429 sign_in_locked: ten wrong codes lock the address, and a right password in between forgets none', async () => {
    const user = await withFactor()
    for (let failure = 1; failure <= 10; failure += 1)
      expect(refusal(await answer(await challengeOf(user.email), 'abcdef')), `${failure}`).toBe('422 code_invalid')
    expect(refusal(await signIn(user.email))).toBe('429 sign_in_locked')
    const past = "update sign_in_limits set locked_until = locked_until - interval '15 minutes' where key = $1"
    await query(world, past, [user.email])
    expect((await answer(await challengeOf(user.email), codeOf(user.secret))).status).toBe(201)
  })

  it('429: no challenge of before opens anything once the address is locked', async () => {
    const user = await withFactor()
    const challenge = await challengeOf(user.email)
    await Promise.all(Array.from({ length: 12 }, () => answer(challenge, 'abcdef')))
    expect(refusal(await answer(challenge, codeOf(user.secret)))).toBe('429 sign_in_locked')
  })

  it('401 challenge_invalid: after five minutes of real time', async () => {
    const user = await withFactor()
    const challenge = await challengeOf(user.email)
    await query(world, 'update sign_in_challenges set expires_at = clock_timestamp() where email_key = $1', [
      user.email,
    ])
    expect(refusal(await answer(challenge, codeOf(user.secret)))).toBe('401 challenge_invalid')
  })

  it('201 with a recovery code, once, written as people write', async () => {
    const user = await withFactor()
    const [code = ''] = user.codes
    expect((await answer(await challengeOf(user.email), code.toUpperCase().replaceAll('-', ' '))).status).toBe(201)
    expect(refusal(await answer(await challengeOf(user.email), code))).toBe('422 code_invalid')
    expect((await user.as.get('/v1/me/second-factor')).body.recovery_codes_left).toBe(9)
    const renew = await user.as.post('/v1/me/second-factor/recovery-codes', { current_password: password })
    expect(renew.body.recovery_codes).toHaveLength(10)
    expect(refusal(await answer(await challengeOf(user.email), user.codes[1] ?? ''))).toBe('422 code_invalid')
  })

  it('a link alone is not enough either', async () => {
    const user = await withFactor()
    await query(
      world,
      `insert into sign_in_links select sha256('ttl_planted'), realm_id, id, created_at + interval '1 year'
      from users where id = $1`,
      [user.id],
    )
    const came = await world.as(null).post('/v1/sessions/link', { token: 'ttl_planted' })
    expect(refusal(came)).toBe('401 second_factor_required')
    expect((await answer(came.body.params.challenge, codeOf(user.secret))).status).toBe(201)
  })
})

describe('passwords beside it', () => {
  it('8 letters are a password with a second factor, which then stays until there is a longer one', async () => {
    const user = await withFactor()
    const change = (current_password: string, new_password: string) =>
      user.as.put('/v1/me/password', { current_password, new_password })
    expect(refusal(await change(password, 'oakmoon'))).toBe('422 password_too_short')
    expect(refusal(await change(password, 'Password1'))).toBe('422 password_blocked')
    expect((await change(password, 'oak-moon')).status).toBe(204)
    const remove = (current_password: string) => user.as.post('/v1/me/second-factor/remove', { current_password })
    expect(refusal(await remove('wrong'))).toBe('401 sign_in_failed')
    expect(refusal(await remove('oak-moon'))).toBe('422 password_too_short')
    expect((await change('oak-moon', password)).status).toBe(204)
    expect((await remove(password)).status).toBe(204)
    expect((await signIn(user.email)).status).toBe(201)
    expect(refusal(await change(password, 'oak-moon'))).toBe('422 password_too_short')
  })

  it('422 password_blocked: a common one, and one made of the own address', async () => {
    const user = await person()
    for (const blocked of ['passwordpassword', user.email, 'abcabcabcabcabcabc']) {
      const change = { current_password: password, new_password: blocked }
      expect(refusal(await writesNothing(world, () => user.as.put('/v1/me/password', change)))).toBe(
        '422 password_blocked',
      )
    }
  })
})

describe('where a tenant asks for one', () => {
  const ask = (as: Client, tenantId: string, require_second_factor: boolean) =>
    as.put(`/v1/tenants/${tenantId}/sign-in-policy`, { require_second_factor })

  it('403 second_factor_missing: below too, until it is set up; nothing but setting it up works', async () => {
    const { reseller, customer, subDistributor } = await given.channel(world)
    const none = { require_single_sign_on: false, single_sign_on_provided: false, single_sign_on_required: false }
    expect((await ask(subDistributor.as, reseller.id, true)).body).toEqual({
      ...none,
      require_second_factor: true,
      inherited: false,
    })
    const below = await subDistributor.as.get(`/v1/tenants/${customer.id}/sign-in-policy`)
    expect(below.body).toEqual({ ...none, require_second_factor: false, inherited: true })
    expect((await subDistributor.as.get('/v1/tenants')).status).toBe(200)
    for (const as of [reseller.as, customer.as]) {
      expect(refusal(await as.get('/v1/tenants'))).toBe('403 second_factor_missing')
      expect(refusal(await as.get('/v1/me/sessions'))).toBe('403 second_factor_missing')
      expect((await as.get('/v1/me')).body.second_factor).toEqual({ enabled: false, required: true, missing: true })
    }
    const { secret } = given.expectOk(await customer.as.post('/v1/me/second-factor')).body
    given.expectOk(await customer.as.post('/v1/me/second-factor/confirm', { code: codeOf(secret) }))
    expect((await customer.as.get('/v1/tenants')).status).toBe(200)
    given.expectOk(await ask(subDistributor.as, reseller.id, false))
    expect((await reseller.as.get('/v1/tenants')).status).toBe(200)
    const noted = await auditOf(world, reseller.id)
    expect(noted.filter(({ action }) => action === 'sign_in_policy.changed')).toHaveLength(2)
  })

  it('404: the setting of a tenant of another branch; 403 for whoever may not edit users', async () => {
    const [a, b] = [await given.channel(world), await given.channel(world)]
    expect(refusal(await a.reseller.as.get(`/v1/tenants/${b.reseller.id}/sign-in-policy`))).toBe('404 not_found')
    expect(refusal(await writesNothing(world, () => ask(a.reseller.as, b.reseller.id, true)))).toBe('404 not_found')
    expect(refusal(await ask(a.reseller.as, a.subDistributor.id, true))).toBe('404 not_found')
    const manager = await given.user(world, a.reseller.as, a.reseller.id, 'manager')
    expect(refusal(await ask(manager, a.reseller.id, true))).toBe('403 not_allowed')
  })
})

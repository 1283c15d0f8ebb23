import { randomBytes } from 'node:crypto'
import { generateSync } from 'otplib'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import * as given from '../../../test/given.ts'
import { auditOf, listAll, query, refusal, seen, writesNothing } from '../../../test/state.ts'
import { openWorld, readToken, signInWithLink, type World } from '../../../test/world.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

const password = 'fifteen letters'
const another = 'exactly fifteen'
const randomSource = (): string => `10.${[...randomBytes(3)].join('.')}`

async function person(role = 'operator') {
  const tenant = await given.tenant(world.vendor, world.vendorId, { level: 'reseller' })
  const email = `${given.unique('r').replace(' ', '.')}@users.example`
  const body = { tenant_id: tenant.id, email, name: 'Someone', role }
  const made = given.expectOk(await world.vendor.post('/v1/users', body)).body
  return {
    tenantId: tenant.id as string,
    id: made.user.id as string,
    email,
    link: new URL(made.sign_in_url).searchParams.get('token') ?? '',
  }
}
async function withPassword(role = 'operator') {
  const user = await person(role)
  const as = world.as(await signInWithLink(world.url, user.link))
  given.expectOk(await as.put('/v1/me/password', { current_password: null, new_password: password }))
  return { ...user, as }
}
const ask = (email: string, source = randomSource()) =>
  world.as(null).post('/v1/password-resets', { email }, { 'x-forwarded-for': source })
const complete = (token: string, new_password = another) =>
  world.as(null).post('/v1/password-resets/complete', { token, new_password })
const signIn = (email: string, secret: string) =>
  world.as(null).post('/v1/sessions', { email, password: secret }, { 'x-forwarded-for': randomSource() })

/** The job has been done: what was asked for before it is mailed, or never will be. */
const settled = () =>
  vi.waitFor(
    async () =>
      expect(
        await query(world, "select 1 from graphile_worker.jobs where task_identifier = 'identity.password_reset'"),
      ).toEqual([]),
    { interval: 10, timeout: 20_000 },
  )
const mailsTo = async (email: string) =>
  (await listAll(world.vendor, '/v1/mails', 100)).filter(
    ({ recipient, template }) => recipient === email && template === 'password_reset',
  )
async function tokenFor(email: string): Promise<string> {
  given.expectOk(await ask(email))
  await settled()
  const [mail] = await mailsTo(email)
  const { text } = (await world.vendor.get(`/v1/mails/${mail?.id}`)).body
  return /reset-password\?token=(\S+)/.exec(text)?.[1] ?? ''
}

describe('asking for a link', () => {
  it('204 with the same answer for whoever asks; a mail goes only to a user who has been here', async () => {
    const [user, invited] = [await withPassword(), await person()]
    const closed = await withPassword()
    given.expectOk(await world.vendor.post(`/v1/tenants/${closed.tenantId}/inactivate`))
    const answers = [await ask(user.email.toUpperCase())]
    for (const email of [invited.email, closed.email, `x${user.email}`, 'no address', ''])
      answers.push(await ask(email))
    for (const answer of answers) {
      expect(seen(answer)).toEqual(seen(answers[0] ?? answer))
      expect(answer.status).toBe(204)
    }
    await settled()
    expect(await mailsTo(user.email)).toHaveLength(1)
    for (const email of [invited.email, closed.email]) expect(await mailsTo(email)).toEqual([])
    expect((await auditOf(world, user.id)).at(-1)).toMatchObject({
      action: 'user.password_reset_requested',
      actor_kind: 'system',
    })
  })

  it('in the request the same is written for a known and an unknown address: the time it takes tells nothing', async () => {
    const user = await withPassword()
    const written = async (email: string) => {
      const before = await query<{ xmin: string }>(world, 'select count(*) from password_resets')
      given.expectOk(await ask(email))
      await settled()
      const limits = await query(world, 'select kind, failed from sign_in_limits where key = $1', [email])
      return { before: before.length, limits }
    }
    expect(await written(user.email)).toEqual(await written(`x${user.email}`))
  })

  it('three mails to an account in 15 minutes; the fourth answers as before and sends none', async () => {
    const user = await withPassword()
    for (let sent = 1; sent <= 4; sent += 1) expect((await ask(user.email)).status, `${sent}`).toBe(204)
    await settled()
    expect(await mailsTo(user.email)).toHaveLength(3)
    await query(world, "update sign_in_limits set locked_until = locked_until - interval '15 minutes' where key = $1", [
      user.email,
    ])
    given.expectOk(await ask(user.email))
    await settled()
    expect(await mailsTo(user.email)).toHaveLength(4)
  })

  it('429 too_many_requests: a source asks ten times in 15 minutes, an eleventh is refused', async () => {
    const source = randomSource()
    const askFor = () => ask(`${given.unique('nobody').replace(' ', '.')}@users.example`, source)
    for (let asked = 1; asked <= 10; asked += 1) expect((await askFor()).status, `${asked}`).toBe(204)
    expect(refusal(await askFor())).toBe('429 too_many_requests')
    expect((await ask('nobody@users.example')).status).toBe(204)
  })

  it('a mail without a link where single sign-on is required', async () => {
    const user = await withPassword()
    const provider = { issuer: 'https://login.example.com', client_id: 'c', client_secret: 's', covers_below: false }
    given.expectOk(await world.vendor.put(`/v1/tenants/${user.tenantId}/identity-provider`, provider))
    const early = await tokenFor(user.email)
    const policy = { require_second_factor: false, require_single_sign_on: true }
    given.expectOk(await world.vendor.put(`/v1/tenants/${user.tenantId}/sign-in-policy`, policy))
    expect(refusal(await complete(early))).toBe('401 single_sign_on_required')
    expect(await tokenFor(user.email)).toBe('')
    const [latest] = await mailsTo(user.email)
    expect((await world.vendor.get(`/v1/mails/${latest?.id}`)).body.text).toContain('single sign-on')
  })
})

describe('setting a new password with it', () => {
  it('204: the new one signs in, the old one and all sessions are gone, a lock is too; the user is told', async () => {
    const [user, other] = [await withPassword(), await withPassword()]
    const token = await tokenFor(user.email)
    for (let failure = 1; failure <= 10; failure += 1) await signIn(user.email, 'wrong')
    expect(refusal(await signIn(user.email, password))).toBe('429 sign_in_locked')
    const done = await complete(token)
    expect([done.status, done.headers.get('set-cookie')]).toEqual([204, null])
    expect(refusal(await user.as.get('/v1/me'))).toBe('401 unauthenticated')
    expect((await other.as.get('/v1/me')).status).toBe(200)
    expect(refusal(await signIn(user.email, password))).toBe('401 sign_in_failed')
    expect((await signIn(user.email, another)).status).toBe(201)
    const noted = await auditOf(world, user.id)
    expect(noted.map(({ action }) => action).slice(-3)).toEqual([
      'user.password_reset_requested',
      'user.password_reset',
      'session.opened',
    ])
    expect(noted.at(-2)).toMatchObject({ actor_kind: 'user', actor_id: user.id })
    const told = (await listAll(world.vendor, '/v1/mails', 100)).filter(({ recipient }) => recipient === user.email)
    expect(told[0]?.template).toBe('password_changed')
  })

  it('401 password_reset_invalid: a second time, of two at once one, the former link, after an hour, a made-up one', async () => {
    const user = await withPassword()
    const former = await tokenFor(user.email)
    const token = await tokenFor(user.email)
    expect(refusal(await complete(former))).toBe('401 password_reset_invalid')
    const answers = await Promise.all([complete(token), complete(token), complete(token)])
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1)
    expect(refusal(await complete(token))).toBe('401 password_reset_invalid')
    expect(seen(await complete('ttr_never-made'))).toEqual(seen(await complete(token)))
    const late = await tokenFor(user.email)
    const set = (left: string) =>
      query(
        world,
        `update password_resets set expires_at = clock_timestamp() + interval '${left}' where user_id = $1`,
        [user.id],
      )
    await set('0 seconds')
    expect(refusal(await complete(late))).toBe('401 password_reset_invalid')
    await set('30 seconds')
    expect((await complete(late, 'another password')).status).toBe(204)
  })

  it('an hour of real time, kept as a hash', async () => {
    const user = await withPassword()
    const token = await tokenFor(user.email)
    const [row] = await query(
      world,
      `select token_hash = sha256($2::bytea) as hashed, expires_at between clock_timestamp() + interval '59 minutes'
        and clock_timestamp() + interval '60 minutes' as in_an_hour from password_resets where user_id = $1`,
      [user.id, Buffer.from(token)],
    )
    expect(row).toEqual({ hashed: true, in_an_hour: true })
  })

  it('422: a refused password uses nothing up', async () => {
    const user = await withPassword()
    const token = await tokenFor(user.email)
    const refused = (next: string) => writesNothing(world, async () => refusal(await complete(token, next)))
    expect(await refused('fourteen chars')).toBe('422 password_too_short')
    expect(await refused('passwordpassword')).toBe('422 password_blocked')
    expect((await complete(token)).status).toBe(204)
  })

  it('401 second_factor_required afterwards: the link is no second factor', async () => {
    const user = await withPassword()
    const { secret } = given.expectOk(await user.as.post('/v1/me/second-factor')).body
    given.expectOk(await user.as.post('/v1/me/second-factor/confirm', { code: generateSync({ secret }) }))
    expect((await complete(await tokenFor(user.email), 'oak-moon')).status).toBe(204)
    expect(refusal(await signIn(user.email, 'oak-moon'))).toBe('401 second_factor_required')
  })

  it('401 password_reset_invalid: of a user who was removed, invited again, or changed the password since', async () => {
    const [gone, again, changed] = [await withPassword(), await withPassword(), await withPassword()]
    const tokens = [await tokenFor(gone.email), await tokenFor(again.email), await tokenFor(changed.email)]
    given.expectOk(await world.vendor.delete(`/v1/users/${gone.id}`))
    given.expectOk(await world.vendor.post(`/v1/users/${again.id}/invite`))
    const change = { current_password: password, new_password: 'another password' }
    given.expectOk(await changed.as.put('/v1/me/password', change))
    for (const token of tokens) expect(refusal(await complete(token))).toBe('401 password_reset_invalid')
    expect(readToken(await signIn(changed.email, 'another password'))).toMatch(/^tts_/)
  })
})

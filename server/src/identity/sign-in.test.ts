import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as given from '../../test/given.ts'
import { auditOf, query, refusal, seen, warmUp, writesNothing } from '../../test/state.ts'
import { type Client, openWorld, readToken, signInWithLink, type World } from '../../test/world.ts'
import { createApplication } from '../application.ts'
import { openLog } from '../platform/log.ts'

const password = 'fifteen letters'

let world: World
beforeAll(async () => {
  world = await openWorld()
  await warmUp(world)
})
afterAll(() => world.close())

/** Moves the clock on from where it stands; tests of a file run one after the other. */
async function moveBy(ms: number): Promise<void> {
  const { now } = (await world.vendor.get('/v1/test-clock')).body
  await world.moveTo(new Date(Date.parse(now) + ms).toISOString())
}
const minutes = (n: number) => n * 60_000

/** An invited user of a new reseller, with the token of the invitation. */
async function invited() {
  const tenant = await given.tenant(world.vendor, world.vendorId, { level: 'reseller' })
  const email = `${given.unique('u').replace(' ', '.')}@users.example`
  const made = given.expectOk(
    await world.vendor.post('/v1/users', { tenant_id: tenant.id, email, name: 'Someone', role: 'superuser' }),
  ).body
  const url = new URL(made.sign_in_url)
  return {
    email,
    id: made.user.id as string,
    url,
    link: url.searchParams.get('token') ?? '',
    expiresAt: made.sign_in_expires_at as string,
  }
}

/** A user who signs in with a password. */
async function withPassword() {
  const user = await invited()
  const as = world.as(await signInWithLink(world.url, user.link))
  given.expectOk(await as.put('/v1/me/password', { current_password: null, new_password: password }))
  return { ...user, as }
}
/** From a source of its own each time, but where the source is what is looked at. */
const signIn = (email: string, secret: string, source = randomSource()) =>
  world.as(null).post('/v1/sessions', { email, password: secret }, { 'x-forwarded-for': source })
const randomSource = (): string => `10.${[...randomBytes(3)].join('.')}`
/** Real time passes for what was counted. */
const age = (key: string, seconds: number) =>
  query(
    world,
    `update sign_in_limits set failed_at = failed_at - $2 * interval '1 second',
       locked_until = locked_until - $2 * interval '1 second' where key = $1`,
    [key, seconds],
  )

describe('with a password', () => {
  it('201 with a session, letter case of the address aside; the session is noted, the secret is not', async () => {
    const user = await withPassword()
    const answer = await signIn(user.email.toUpperCase(), password)
    expect(answer.status).toBe(201)
    expect(answer.body.user).toMatchObject({ email: user.email, has_password: true })
    expect((await world.as(readToken(answer)).get('/v1/me')).status).toBe(200)
    const noted = await auditOf(world, user.id)
    expect(noted.map((entry) => entry.action)).toEqual([
      'user.created',
      'session.opened',
      'user.password_changed',
      'session.opened',
    ])
    expect(noted.at(-1)?.after).toEqual({ by: 'password' })
    expect(JSON.stringify(noted)).not.toContain(password)
  })
  it('401 sign_in_failed: a wrong password, an unknown address, one that has no password yet: all alike', async () => {
    const [user, pending] = [await withPassword(), await invited()]
    const wrong = seen(await signIn(user.email, 'not my password'))
    expect(wrong).toMatchObject({ status: 401, body: { code: 'sign_in_failed' } })
    for (const [email, secret] of [
      [user.email, `${password} `],
      [user.email, ''],
      [pending.email, ''],
      [pending.email, password],
      [`${given.unique('nobody').replace(' ', '.')}@users.example`, password],
    ] as const) {
      const answer = await signIn(email, secret)
      expect(seen(answer)).toEqual(wrong)
      expect(answer.headers.get('set-cookie')).toBeNull()
    }
  })
  it('422: 14 letters are refused, 15 are a password; a change needs the current one', async () => {
    const user = await withPassword()
    const change = (current_password: string | null, new_password: string) =>
      user.as.put('/v1/me/password', { current_password, new_password })
    const refused = (current: string | null, next: string) =>
      writesNothing(world, async () => refusal(await change(current, next)))
    expect(await refused(password, 'fourteen chars')).toBe('422 password_too_short')
    // Fifteen UTF-16 units, but 14 letters.
    expect(await refused(password, 'fourteen char😀')).toBe('422 password_too_short')
    expect(await refused(null, 'another password')).toBe('401 sign_in_failed')
    expect(await refused('not the current one', 'another password')).toBe('401 sign_in_failed')
    expect(await refused(password, 'x'.repeat(1025))).toBe('422 invalid_request')
    expect((await change(password, 'exactly fifteen')).status).toBe(204)
    expect(refusal(await signIn(user.email, password))).toBe('401 sign_in_failed')
    expect((await signIn(user.email, 'exactly fifteen')).status).toBe(201)
  })
})

describe('ten failures lock for 15 minutes (R-USER-4)', () => {
  it.each([
    ['a known', '', 201],
    ['an unknown', 'x', 401],
  ] as const)(
    '429 sign_in_locked: %s address, the right password too, until 15 minutes later',
    async (_kind, prefix, afterwards) => {
      const user = await withPassword()
      const email = `${prefix}${user.email}`
      const spellings = [email, email.toUpperCase()]
      for (let failure = 1; failure <= 10; failure += 1) {
        expect(refusal(await signIn(spellings[failure % 2] ?? '', 'wrong')), `failure ${failure}`).toBe(
          '401 sign_in_failed',
        )
      }
      const locked = await signIn(email, password)
      expect(refusal(locked)).toBe('429 sign_in_locked')
      expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(890)
      expect((await signIn(`y${user.email}`, 'wrong')).status).toBe(401)
      await moveBy(minutes(60))
      expect(refusal(await signIn(email, password)), 'the test clock opens nothing').toBe('429 sign_in_locked')
      await age(email, 15 * 60 - 30)
      expect(refusal(await signIn(email, password))).toBe('429 sign_in_locked')
      await age(email, 31)
      expect((await signIn(email, password)).status).toBe(afterwards)
    },
  )
  it('nine failures do not lock, and a success or 15 minutes forget them', async () => {
    const user = await withPassword()
    const failNine = async () => {
      for (let failure = 1; failure <= 9; failure += 1) expect((await signIn(user.email, 'wrong')).status).toBe(401)
    }
    await failNine()
    expect((await signIn(user.email, password)).status).toBe(201)
    await failNine()
    await age(user.email, 15 * 60 + 1)
    await failNine()
    expect((await signIn(user.email, password)).status).toBe(201)
  })
  it('429: failures at once count each, and those that come late do not end the lock', async () => {
    const user = await withPassword()
    const answers = await Promise.all(Array.from({ length: 25 }, () => signIn(user.email, 'wrong')))
    expect(answers.every((answer) => answer.status === 401 || answer.status === 429)).toBe(true)
    expect(refusal(await signIn(user.email, password))).toBe('429 sign_in_locked')
  })
})

describe('a hundred failures lock a source for 15 minutes, whatever the accounts', () => {
  const failFrom = async (source: string, times: number) => {
    const tries = Array.from({ length: times }, () =>
      signIn(`${given.unique('nobody').replace(' ', '.')}@a.example`, 'x', source),
    )
    return (await Promise.all(tries)).map(refusal)
  }
  it('429 sign_in_locked: the right password too, from there; from elsewhere 201', async () => {
    const [user, source] = [await withPassword(), randomSource()]
    expect(new Set(await failFrom(source, 99))).toEqual(new Set(['401 sign_in_failed']))
    expect((await signIn(user.email, password, source)).status).toBe(201)
    expect(await failFrom(source, 1)).toEqual(['401 sign_in_failed'])
    const locked = await signIn(user.email, password, source)
    expect(refusal(locked)).toBe('429 sign_in_locked')
    expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(890)
    const others = ['/v1/sessions/passkey/options', '/v1/sessions/single-sign-on/start']
    for (const path of others)
      expect(refusal(await world.as(null).post(path, { email: user.email }, { 'x-forwarded-for': source })), path).toBe(
        '429 sign_in_locked',
      )
    expect((await signIn(user.email, password)).status).toBe(201)
    await age(source, 15 * 60)
    expect((await signIn(user.email, password, source)).status).toBe(201)
  })
  it('429: of IPv6 the whole network, of which a machine has any address', async () => {
    const user = await withPassword()
    const network = `2001:db8:${randomBytes(2).toString('hex')}:1`
    for (let at = 0; at < 4; at += 1) await failFrom(`${network}::${at}`, 25)
    expect(refusal(await signIn(user.email, password, `${network}:ffff::9`))).toBe('429 sign_in_locked')
    expect((await signIn(user.email, password, `${network.slice(0, -1)}2::9`)).status).toBe(201)
  })
  it('the word of a proxy on this machine is taken, that of anyone else is not', async () => {
    const user = await withPassword()
    given.expectOk(await signIn(user.email, password, '203.0.113.9, 10.0.0.7'))
    const sessions = (await user.as.get('/v1/me/sessions')).body.data
    expect(sessions.map(({ address }: { address: string }) => address)).toContain('10.0.0.7')
  })
})

describe('a changed password', () => {
  it('204: ends the other sessions of the user, not the one that asks, not those of others', async () => {
    const [user, other] = [await withPassword(), await withPassword()]
    const elsewhere = world.as(readToken(await signIn(user.email, password)))
    const change = { current_password: password, new_password: 'exactly fifteen' }
    expect((await user.as.put('/v1/me/password', change)).status).toBe(204)
    expect(refusal(await elsewhere.get('/v1/me'))).toBe('401 unauthenticated')
    for (const as of [user.as, other.as]) expect((await as.get('/v1/me')).status).toBe(200)
  })
})

describe('with a link', () => {
  it('401 sign_in_link_invalid: the second time; of two at once one wins', async () => {
    const user = await invited()
    const use = (token: string) => world.as(null).post('/v1/sessions/link', { token })
    const answers = await Promise.all(Array.from({ length: 6 }, () => use(user.link)))
    expect(answers.map((answer) => (answer.status === 201 ? '201' : refusal(answer))).sort()).toEqual([
      '201',
      ...Array<string>(5).fill('401 sign_in_link_invalid'),
    ])
    expect(refusal(await use(user.link))).toBe('401 sign_in_link_invalid')
    expect(seen(await use('ttl_never-made'))).toEqual(seen(await use(user.link)))
    const { data } = (
      await world.vendor.get(`/v1/users?tenant_id=${answers.find((a) => a.status === 201)?.body.tenant.id}`)
    ).body
    expect(data).toMatchObject([{ state: 'active', id: user.id }])
  })
  it('401 sign_in_link_invalid: seven days later; one millisecond before it still lets in', async () => {
    const [early, late] = [await invited(), await invited()]
    const { now } = (await world.vendor.get('/v1/test-clock')).body
    expect(Date.parse(early.expiresAt) - Date.parse(now)).toBe(7 * 24 * minutes(60))
    await world.moveTo(new Date(Date.parse(early.expiresAt) - 1).toISOString())
    expect((await world.as(null).post('/v1/sessions/link', { token: early.link })).status).toBe(201)
    await world.moveTo(late.expiresAt)
    expect(refusal(await world.as(null).post('/v1/sessions/link', { token: late.link }))).toBe(
      '401 sign_in_link_invalid',
    )
  })
  it('only a hash of it is kept', async () => {
    const user = await invited()
    const [row] = await query(
      world,
      'select count(*) filter (where token_hash = sha256($1::bytea)) as hashed, count(*) filter (where token_hash = $1::bytea) as plain from sign_in_links',
      [Buffer.from(user.link)],
    )
    expect(row).toEqual({ hashed: '1', plain: '0' })
  })
})

describe('sessions', () => {
  it('204 ends the own session, no other; 401 from then on', async () => {
    const user = await withPassword()
    const other = world.as(readToken(await signIn(user.email, password)))
    expect((await user.as.delete('/v1/sessions/current')).status).toBe(204)
    expect(refusal(await user.as.get('/v1/me'))).toBe('401 unauthenticated')
    expect(refusal(await user.as.delete('/v1/sessions/current'))).toBe('401 unauthenticated')
    expect((await other.get('/v1/me')).status).toBe(200)
  })
  it('401: no token, one that was never made, one that is over, and a device key', async () => {
    const { customer, reseller } = await given.channel(world)
    const device = await given.device(world, reseller.as, customer.id)
    for (const token of [null, 'tts_never-made', 'nonsense', device.key]) {
      expect(refusal(await world.as(token).get('/v1/me')), String(token)).toBe('401 unauthenticated')
    }
    const user = await withPassword()
    await query(world, "update sessions set expires_at = clock_timestamp() - interval '1 second' where user_id = $1", [
      user.id,
    ])
    expect(refusal(await user.as.get('/v1/me'))).toBe('401 unauthenticated')
  })
  it('201: the cookie is HttpOnly, SameSite=Lax and not Secure on plain HTTP; it opens what the token opens', async () => {
    const user = await withPassword()
    const answer = await signIn(user.email, password)
    const cookie = answer.headers.get('set-cookie') ?? ''
    expect(cookie).toMatch(/^tenantree_session=tts_/)
    expect(cookie.split('; ').slice(1).sort()).toEqual(['HttpOnly', 'Max-Age=43200', 'Path=/', 'SameSite=Lax'])
    const headers = { cookie: `tenantree_session=${readToken(answer)}` }
    expect((await world.as(null).get('/v1/me', headers)).body.user.email).toBe(user.email)
    const foreign = await world.as(null).post('/v1/tenants', {}, { ...headers, 'sec-fetch-site': 'cross-site' })
    expect(refusal(foreign)).toBe('403 cross_site_request')
    const own = await world.as(null).post('/v1/tenants', {}, { ...headers, 'sec-fetch-site': 'same-origin' })
    expect(refusal(own)).toBe('422 invalid_request')
  })
  it('201: the cookie is Secure where the public URL is https, and links lead there', async () => {
    const user = await withPassword()
    const application = await createApplication({
      urls: world.database.urls,
      mode: 'test',
      log: openLog('fatal'),
      auditKey: generateKeyPairSync('ed25519').privateKey,
      vaultKey: randomBytes(32),
      baseUrl: () => 'https://console.example',
      consoleFolder: null,
    })
    try {
      const answer = await application.app.inject({
        method: 'POST',
        url: '/v1/sessions',
        payload: { email: user.email, password },
      })
      expect(answer.statusCode).toBe(201)
      expect(String(answer.headers['set-cookie'])).toContain('; Secure')
    } finally {
      await application.close()
    }
  })
  it('a session lives in real time: the moved clock ends none', async () => {
    const user: { as: Client } = await withPassword()
    const { session_expires_at } = (await user.as.get('/v1/me')).body
    expect(Math.abs(Date.parse(session_expires_at) - Date.now() - 12 * minutes(60))).toBeLessThan(minutes(5))
    await moveBy(40 * 24 * minutes(60))
    expect((await user.as.get('/v1/me')).status).toBe(200)
  })
})

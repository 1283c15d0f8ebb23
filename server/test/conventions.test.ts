import { problem as problemSchema } from '@tenantree/contract'
import { afterAll, beforeAll, expect, it } from 'vitest'
import * as z from 'zod'
import { type App, createApp } from '../src/platform/http/app.ts'
import { hashSecret } from '../src/platform/ids.ts'
import { openLog } from '../src/platform/log.ts'
import { readBilled, sellTo } from './billed-branch.ts'
import { withClient } from './database.ts'
import * as given from './given.ts'
import { document, fill, isChange, isPaged, type Operation, operations } from './operations.ts'
import { openWorld, type World } from './world.ts'

/** What the walk needs of an app: ids that exist, and who calls. */
type Target = { app: App; ids(operation: Operation): Record<string, string>; token: string }
type Breach = { operation: string; came: string }
type Ask = { query?: string; headers?: Record<string, string>; token?: string | null; body?: string }

let world: World
let target: Target
let supporter: string

beforeAll(async () => {
  world = await openWorld()
  const sold = await sellTo(world, await given.channel(world))
  await world.moveTo('2027-02-01T01:00:00Z')
  const branch = await readBilled(world, sold)
  const runs = await world.vendor.get('/v1/billing-runs')
  const byNoun: Record<string, string> = {
    tenants: branch.distributor.id,
    offers: branch.offerId,
    'price-lists': branch.priceLists.vendor,
    devices: branch.deviceId,
    licenses: branch.licenseOf.distributor,
    invoices: branch.invoices.distributor.id,
    'billing-runs': runs.body.data[0].id,
    views: branch.viewOf.distributor,
  }
  const ids = ({ path }: Operation) => ({
    id: byNoun[path.split('/')[2] ?? ''] ?? someId,
    offer_id: branch.offerId,
    name: 'user_invitation',
    code: 'desktop',
    kind: 'accesses',
    line_id: branch.invoices.distributor.lineId,
  })
  target = { app: world.application.app, ids, token: world.vendor.token ?? '' }
  supporter = (await given.user(world, world.vendor, world.vendorId, 'supporter')).token ?? ''
})
afterAll(() => world.close())

const json = { 'content-type': 'application/json' }

/** Asks one operation and holds what every answer has: a request id, and problem details that the contract knows. */
async function ask(at: Target, operation: Operation, { query = '', headers = {}, token, body }: Ask = {}) {
  const sent = token === undefined ? at.token : token
  const answer = await at.app.inject({
    method: operation.method,
    url: `${fill(operation.path, at.ids(operation))}${query}`,
    headers: { ...(sent === null ? {} : { authorization: `Bearer ${sent}` }), ...headers },
    ...(body === undefined ? {} : { body }),
  })
  const requestId = answer.headers['x-request-id']
  expect(requestId).toMatch(/^[0-9a-f-]{36}$/)
  if (answer.statusCode < 400) return `${answer.statusCode}`
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/)
  const problem = problemSchema.parse(answer.json())
  expect([problem.status, problem.request_id]).toEqual([answer.statusCode, requestId])
  const pointers = (problem.errors ?? []).map(({ pointer, code }) => `${pointer}:${code}`)
  return [problem.status, problem.code, ...pointers].join(' ')
}

/** The operations that do not answer as they should. */
async function findBreaches(
  at: Target,
  some: readonly Operation[],
  expected: RegExp,
  how: (operation: Operation) => Ask,
): Promise<Breach[]> {
  const breaches: Breach[] = []
  for (const operation of some) {
    const came = await ask(at, operation, how(operation))
    if (!expected.test(came)) breaches.push({ operation: operation.id, came })
  }
  return breaches
}

const ofUsers = operations.filter(({ who }) => who === 'user')
const changes = ofUsers.filter(isChange)
const withBody = operations.filter(({ body }) => body !== null)
const paged = operations.filter(isPaged)
/** One's own account: every role may. */
const own = changes.filter(({ raw }) => raw['x-permission'] === 'own').map(({ id }) => id)

const cursorOf = (...keys: unknown[]) => Buffer.from(JSON.stringify(keys)).toString('base64url')
const someId = '0190a000-0000-7000-8000-000000000000'
/** No list makes these. */
const forgedCursors = [
  'x',
  '%00',
  Buffer.from('{"a":1}').toString('base64url'),
  cursorOf(1),
  cursorOf(null, null),
  ...[0, 1, 2, 3, 4, 5].map((length) => cursorOf(...Array.from({ length }, () => 'a'))),
  ...[1, 2, 3, 4].map((length) => cursorOf(...Array.from({ length }, () => '\0'))),
  ...[2, 3, 4].map((length) => cursorOf(...Array.from({ length }, (_, key) => (key === length - 1 ? someId : '\0')))),
]
/** Some list could have made these, others not: they carry no right either way, and break nothing. */
const oddCursors = [
  cursorOf(someId),
  cursorOf('2027-13-45'),
  cursorOf('0000-01-01', someId),
  cursorOf('2027-02-30', someId),
  cursorOf(someId, '2027-13-45'),
  cursorOf('\ud800', someId),
  cursorOf('a', '99999999999', someId),
  cursorOf('a', '1.5', someId),
  cursorOf('a', 'b', 'c', someId),
]

/** What agents send is read before it is known who they are. */
const agentBodies: Record<string, string> = {
  sendHeartbeat: '{"agent_version":"1"}',
  askLicense: '{"product":"Backup"}',
}

/** Every rule of the walk: whom it asks, how, and what has to come. */
const rules: Record<string, { some: readonly Operation[]; expected: RegExp; how: (operation: Operation) => Ask }> = {
  '401: without a token': {
    some: operations.filter(({ who }) => who !== 'anyone'),
    expected: /^401 /,
    how: ({ id }) => ({
      token: null,
      ...(agentBodies[id] === undefined ? {} : { headers: json, body: agentBodies[id] }),
    }),
  },
  '403 cross_site_request: a change that another site asks for': {
    some: changes,
    expected: /^403 cross_site_request$/,
    how: () => ({ headers: { 'sec-fetch-site': 'cross-site' } }),
  },
  '403 not_allowed: a change by someone whose role allows none': {
    some: changes.filter(({ id }) => !own.includes(id)),
    expected: /^403 not_allowed$/,
    how: () => ({ token: supporter }),
  },
  '400 malformed_request: a body that is not JSON': {
    some: withBody,
    expected: /^400 malformed_request$/,
    how: () => ({ headers: json, body: '{"name": ' }),
  },
  '400 malformed_request: a body that is missing': {
    some: withBody,
    expected: /^400 malformed_request$/,
    how: () => ({}),
  },
  '400 malformed_request: a body in another media type': {
    some: withBody,
    expected: /^400 malformed_request$/,
    how: () => ({ headers: { 'content-type': 'text/plain' }, body: '{}' }),
  },
  '422 invalid_request: a field that the operation does not know': {
    some: withBody,
    expected: /^422 invalid_request.*unrecognized_keys/,
    how: () => ({ headers: json, body: '{"planted_field":1}' }),
  },
  '413 body_too_large: a byte more than a mebibyte': {
    some: withBody,
    expected: /^413 body_too_large$/,
    how: () => ({ headers: json, body: `"${'x'.repeat(1_048_575)}"` }),
  },
  '422 invalid_request: a query parameter that the operation does not know': {
    some: operations.filter((operation) => !isChange(operation)),
    expected: /^422 invalid_request.*unrecognized_keys/,
    how: () => ({ query: '?planted=1' }),
  },
  '422 invalid_request: a page of no rows': {
    some: paged,
    expected: /^422 invalid_request limit:/,
    how: () => ({ query: '?limit=0' }),
  },
  '422 invalid_request: a page of 501 rows': {
    some: paged,
    expected: /^422 invalid_request limit:/,
    how: () => ({ query: '?limit=501' }),
  },
  '200: a page of 500 rows': { some: paged, expected: /^200$/, how: () => ({ query: '?limit=500' }) },
}

const oddCursorsMark = 'or 200'
for (const [name, expected, cursors] of [
  ['422 invalid_request', /^422 invalid_request cursor:/, forgedCursors],
  [`422 invalid_request ${oddCursorsMark}`, /^(422 invalid_request cursor:|200)/, oddCursors],
] as const)
  for (const cursor of cursors) {
    const shown = JSON.stringify(Buffer.from(cursor, 'base64url').toString())
    rules[`${name}: the cursor ${shown}`] = {
      some: paged,
      expected,
      how: () => ({ query: `?cursor=${cursor}` }),
    }
  }

it.each(Object.keys(rules))('%s', async (name) => {
  const rule = rules[name]!
  expect(rule.some.length).toBeGreaterThan(8)
  expect(await findBreaches(target, rule.some, rule.expected, rule.how)).toEqual([])
})

/** A server that keeps no convention: lets everyone in, takes every field, any body, any cursor. */
async function openPlanted(): Promise<{ at: Target; list: Operation; change: Operation }> {
  const log = openLog('silent')
  const app = await createApp({ log, authenticate: () => Promise.reject(new Error('the planted routes are open')) })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string', bodyLimit: 9_999_999 }, (_request, _body, done) => done(null, {}))
  const open = { access: 'public' } as const
  const query = z.looseObject({ cursor: z.string().optional(), limit: z.string().optional() })
  app.get('/v1/planted', { config: open, schema: { querystring: query } }, (request) => {
    const { cursor = '', limit } = request.query
    if (limit === '500' || Buffer.from(cursor, 'base64url').includes(someId)) throw new Error('the database said no')
    return { data: [], next: null }
  })
  app.post('/v1/planted', { config: open, schema: { body: z.looseObject({}).nullish() } }, () => ({}))
  const shape = { path: '/v1/planted', who: 'user' as const, parameters: [], body: {}, answer: {}, raw: {} }
  return {
    at: { app, ids: () => ({}), token: 'tts_planted' },
    list: { ...shape, id: 'listPlanted', method: 'GET' },
    change: { ...shape, id: 'createPlanted', method: 'POST' },
  }
}

it('a server that keeps no convention breaks every rule of the walk', async () => {
  const { at, list, change } = await openPlanted()
  for (const [name, rule] of Object.entries(rules)) {
    const broken = rule.some.some(isChange) ? change : list
    const isHarmless = name.includes(oddCursorsMark) && !name.includes(someId)
    const found = await findBreaches(at, [broken], rule.expected, rule.how)
    expect(found.length, name).toBe(isHarmless ? 0 : 1)
  }
  await at.app.close()
})

it('openapi.json is what the server says of itself', async () => {
  const { body } = await world.as(null).get('/openapi.json')
  expect(body).toEqual(document)
})

it.each(['/healthz', '/readyz', '/metrics', '/openapi.json', '/docs', '/docs/problems'])('200: %s', async (path) => {
  const answer = await world.as(null).get(path)
  expect(answer.status).toBe(200)
  expect(answer.bytes.length).toBeGreaterThan(10)
})

it('the metrics are in the form of OpenMetrics and count requests by route', async () => {
  await world.vendor.get('/v1/me')
  const { bytes, headers } = await world.as(null).get('/metrics')
  const text = new TextDecoder().decode(bytes)
  expect(headers.get('content-type')).toMatch(/^application\/openmetrics-text/)
  expect(text).toMatch(/^tenantree_http_request_seconds_count\{method="GET",route="\/v1\/me",status="200"\} [1-9]/m)
  expect(text.trimEnd().endsWith('# EOF')).toBe(true)
})

it.each(['/v1/nothing', '/v2/tenants', '/agent/v1/nothing', '/v1', '/nothing'])('404 not_found: %s', async (path) => {
  const answer = await world.as(null).get(path)
  expect([answer.status, answer.body.code]).toEqual([404, 'not_found'])
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/)
  expect(answer.headers.get('x-request-id')).toBe(answer.body.request_id)
})

it('401: a session that has expired, and none in its place', async () => {
  const client = await given.user(world, world.vendor, world.vendorId)
  const expire = (interval: string) =>
    withClient(world.database.superUrl, (db) =>
      db.query(`update sessions set expires_at = now() + $2::interval where token_hash = $1`, [
        hashSecret(client.token ?? ''),
        interval,
      ]),
    )
  expect((await expire('1 minute')).rowCount).toBe(1)
  expect((await client.get('/v1/me')).status).toBe(200)
  await expire('0 seconds')
  for (const operation of ofUsers) expect(await ask(target, operation, { token: client.token })).toMatch(/^401 unauth/)
})

it('401: the key of a device opens nothing of a user, the session of a user nothing of a device', async () => {
  const { customer } = await given.channel(world)
  const { key } = await given.device(world, world.vendor, customer.id)
  for (const operation of ofUsers) expect(await ask(target, operation, { token: key })).toBe('401 unauthenticated')
  const ofDevices = operations.filter(({ who }) => who === 'device')
  for (const operation of ofDevices) {
    const sent = agentBodies[operation.id]
    const body = operation.body === null || sent === undefined ? {} : { headers: json, body: sent }
    expect(await ask(target, operation, body)).toBe('401 device_key_invalid')
  }
})

it('403 cross_site_request: only what another site asks for with our cookie', async () => {
  const { host } = new URL(world.url)
  const cookie = `tenantree_session=${world.vendor.token}`
  const statusWith = async (headers: Record<string, string>) => {
    const { status, body } = await world.as(null).post('/v1/offers', {}, { cookie, ...headers })
    return `${status} ${body.code}`
  }
  expect(await statusWith({ 'sec-fetch-site': 'cross-site' })).toBe('403 cross_site_request')
  expect(await statusWith({ 'sec-fetch-site': 'same-site' })).toBe('403 cross_site_request')
  expect(await statusWith({ origin: 'https://elsewhere.example' })).toBe('403 cross_site_request')
  expect(await statusWith({ origin: 'null' })).toBe('403 cross_site_request')
  expect(await statusWith({ 'sec-fetch-site': 'same-origin' })).toBe('422 invalid_request')
  expect(await statusWith({ 'sec-fetch-site': 'none' })).toBe('422 invalid_request')
  expect(await statusWith({ origin: `http://${host}` })).toBe('422 invalid_request')
  expect(await statusWith({})).toBe('422 invalid_request')
  const reading = await world.as(null).get('/v1/offers', { cookie, 'sec-fetch-site': 'cross-site' })
  expect(reading.status).toBe(200)
})

it.each([
  ['a search', () => world.vendor.get('/v1/tenants?q=%00')],
  ['a sign-in', () => world.as(null).post('/v1/sessions', { email: 'a\0@example.com', password: 'x' })],
  [
    'a name',
    () =>
      world.vendor.post('/v1/offers', { product: 'a\0b', edition: 'e', unit: 'device', charge_model: 'active_use' }),
  ],
])('422 invalid_request: the character U+0000 in %s', async (_where, send) => {
  const answer = await send()
  expect([answer.status, answer.body.code]).toEqual([422, 'invalid_request'])
})

it('413 body_too_large: over the wire, and the connection goes on', async () => {
  const answer = await world.vendor.post('/v1/offers', JSON.stringify('x'.repeat(2_000_000)))
  expect([answer.status, answer.body.code]).toEqual([413, 'body_too_large'])
  expect((await world.vendor.get('/v1/me')).status).toBe(200)
})

import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { withClient } from '../../test/database.ts'
import * as given from '../../test/given.ts'
import { query } from '../../test/state.ts'
import { openWorld, type World } from '../../test/world.ts'
import { createApplication } from '../application.ts'
import { Problem } from '../kernel/problem.ts'
import { isBefore, toInstant, toInstantText } from '../kernel/time.ts'
import { createClock } from './clock.ts'
import { openLog } from './log.ts'
import { moveClock, stopsBetween } from './test-clock.ts'

const stops = (from: string, to: string) => stopsBetween(toInstant(from), toInstant(to)).map(toInstantText)

describe('stopsBetween', () => {
  it.each<[string, string, string, string[]]>([
    ['inside a month there is none', '2027-01-05T10:00:00Z', '2027-01-31T23:59:59Z', []],
    ['up to midnight there is none', '2027-01-05T10:00:00Z', '2027-02-01T00:00:00Z', []],
    ['the closing itself is the end, once', '2027-01-05T10:00:00Z', '2027-02-01T01:00:00Z', []],
    ['past the closing', '2027-01-05T10:00:00Z', '2027-02-01T01:00:00.001Z', ['2027-02-01T01:00:00.000Z']],
    ['from the closing on it is over', '2027-02-01T01:00:00Z', '2027-02-28T00:00:00Z', []],
    ['just before the closing', '2027-02-01T00:59:59.999Z', '2027-02-02T00:00:00Z', ['2027-02-01T01:00:00.000Z']],
    ['a year ends', '2026-12-31T23:00:00Z', '2027-01-02T00:00:00Z', ['2027-01-01T01:00:00.000Z']],
    ['a February of 29 days', '2028-02-28T00:00:00Z', '2028-03-01T02:00:00Z', ['2028-03-01T01:00:00.000Z']],
    [
      'several months',
      '2027-11-15T00:00:00Z',
      '2028-03-15T00:00:00Z',
      ['2027-12-01', '2028-01-01', '2028-02-01', '2028-03-01'].map((day) => `${day}T01:00:00.000Z`),
    ],
    ['standing still', '2027-01-05T10:00:00Z', '2027-01-05T10:00:00Z', []],
  ])('%s', (_name, from, to, closings) => {
    expect(stops(from, to)).toEqual([...closings, toInstantText(toInstant(to))])
  })
})

describe('the clock of a process', () => {
  it('learns only forward, whatever a transaction that began earlier tells', () => {
    const clock = createClock()
    clock.learn({ offset_ms: 0n, frozen_at: '2090-02-01T00:00:00.000Z' })
    clock.learn({ offset_ms: 0n, frozen_at: '2090-01-01T00:00:00.000Z' })
    clock.learn({ offset_ms: 0n, frozen_at: null })
    expect(toInstantText(clock.now())).toBe('2090-02-01T00:00:00.000Z')
  })
})

let world: World
beforeAll(async () => {
  world = await openWorld('2027-01-05T10:00:00Z')
})
afterAll(() => world.close())

const move = (to: string, frozen = true) => world.vendor.post('/v1/test-clock', { to, frozen })
const read = async () => (await world.vendor.get('/v1/test-clock')).body
const months = async () =>
  (
    await query<{ name: string }>(
      world,
      `select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'device_months'::regclass`,
    )
  ).map(({ name }) => name)

it('200: stands at the moment it was moved to; the same moment again moves nothing', async () => {
  const { now } = await read()
  expect((await move(now)).body).toEqual({ now, moved: true, frozen: true })
  expect(await read()).toEqual({ now, moved: true, frozen: true })
})

it('422 clock_backwards: a millisecond before, and the clock stays', async () => {
  const { now } = await read()
  const before = toInstantText(toInstant(now).subtract({ milliseconds: 1 }))
  const answer = await move(before)
  expect([answer.status, answer.body.code, answer.body.params]).toEqual([422, 'clock_backwards', { now }])
  expect((await read()).now).toBe(now)
})

it('403 clock_not_movable: in production, whoever asks, and the clock stays', async () => {
  const { now } = await read()
  const production = await createApplication({
    urls: world.database.urls,
    mode: 'production',
    log: openLog('silent'),
    auditKey: generateKeyPairSync('ed25519').privateKey,
    vaultKey: randomBytes(32),
    baseUrl: () => '',
    consoleFolder: null,
  })
  const headers = { authorization: `Bearer ${world.vendor.token}` }
  const body = { to: '2099-01-01T00:00:00Z' }
  const answer = await production.app.inject({ method: 'POST', url: '/v1/test-clock', headers, body })
  await production.close()
  expect([answer.statusCode, answer.json().code]).toEqual([403, 'clock_not_movable'])
  expect((await read()).now).toBe(now)
})

it('403 not_allowed: a partner does not move the clock', async () => {
  const { distributor } = await given.channel(world)
  const answer = await distributor.as.post('/v1/test-clock', { to: '2099-01-01T00:00:00Z' })
  expect([answer.status, answer.body.code]).toEqual([403, 'not_allowed'])
})

it('the partitions of a month are there before its first signal, across the end of a year', async () => {
  const { customer } = await given.channel(world)
  await move('2027-12-31T00:00:00Z')
  const device = await given.device(world, world.vendor, customer.id)
  await move('2027-12-31T23:59:59.999Z')
  expect(await months()).toEqual(expect.arrayContaining(['device_months_2028_01', 'device_months_2028_02']))
  expect((await device.signal()).body.day).toBe('2027-12-31')
  await move('2028-02-29T12:00:00Z')
  expect((await device.signal()).body.day).toBe('2028-02-29')
})

it('partitions of a month that several ask for at once are made once', async () => {
  const make = () =>
    withClient(world.database.urls.worker, (client) =>
      client.query(`select app.ensure_months('device_months', '2040-01-01', 11)`),
    )
  await Promise.all([make(), make(), make(), make()])
  const made = (await months()).filter((name) => name.startsWith('device_months_2040'))
  expect([made.length, new Set(made).size]).toEqual([12, 12])
})

it('the months on the way are closed at their own time, each once', async () => {
  const { now } = await read()
  const to = toInstant(now).add({ hours: 24 * 95 })
  await move(toInstantText(to))
  const { data } = (await world.vendor.get('/v1/billing-runs?limit=500')).body
  const started = data.map(({ month, started_at }: { month: string; started_at: string }) => [month, started_at])
  expect(new Set(started.map(([month]: string[]) => month)).size).toBe(started.length)
  for (const [month, at] of started) {
    const closing = toInstant(`${month}-01T01:00:00Z`).toZonedDateTimeISO('UTC').add({ months: 1 }).toInstant()
    expect([month, at]).toEqual([month, toInstantText(closing)])
  }
})

it('two moves at once: the clock ends at the later, and never went back', async () => {
  const from = toInstant((await read()).now)
  const [near, far] = [from.add({ hours: 24 * 10 }), from.add({ hours: 24 * 40 })]
  const answers = await Promise.all([far, near, far, near].map((to) => move(toInstantText(to))))
  for (const { status, body } of answers)
    if (status !== 200) expect([status, body.code]).toEqual([422, 'clock_backwards'])
  expect(answers[0]?.status).toBe(200)
  expect((await read()).now).toBe(toInstantText(far))
})

it('422 clock_backwards: a move that was overtaken on its way does not take the clock back', async () => {
  const { db } = world.application
  const from = toInstant((await read()).now)
  const later = toInstantText(from.add({ hours: 24 * 200 }))
  const options = { db, isMovable: true, runDue: async () => {} }
  const overtaken = {
    ...options,
    // At its first stop another move, that lets time run on from much later.
    runDue: async () => {
      await moveClock(options, 'overtakes', { to: later, frozen: false }).catch(() => {})
    },
  }
  const outcome = await moveClock(overtaken, 'overtaken', {
    to: toInstantText(from.add({ hours: 24 * 90 })),
    frozen: true,
  })
    .then(() => 'moved')
    .catch((error: unknown) => (error instanceof Problem ? error.code : error))
  expect(outcome).toBe('clock_backwards')
  expect(isBefore(toInstant((await read()).now), toInstant(later))).toBe(false)
})

it('200: time that stood still runs on from the moment it is told, and stops ahead', async () => {
  const stopped = (await move(toInstantText(toInstant((await read()).now).add({ hours: 1 })))).body
  const to = toInstant(stopped.now).add({ seconds: 1 })
  const running = (await move(toInstantText(to), false)).body
  expect([running.moved, running.frozen]).toEqual([true, false])
  const passedMs = toInstant(running.now).epochMilliseconds - to.epochMilliseconds
  expect(passedMs).toBeGreaterThanOrEqual(0)
  expect(passedMs).toBeLessThan(10_000)
})

import { moveTestClock, testClock } from '@tenantree/contract'
import { sql } from 'kysely'
import type * as z from 'zod'
import type { CallContext } from '../kernel/context.ts'
import { Problem } from '../kernel/problem.ts'
import {
  firstDay,
  type Instant,
  isBefore,
  monthOf,
  startOfDay,
  Temporal,
  toInstant,
  toInstantText,
} from '../kernel/time.ts'
import { type ClockReading, realNow, toNow } from './clock.ts'
import type { Database } from './database.ts'
import type { App } from './http/app.ts'
import { problemAnswers } from './http/schemas.ts'

export type TestClockOptions = {
  db: Database
  isMovable: boolean
  /** Does what is due at the moment the clock stands at. */
  runDue: (call: CallContext) => Promise<void>
}

type Answer = z.infer<typeof testClock>

const read = async (db: Database): Promise<ClockReading> =>
  (await sql<ClockReading>`select offset_ms, frozen_at from app.test_clock where id = 1`.execute(db.worker)).rows[0]!

const toAnswer = (reading: ClockReading): Answer => ({
  now: toInstantText(toNow(reading)),
  moved: reading.offset_ms !== 0n || reading.frozen_at !== null,
  frozen: reading.frozen_at !== null,
})

/** Moves the clock of the whole system, in demo and test mode, forward only. Throws clock_not_movable, clock_backwards. */
export async function moveClock(
  { db, isMovable, runDue }: TestClockOptions,
  requestId: string,
  input: { to: string; frozen: boolean },
): Promise<Answer> {
  if (!isMovable) throw new Problem('clock_not_movable')
  const to = toInstant(input.to)
  const from = (await db.systemCall(requestId)).now
  if (isBefore(to, from)) throw new Problem('clock_backwards', { params: { now: toInstantText(from) } })
  for (const stop of stopsBetween(from, to)) {
    await set(db, stop, input.frozen)
    await runDue(await db.systemCall(requestId))
  }
  return toAnswer(await read(db))
}

/** On the way the clock stops where months are closed, so that each is closed at its own time; then at its end. R-BILL-1. */
export function stopsBetween(from: Instant, to: Instant): Instant[] {
  const stops: Instant[] = []
  for (
    let month = monthOf(from);
    Temporal.PlainYearMonth.compare(month, monthOf(to)) <= 0;
    month = month.add({ months: 1 })
  ) {
    const closing = startOfDay(firstDay(month)).add({ hours: 1 })
    if (isBefore(from, closing) && isBefore(closing, to)) stops.push(closing)
  }
  return [...stops, to]
}

/** Partitions are made before the first signal of a new month can come. */
async function makeMonths(db: Database, at: Instant): Promise<void> {
  await sql`select app.ensure_months('device_months', ${firstDay(monthOf(at)).toString()}::date, 2)`.execute(db.worker)
}

/** One statement takes the row's lock and keeps the clock from going back, whoever else moves it. */
async function set(db: Database, to: Instant, frozen: boolean): Promise<void> {
  const offset = to.epochMilliseconds - realNow().epochMilliseconds
  await makeMonths(db, to)
  const { rows } = await sql<ClockReading>`
    update app.test_clock set offset_ms = ${offset}, frozen_at = ${frozen ? toInstantText(to) : null}
    where id = 1 and case when frozen_at is null then offset_ms <= ${offset} else frozen_at <= ${toInstantText(to)} end
    returning offset_ms, frozen_at`.execute(db.worker)
  if (!rows[0]) throw new Problem('clock_backwards')
  db.clock.learn(rows[0])
}

/** Where a demo begins: lets time stand still at a moment of the past, in a database in which nothing has happened yet. */
export async function beginAt(db: Database, at: Instant): Promise<void> {
  await makeMonths(db, at)
  const { rows } = await sql<ClockReading>`
    update app.test_clock set frozen_at = ${toInstantText(at)}
    where id = 1 and frozen_at is null and offset_ms = 0 and not exists (select 1 from realms)
    returning offset_ms, frozen_at`.execute(db.worker)
  if (rows[0]) db.clock.begin(rows[0])
}

/** Where a demo ends: time runs on from the real present. */
export async function returnToPresent(db: Database): Promise<void> {
  const { rows } = await sql<ClockReading>`
    update app.test_clock set offset_ms = 0, frozen_at = null where id = 1 returning offset_ms, frozen_at`.execute(
    db.worker,
  )
  if (rows[0]) db.clock.learn(rows[0])
}

export function addTestClockRoutes(app: App, options: TestClockOptions): void {
  const tags = ['clock']
  app.get(
    '/v1/test-clock',
    {
      schema: {
        operationId: 'getTestClock',
        tags,
        summary: 'The clock of the system',
        response: { 200: testClock, ...problemAnswers },
      },
    },
    async () => toAnswer(await read(options.db)),
  )
  app.post(
    '/v1/test-clock',
    {
      config: { may: 'clock.move' },
      schema: {
        operationId: 'moveTestClock',
        tags,
        summary: 'Move the clock forward (demo and test mode)',
        body: moveTestClock,
        response: { 200: testClock, ...problemAnswers },
      },
    },
    (request) => moveClock(options, request.id, request.body),
  )
}

import type { ProblemCode } from '@tenantree/contract/problems'
import { Kysely, PostgresDialect, type RawBuilder, type SqlBool, sql, type Transaction as Trx } from 'kysely'
import pg from 'pg'
import type { CallContext, Scope } from '../kernel/context.ts'
import type { Instant } from '../kernel/time.ts'
import { ancestorPaths, toBounds } from '../kernel/tree.ts'
import { type Clock, type ClockReading, createClock } from './clock.ts'
import { isRetryable, toProblem } from './database-errors.ts'

/** One transaction, inside one scope. `tables<T>()` is a query builder that knows the tables T of a slice. */
export type Transaction = {
  scope: Scope
  now: Instant
  tables<T>(): Trx<T>
}

/** What may act above its caller, and why. Each name has a test of its own. */
export type WidenReason =
  | 'check_price_above'
  | 'publish_prices'
  | 'take_from_pool'
  | 'return_to_pool'
  | 'read_subscriptions_above'
  | 'place_order'

export type Database = {
  clock: Clock
  /** Runs `fn` as the runtime role inside `call.scope`. Joins the transaction that is open for this call, if any. */
  transaction<T>(call: CallContext, fn: (tx: Transaction) => Promise<T>): Promise<T>
  /** Runs `fn` as tt_worker, which sees all realms: jobs, billing, group commits. */
  work<T>(call: CallContext, fn: (tx: Transaction) => Promise<T>): Promise<T>
  /** A call of the system itself, at the clock's present moment. */
  systemCall(requestId: string): Promise<CallContext>
  /** Before there is a scope: a security definer function or a directory, by exact key. */
  lookUp<T>(query: RawBuilder<T>): Promise<T[]>
  worker: Kysely<unknown>
  ping(): Promise<void>
  close(): Promise<void>
}

export type DatabaseUrls = { runtime: string; worker: string }

const types = new pg.TypeOverrides()
types.setTypeParser(pg.types.builtins.INT8, (text) => BigInt(text))
types.setTypeParser(pg.types.builtins.DATE, (text) => text)
types.setTypeParser(pg.types.builtins.TIMESTAMPTZ, toCanonicalInstant)

const timestamp = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?\+00$/

/** `2027-01-31 10:00:00.5+00` is `2027-01-31T10:00:00.500Z`: fixed width, so that text order is time order. */
function toCanonicalInstant(text: string): string {
  const match = timestamp.exec(text)
  if (match === null) throw new Error(`unexpected timestamp ${text}`)
  return `${match[1]}T${match[2]}.${(match[3] ?? '').padEnd(3, '0').slice(0, 3)}Z`
}

const openPool = (url: string, max: number): pg.Pool => {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    types,
    options: '-c TimeZone=UTC',
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 60_000,
  })
  // An idle connection that the server ends is replaced by the next query; without a listener it would end the process.
  pool.on('error', () => {})
  return pool
}

const open = new WeakMap<CallContext, Transaction>()

const systemScope: Scope = {
  actor: { kind: 'system', id: null },
  tenantId: '',
  realmId: null,
  lo: '',
  hi: '',
  chain: '',
  reach: 'vendor',
}

const enter = (trx: Trx<unknown>, scope: Pick<Scope, 'lo' | 'hi' | 'chain'>) =>
  sql<ClockReading>`select * from app.enter(${scope.lo}, ${scope.hi}, ${scope.chain})`.execute(trx)

async function withRetries<T>(run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run()
    } catch (error) {
      if (attempt === 3 || !isRetryable(error)) throw error
    }
  }
}

/** Opens the two pools. `constraints` maps constraint names to problem codes: the sum of what the repositories export. */
export function openDatabase(urls: DatabaseUrls, constraints: Readonly<Record<string, ProblemCode>>): Database {
  const clock = createClock()
  const runtime = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: openPool(urls.runtime, 10) }) })
  const worker = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: openPool(urls.worker, 6) }) })

  const run = async <T>(pool: Kysely<unknown>, call: CallContext, fn: (tx: Transaction) => Promise<T>): Promise<T> => {
    try {
      return await withRetries(() =>
        pool.transaction().execute(async (trx) => {
          const entered = await enter(trx, call.scope)
          if (entered.rows[0]) clock.learn(entered.rows[0])
          return fn({ scope: call.scope, now: call.now, tables: <Tables>() => trx as unknown as Trx<Tables> })
        }),
      )
    } catch (error) {
      throw toProblem(error, constraints)
    }
  }

  return {
    clock,
    worker,
    transaction: (call, fn) => {
      const joined = open.get(call)
      return joined ? fn(joined) : run(runtime, call, fn)
    },
    work: (call, fn) => run(worker, { ...call, scope: systemScope }, fn),
    async systemCall(requestId) {
      const { rows } = await sql<ClockReading>`select offset_ms, frozen_at from app.test_clock where id = 1`.execute(
        worker,
      )
      return { scope: systemScope, now: clock.learn(rows[0]!), requestId, address: 'system', may: new Set() }
    },
    async lookUp(query) {
      return (await query.execute(runtime)).rows
    },
    async ping() {
      await sql`select 1`.execute(runtime)
    },
    async close() {
      await Promise.all([runtime.destroy(), worker.destroy()])
    },
  }
}

/** Lets the commands that are called with the answered context join the transaction `tx`. */
export function joining(call: CallContext, tx: Transaction): CallContext {
  const joined = { ...call }
  open.set(joined, tx)
  return joined
}

/** Acts above the caller, for one reason of the closed list, inside the same transaction; then enters the caller's scope again. */
export async function widen<T>(
  tx: Transaction,
  _reason: WidenReason,
  ownerPath: string,
  fn: (tx: Transaction) => Promise<T>,
): Promise<T> {
  const trx = tx.tables<unknown>()
  const scope: Scope = { ...tx.scope, ...toBounds(ownerPath), realmId: null, chain: ancestorPaths(ownerPath).join(' ') }
  await enter(trx, scope)
  const answer = await fn({ ...tx, scope })
  // Where fn throws the transaction ends, and the wide scope with it.
  await enter(trx, tx.scope)
  return answer
}

/** Goes from no scope into the one that identity has just made, inside the transaction of a sign-in. */
export async function enterScope(tx: Transaction, scope: Scope): Promise<Transaction> {
  await enter(tx.tables<unknown>(), scope)
  return { ...tx, scope }
}

/** The first wall: literal bounds on `path` (their estimates are better than the policy's) and the realm where it is known. */
export function inScope(scope: Scope, alias: string): RawBuilder<SqlBool> {
  const path = sql.ref(`${alias}.path`)
  const range = sql<SqlBool>`${path} >= ${scope.lo} and ${path} < ${scope.hi}`
  return scope.realmId === null ? range : sql<SqlBool>`${sql.ref(`${alias}.realm_id`)} = ${scope.realmId} and ${range}`
}

/** The first wall of an edge: only its two ends. R-TREE-10. */
export const isEnd = (scope: Scope, alias: string): RawBuilder<SqlBool> =>
  sql<SqlBool>`(${sql.ref(`${alias}.path`)} = ${scope.lo} or ${sql.ref(`${alias}.seller_path`)} = ${scope.lo})`

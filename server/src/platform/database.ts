import type { ProblemCode } from '@tenantree/contract/problems'
import { Kysely, PostgresDialect, type RawBuilder, type SqlBool, sql, type Transaction as Trx } from 'kysely'
import type pg from 'pg'
import type { CallContext, Scope } from '../kernel/context.ts'
import type { Instant } from '../kernel/time.ts'
import { ancestorPaths, toBounds } from '../kernel/tree.ts'
import { type Clock, type ClockReading, createClock } from './clock.ts'
import { openPool } from './connections.ts'
import { isRetryable, isStalePlan, toProblem } from './database-errors.ts'
import { askAlone, inTransaction, type Sendable } from './transactions.ts'

/** One transaction, inside one scope. `tables<T>()` is a query builder that knows the tables T of a slice. */
export type Transaction = {
  scope: Scope
  now: Instant
  tables<T>(): Trx<T>
  /** Sends a query at once, without waiting for those before it: several cost one way to the database and back. They are done in the order in which they are sent. */
  send<T>(query: Sendable<T>): Promise<T[]>
  /** Sends a write whose answer nobody needs. The commit waits for it, and fails where it has failed. */
  later(query: Sendable<unknown>): void
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
  /** As `transaction`, of a call that is made at the moment at which it begins: its time comes with the scope and costs no question of its own. */
  transactionNow<T>(
    caller: Omit<CallContext, 'now'>,
    fn: (tx: Transaction, call: CallContext) => Promise<T>,
  ): Promise<T>
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

const joinedBy = new WeakMap<CallContext, Transaction>()

const systemScope: Scope = {
  actor: { kind: 'system', id: null },
  tenantId: '',
  realmId: null,
  lo: '',
  hi: '',
  chain: '',
  reach: 'vendor',
}

const enter = ({ lo, hi, chain }: Pick<Scope, 'lo' | 'hi' | 'chain'>) =>
  sql<ClockReading>`select * from app.enter(${lo}, ${hi}, ${chain})`

async function withRetries<T>(run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; ) {
    try {
      return await run()
    } catch (error) {
      // The connection is closed with its plan: there are no more such than connections.
      if (isStalePlan(error)) continue
      if (attempt === 3 || !isRetryable(error)) throw error
      attempt += 1
    }
  }
}

/** Connections of a process: those of requests, and those of jobs and group commits. */
export type Connections = { runtime: number; worker: number }

/** Opens the two pools. `constraints` maps constraint names to problem codes: the sum of what the repositories export. */
export function openDatabase(
  urls: DatabaseUrls,
  constraints: Readonly<Record<string, ProblemCode>>,
  connections: Connections = { runtime: 10, worker: 6 },
): Database {
  const clock = createClock()
  const runtimePool = openPool(urls.runtime, connections.runtime)
  const workerPool = openPool(urls.worker, connections.worker)
  const [runtime, worker] = [runtimePool, workerPool].map(
    (pool) => new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) }),
  ) as [Kysely<unknown>, Kysely<unknown>]

  const run = async <T>(
    pool: pg.Pool,
    scope: Scope,
    fn: (tx: Omit<Transaction, 'now'>, entered: Promise<Instant>) => Promise<T>,
  ): Promise<T> => {
    try {
      return await withRetries(() =>
        inTransaction(pool, (wire) => {
          const entered = wire.send(enter(scope)).then(([reading]) => clock.learn(reading!))
          wire.note(entered)
          const { tables, send, later } = wire
          return fn({ scope, tables, send, later }, entered)
        }),
      )
    } catch (error) {
      throw toProblem(error, constraints)
    }
  }
  const runAt = <T>(pool: pg.Pool, { scope, now }: CallContext, fn: (tx: Transaction) => Promise<T>): Promise<T> =>
    run(pool, scope, (tx) => fn({ ...tx, now }))

  return {
    clock,
    worker,
    transaction: (call, fn) => {
      const joined = joinedBy.get(call)
      return joined ? fn(joined) : runAt(runtimePool, call, fn)
    },
    transactionNow: (caller, fn) =>
      run(runtimePool, caller.scope, async (tx, entered) => {
        const now = await entered
        return fn({ ...tx, now }, { ...caller, now })
      }),
    work: (call, fn) => runAt(workerPool, { ...call, scope: systemScope }, fn),
    async systemCall(requestId) {
      const { rows } = await sql<ClockReading>`select offset_ms, frozen_at from app.test_clock where id = 1`.execute(
        worker,
      )
      return { scope: systemScope, now: clock.learn(rows[0]!), requestId, address: 'system', may: new Set() }
    },
    async lookUp(query) {
      return withRetries(() => askAlone(runtimePool, query.compile(runtime)))
    },
    async ping() {
      await sql`select 1`.execute(runtime)
    },
    async close() {
      await Promise.all([runtimePool.end(), workerPool.end()])
    },
  }
}

/** Lets the commands that are called with the answered context join the transaction `tx`. */
export function joining(call: CallContext, tx: Transaction): CallContext {
  const joined = { ...call }
  joinedBy.set(joined, tx)
  return joined
}

/** Acts above the caller, for one reason of the closed list, inside the same transaction; then enters the caller's scope again. */
export async function widen<T>(
  tx: Transaction,
  _reason: WidenReason,
  ownerPath: string,
  fn: (tx: Transaction) => Promise<T>,
): Promise<T> {
  const scope: Scope = { ...tx.scope, ...toBounds(ownerPath), realmId: null, chain: ancestorPaths(ownerPath).join(' ') }
  tx.later(enter(scope))
  const answer = await fn({ ...tx, scope })
  // Where fn throws the transaction ends, and the wide scope with it.
  tx.later(enter(tx.scope))
  return answer
}

/** Goes from no scope into the one that identity has just made, inside the transaction of a sign-in. */
export async function enterScope(tx: Transaction, scope: Scope): Promise<Transaction> {
  tx.later(enter(scope))
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

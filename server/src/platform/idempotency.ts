import { sql } from 'kysely'
import type { CallContext, IdempotencyKey } from '../kernel/context.ts'
import { Problem } from '../kernel/problem.ts'
import { toInstantText } from '../kernel/time.ts'
import { type Database, joining, type Transaction } from './database.ts'

export type Answer = { status: number; body: unknown; secretOf?: string }

type IdempotencyTables = {
  idempotency_keys: {
    realm_id: bigint
    credential: string
    route: string
    key: string
    path: string
    request_hash: string
    status: number | null
    answer: string | null
    secret_of: string | null
    created_at: string
  }
}

/**
 * Runs `act` once for a key, in one transaction with the note of it. The same key again replays the stored answer;
 * with another body it throws idempotency_key_reused, while the first is under way request_in_progress.
 * An answer that holds a secret is not stored: its replay throws secret_already_shown.
 */
export const once = (
  db: Database,
  call: CallContext,
  key: IdempotencyKey,
  act: (call: CallContext) => Promise<Answer>,
): Promise<Answer> =>
  db.transaction(call, async (tx) => {
    const stored = await claim(tx, key)
    if (stored) return replay(stored, key)
    const answer = await act(joining(call, tx))
    note(tx, key, answer)
    return answer
  })

const realmOf = (tx: Transaction): bigint => tx.scope.realmId ?? 0n

async function claim(tx: Transaction, key: IdempotencyKey) {
  const tables = tx.tables<IdempotencyTables>()
  // A key that another transaction is working on blocks the insert: better an answer than a queue.
  tx.later(sql`set local lock_timeout = '100ms'`)
  const insert = tables
    .insertInto('idempotency_keys')
    .values({
      realm_id: realmOf(tx),
      credential: key.credential,
      route: key.route,
      key: key.key,
      path: tx.scope.lo,
      request_hash: key.requestHash,
      status: null,
      answer: null,
      secret_of: null,
      created_at: toInstantText(tx.now),
    })
    .onConflict((conflict) => conflict.columns(['realm_id', 'credential', 'route', 'key']).doNothing())
    .returning('key')
  const inserted = tx.send(insert).catch((error: unknown) => {
    throw isLockTimeout(error) ? new Problem('request_in_progress', { retryAfterS: 1 }) : error
  })
  tx.later(sql`set local lock_timeout = 0`)
  return (await inserted).length > 0 ? null : find(tx, key)
}

const isLockTimeout = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === '55P03'

const find = (tx: Transaction, key: IdempotencyKey) =>
  tx
    .tables<IdempotencyTables>()
    .selectFrom('idempotency_keys')
    .select(['request_hash', 'status', 'answer', 'secret_of'])
    .where('realm_id', '=', realmOf(tx))
    .where('credential', '=', key.credential)
    .where('route', '=', key.route)
    .where('key', '=', key.key)
    .executeTakeFirstOrThrow()

function replay(stored: Awaited<ReturnType<typeof find>>, key: IdempotencyKey): Answer {
  if (stored.request_hash !== key.requestHash) throw new Problem('idempotency_key_reused')
  if (stored.secret_of !== null) throw new Problem('secret_already_shown', { params: { id: stored.secret_of } })
  return { status: stored.status ?? 200, body: stored.answer === null ? null : JSON.parse(stored.answer) }
}

const note = (tx: Transaction, key: IdempotencyKey, answer: Answer): void =>
  tx.later(
    tx
      .tables<IdempotencyTables>()
      .updateTable('idempotency_keys')
      .set({
        status: answer.status,
        answer: answer.secretOf === undefined ? JSON.stringify(answer.body) : null,
        secret_of: answer.secretOf ?? null,
      })
      .where('realm_id', '=', realmOf(tx))
      .where('credential', '=', key.credential)
      .where('route', '=', key.route)
      .where('key', '=', key.key),
  )

/** Answers are replayed for 24 hours; then the key is free again. */
export const forgetOldKeys = (db: Database, call: CallContext): Promise<void> =>
  db.work(call, async (tx) => {
    await tx
      .tables<IdempotencyTables>()
      .deleteFrom('idempotency_keys')
      .where('created_at', '<', toInstantText(call.now.subtract({ hours: 24 })))
      .execute()
  })

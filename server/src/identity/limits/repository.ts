import { sql } from 'kysely'
import type { Transaction } from '../../platform/database.ts'
import type { SignInFailures } from '../domain.ts'

export type LimitKind = 'account' | 'source' | 'reset_account' | 'reset_source'
/** What is counted: failures of an account, or of a source, each by its key. */
export type Limit = { kind: LimitKind; key: string }
type LimitTables = { sign_in_limits: Limit & SignInFailures }

export async function findFailures(tx: Transaction, { kind, key }: Limit): Promise<SignInFailures | null> {
  const query = tx.tables<LimitTables>().selectFrom('sign_in_limits').select(['failed', 'failed_at', 'locked_until'])
  return (await query.where('key', '=', key).where('kind', '=', kind).executeTakeFirst()) ?? null
}

/** Locks what was counted; the row is made where there is none, so that two first failures at once count as two. */
export function lockFailures(tx: Transaction, { kind, key }: Limit, at: string): Promise<SignInFailures> {
  return tx
    .tables<LimitTables>()
    .insertInto('sign_in_limits')
    .values({ key, kind, failed: 0, failed_at: at, locked_until: null })
    .onConflict((conflict) => conflict.columns(['key', 'kind']).doUpdateSet({ key }))
    .returning(['failed', 'failed_at', 'locked_until'])
    .executeTakeFirstOrThrow()
}

export async function saveFailures(tx: Transaction, { kind, key }: Limit, failures: SignInFailures): Promise<void> {
  const query = tx.tables<LimitTables>().updateTable('sign_in_limits').set(failures)
  await query.where('key', '=', key).where('kind', '=', kind).execute()
}

export async function forgetFailures(tx: Transaction, { kind, key }: Limit): Promise<void> {
  const query = tx.tables<LimitTables>().deleteFrom('sign_in_limits')
  await query.where('key', '=', key).where('kind', '=', kind).execute()
}

/** Counts that no longer count; `before` is well past the longest lock. */
export async function forgetOldFailures(tx: Transaction, before: string): Promise<void> {
  await sql`delete from sign_in_limits where failed_at < ${before}`.execute(tx.tables())
}

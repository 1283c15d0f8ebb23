import type { Transaction } from '../../platform/database.ts'

export type Reset = { token_hash: Buffer; realm_id: bigint; user_id: string; expires_at: string }
type ResetTables = { password_resets: Reset }

export const insertReset = (tx: Transaction, reset: Reset) =>
  tx.tables<ResetTables>().insertInto('password_resets').values(reset).execute()

/** Takes a link away: of two that use it at once, one gets it. */
export async function takeReset(tx: Transaction, hash: Buffer): Promise<Reset | null> {
  const query = tx.tables<ResetTables>().deleteFrom('password_resets').where('token_hash', '=', hash).returningAll()
  return (await query.executeTakeFirst()) ?? null
}

export async function forgetResets(tx: Transaction, userId: string): Promise<void> {
  await tx.tables<ResetTables>().deleteFrom('password_resets').where('user_id', '=', userId).execute()
}

import type { Transaction } from '../../platform/database.ts'

export type SecondFactor = { user_id: string; secret: string; confirmed_at: string | null; last_step: bigint }
type SecondFactorTables = {
  second_factors: SecondFactor
  recovery_codes: { user_id: string; code_hash: Buffer }
}

export async function findFactor(tx: Transaction, userId: string): Promise<SecondFactor | null> {
  const query = tx.tables<SecondFactorTables>().selectFrom('second_factors').selectAll().where('user_id', '=', userId)
  return (await query.executeTakeFirst()) ?? null
}

export const hasFactor = async (tx: Transaction, userId: string): Promise<boolean> =>
  (await findFactor(tx, userId))?.confirmed_at != null

/** Keeps a secret that no code has proved yet. Answers false where a proved one stands: it stays. */
export async function saveDraft(tx: Transaction, userId: string, secret: string): Promise<boolean> {
  const saved = await tx
    .tables<SecondFactorTables>()
    .insertInto('second_factors')
    .values({ user_id: userId, secret, confirmed_at: null, last_step: 0n })
    .onConflict((conflict) =>
      conflict.column('user_id').doUpdateSet({ secret }).where('second_factors.confirmed_at', 'is', null),
    )
    .returning('user_id')
    .executeTakeFirst()
  return saved !== undefined
}

export async function confirmFactor(tx: Transaction, userId: string, at: string): Promise<void> {
  await tx
    .tables<SecondFactorTables>()
    .updateTable('second_factors')
    .set({ confirmed_at: at })
    .where('user_id', '=', userId)
    .execute()
}

/** Takes the code of a time step. Answers false where that or a later one was taken before: each works once. */
export async function takeStep(tx: Transaction, userId: string, step: number): Promise<boolean> {
  const taken = await tx
    .tables<SecondFactorTables>()
    .updateTable('second_factors')
    .set({ last_step: BigInt(step) })
    .where('user_id', '=', userId)
    .where('last_step', '<', BigInt(step))
    .executeTakeFirst()
  return taken.numUpdatedRows > 0n
}

export async function replaceRecoveryCodes(tx: Transaction, userId: string, hashes: readonly Buffer[]): Promise<void> {
  const tables = tx.tables<SecondFactorTables>()
  await tables.deleteFrom('recovery_codes').where('user_id', '=', userId).execute()
  const rows = hashes.map((code_hash) => ({ user_id: userId, code_hash }))
  await tables.insertInto('recovery_codes').values(rows).execute()
}

/** Answers false for a code that is none or was used. */
export async function takeRecoveryCode(tx: Transaction, userId: string, hash: Buffer): Promise<boolean> {
  const tables = tx.tables<SecondFactorTables>()
  const query = tables.deleteFrom('recovery_codes').where('user_id', '=', userId).where('code_hash', '=', hash)
  return (await query.executeTakeFirst()).numDeletedRows > 0n
}

export async function countRecoveryCodes(tx: Transaction, userId: string): Promise<number> {
  const query = tx.tables<SecondFactorTables>().selectFrom('recovery_codes').where('user_id', '=', userId)
  const { left } = await query.select((select) => select.fn.countAll<bigint>().as('left')).executeTakeFirstOrThrow()
  return Number(left)
}

export async function forgetFactor(tx: Transaction, userId: string): Promise<void> {
  const tables = tx.tables<SecondFactorTables>()
  await tables.deleteFrom('second_factors').where('user_id', '=', userId).execute()
  await tables.deleteFrom('recovery_codes').where('user_id', '=', userId).execute()
}

/** Secrets that are not sealed yet. */
export const listUnsealed = (tx: Transaction): Promise<Pick<SecondFactor, 'user_id' | 'secret'>[]> =>
  tx
    .tables<SecondFactorTables>()
    .selectFrom('second_factors')
    .select(['user_id', 'secret'])
    .where('secret', 'not like', 'v1.%')
    .limit(1000)
    .execute()

/** Only while it is the one that was read: a new one may have been begun. */
export async function replaceSecret(
  tx: Transaction,
  userId: string,
  { secret, sealed }: Record<'secret' | 'sealed', string>,
) {
  const query = tx.tables<SecondFactorTables>().updateTable('second_factors').set({ secret: sealed })
  await query.where('user_id', '=', userId).where('secret', '=', secret).execute()
}

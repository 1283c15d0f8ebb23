import type { Transaction } from '../../platform/database.ts'

export type PasskeyRecord = {
  credential_id: Buffer
  id: string
  realm_id: bigint
  user_id: string
  name: string
  public_key: Buffer
  counter: bigint
  transports: string[]
  created_at: string
  last_used_at: string | null
}
type PasskeyTables = {
  passkeys: PasskeyRecord
  passkey_challenges: { challenge_hash: Buffer; user_id: string | null; expires_at: string }
}

export const insertChallenge = (tx: Transaction, challenge: PasskeyTables['passkey_challenges']) =>
  tx.tables<PasskeyTables>().insertInto('passkey_challenges').values(challenge).execute()

/** Takes a challenge away: of two that answer it at once, one gets it. */
export async function takeChallenge(tx: Transaction, hash: Buffer) {
  const query = tx.tables<PasskeyTables>().deleteFrom('passkey_challenges').where('challenge_hash', '=', hash)
  return (await query.returningAll().executeTakeFirst()) ?? null
}

/** Answers false where the credential is known already, whoever has it. */
export async function insertPasskey(tx: Transaction, passkey: PasskeyRecord): Promise<boolean> {
  const query = tx.tables<PasskeyTables>().insertInto('passkeys').values(passkey)
  const inserted = await query
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst()
  return inserted !== undefined
}

/** Locked: two sign-ins with one passkey at once see each other's counter. */
export async function lockPasskey(tx: Transaction, credentialId: Buffer): Promise<PasskeyRecord | null> {
  const query = tx.tables<PasskeyTables>().selectFrom('passkeys').selectAll().where('credential_id', '=', credentialId)
  return (await query.forUpdate().executeTakeFirst()) ?? null
}

export const listPasskeys = (tx: Transaction, userId: string): Promise<PasskeyRecord[]> =>
  tx
    .tables<PasskeyTables>()
    .selectFrom('passkeys')
    .selectAll()
    .where('user_id', '=', userId)
    .orderBy('created_at')
    .orderBy('id')
    .execute()

export async function noteUse(tx: Transaction, credentialId: Buffer, used: { counter: bigint; last_used_at: string }) {
  const query = tx.tables<PasskeyTables>().updateTable('passkeys').set(used)
  await query.where('credential_id', '=', credentialId).execute()
}

/** Answers the name of the user's passkey that is gone now, or null where the user has no such passkey. */
export async function deletePasskey(tx: Transaction, userId: string, id: string): Promise<string | null> {
  const query = tx.tables<PasskeyTables>().deleteFrom('passkeys').where('id', '=', id).where('user_id', '=', userId)
  return (await query.returning('name').executeTakeFirst())?.name ?? null
}

export async function forgetPasskeys(tx: Transaction, userId: string): Promise<void> {
  const tables = tx.tables<PasskeyTables>()
  await tables.deleteFrom('passkeys').where('user_id', '=', userId).execute()
  await tables.deleteFrom('passkey_challenges').where('user_id', '=', userId).execute()
}

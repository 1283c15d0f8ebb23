import type { Permission, Role } from '@tenantree/contract'
import { sql } from 'kysely'
import type { CallContext, Scope } from '../../kernel/context.ts'
import type { ClockReading } from '../../platform/clock.ts'
import { type Database, inScope, type Transaction } from '../../platform/database.ts'
import type { SessionOwner } from '../domain.ts'

export type ApiKeyRecord = {
  realm_id: bigint
  id: string
  path: string
  tenant_id: string
  name: string
  hint: string
  role: Role
  scopes: Permission[]
  created_by: string
  created_at: string
  expires_at: string
}
type ApiKeyTables = {
  api_keys: ApiKeyRecord
  api_key_hashes: { key_hash: Buffer; realm_id: bigint; api_key_id: string }
}

export type ApiKeyOwner = ClockReading &
  SessionOwner & { expires_at: string; id: string; role: Role; scopes: Permission[]; tenant_state: string }

/** Who a key belongs to, in one round trip, before there is a scope. */
export const findApiKeyOwner = async (db: Database, hash: Buffer): Promise<ApiKeyOwner | null> =>
  (
    await db.lookUp(sql<ApiKeyOwner>`
      select k.*, case when app.is_closed(k.path) then 'inactive' else k.tenant_state end as tenant_state
      from app.api_key_of(${hash}) k`)
  )[0] ?? null

export async function insertApiKey(tx: Transaction, key: ApiKeyRecord, hash: Buffer): Promise<void> {
  const tables = tx.tables<ApiKeyTables>()
  await tables.insertInto('api_keys').values(key).execute()
  await tables
    .insertInto('api_key_hashes')
    .values({ key_hash: hash, realm_id: key.realm_id, api_key_id: key.id })
    .execute()
}

export async function findApiKey(tx: Transaction, scope: Scope, id: string): Promise<ApiKeyRecord | null> {
  const query = tx.tables<ApiKeyTables>().selectFrom('api_keys').selectAll().where('id', '=', id)
  return (await query.where(inScope(scope, 'api_keys')).executeTakeFirst()) ?? null
}

export const listKeysMadeBy = (tx: Transaction, { scope }: CallContext, userId: string): Promise<ApiKeyRecord[]> =>
  tx
    .tables<ApiKeyTables>()
    .selectFrom('api_keys')
    .selectAll()
    .where('created_by', '=', userId)
    .where(inScope(scope, 'api_keys'))
    .execute()

/** Without its hash a key opens nothing from the next request on. Answers whether it was still there. */
export async function deleteApiKey(tx: Transaction, key: ApiKeyRecord): Promise<boolean> {
  const tables = tx.tables<ApiKeyTables>()
  await tables.deleteFrom('api_key_hashes').where('api_key_id', '=', key.id).execute()
  const query = tables.deleteFrom('api_keys').where('realm_id', '=', key.realm_id).where('id', '=', key.id)
  return (await query.executeTakeFirst()).numDeletedRows > 0n
}

import type { Level, Role } from '@tenantree/contract'
import type { ProblemCode } from '@tenantree/contract/problems'
import { sql } from 'kysely'
import type { ClockReading } from '../platform/clock.ts'
import type { Database, Transaction } from '../platform/database.ts'
import type { SignInFailures } from './domain.ts'

export type UserRecord = {
  realm_id: bigint
  id: string
  path: string
  tenant_id: string
  email: string
  email_key: string
  name: string
  name_key: string
  role: Role
  may_purchase: boolean
  state: 'invited' | 'active'
  created_at: string
}
export type UserTables = {
  users: UserRecord
  logins: { email_key: string; realm_id: bigint; user_id: string; password_hash: string | null }
  sign_in_failures: { email_key: string } & SignInFailures
  sessions: {
    token_hash: Buffer
    realm_id: bigint
    user_id: string
    created_at: string
    expires_at: string
    address: string
  }
  sign_in_links: { token_hash: Buffer; realm_id: bigint; user_id: string; expires_at: string }
}
export type Login = UserTables['logins']
export type Session = UserTables['sessions']
export type SessionRow = ClockReading & {
  expires_at: string
  realm_id: bigint
  user_id: string
  email: string
  name: string
  role: Role
  may_purchase: boolean
  state: 'invited' | 'active'
  tenant_id: string
  tenant_name: string
  level: Level
  path: string
  tenant_state: string
}

export const constraints: Record<string, ProblemCode> = { logins_pkey: 'email_taken' }

const sessionOf = (hash: Buffer) => sql<SessionRow>`select * from app.session_of(${hash})`

/** Who a session belongs to, in one round trip, before there is a scope. */
export const findSession = async (db: Database, hash: Buffer): Promise<SessionRow | null> =>
  (await db.lookUp(sessionOf(hash)))[0] ?? null

export const findSessionIn = async (tx: Transaction, hash: Buffer): Promise<SessionRow | null> =>
  (await sessionOf(hash).execute(tx.tables())).rows[0] ?? null

export const readClock = async (db: Database): Promise<ClockReading> =>
  (await db.lookUp(sql<ClockReading>`select offset_ms, frozen_at from app.test_clock where id = 1`))[0]!

export async function findLogin(tx: Transaction, emailKey: string): Promise<Login | null> {
  const query = tx.tables<UserTables>().selectFrom('logins').selectAll().where('email_key', '=', emailKey)
  return (await query.executeTakeFirst()) ?? null
}

export async function lockFailures(tx: Transaction, emailKey: string): Promise<SignInFailures | null> {
  const query = tx.tables<UserTables>().selectFrom('sign_in_failures').selectAll().where('email_key', '=', emailKey)
  return (await query.forUpdate().executeTakeFirst()) ?? null
}

export async function saveFailures(tx: Transaction, emailKey: string, failures: SignInFailures): Promise<void> {
  await tx
    .tables<UserTables>()
    .insertInto('sign_in_failures')
    .values({ email_key: emailKey, ...failures })
    .onConflict((conflict) => conflict.column('email_key').doUpdateSet(failures))
    .execute()
}

export async function forgetFailures(tx: Transaction, emailKey: string): Promise<void> {
  await tx.tables<UserTables>().deleteFrom('sign_in_failures').where('email_key', '=', emailKey).execute()
}

export async function insertSession(tx: Transaction, session: Session): Promise<void> {
  await tx.tables<UserTables>().insertInto('sessions').values(session).execute()
}

export async function deleteSession(tx: Transaction, hash: Buffer): Promise<void> {
  await tx.tables<UserTables>().deleteFrom('sessions').where('token_hash', '=', hash).execute()
}

export async function insertUser(tx: Transaction, user: UserRecord, passwordHash: string | null): Promise<void> {
  const tables = tx.tables<UserTables>()
  await tables
    .insertInto('logins')
    .values({ email_key: user.email_key, realm_id: user.realm_id, user_id: user.id, password_hash: passwordHash })
    .execute()
  await tables.insertInto('users').values(user).execute()
}

export async function hasSuperuser(tx: Transaction, realmId: bigint, tenantId: string): Promise<boolean> {
  const found = await tx
    .tables<UserTables>()
    .selectFrom('users')
    .select('id')
    .where('realm_id', '=', realmId)
    .where('tenant_id', '=', tenantId)
    .where('role', '=', 'superuser')
    .executeTakeFirst()
  return found !== undefined
}

export async function insertLink(tx: Transaction, link: UserTables['sign_in_links']): Promise<void> {
  await tx.tables<UserTables>().insertInto('sign_in_links').values(link).execute()
}

/** Takes a link away: of two that use it at once, one gets it. */
export async function takeLink(tx: Transaction, hash: Buffer) {
  const query = tx.tables<UserTables>().deleteFrom('sign_in_links').where('token_hash', '=', hash).returningAll()
  return (await query.executeTakeFirst()) ?? null
}

export async function markActive(tx: Transaction, realmId: bigint, userId: string): Promise<void> {
  await tx
    .tables<UserTables>()
    .updateTable('users')
    .set({ state: 'active' })
    .where('realm_id', '=', realmId)
    .where('id', '=', userId)
    .where('state', '=', 'invited')
    .execute()
}

export async function savePassword(tx: Transaction, emailKey: string, hash: string): Promise<void> {
  await tx
    .tables<UserTables>()
    .updateTable('logins')
    .set({ password_hash: hash })
    .where('email_key', '=', emailKey)
    .execute()
}

/** The vendor's first superuser: who the operator of the server signs in as. */
export async function findFirstSuperuser(tx: Transaction): Promise<UserRecord | null> {
  const query = tx
    .tables<UserTables>()
    .selectFrom('users')
    .selectAll()
    .where('realm_id', '=', 0n)
    .where('role', '=', 'superuser')
    .orderBy('created_at')
    .limit(1)
  return (await query.executeTakeFirst()) ?? null
}

export async function forgetExpired(
  tx: Transaction,
  { sessionsBefore, linksBefore }: { sessionsBefore: string; linksBefore: string },
): Promise<void> {
  const tables = tx.tables<UserTables>()
  await tables.deleteFrom('sessions').where('expires_at', '<', sessionsBefore).execute()
  await tables.deleteFrom('sign_in_links').where('expires_at', '<', linksBefore).execute()
}

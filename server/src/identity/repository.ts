import type { Level, Role } from '@tenantree/contract'
import type { ProblemCode } from '@tenantree/contract/problems'
import { sql } from 'kysely'
import type { Scope } from '../kernel/context.ts'
import { Problem } from '../kernel/problem.ts'
import type { ClockReading } from '../platform/clock.ts'
import { type Database, inScope, type Transaction } from '../platform/database.ts'
import type { SignInMethod } from './domain.ts'
import { forgetPasskeys } from './passkeys/repository.ts'
import { forgetResets } from './password-reset/repository.ts'
import { forgetIdentities } from './single-sign-on/repository.ts'

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
  security_officer: boolean
  support: boolean
  state: 'invited' | 'active'
  created_at: string
  version: number
}
export type UserTables = {
  users: UserRecord
  logins: { email_key: string; realm_id: bigint; user_id: string; password_hash: string | null }
  sessions: {
    token_hash: Buffer
    id: string
    realm_id: bigint
    user_id: string
    created_at: string
    expires_at: string
    address: string
    user_agent: string
    method: SignInMethod
  }
  sign_in_links: { token_hash: Buffer; realm_id: bigint; user_id: string; expires_at: string }
  sign_in_challenges: { token_hash: Buffer; email_key: string; proved: 'password' | 'link'; expires_at: string }
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
  security_officer: boolean
  support: boolean
  has_second_factor: boolean
  needs_second_factor: boolean
  needs_single_sign_on: boolean
  method: SignInMethod
  state: 'invited' | 'active'
  tenant_id: string
  tenant_name: string
  level: Level
  path: string
  tenant_state: string
}

export const constraints: Record<string, ProblemCode> = {
  logins_pkey: 'email_taken',
  federated_identities_pkey: 'resource_locked',
}

const sessionOf = (hash: Buffer) => sql<SessionRow>`
  select s.*, f.*, o.is_required as needs_single_sign_on, h.method,
    case when app.is_closed(s.path) then 'inactive' else s.tenant_state end as tenant_state
  from app.session_of(${hash}) s
  cross join lateral app.sign_in_of(s.user_id, s.path) f
  cross join lateral app.single_sign_on_at(s.path) o
  join sessions h on h.token_hash = ${hash}`

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

/** Locks an address: of two who come for it at once the second sees what the first has made of it. */
export async function lockLogin(tx: Transaction, emailKey: string): Promise<Login | null> {
  const query = tx.tables<UserTables>().selectFrom('logins').selectAll().where('email_key', '=', emailKey)
  return (await query.forUpdate().executeTakeFirst()) ?? null
}

export async function insertSession(tx: Transaction, session: Session): Promise<void> {
  await tx.tables<UserTables>().insertInto('sessions').values(session).execute()
}

/** A session whose user has just shown a passkey counts as begun with it; one by single sign-on stays what it is. */
export async function proveSession(tx: Transaction, hash: Buffer): Promise<void> {
  const query = tx.tables<UserTables>().updateTable('sessions').set({ method: 'passkey' })
  await query.where('token_hash', '=', hash).where('method', '<>', 'single_sign_on').execute()
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

/** Drops what is over: sessions and what belongs to signing in by real time, invitations by the clock of the business. */
export async function forgetExpired(
  tx: Transaction,
  { realNow, now }: { realNow: string; now: string },
): Promise<void> {
  const tables = tx.tables<Record<(typeof shortLived)[number], { expires_at: string }>>()
  for (const table of shortLived)
    await tables
      .deleteFrom(table)
      .where('expires_at', '<', table === 'sign_in_links' ? now : realNow)
      .execute()
}
const shortLived = [
  'sessions',
  'sign_in_links',
  'sign_in_challenges',
  'sign_on_attempts',
  'passkey_challenges',
  'password_resets',
] as const

/** Throws not_found, also for a user outside the scope. */
export async function getUser(tx: Transaction, scope: Scope, id: string): Promise<UserRecord> {
  const query = tx.tables<UserTables>().selectFrom('users').selectAll().where('id', '=', id)
  const found = await query.where(inScope(scope, 'users')).executeTakeFirst()
  if (found === undefined) throw new Problem('not_found')
  return found
}

/** Locks the superusers of a tenant, so that of two who go at once the second sees that the first has gone. */
export async function lockSuperusers(tx: Transaction, user: UserRecord): Promise<string[]> {
  const rows = await tx
    .tables<UserTables>()
    .selectFrom('users')
    .select('id')
    .where('realm_id', '=', user.realm_id)
    .where('tenant_id', '=', user.tenant_id)
    .where('role', '=', 'superuser')
    .orderBy('id')
    .forUpdate()
    .execute()
  return rows.map(({ id }) => id)
}

export type UserChange = Partial<
  Pick<UserRecord, 'name' | 'name_key' | 'role' | 'may_purchase' | 'security_officer' | 'support' | 'state'>
>

/** Saves a change if the user still has the version that was read. Answers whether it had. */
export async function updateUser(tx: Transaction, user: UserRecord, change: UserChange): Promise<boolean> {
  const updated = await tx
    .tables<UserTables>()
    .updateTable('users')
    .set({ ...change, version: user.version + 1 })
    .where('realm_id', '=', user.realm_id)
    .where('id', '=', user.id)
    .where('version', '=', user.version)
    .executeTakeFirst()
  return updated.numUpdatedRows > 0n
}

/** Ends every way in that a user has but the password and the second factor, and whatever is half done. */
export async function endAccess(tx: Transaction, user: UserRecord): Promise<void> {
  await endSessions(tx, user, null)
  await forgetPasskeys(tx, user.id)
  await forgetIdentities(tx, user.id)
}

/** Ends the sessions of a user but the one that asks, with all links and half-done sign-ins. */
export async function endSessions(
  tx: Transaction,
  user: { id: string; email_key: string },
  keep: Buffer | null,
): Promise<void> {
  const tables = tx.tables<UserTables>()
  const sessions = tables.deleteFrom('sessions').where('user_id', '=', user.id)
  await (keep === null ? sessions : sessions.where('token_hash', '<>', keep)).execute()
  await tables.deleteFrom('sign_in_links').where('user_id', '=', user.id).execute()
  await tables.deleteFrom('sign_in_challenges').where('email_key', '=', user.email_key).execute()
  await forgetResets(tx, user.id)
}

/** Answers whether the user was still there. */
export async function deleteUser(tx: Transaction, user: UserRecord): Promise<boolean> {
  const tables = tx.tables<UserTables>()
  await tables.deleteFrom('logins').where('email_key', '=', user.email_key).execute()
  const query = tables.deleteFrom('users').where('realm_id', '=', user.realm_id).where('id', '=', user.id)
  return (await query.executeTakeFirst()).numDeletedRows > 0n
}

export const forgetPassword = (tx: Transaction, emailKey: string) =>
  tx.tables<UserTables>().updateTable('logins').set({ password_hash: null }).where('email_key', '=', emailKey).execute()

export async function findLoginOf(tx: Transaction, userId: string): Promise<Login | null> {
  const query = tx.tables<UserTables>().selectFrom('logins').selectAll().where('user_id', '=', userId)
  return (await query.executeTakeFirst()) ?? null
}

export type Challenge = UserTables['sign_in_challenges']

export async function insertChallenge(tx: Transaction, challenge: Challenge): Promise<void> {
  await tx.tables<UserTables>().insertInto('sign_in_challenges').values(challenge).execute()
}

export async function findChallenge(tx: Transaction, hash: Buffer): Promise<Challenge | null> {
  const query = tx.tables<UserTables>().selectFrom('sign_in_challenges').selectAll().where('token_hash', '=', hash)
  return (await query.executeTakeFirst()) ?? null
}

/** Takes a challenge away. Answers whether it was still there: of two that use it at once, one gets it. */
export async function takeChallenge(tx: Transaction, hash: Buffer): Promise<boolean> {
  const query = tx.tables<UserTables>().deleteFrom('sign_in_challenges').where('token_hash', '=', hash)
  return (await query.executeTakeFirst()).numDeletedRows > 0n
}

export const listSessions = (tx: Transaction, userId: string, after: string): Promise<Session[]> =>
  tx
    .tables<UserTables>()
    .selectFrom('sessions')
    .selectAll()
    .where('user_id', '=', userId)
    .where('expires_at', '>', after)
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .execute()

/** Answers whether the user had such a session. */
export async function deleteSessionOf(tx: Transaction, userId: string, id: string): Promise<boolean> {
  const query = tx.tables<UserTables>().deleteFrom('sessions').where('id', '=', id).where('user_id', '=', userId)
  return (await query.executeTakeFirst()).numDeletedRows > 0n
}

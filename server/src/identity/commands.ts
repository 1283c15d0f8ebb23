import type { Role } from '@tenantree/contract'
import * as audit from '../audit/index.ts'
import type { CallContext } from '../kernel/context.ts'
import { Problem } from '../kernel/problem.ts'
import { toInstantText } from '../kernel/time.ts'
import { realNow } from '../platform/clock.ts'
import type { Database, Transaction } from '../platform/database.ts'
import type { DueTask } from '../platform/due.ts'
import { hashSecret, newId, newSecret } from '../platform/ids.ts'
import type { TenantRecord } from '../tenants/index.ts'
import * as tenants from '../tenants/index.ts'
import { readCommonPasswords } from './common-passwords.ts'
import { decidePassword, mayPurchaseAtFirst, toEmailKey } from './domain.ts'
import { tellPasswordChanged } from './invitations.ts'
import { forgetOldFailures } from './limits/repository.ts'
import { hashPassword, isPassword } from './passwords.ts'
import { mayGrant } from './policy.ts'
import type { SessionRow, UserRecord } from './repository.ts'
import * as repository from './repository.ts'

export const invitationDays = 7

export type NewUser = { tenant_id: string; email: string; name: string; role: Role }
export type InvitedUser = { user: UserRecord; tenantName: string; token: string; expiresAt: string }

/**
 * Makes a user at a tenant, with a link that signs in once within seven days. R-USER-3, R-USER-4, R-USER-5.
 * Throws not_found, role_above_own, email_taken.
 */
export const createUser = (db: Database, call: CallContext, granter: Role, input: NewUser): Promise<InvitedUser> =>
  db.transaction(call, async (tx) => {
    const tenant = await tenants.getTenant(tx, call.scope, input.tenant_id)
    if (!mayGrant(granter, input.role)) throw new Problem('role_above_own')
    const user = await addUser(tx, call, tenant, input, null)
    const { token, expiresAt } = await createLink(tx, call, user, invitationDays * 24)
    return { user, tenantName: tenant.name, token, expiresAt }
  })

async function addUser(
  tx: Transaction,
  call: CallContext,
  tenant: TenantRecord,
  input: Omit<NewUser, 'tenant_id'>,
  passwordHash: string | null,
): Promise<UserRecord> {
  const hasSuperuser = await repository.hasSuperuser(tx, tenant.realm_id, tenant.id)
  const user: UserRecord = {
    realm_id: tenant.realm_id,
    id: newId(),
    path: tenant.path,
    tenant_id: tenant.id,
    email: input.email,
    email_key: toEmailKey(input.email),
    name: input.name,
    name_key: tenants.toNameKey(input.name),
    role: input.role,
    may_purchase: mayPurchaseAtFirst(tenant.level, input.role, hasSuperuser),
    security_officer: false,
    support: false,
    state: passwordHash === null ? 'invited' : 'active',
    created_at: toInstantText(call.now),
    version: 1,
  }
  await repository.insertUser(tx, user, passwordHash)
  await audit.append(tx, call, {
    action: 'user.created',
    realmId: user.realm_id,
    path: user.path,
    object: { kind: 'user', id: user.id },
    before: null,
    after: { email: user.email, name: user.name, role: user.role, may_purchase: user.may_purchase },
    personal: ['/after/email', '/after/name'],
  })
  return user
}

export async function createLink(
  tx: Transaction,
  call: CallContext,
  user: Pick<UserRecord, 'realm_id' | 'id'>,
  hours: number,
) {
  const token = newSecret('ttl')
  const expiresAt = toInstantText(call.now.add({ hours }))
  await repository.insertLink(tx, {
    token_hash: hashSecret(token),
    realm_id: user.realm_id,
    user_id: user.id,
    expires_at: expiresAt,
  })
  return { token, expiresAt }
}

/** Makes a user with a password, as the system: the first superuser, the accounts of the demo channel. */
export const createUserWithPassword = (
  db: Database,
  call: CallContext,
  tenant: TenantRecord,
  input: Omit<NewUser, 'tenant_id'> & { password: string },
): Promise<UserRecord> =>
  db.work(call, async (tx) => {
    const ownWords = [input.email, input.name, tenant.name]
    const rules = { hasSecondFactor: false, common: await readCommonPasswords(), ownWords }
    return addUser(tx, call, tenant, input, await hashPassword(decidePassword(input.password, rules)))
  })

/** A sign-in link for whoever runs the server: to the vendor's first superuser, who is made at the first start. */
export const createOperatorLink = (db: Database, call: CallContext, vendor: TenantRecord): Promise<string> =>
  db.work(call, async (tx) => {
    const present = await repository.findFirstSuperuser(tx)
    const operator = { email: 'operator@localhost', name: 'Operator', role: 'superuser' } as const
    const user = present ?? (await addUser(tx, call, vendor, operator, null))
    return (await createLink(tx, call, user, 1)).token
  })

/**
 * Sets the caller's password; who has none yet proves nothing. All other sessions of the caller end. Throws password_too_short, password_blocked,
 * sign_in_failed for a wrong current one.
 */
export const changePassword = (
  db: Database,
  call: CallContext,
  session: SessionRow,
  input: { current_password: string | null; new_password: string; token: string },
): Promise<void> =>
  db.transaction(call, async (tx) => {
    const ownWords = [session.email, session.name, session.tenant_name]
    const hasSecondFactor = session.has_second_factor
    decidePassword(input.new_password, { hasSecondFactor, common: await readCommonPasswords(), ownWords })
    const emailKey = toEmailKey(session.email)
    const login = await repository.findLogin(tx, emailKey)
    const stored = login?.password_hash ?? null
    if (stored !== null && !(await isPassword(stored, input.current_password ?? '')))
      throw new Problem('sign_in_failed')
    await repository.savePassword(tx, emailKey, await hashPassword(input.new_password))
    await repository.endSessions(tx, { id: session.user_id, email_key: emailKey }, hashSecret(input.token))
    await audit.append(tx, call, {
      action: 'user.password_changed',
      realmId: session.realm_id,
      path: session.path,
      object: { kind: 'user', id: session.user_id },
      before: null,
      after: null,
    })
    if (stored !== null) await tellPasswordChanged(tx, call, session)
  })

/** Sessions, links and counted failures that are over are dropped. */
export const expiry = (db: Database): DueTask => ({
  name: 'identity.expiry',
  run: (call) =>
    db.work(call, async (tx) => {
      await repository.forgetExpired(tx, { realNow: toInstantText(realNow()), now: toInstantText(call.now) })
      await forgetOldFailures(tx, toInstantText(realNow().subtract({ hours: 1 })))
    }),
})

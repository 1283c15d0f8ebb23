import type { Level, UpdateUser } from '@tenantree/contract'
import * as audit from '../audit/index.ts'
import type { CallContext } from '../kernel/context.ts'
import { Problem } from '../kernel/problem.ts'
import type { Database, Transaction } from '../platform/database.ts'
import * as tenants from '../tenants/index.ts'
import { revokeKeysOf } from './api-keys/commands.ts'
import { createLink, type InvitedUser, invitationDays } from './commands.ts'
import { decideFlags, decideGrantedFlags, decideSuperuserStays, type Flags } from './domain.ts'
import { type Granter, mayGrant } from './policy.ts'
import type { UserRecord } from './repository.ts'
import * as repository from './repository.ts'
import { forgetFactor } from './second-factor/repository.ts'

const flagsOf = ({ may_purchase, security_officer, support }: Flags): Flags => ({
  may_purchase,
  security_officer,
  support,
})

/** A user whose role the caller might give could also be made anew: so the caller may look after it. R-USER-3. */
async function getManaged(tx: Transaction, call: CallContext, granter: Granter, id: string): Promise<UserRecord> {
  const user = await repository.getUser(tx, call.scope, id)
  if (!mayGrant(granter.role, user.role)) throw new Problem('role_above_own')
  return user
}

/**
 * Edits a user of the version that the caller read; a new role holds from the next request on. R-USER-2, R-USER-3. Throws not_found,
 * stale_version, role_above_own, flag_above_own, flag_not_for_role, last_superuser.
 */
export const updateUser = (
  db: Database,
  call: CallContext,
  granter: Granter,
  input: { id: string; version: number; change: UpdateUser },
): Promise<UserRecord> =>
  db.transaction(call, async (tx) => {
    const user = await getManaged(tx, call, granter, input.id)
    if (user.version !== input.version) throw new Problem('stale_version', { params: { version: user.version } })
    const { level } = await tenants.getTenant(tx, call.scope, user.tenant_id)
    const change = toChange(input.change)
    const after: UserRecord = { ...user, ...change, version: user.version + 1 }

    decideEdit(granter, user, after, level)
    if (after.role !== 'superuser') await keepSuperuser(tx, user)

    if (!(await repository.updateUser(tx, user, change))) throw new Problem('stale_version')
    await noteUpdated(tx, call, user, input.change)
    if (after.role !== user.role) await revokeKeysOf(tx, call, user.id, (role) => !mayGrant(after.role, role))
    return after
  })

function toChange(sent: UpdateUser): repository.UserChange {
  const named = sent.name === undefined ? {} : { name_key: tenants.toNameKey(sent.name) }
  return { ...Object.fromEntries(Object.entries(sent).filter(([, value]) => value !== undefined)), ...named }
}

function decideEdit(granter: Granter, before: UserRecord, after: UserRecord, level: Level): void {
  if (!mayGrant(granter.role, after.role)) throw new Problem('role_above_own')
  decideFlags(after.role, flagsOf(after), level)
  decideGrantedFlags(granter, flagsOf(before), flagsOf(after))
}

/** Of two superusers who go at once the second waits here for the first. R-USER-3. */
async function keepSuperuser(tx: Transaction, user: UserRecord): Promise<void> {
  if (user.role !== 'superuser') return
  const superusers = await repository.lockSuperusers(tx, user)
  decideSuperuserStays(superusers.filter((id) => id !== user.id).length)
}

async function noteUpdated(tx: Transaction, call: CallContext, user: UserRecord, change: UpdateUser): Promise<void> {
  const fields = (Object.keys(change) as (keyof UpdateUser)[]).filter((field) => change[field] !== undefined)
  await audit.append(tx, call, {
    action: 'user.updated',
    realmId: user.realm_id,
    path: user.path,
    object: { kind: 'user', id: user.id },
    before: Object.fromEntries(fields.map((field) => [field, user[field]])),
    after: Object.fromEntries(fields.map((field) => [field, change[field] ?? null])),
    personal: ['/before/name', '/after/name'],
  })
}

/** Removes a user with all ways in, the keys that it made among them. Throws not_found, role_above_own, last_superuser. */
export const removeUser = (db: Database, call: CallContext, granter: Granter, id: string): Promise<void> =>
  db.transaction(call, async (tx) => {
    const user = await getManaged(tx, call, granter, id)
    await keepSuperuser(tx, user)
    await repository.endAccess(tx, user)
    await forgetFactor(tx, user.id)
    await revokeKeysOf(tx, call, user.id, () => true)
    if (!(await repository.deleteUser(tx, user))) throw new Problem('not_found')
    await audit.append(tx, call, {
      action: 'user.removed',
      realmId: user.realm_id,
      path: user.path,
      object: { kind: 'user', id: user.id },
      before: { email: user.email, name: user.name, role: user.role },
      after: null,
      personal: ['/before/email', '/before/name'],
    })
  })

/**
 * A new link for a user, as if invited anew: former links, the password, the second factor and all sessions are gone, so that nobody
 * signs in for the user unseen. Throws not_found, role_above_own.
 */
export const inviteAgain = (db: Database, call: CallContext, granter: Granter, id: string): Promise<InvitedUser> =>
  db.transaction(call, async (tx) => {
    const user = await getManaged(tx, call, granter, id)
    const tenant = await tenants.getTenant(tx, call.scope, user.tenant_id)
    await repository.endAccess(tx, user)
    await repository.forgetPassword(tx, user.email_key)
    await forgetFactor(tx, user.id)
    if (!(await repository.updateUser(tx, user, { state: 'invited' }))) throw new Problem('stale_version')
    const { token, expiresAt } = await createLink(tx, call, user, invitationDays * 24)
    await audit.append(tx, call, {
      action: 'user.invited_again',
      realmId: user.realm_id,
      path: user.path,
      object: { kind: 'user', id: user.id },
      before: { state: user.state },
      after: { state: 'invited' },
    })
    const invited: UserRecord = { ...user, state: 'invited', version: user.version + 1 }
    return { user: invited, tenantName: tenant.name, token, expiresAt }
  })

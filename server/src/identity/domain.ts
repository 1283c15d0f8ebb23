import type { Level, Role } from '@tenantree/contract'
import type { Actor, Scope } from '../kernel/context.ts'
import { fieldProblem } from '../kernel/problem.ts'
import { type Instant, toInstant } from '../kernel/time.ts'
import { ancestorPaths, toBounds } from '../kernel/tree.ts'

/** Addresses are compared without letter case; the part before the @ too, since people are not careful with it. */
export const toEmailKey = (email: string): string => email.normalize('NFKC').trim().toLowerCase()

const shortestPassword = 15

/** NIST SP 800-63B: length counts, composition does not. Throws password_too_short. */
export function decidePassword(password: string): string {
  if ([...password].length < shortestPassword) throw fieldProblem('password_too_short', 'new_password')
  return password
}

export const failuresToLock = 10
export const lockMinutes = 15

export type SignInFailures = { failed: number; failed_at: string; locked_until: string | null }

/** Until when sign-in is locked, or null. */
export const lockedUntil = (failures: SignInFailures | null, now: Instant): Instant | null =>
  failures?.locked_until != null && Date.parse(failures.locked_until) > now.epochMilliseconds
    ? toInstant(failures.locked_until)
    : null

/**
 * Ten failures lock for 15 minutes; old failures are forgotten after as long. R-USER-4. A failure that was under way when the lock
 * came neither ends nor prolongs it.
 */
export function countFailure(
  before: SignInFailures | null,
  now: Instant,
): { failed: number; lockedUntil: Instant | null } {
  const running = lockedUntil(before, now)
  if (running !== null) return { failed: 0, lockedUntil: running }
  const forgetBefore = now.subtract({ minutes: lockMinutes }).epochMilliseconds
  const counted = before !== null && Date.parse(before.failed_at) >= forgetBefore ? before.failed : 0
  const failed = counted + 1
  return failed < failuresToLock
    ? { failed, lockedUntil: null }
    : { failed: 0, lockedUntil: now.add({ minutes: lockMinutes }) }
}

/** What a session's directory look-up answers. */
export type SessionOwner = {
  realm_id: bigint
  tenant_id: string
  path: string
  level: Level
}

/** The scope of whoever acts for a tenant: the tenant and everything below. The vendor's spans all realms. */
export const toScope = (actor: Actor, owner: SessionOwner): Scope => ({
  actor,
  tenantId: owner.tenant_id,
  realmId: owner.level === 'vendor' ? null : owner.realm_id,
  ...toBounds(owner.path),
  chain: ancestorPaths(owner.path).join(' '),
  reach: owner.level === 'vendor' ? 'vendor' : 'subtree',
})

/** A partner's first superuser may purchase; nobody else without being told. R-USER-2. */
export const mayPurchaseAtFirst = (level: Level, role: Role, hasSuperuser: boolean): boolean =>
  role === 'superuser' && !hasSuperuser && ['distributor', 'sub_distributor', 'reseller'].includes(level)

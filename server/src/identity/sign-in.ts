import * as audit from '../audit/index.ts'
import type { CallContext, Scope } from '../kernel/context.ts'
import { Problem } from '../kernel/problem.ts'
import { type Instant, toInstantText } from '../kernel/time.ts'
import { realNow } from '../platform/clock.ts'
import { type Database, enterScope, type Transaction } from '../platform/database.ts'
import { hashSecret, newSecret } from '../platform/ids.ts'
import { countFailure, lockMinutes, type SignInFailures, toEmailKey, toScope } from './domain.ts'
import { isPassword } from './passwords.ts'
import type { SessionRow } from './repository.ts'
import * as repository from './repository.ts'
import { sessionHours } from './sessions.ts'

export type Visitor = { requestId: string; address: string }
export type SignedIn = { token: string; session: SessionRow; call: CallContext }

const nobody: Scope = {
  actor: { kind: 'system', id: null },
  tenantId: '',
  realmId: null,
  lo: '',
  hi: '',
  chain: '',
  reach: 'subtree',
}

/** The context of someone who is not signed in: sees nothing, and directories only by exact key. */
export async function visit(db: Database, visitor: Visitor): Promise<CallContext> {
  const now = db.clock.learn(await repository.readClock(db))
  return { scope: nobody, now, may: new Set(), ...visitor }
}

/** Signs in with a password. Throws sign_in_failed, sign_in_locked after ten failures. R-USER-4. */
export async function signIn(
  db: Database,
  visitor: Visitor,
  input: { email: string; password: string },
): Promise<SignedIn> {
  const call = await visit(db, visitor)
  const emailKey = toEmailKey(input.email)
  const login = await db.transaction(call, async (tx) => {
    refuseLocked(await repository.lockFailures(tx, emailKey), call.now)
    return repository.findLogin(tx, emailKey)
  })
  if (!(await isPassword(login?.password_hash ?? null, input.password)) || login === null) {
    await db.transaction(call, (tx) => noteFailure(tx, emailKey, call.now))
    throw new Problem('sign_in_failed')
  }
  return db.transaction(call, async (tx) => {
    await repository.forgetFailures(tx, emailKey)
    return openSession(tx, call, { realmId: login.realm_id, userId: login.user_id, by: 'password' })
  })
}

function refuseLocked(failures: SignInFailures | null, now: Instant): void {
  if (failures?.locked_until == null) return
  const waitMs = Date.parse(failures.locked_until) - now.epochMilliseconds
  if (waitMs > 0)
    throw new Problem('sign_in_locked', {
      detail: `Try again in ${lockMinutes} minutes.`,
      retryAfterS: Math.ceil(waitMs / 1000),
    })
}

async function noteFailure(tx: Transaction, emailKey: string, now: Instant): Promise<void> {
  const { failed, lockedUntil } = countFailure(await repository.lockFailures(tx, emailKey), now)
  await repository.saveFailures(tx, emailKey, {
    failed,
    failed_at: toInstantText(now),
    locked_until: lockedUntil === null ? null : toInstantText(lockedUntil),
  })
}

/** Signs in with a link, which is then used up; an invited user becomes active. Throws sign_in_link_invalid. */
export async function signInWithLink(db: Database, visitor: Visitor, token: string): Promise<SignedIn> {
  const call = await visit(db, visitor)
  return db.transaction(call, async (tx) => {
    const link = await repository.takeLink(tx, hashSecret(token))
    if (link === null || Date.parse(link.expires_at) <= call.now.epochMilliseconds)
      throw new Problem('sign_in_link_invalid')
    return openSession(tx, call, { realmId: link.realm_id, userId: link.user_id, by: 'link' })
  })
}

async function openSession(
  tx: Transaction,
  call: CallContext,
  user: { realmId: bigint; userId: string; by: 'password' | 'link' },
): Promise<SignedIn> {
  const token = newSecret('tts')
  const hash = hashSecret(token)
  await repository.insertSession(tx, {
    token_hash: hash,
    realm_id: user.realmId,
    user_id: user.userId,
    created_at: toInstantText(realNow()),
    expires_at: toInstantText(realNow().add({ hours: sessionHours })),
    address: call.address,
  })
  const session = await repository.findSessionIn(tx, hash)
  if (session === null) throw new Problem('sign_in_failed')
  const scope = toScope({ kind: 'user', id: session.user_id }, session)
  const inside = await enterScope(tx, scope)
  const entered = { ...call, scope }
  if (user.by === 'link') await repository.markActive(inside, session.realm_id, session.user_id)
  await audit.append(inside, entered, {
    action: 'session.opened',
    realmId: session.realm_id,
    path: session.path,
    object: { kind: 'user', id: session.user_id },
    before: null,
    after: { by: user.by },
  })
  return { token, session, call: entered }
}

/** Ends the caller's own session. */
export const signOut = (db: Database, call: CallContext, token: string): Promise<void> =>
  db.transaction(call, (tx) => repository.deleteSession(tx, hashSecret(token)))

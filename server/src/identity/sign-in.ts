import * as audit from '../audit/index.ts'
import type { CallContext, Scope } from '../kernel/context.ts'
import { fieldProblem, Problem } from '../kernel/problem.ts'
import { type Instant, toInstantText } from '../kernel/time.ts'
import { realNow } from '../platform/clock.ts'
import { type Database, enterScope, type Transaction } from '../platform/database.ts'
import { hashSecret, newId, newSecret } from '../platform/ids.ts'
import { countFailure, lockedUntil, lockMinutes, type SignInFailures, toEmailKey, toScope } from './domain.ts'
import { isPassword } from './passwords.ts'
import type { SessionRow } from './repository.ts'
import * as repository from './repository.ts'
import { takeCode } from './second-factor/commands.ts'
import { hasFactor } from './second-factor/repository.ts'
import { sessionHours } from './sessions.ts'

export type Visitor = { requestId: string; address: string; userAgent?: string }
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
  return { scope: nobody, now, may: new Set(), requestId: visitor.requestId, address: visitor.address }
}

/** Signs in with a password. Throws sign_in_failed, sign_in_locked after ten failures, second_factor_required. R-USER-4. */
export async function signIn(
  db: Database,
  visitor: Visitor,
  input: { email: string; password: string },
): Promise<SignedIn> {
  const call = await visit(db, visitor)
  const emailKey = toEmailKey(input.email)
  const login = await db.transaction(call, async (tx) => {
    refuseLocked(await repository.findFailures(tx, emailKey), call.now)
    return repository.findLogin(tx, emailKey)
  })
  if (!(await isPassword(login?.password_hash ?? null, input.password)) || login === null) {
    await db.transaction(call, (tx) => noteFailure(tx, emailKey, call.now))
    throw new Problem('sign_in_failed')
  }
  const outcome = await db.transaction(call, async (tx) => {
    // Looked at again: of a thousand guesses at once none may pass after the tenth that failed.
    refuseLocked(await repository.findFailures(tx, emailKey), call.now)
    if (await hasFactor(tx, login.user_id)) return challenge(tx, emailKey, 'password')
    await repository.forgetFailures(tx, emailKey)
    return openSession(tx, call, visitor, { ...login, by: 'password' })
  })
  return signedInOrThrow(outcome)
}

const challengeMinutes = 5

/** What the first step of a sign-in is kept as until the code comes: failures are forgotten only after the second one. */
async function challenge(tx: Transaction, emailKey: string, proved: repository.Challenge['proved']): Promise<Problem> {
  const token = newSecret('ttc')
  const expiresAt = toInstantText(realNow().add({ minutes: challengeMinutes }))
  await repository.insertChallenge(tx, {
    token_hash: hashSecret(token),
    email_key: emailKey,
    proved,
    expires_at: expiresAt,
  })
  return new Problem('second_factor_required', { params: { challenge: token, expires_at: expiresAt } })
}

/** A refusal that has written something comes out of its transaction as a value: thrown inside it would undo what it wrote. */
function signedInOrThrow(outcome: SignedIn | Problem): SignedIn {
  if (outcome instanceof Problem) throw outcome
  return outcome
}

/**
 * The second step: a code of the authenticator or a recovery code. A wrong one counts as a failure of the address and may be tried
 * again until then. Throws challenge_invalid, code_invalid, sign_in_locked.
 */
export async function answerChallenge(
  db: Database,
  visitor: Visitor,
  input: { challenge: string; code: string },
): Promise<SignedIn> {
  const call = await visit(db, visitor)
  const hash = hashSecret(input.challenge)
  const outcome = await db.transaction(call, async (tx) => {
    const found = await repository.findChallenge(tx, hash)
    if (found === null || Date.parse(found.expires_at) <= realNow().epochMilliseconds)
      return new Problem('challenge_invalid')
    // Locked first: codes that come at once are tried one after the other, and none after the lock.
    refuseLocked(await repository.lockFailures(tx, found.email_key, toInstantText(call.now)), call.now)
    const login = await repository.findLogin(tx, found.email_key)
    if (login === null) return new Problem('challenge_invalid')
    if (!(await takeCode(tx, login.user_id, input.code))) {
      await noteFailure(tx, found.email_key, call.now)
      return fieldProblem('code_invalid', 'code')
    }
    if (!(await repository.takeChallenge(tx, hash))) throw new Problem('challenge_invalid')
    await repository.forgetFailures(tx, found.email_key)
    return openSession(tx, call, visitor, { ...login, by: found.proved })
  })
  return signedInOrThrow(outcome)
}

function refuseLocked(failures: SignInFailures | null, now: Instant): void {
  const until = lockedUntil(failures, now)
  if (until === null) return
  throw new Problem('sign_in_locked', {
    detail: `Try again in ${lockMinutes} minutes.`,
    retryAfterS: Math.ceil((until.epochMilliseconds - now.epochMilliseconds) / 1000),
  })
}

async function noteFailure(tx: Transaction, emailKey: string, now: Instant): Promise<void> {
  const counted = countFailure(await repository.lockFailures(tx, emailKey, toInstantText(now)), now)
  await repository.saveFailures(tx, emailKey, {
    failed: counted.failed,
    failed_at: toInstantText(now),
    locked_until: counted.lockedUntil === null ? null : toInstantText(counted.lockedUntil),
  })
}

/** Signs in with a link, which is then used up; an invited user becomes active. Throws sign_in_link_invalid, second_factor_required. */
export async function signInWithLink(db: Database, visitor: Visitor, token: string): Promise<SignedIn> {
  const call = await visit(db, visitor)
  const outcome = await db.transaction(call, async (tx) => {
    const link = await repository.takeLink(tx, hashSecret(token))
    if (link === null || Date.parse(link.expires_at) <= call.now.epochMilliseconds)
      throw new Problem('sign_in_link_invalid')
    if (await hasFactor(tx, link.user_id)) {
      const login = await repository.findLoginOf(tx, link.user_id)
      return login === null ? new Problem('sign_in_link_invalid') : challenge(tx, login.email_key, 'link')
    }
    return openSession(tx, call, visitor, { ...link, by: 'link' })
  })
  return signedInOrThrow(outcome)
}

async function openSession(
  tx: Transaction,
  call: CallContext,
  visitor: Visitor,
  user: { realm_id: bigint; user_id: string; by: 'password' | 'link' },
): Promise<SignedIn> {
  const token = newSecret('tts')
  const hash = hashSecret(token)
  await repository.insertSession(tx, {
    token_hash: hash,
    id: newId(),
    realm_id: user.realm_id,
    user_id: user.user_id,
    created_at: toInstantText(realNow()),
    expires_at: toInstantText(realNow().add({ hours: sessionHours })),
    address: call.address,
    user_agent: visitor.userAgent ?? '',
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

export type OwnSession = Omit<repository.Session, 'token_hash' | 'realm_id' | 'user_id'> & { current: boolean }

/** The caller's sessions that are not over, newest first. */
export const listSessions = (db: Database, call: CallContext, token: string): Promise<OwnSession[]> =>
  db.transaction(call, async (tx) => {
    const rows = await repository.listSessions(tx, call.scope.actor.id ?? '', toInstantText(realNow()))
    const current = hashSecret(token)
    return rows.map(({ token_hash, realm_id: _realm, user_id: _user, ...session }) => ({
      ...session,
      current: token_hash.equals(current),
    }))
  })

/** Ends one of the caller's sessions. Throws not_found, also for a session of someone else. */
export const endSession = (db: Database, call: CallContext, session: SessionRow, id: string): Promise<void> =>
  db.transaction(call, async (tx) => {
    if (!(await repository.deleteSessionOf(tx, session.user_id, id))) throw new Problem('not_found')
    await audit.append(tx, call, {
      action: 'session.ended',
      realmId: session.realm_id,
      path: session.path,
      object: { kind: 'user', id: session.user_id },
      before: null,
      after: null,
    })
  })

import type { CallContext } from '../kernel/context.ts'
import { fieldProblem, Problem } from '../kernel/problem.ts'
import { toInstantText } from '../kernel/time.ts'
import { realNow } from '../platform/clock.ts'
import type { Database, Transaction } from '../platform/database.ts'
import { hashSecret, newSecret } from '../platform/ids.ts'
import type { Vault } from '../platform/vault.ts'
import { gatherRefused } from './access-log/commands.ts'
import { decideMethod, needsSecondFactor, toEmailKey } from './domain.ts'
import { accountLimit, lockLimit, noteFailure, refuseLocked, signInLimits, sourceLimit } from './limits/commands.ts'
import { forgetFailures } from './limits/repository.ts'
import { openSession, type SignedIn, signedInOrThrow, type Visitor, visit } from './open-session.ts'
import { isPassword } from './passwords.ts'
import * as repository from './repository.ts'
import { takeCode } from './second-factor/commands.ts'
import { findStanding, type Standing } from './standing.ts'

/**
 * Signs in with a password. Throws sign_in_failed, sign_in_locked after ten failures, single_sign_on_required, second_factor_required,
 * passkey_required. R-USER-4.
 */
export async function signIn(
  db: Database,
  visitor: Visitor,
  input: { email: string; password: string },
): Promise<SignedIn> {
  const call = await visit(db, visitor)
  const emailKey = toEmailKey(input.email)
  const limits = signInLimits(emailKey, call.address)
  const login = await db.transaction(call, async (tx) => {
    await refuseLocked(tx, limits)
    return findLoginForPassword(tx, call, emailKey)
  })
  if (login instanceof Problem) throw login
  if (!(await isPassword(login?.password_hash ?? null, input.password)) || login === null) {
    await db.transaction(call, (tx) => noteFailure(tx, limits))
    gatherRefused(db, call, login?.user_id, 'password')
    throw new Problem('sign_in_failed')
  }
  const outcome = await db.transaction(call, async (tx) => {
    // Looked at again: of a thousand guesses at once none may pass after the tenth that failed.
    await refuseLocked(tx, limits)
    const standing = await findStanding(tx, login)
    if (standing === null) throw new Problem('sign_in_failed')
    if (standing.has_second_factor) return challenge(tx, emailKey, 'password')
    if (standing.has_passkey && needsSecondFactor(standing)) return new Problem('passkey_required')
    await forgetFailures(tx, accountLimit(emailKey))
    return openSession(tx, call, visitor, { ...login, by: 'password' })
  })
  return signedInOrThrow(outcome)
}

/**
 * Where single sign-on is required no password is looked at, right or wrong: nobody finds one out here. That such an address exists is said
 * to whoever asks for its single sign-on anyway; asking around counts for the source.
 */
async function findLoginForPassword(tx: Transaction, call: CallContext, emailKey: string) {
  const login = await repository.findLogin(tx, emailKey)
  const standing = login === null ? null : await findStanding(tx, login)
  const refusal = standing === null ? null : refusalOf(standing, 'password')
  if (refusal === null) return login
  await noteFailure(tx, [sourceLimit(call.address)])
  return refusal
}

function refusalOf(standing: Standing, method: 'password' | 'link'): Problem | null {
  try {
    decideMethod(standing, method)
    return null
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
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

/**
 * The second step: a code of the authenticator or a recovery code. A wrong one counts as a failure of the address and may be tried
 * again until then. Throws challenge_invalid, code_invalid, sign_in_locked.
 */
export async function answerChallenge(
  db: Database,
  vault: Vault,
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
    await lockLimit(tx, accountLimit(found.email_key))
    await refuseLocked(tx, [sourceLimit(call.address)])
    const login = await repository.findLogin(tx, found.email_key)
    if (login === null) return new Problem('challenge_invalid')
    if (!(await takeCode(tx, vault, login.user_id, input.code))) {
      await noteFailure(tx, signInLimits(found.email_key, call.address))
      gatherRefused(db, call, login.user_id, 'code')
      return fieldProblem('code_invalid', 'code')
    }
    if (!(await repository.takeChallenge(tx, hash))) throw new Problem('challenge_invalid')
    await forgetFailures(tx, accountLimit(found.email_key))
    return openSession(tx, call, visitor, { ...login, by: found.proved })
  })
  return signedInOrThrow(outcome)
}

/**
 * Signs in with a link, which is then used up; an invited user becomes active. Throws sign_in_link_invalid, single_sign_on_required (the
 * link stays), second_factor_required.
 */
export async function signInWithLink(db: Database, visitor: Visitor, token: string): Promise<SignedIn> {
  const call = await visit(db, visitor)
  const outcome = await db.transaction(call, async (tx) => {
    const link = await repository.takeLink(tx, hashSecret(token))
    if (link === null || Date.parse(link.expires_at) <= call.now.epochMilliseconds)
      throw new Problem('sign_in_link_invalid')
    const standing = await findStanding(tx, link)
    if (standing === null) throw new Problem('sign_in_link_invalid')
    decideMethod(standing, 'link')
    if (standing.has_second_factor) return challenge(tx, toEmailKey(standing.email), 'link')
    return openSession(tx, call, visitor, { ...link, by: 'link' })
  })
  return signedInOrThrow(outcome)
}

import * as audit from '../../audit/index.ts'
import { Problem } from '../../kernel/problem.ts'
import { toInstantText } from '../../kernel/time.ts'
import { queueMail } from '../../mails/index.ts'
import { realNow } from '../../platform/clock.ts'
import { type Database, enterScope, type Transaction } from '../../platform/database.ts'
import { hashSecret, newSecret } from '../../platform/ids.ts'
import { enqueue, type Job } from '../../platform/jobs.ts'
import { readCommonPasswords } from '../common-passwords.ts'
import { decideMethod, decidePassword, toEmailKey, toScope } from '../domain.ts'
import { tellPasswordChanged } from '../invitations.ts'
import { accountLimit, takeTry, toLimit } from '../limits/commands.ts'
import { forgetFailures } from '../limits/repository.ts'
import { type Visitor, visit } from '../open-session.ts'
import { hashPassword } from '../passwords.ts'
import { endSessions, findLogin, savePassword } from '../repository.ts'
import { findStanding, type Standing } from '../standing.ts'
import * as repository from './repository.ts'

export const resetJob = 'identity.password_reset'
const resetHours = 1

/**
 * Asks for a link by mail. What is done here is the same for an address that nobody has, in words and in time: whether there is somebody to
 * write to is looked at later, by a job. Throws too_many_requests for a source that asks too often.
 */
export async function requestReset(db: Database, visitor: Visitor, email: string): Promise<void> {
  const call = await visit(db, visitor)
  const emailKey = toEmailKey(email)
  await db.transaction(call, async (tx) => {
    const isAllowed = await takeTry(tx, toLimit('reset_account', emailKey))
    if (!(await takeTry(tx, toLimit('reset_source', call.address)))) throw new Problem('too_many_requests')
    if (isAllowed) await enqueue(tx, resetJob, { emailKey, address: call.address, requestId: visitor.requestId })
  })
}

/** Mails the link where there is somebody with that address who could sign in with a password. */
export const mailReset =
  (db: Database, baseUrl: () => string): Job =>
  async ({ emailKey, address, requestId }) => {
    const call = { ...(await db.systemCall(String(requestId))), address: String(address) }
    await db.work(call, async (tx) => {
      const login = await findLogin(tx, String(emailKey))
      const standing = login === null ? null : await findStanding(tx, login)
      // Whoever is only invited has a link already, and a term to use it in.
      if (standing === null || standing.is_closed || standing.state !== 'active') return
      const token = await makeToken(tx, standing)
      await queueMail(tx, call, {
        tenant: { realm_id: standing.realm_id, id: standing.tenant_id, path: standing.path, level: standing.level },
        template: 'password_reset',
        to: { address: standing.email, name: standing.name },
        data: {
          user_name: standing.name,
          reset_url: token === null ? null : new URL(`/reset-password?token=${token}`, baseUrl()).href,
          address: call.address,
        },
      })
      await audit.append(tx, call, {
        action: 'user.password_reset_requested',
        realmId: standing.realm_id,
        path: standing.path,
        object: { kind: 'user', id: standing.user_id },
        before: null,
        after: null,
      })
    })
  }

const hasPassword = (standing: Standing): boolean => !standing.needs_single_sign_on || standing.role === 'superuser'

/** A new link makes the former ones void. */
async function makeToken(tx: Transaction, standing: Standing): Promise<string | null> {
  if (!hasPassword(standing)) return null
  const { realm_id, user_id } = standing
  const token = newSecret('ttr')
  await repository.forgetResets(tx, user_id)
  await repository.insertReset(tx, {
    token_hash: hashSecret(token),
    realm_id,
    user_id,
    expires_at: toInstantText(realNow().add({ hours: resetHours })),
  })
  return token
}

/**
 * Sets a new password and ends all sessions; it signs nobody in, so that a second factor is still asked for. Throws password_reset_invalid,
 * single_sign_on_required, password_too_short, password_blocked: then the link stays.
 */
export async function resetPassword(
  db: Database,
  visitor: Visitor,
  { token, new_password }: { token: string; new_password: string },
): Promise<void> {
  const call = await visit(db, visitor)
  await db.transaction(call, async (tx) => {
    const reset = await repository.takeReset(tx, hashSecret(token))
    const isOver = reset === null || Date.parse(reset.expires_at) <= realNow().epochMilliseconds
    const standing = isOver ? null : await findStanding(tx, reset)
    if (standing === null || standing.is_closed) throw new Problem('password_reset_invalid')
    decideMethod(standing, 'password')
    const ownWords = [standing.email, standing.name, standing.tenant_name]
    const hasSecondFactor = standing.has_second_factor
    decidePassword(new_password, { hasSecondFactor, common: await readCommonPasswords(), ownWords })

    const emailKey = toEmailKey(standing.email)
    await savePassword(tx, emailKey, await hashPassword(new_password))
    await endSessions(tx, { id: standing.user_id, email_key: emailKey }, null)
    await forgetFailures(tx, accountLimit(emailKey))

    const scope = toScope({ kind: 'user', id: standing.user_id }, standing)
    const inside = await enterScope(tx, scope)
    const entered = { ...call, scope }
    await audit.append(inside, entered, {
      action: 'user.password_reset',
      realmId: standing.realm_id,
      path: standing.path,
      object: { kind: 'user', id: standing.user_id },
      before: null,
      after: null,
    })
    await tellPasswordChanged(inside, entered, standing)
  })
}

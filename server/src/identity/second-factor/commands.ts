import * as audit from '../../audit/index.ts'
import type { CallContext } from '../../kernel/context.ts'
import { fieldProblem, Problem } from '../../kernel/problem.ts'
import { toInstantText } from '../../kernel/time.ts'
import { realNow } from '../../platform/clock.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import type { DueTask } from '../../platform/due.ts'
import type { Vault } from '../../platform/vault.ts'
import { decideLength, toEmailKey } from '../domain.ts'
import { isPassword } from '../passwords.ts'
import { findLogin, type SessionRow } from '../repository.ts'
import { findStep, hashRecoveryCode, newRecoveryCodes, newTotpSecret, toOtpauthUri } from './codes.ts'
import * as repository from './repository.ts'

/** Begins: a secret for the authenticator, which counts once a code has proved it. Throws second_factor_enabled. */
export const enrol = (db: Database, vault: Vault, call: CallContext, session: SessionRow) =>
  db.transaction(call, async (tx) => {
    const secret = newTotpSecret()
    if (!(await repository.saveDraft(tx, session.user_id, seal(vault, session.user_id, secret))))
      throw new Problem('second_factor_enabled')
    return { secret, otpauth_uri: toOtpauthUri(secret, session.email) }
  })

const about = (userId: string): string => `second_factor:${userId}`
const seal = (vault: Vault, userId: string, secret: string): string => vault.seal(secret, about(userId))
/** One that was stored before there was a vault is read as it is until `sealer` comes by. */
const open = (vault: Vault, { user_id, secret }: repository.SecondFactor): string =>
  vault.isSealed(secret) ? vault.open(secret, about(user_id)) : secret

/** Seals the secrets that were stored before there was a vault. */
export const sealer = (db: Database, vault: Vault): DueTask => ({
  name: 'identity.seal_second_factors',
  run: (call) =>
    db.work(call, async (tx) => {
      for (const { user_id, secret } of await repository.listUnsealed(tx))
        await repository.replaceSecret(tx, user_id, { secret, sealed: seal(vault, user_id, secret) })
    }),
})

/** Ends the enrolment with a first code; answers the recovery codes. Throws second_factor_not_enabled, second_factor_enabled, code_invalid. */
export const confirm = (
  db: Database,
  vault: Vault,
  call: CallContext,
  session: SessionRow,
  code: string,
): Promise<string[]> =>
  db.transaction(call, async (tx) => {
    const factor = await repository.findFactor(tx, session.user_id)
    if (factor === null) throw new Problem('second_factor_not_enabled')
    if (factor.confirmed_at !== null) throw new Problem('second_factor_enabled')
    if (!(await takeTotp(tx, vault, session.user_id, code))) throw fieldProblem('code_invalid', 'code')
    await repository.confirmFactor(tx, session.user_id, toInstantText(call.now))
    await note(tx, call, session, 'second_factor.enabled')
    return makeRecoveryCodes(tx, session.user_id)
  })

/** A code of the authenticator, right at this moment of real time, whose clock the phone follows. */
async function takeTotp(tx: Transaction, vault: Vault, userId: string, code: string): Promise<boolean> {
  const factor = await repository.findFactor(tx, userId)
  const step = factor === null ? null : findStep({ ...factor, secret: open(vault, factor) }, code, realNow())
  return step !== null && repository.takeStep(tx, userId, step)
}

/** Takes a code of the authenticator or a recovery code. Each works once. */
export const takeCode = async (tx: Transaction, vault: Vault, userId: string, code: string): Promise<boolean> =>
  (await takeTotp(tx, vault, userId, code)) || repository.takeRecoveryCode(tx, userId, hashRecoveryCode(code))

async function makeRecoveryCodes(tx: Transaction, userId: string): Promise<string[]> {
  const codes = newRecoveryCodes()
  await repository.replaceRecoveryCodes(tx, userId, codes.map(hashRecoveryCode))
  return codes
}

async function requirePassword(tx: Transaction, session: SessionRow, password: string): Promise<void> {
  if (!(await repository.hasFactor(tx, session.user_id))) throw new Problem('second_factor_not_enabled')
  const login = await findLogin(tx, toEmailKey(session.email))
  if (!(await isPassword(login?.password_hash ?? null, password))) throw new Problem('sign_in_failed')
}

/** New recovery codes; the former ones are void. Throws second_factor_not_enabled, sign_in_failed. */
export const renewRecoveryCodes = (db: Database, call: CallContext, session: SessionRow, password: string) =>
  db.transaction(call, async (tx) => {
    await requirePassword(tx, session, password)
    await note(tx, call, session, 'second_factor.recovery_codes_renewed')
    return makeRecoveryCodes(tx, session.user_id)
  })

/**
 * Removes the second factor. A password that was long enough beside it only has to be changed first. Throws
 * second_factor_not_enabled, sign_in_failed, password_too_short.
 */
export const remove = (db: Database, call: CallContext, session: SessionRow, password: string): Promise<void> =>
  db.transaction(call, async (tx) => {
    await requirePassword(tx, session, password)
    decideLength(password, false, 'current_password')
    await repository.forgetFactor(tx, session.user_id)
    await note(tx, call, session, 'second_factor.removed')
  })

const note = (tx: Transaction, call: CallContext, session: SessionRow, action: string): Promise<void> =>
  audit.append(tx, call, {
    action,
    realmId: session.realm_id,
    path: session.path,
    object: { kind: 'user', id: session.user_id },
    before: null,
    after: null,
  })

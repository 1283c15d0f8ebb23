import { Problem } from '../../kernel/problem.ts'
import { toInstantText } from '../../kernel/time.ts'
import { realNow } from '../../platform/clock.ts'
import type { Transaction } from '../../platform/database.ts'
import { countFailure, lockedUntil, lockMinutes, type SignInFailures, toSource, triesToLock } from '../domain.ts'
import type { Limit, LimitKind } from './repository.ts'
import * as repository from './repository.ts'

/** In real time: what protects the machine may not be undone, or made to last, by moving the test clock. */
export const toLimit = (kind: LimitKind, of: string): Limit => ({
  kind,
  key: kind.endsWith('source') ? toSource(of) : of,
})
export const accountLimit = (emailKey: string): Limit => toLimit('account', emailKey)
export const sourceLimit = (address: string): Limit => toLimit('source', address)
/** An account before a source, always: whoever locks both cannot wait for one who waits for it. */
export const signInLimits = (emailKey: string, address: string): Limit[] => [
  accountLimit(emailKey),
  sourceLimit(address),
]

/** Throws sign_in_locked where one of them is locked. R-USER-4. */
export async function refuseLocked(tx: Transaction, limits: readonly Limit[]): Promise<void> {
  for (const limit of limits) refuse(await repository.findFailures(tx, limit))
}

/** Waits for whoever tries at the same time; throws sign_in_locked. */
export async function lockLimit(tx: Transaction, limit: Limit): Promise<void> {
  refuse(await repository.lockFailures(tx, limit, toInstantText(realNow())))
}

function refuse(failures: SignInFailures | null): void {
  const now = realNow()
  const until = lockedUntil(failures, now)
  if (until === null) return
  throw new Problem('sign_in_locked', {
    detail: `Try again in ${lockMinutes} minutes.`,
    retryAfterS: Math.ceil((until.epochMilliseconds - now.epochMilliseconds) / 1000),
  })
}

/** Counts a failure of each; the last one allowed locks it for 15 minutes. */
export async function noteFailure(tx: Transaction, limits: readonly Limit[]): Promise<void> {
  for (const limit of limits) await count(tx, limit)
}

async function count(tx: Transaction, limit: Limit): Promise<void> {
  const at = toInstantText(realNow())
  const counted = countFailure(await repository.lockFailures(tx, limit, at), realNow(), triesToLock[limit.kind])
  await repository.saveFailures(tx, limit, {
    failed: counted.failed,
    failed_at: at,
    locked_until: counted.lockedUntil === null ? null : toInstantText(counted.lockedUntil),
  })
}

/** Counts a try whatever comes of it, and answers whether it is one of those that are allowed. */
export async function takeTry(tx: Transaction, limit: Limit): Promise<boolean> {
  const before = await repository.lockFailures(tx, limit, toInstantText(realNow()))
  if (lockedUntil(before, realNow()) !== null) return false
  await count(tx, limit)
  return true
}

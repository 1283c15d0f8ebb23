import type { ProblemCode } from '@tenantree/contract/problems'
import pg from 'pg'
import { Problem } from '../kernel/problem.ts'

const retryable = new Set(['40001', '40P01'])

export const isRetryable = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && error.code !== undefined && (retryable.has(error.code) || hasMovedAway(error))

/** A migration has changed the columns of what was planned before: on another connection it is planned anew. */
export const isStalePlan = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && error.code === '0A000' && error.routine === 'RevalidateCachedQuery'

/**
 * What the row belongs to has gone to another realm since it was read: each foreign key to tenants is named `..._tenant`. Begun again, the transaction
 * reads it where it is now. R-TREE-6.
 */
const hasMovedAway = (error: pg.DatabaseError): boolean =>
  error.code === '23503' && error.constraint !== undefined && withoutShard(error.constraint).endsWith('_tenant')

const codeOfState: Record<string, ProblemCode> = {
  '40001': 'resource_locked',
  '40P01': 'resource_locked',
  '55P03': 'resource_locked',
  '53100': 'storage_full',
}

/** A shard of a table has a number at the end of its constraints' names. */
const withoutShard = (name: string): string => name.replace(/_\d{6,}$/, '')

const isUnavailable = (state: string): boolean => state.startsWith('08') || state.startsWith('57P') || state === '53300'

/** Turns what PostgreSQL refuses into a problem, by SQLSTATE and constraint; anything else is answered as it came: a bug. */
export function toProblem(error: unknown, constraints: Readonly<Record<string, ProblemCode>>): unknown {
  if (isLostConnection(error)) return new Problem('unavailable', { retryAfterS: 1 })
  if (!(error instanceof pg.DatabaseError) || error.code === undefined) return error
  const byConstraint = error.constraint === undefined ? undefined : constraints[withoutShard(error.constraint)]
  if (byConstraint) return new Problem(byConstraint)
  // JSON can say U+0000, which no text of PostgreSQL can hold.
  if (error.code === '22021') return new Problem('invalid_request', { detail: 'A text holds the character U+0000.' })
  if (hasMovedAway(error)) return new Problem('resource_locked', { retryAfterS: 1 })
  if (isUnavailable(error.code)) return new Problem('unavailable', { retryAfterS: 1 })
  const byState = codeOfState[error.code]
  return byState ? new Problem(byState, { retryAfterS: 1 }) : error
}

const lostConnection = /Connection terminated|timeout exceeded when trying to connect|connection timeout/i

function isLostConnection(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof pg.DatabaseError) return false
  const code = 'code' in error ? error.code : undefined
  return code === 'ECONNREFUSED' || code === 'ECONNRESET' || code === 'EPIPE' || lostConnection.test(error.message)
}

import { type ProblemCode, problems } from '@tenantree/contract/problems'

export type ProblemFieldError = { pointer: string; code: string; detail: string }
export type ProblemDetails = {
  detail?: string
  errors?: readonly ProblemFieldError[]
  params?: Record<string, unknown>
  retryAfterS?: number
}

/** A refusal with a code of the closed catalog. Anything else that is thrown is a bug: 500, its message never sent. */
export class Problem extends Error {
  readonly code: ProblemCode
  readonly details: ProblemDetails

  constructor(code: ProblemCode, details: ProblemDetails = {}) {
    super(details.detail ?? problems[code].title)
    this.name = 'Problem'
    this.code = code
    this.details = details
  }
}

/** A refusal that one field of the request caused. */
export const fieldProblem = (code: ProblemCode, field: string, detail: string = problems[code].title): Problem =>
  new Problem(code, { detail, errors: [{ pointer: `/${field}`, code, detail }] })

/** Guards what can only be broken by a bug. */
export function invariant(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`invariant broken: ${message}`)
}

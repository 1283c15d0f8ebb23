import type { Problem } from './generated/types.gen.js'

export type ProblemCode = Problem['code']
export type ProblemField = NonNullable<Problem['errors']>[number]

/** The server refused, and says why. RFC 9457. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  readonly code: ProblemCode
  readonly status: number
  readonly title: string
  readonly detail: string | undefined
  readonly errors: readonly ProblemField[]
  readonly params: Readonly<Record<string, unknown>>
  readonly requestId: string

  constructor(problem: Problem) {
    super(problem.detail === undefined ? problem.title : `${problem.title}: ${problem.detail}`)
    this.code = problem.code
    this.status = problem.status
    this.title = problem.title
    this.detail = problem.detail
    this.errors = problem.errors ?? []
    this.params = problem.params ?? {}
    this.requestId = problem.request_id
  }
}

/** The server could not be reached, or what answered is not a Tenantree server. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError'
}

const isProblem = (body: unknown): body is Problem =>
  typeof body === 'object' && body !== null && 'code' in body && 'status' in body && 'title' in body

/** Whether a request was called off by its own caller, which is no failure of the server. */
const isAbort = (error: unknown) =>
  error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError')

const reasonOf = (error: unknown) => {
  if (!(error instanceof Error)) return 'no answer'
  return error.cause instanceof Error && error.cause.message !== '' ? error.cause.message : error.message
}

/** Gives what went wrong its type. `body` is the answer's body, or what fetch threw when there was no answer. */
export function toError(body: unknown, response: Response | undefined, url: string | undefined): unknown {
  if (body instanceof ConnectionError || isAbort(body)) return body
  if (response === undefined) return new ConnectionError(`${url ?? 'The server'} cannot be reached: ${reasonOf(body)}`)
  if (isProblem(body)) return new ProblemError(body)
  return new ConnectionError(`${response.url} answered ${response.status}, not as a Tenantree server does`)
}

export type AgentErrorCode =
  | 'usage'
  | 'interrupted'
  // the server
  | 'server_url_invalid'
  | 'server_unreachable'
  | 'server_moved'
  | 'server_failing'
  | 'too_many_requests'
  | 'not_a_tenantree_server'
  // what the server says of us
  | 'install_token_invalid'
  | 'device_key_invalid'
  | 'device_refused'
  | 'request_refused'
  // this machine
  | 'not_enrolled'
  | 'enrolled_elsewhere'
  | 'state_unreadable'
  | 'state_unwritable'
  | 'state_corrupt'
  | 'peaks_unreadable'

/** The only error the agent throws on purpose. The message is one line: what is wrong, then what to do. */
export class AgentError extends Error {
  readonly code: AgentErrorCode
  /** The HTTP header as it came: seconds or a date. */
  readonly retryAfter: string | null

  constructor(code: AgentErrorCode, message: string, options: { retryAfter?: string | null; cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.name = 'AgentError'
    this.code = code
    this.retryAfter = options.retryAfter ?? null
  }
}

/** Text from outside as one printable line: a server or a file must not write control characters to a terminal. */
export const toLine = (text: string, maxLength: number): string =>
  text
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, maxLength)

/** The system's code of a failure, such as ECONNREFUSED or EACCES; fetch hides it in the cause. */
export function systemCodeOf(error: unknown): string | null {
  if (!(error instanceof Error)) return null
  if ('code' in error && typeof error.code === 'string') return error.code
  return systemCodeOf(error.cause)
}

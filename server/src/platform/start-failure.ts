/** A start that cannot go on. Its message is one line for the person at the terminal; main prints only that and exits with 1. */
export class StartFailure extends Error {
  readonly what: string
  readonly advice: string

  constructor(what: string, advice: string, options?: ErrorOptions) {
    super(oneLine(`${what}. ${advice}`), options)
    this.name = 'StartFailure'
    this.what = oneLine(what)
    this.advice = oneLine(advice)
  }
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}

/** The SQLSTATE or system code of an error of pg or of Node, '' when there is none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Says why the server could not listen. Anything that is not about the address is a bug and comes back as it is. */
export function explainListenError(error: unknown, at: { host: string; port: number }): unknown {
  const failures: Record<string, [string, string]> = {
    EADDRINUSE: [
      `Port ${at.port} of ${at.host} is taken by another program`,
      `Stop that program, or choose another port, for example: PORT=${at.port + 1} npm start`,
    ],
    EACCES: [
      `Port ${at.port} is not permitted to this user`,
      'Choose a port from 1024 to 65535, for example: PORT=8080 npm start',
    ],
    EADDRNOTAVAIL: [
      `HOST ${at.host} is not an address of this machine`,
      'Leave HOST out, or set it to 127.0.0.1 (this machine only) or 0.0.0.0 (every network)',
    ],
  }
  const failure = failures[codeOf(error)] ?? (isNameFailure(error) ? failures.EADDRNOTAVAIL : undefined)
  return failure ? new StartFailure(...failure, { cause: error }) : error
}

function isNameFailure(error: unknown): boolean {
  return ['ENOTFOUND', 'EAI_AGAIN', 'EINVAL', 'EAFNOSUPPORT'].includes(codeOf(error))
}

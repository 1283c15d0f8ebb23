/** What the user can set right. The message is one line: what is wrong, then what to do. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
}

/** The system's code of a failure, such as ENOENT or EACCES. */
export const systemCodeOf = (error: unknown) =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown reason'

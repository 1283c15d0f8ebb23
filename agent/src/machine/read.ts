import { execFile } from 'node:child_process'
import { access, readFile } from 'node:fs/promises'

const commandTimeoutMs = 5000

/** The file's text; empty where it is missing or closed to us: each fact has another source, or is unknown. */
export const readText = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '')

export const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

/** What the command prints; empty where it fails. Paths are absolute, so that nobody puts another program into the way. */
export const readCommand = (file: string, ...args: string[]): Promise<string> =>
  new Promise((resolve) => {
    execFile(file, args, { timeout: commandTimeoutMs, windowsHide: true }, (error, stdout) =>
      resolve(error ? '' : stdout),
    )
  })

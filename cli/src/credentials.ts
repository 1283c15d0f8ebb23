import { randomUUID } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join } from 'node:path'
import { CommandError, systemCodeOf } from './command-error.ts'
import type { Terminal } from './terminal.ts'

/** The tokens of the servers that the user has signed in to, and the server signed in to last. */
export type Credentials = { current: string | null; tokens: Record<string, string> }

const none: Credentials = { current: null, tokens: {} }

export function credentialsFile(terminal: Terminal): string {
  const base = terminal.env.XDG_CONFIG_HOME
  // The specification of these folders says that a relative one is to be ignored.
  const folder = base && isAbsolute(base) ? base : join(terminal.env.HOME ?? homedir(), '.config')
  return join(folder, 'tenantree', 'credentials.json')
}

function parse(text: string): Credentials | null {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || !('current' in value) || !('tokens' in value)) return null
    const { current, tokens } = value
    if (typeof tokens !== 'object' || tokens === null || (current !== null && typeof current !== 'string')) return null
    const texts = Object.entries(tokens).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
    return { current, tokens: Object.fromEntries(texts) }
  } catch {
    return null
  }
}

const readText = (file: string) => {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const code = systemCodeOf(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    throw new CommandError(`cannot read ${file} (${code}); make it readable for this user`)
  }
}

export function readCredentials(terminal: Terminal): Credentials {
  const file = credentialsFile(terminal)
  const text = readText(file)
  if (text === null) return none
  const credentials = parse(text)
  if (credentials === null) throw new CommandError(`${file} is damaged; delete it and run tenantree login`)
  return credentials
}

/** The file appears whole and never readable for others, also where it was before. */
function writeCredentials(terminal: Terminal, credentials: Credentials) {
  const file = credentialsFile(terminal)
  const draft = `${file}.${randomUUID()}.tmp`
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    writeFileSync(draft, `${JSON.stringify(credentials, null, 2)}\n`, { mode: 0o600, flag: 'wx' })
    renameSync(draft, file)
  } catch (error) {
    rmSync(draft, { force: true })
    throw new CommandError(`cannot write ${file} (${systemCodeOf(error)}); make its folder writable for this user`)
  }
}

export function storeToken(terminal: Terminal, server: string, token: string) {
  const { tokens } = readCredentials(terminal)
  writeCredentials(terminal, { current: server, tokens: { ...tokens, [server]: token } })
}

export function forgetToken(terminal: Terminal, server: string) {
  const { current, tokens } = readCredentials(terminal)
  const others = Object.fromEntries(Object.entries(tokens).filter(([name]) => name !== server))
  writeCredentials(terminal, { current: current === server ? null : current, tokens: others })
}

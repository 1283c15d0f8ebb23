import { createTenantree, type Tenantree } from '@tenantree/sdk'
import { CommandError } from './command-error.ts'
import { readCredentials } from './credentials.ts'
import { defaultServer, toServerUrl } from './server-url.ts'
import type { Terminal } from './terminal.ts'

/** The options that every command has. */
export type GlobalOptions = { server?: string | undefined; json?: boolean | undefined }

export type Session = { server: string; token: string; api: Tenantree }

/** The server that was asked for, else the one signed in to last. */
export const serverOf = (terminal: Terminal, { server }: GlobalOptions): string =>
  server === undefined ? (readCredentials(terminal).current ?? defaultServer) : toServerUrl(server)

export const findToken = (terminal: Terminal, server: string): string | null =>
  readCredentials(terminal).tokens[server] ?? null

/** Opens the server with the stored token. Throws CommandError if there is none. */
export function openSession(terminal: Terminal, options: GlobalOptions): Session {
  const server = serverOf(terminal, options)
  const token = findToken(terminal, server)
  if (token === null) {
    throw new CommandError(`you are not signed in to ${server}; run tenantree login --server ${server}`)
  }
  return { server, token, api: createTenantree({ baseUrl: server, token }) }
}

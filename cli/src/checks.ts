import { createTenantree, ProblemError } from '@tenantree/sdk'
import { findToken } from './session.ts'
import type { Terminal } from './terminal.ts'

export type Check = { name: 'reachable' | 'ready' | 'signed_in'; ok: boolean; finding: string }

const timeoutMs = 10_000
const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))

async function checkReachable(server: string): Promise<Check> {
  try {
    const api = createTenantree({ baseUrl: server, retries: 0 })
    const { version, mode } = await api.getInstance({ signal: AbortSignal.timeout(timeoutMs) })
    return { name: 'reachable', ok: true, finding: `${server} is Tenantree ${version} in ${mode} mode` }
  } catch (error) {
    const finding = `${messageOf(error)}. Is the server running, and is --server right?`
    return { name: 'reachable', ok: false, finding }
  }
}

async function checkReady(server: string): Promise<Check> {
  const response = await fetch(`${server}/readyz`, { signal: AbortSignal.timeout(timeoutMs) }).catch(() => null)
  if (response?.ok) return { name: 'ready', ok: true, finding: 'The server is ready' }
  const answer = response === null ? 'does not answer' : `answers ${response.status}`
  return { name: 'ready', ok: false, finding: `/readyz ${answer}: the log of the server says why it is not ready` }
}

async function checkSignedIn(terminal: Terminal, server: string): Promise<Check> {
  const name = 'signed_in'
  try {
    const token = findToken(terminal, server)
    if (token === null) return { name, ok: false, finding: `Not signed in to ${server}: run tenantree login` }
    const api = createTenantree({ baseUrl: server, token, retries: 0 })
    if (token.startsWith('ttk_')) {
      const key = await api.getCurrentApiKey({ signal: AbortSignal.timeout(timeoutMs) })
      return { name, ok: true, finding: `Signed in with the key ${key.name} until ${key.expires_at}` }
    }
    const me = await api.getMe({ signal: AbortSignal.timeout(timeoutMs) })
    return { name, ok: true, finding: `Signed in as ${me.user.email} until ${me.session_expires_at}` }
  } catch (error) {
    const isOver = error instanceof ProblemError && error.code === 'unauthenticated'
    return {
      name,
      ok: false,
      finding: isOver ? 'The session is over: run tenantree login' : messageOf(error),
    }
  }
}

/** What can be said of a server from outside. The later checks mean nothing where the first fails. */
export async function checkServer(terminal: Terminal, server: string): Promise<Check[]> {
  const reachable = await checkReachable(server)
  if (!reachable.ok) return [reachable]
  return [reachable, await checkReady(server), await checkSignedIn(terminal, server)]
}

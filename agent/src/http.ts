import { AgentError, systemCodeOf, toLine } from './errors.ts'

export type Fetch = typeof globalThis.fetch
export type Post = {
  server: string
  path: string
  body?: unknown
  deviceKey?: string
  fetch?: Fetch | undefined
  signal?: AbortSignal | undefined
}
export type Answer = { status: number; text: string; retryAfter: string | null; location: string | null }

const timeoutMs = 30_000
/** Every answer of the agent's routes is far smaller; a wrong address may lead to a download without end. */
const answerLimitBytes = 64 * 1024

/** Sends one POST and reads the whole answer, whatever its status. Throws server_unreachable, not_a_tenantree_server, interrupted. */
export async function post(call: Post): Promise<Answer> {
  const abort = new AbortController()
  const stop = () => abort.abort()
  const timer = setTimeout(stop, timeoutMs)
  // Not AbortSignal.any: Node 20 keeps a dependent signal for every request as long as the outer one lives.
  call.signal?.addEventListener('abort', stop, { once: true })
  try {
    call.signal?.throwIfAborted()
    return await exchange(call, abort.signal)
  } catch (error) {
    throw call.signal?.aborted ? interrupted() : toServerError(call.server, error, abort.signal.aborted)
  } finally {
    clearTimeout(timer)
    call.signal?.removeEventListener('abort', stop)
  }
}

async function exchange(call: Post, signal: AbortSignal): Promise<Answer> {
  const response = await (call.fetch ?? fetch)(`${call.server}${call.path}`, {
    method: 'POST',
    headers: {
      accept: 'application/json, application/problem+json',
      ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(call.deviceKey === undefined ? {} : { authorization: `Bearer ${call.deviceKey}` }),
    },
    body: call.body === undefined ? null : JSON.stringify(call.body),
    // A followed 301 or 302 would turn the POST into a GET, and the key would go to another host.
    redirect: 'manual',
    signal,
  })
  return {
    status: response.status,
    text: await readText(response),
    retryAfter: response.headers.get('retry-after'),
    location: response.headers.get('location'),
  }
}

async function readText(response: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true })
    if (text.length > answerLimitBytes) break
  }
  return text + decoder.decode()
}

const interrupted = () => new AgentError('interrupted', 'Interrupted.')

const scheme = 'Check whether the address begins with http:// or https://'
const reasons: Record<string, string> = {
  ECONNREFUSED: 'the connection is refused. Check the port, and that the server is running',
  ENOTFOUND: 'there is no host of that name. Check the address',
  EAI_AGAIN: 'the name cannot be looked up now. Check the network',
  ENETUNREACH: 'there is no way to its network. Check the network',
  EHOSTUNREACH: 'there is no way to that host. Check the network',
  UND_ERR_SOCKET: `it closed the connection. ${scheme}`,
}

function toServerError(server: string, error: unknown, isTimeout: boolean): AgentError {
  // By the name: Node 24 gives the parser's error no code.
  const isForeign = error instanceof Error && error.cause instanceof Error && error.cause.name === 'HTTPParserError'
  if (isForeign) {
    return new AgentError('not_a_tenantree_server', notTenantree(server, 'it does not speak HTTP'), { cause: error })
  }
  const timedOut = `no answer within ${timeoutMs / 1000} s. Check the address and the network`
  const reason = isTimeout ? timedOut : (reasonOf(systemCodeOf(error) ?? '') ?? describe(error))
  return new AgentError('server_unreachable', `Cannot reach ${server}: ${reason}.`, { cause: error })
}

function reasonOf(code: string): string | undefined {
  if (/^ERR_SSL_|^EPROTO$/.test(code)) return `it does not speak TLS. ${scheme}`
  if (!/CERT|UNABLE_TO_/.test(code)) return reasons[code]
  return `its certificate is not trusted (${code}). Put the right authority's file into NODE_EXTRA_CA_CERTS`
}

function describe(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const text = cause instanceof Error ? toLine(cause.message, 200).replace(/\.$/, '') : ''
  return `${text || 'the connection broke'}. Check the address and the network`
}

export const notTenantree = (server: string, why: string): string =>
  `${server} is not a Tenantree server: ${why}. Check the address.`

import { createClient } from './generated/client/index.js'
import * as operations from './generated/sdk.gen.js'
import { ConnectionError, toError } from './problem.ts'
import { withRetries } from './retry.ts'
import type { Tenantree, TenantreeOptions } from './types.ts'

export {
  type AuditCrypto,
  type AuditFinding,
  type AuditReport,
  type AuditVerifier,
  createAuditVerifier,
} from './audit-verify.ts'
export type * from './generated/types.gen.js'
export { paginate } from './paginate.ts'
export { ConnectionError, type ProblemCode, ProblemError, type ProblemField } from './problem.ts'
export type { Tenantree, TenantreeOptions } from './types.ts'

type Operation = (options: object) => unknown

/** A single-page application answers every path with its page: that is some other server. */
const refusePages = (response: Response) => {
  if (!response.ok || !response.headers.get('content-type')?.startsWith('text/html')) return response
  throw new ConnectionError(`${response.url} answered with a web page, not as a Tenantree server does`)
}

/** The operations of one server. Each answers with the data, or throws ProblemError or ConnectionError. */
export function createTenantree({ baseUrl, token, fetch, retries = 2 }: TenantreeOptions): Tenantree {
  const send = fetch ?? ((request: Request) => globalThis.fetch(request))
  const client = createClient({
    baseUrl: baseUrl.replace(/\/+$/, ''),
    // The generated client calls it with one Request always; its type is that of the wider global function.
    fetch: withRetries(send, retries) as typeof globalThis.fetch,
    throwOnError: true,
    ...(token !== undefined && { headers: { authorization: `Bearer ${token}` } }),
  })
  client.interceptors.response.use(refusePages)
  client.interceptors.error.use((error, response, request) => toError(error, response, request?.url))
  const bind = (operation: Operation) => (options?: object) => operation({ ...options, client })
  return Object.fromEntries(
    Object.entries(operations).map(([name, operation]) => [name, bind(operation as Operation)]),
  ) as Tenantree
}

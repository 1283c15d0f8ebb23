import type { FastifyRequest } from 'fastify'
import { Problem } from '../../kernel/problem.ts'

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Refuses a change that another site's page asks for with our cookie. Browsers name the site in Sec-Fetch-Site, older
 * ones only in Origin; programs send neither and have no cookie of a person.
 */
export function refuseCrossSite(request: FastifyRequest): void {
  if (safeMethods.has(request.method)) return
  const site = request.headers['sec-fetch-site']
  const isForeign = site === undefined ? isForeignOrigin(request) : site !== 'same-origin' && site !== 'none'
  if (isForeign) throw new Problem('cross_site_request')
}

function isForeignOrigin(request: FastifyRequest): boolean {
  const { origin } = request.headers
  if (origin === undefined) return false
  return !URL.canParse(origin) || new URL(origin).host !== request.headers.host
}

import { isIP } from 'node:net'
import { Problem } from '../../kernel/problem.ts'

/** Whom a passkey is for: the console's host name, and the one origin that may use it. */
export type RelyingParty = { id: string; origin: string }

/**
 * A passkey belongs to a name, never to an address (WebAuthn). The address of this very machine counts as `localhost`: the console opened there
 * by its address cannot use passkeys and says so. Throws passkeys_unavailable.
 */
export function toRelyingParty(baseUrl: string): RelyingParty {
  const url = new URL(baseUrl)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (host === '127.0.0.1' || host === '::1') url.hostname = 'localhost'
  else if (isIP(host) !== 0)
    throw new Problem('passkeys_unavailable', { detail: `PUBLIC_URL has the address ${host}: give it a name.` })
  return { id: url.hostname, origin: url.origin }
}

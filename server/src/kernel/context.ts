import type { Instant } from './time.ts'

export type Actor = { kind: 'user' | 'device' | 'system' | 'key'; id: string | null }

/**
 * What a request may touch: the tenant it acts for and everything below. Made by identity, once per request.
 * `realmId` is null where the range spans several realms (the vendor's own users).
 */
export type Scope = {
  actor: Actor
  tenantId: string
  realmId: bigint | null
  lo: string
  hi: string
  chain: string
  reach: 'vendor' | 'subtree'
}

export type IdempotencyKey = { credential: string; route: string; key: string; requestHash: string }

/** Who asks, when and from where. Passed to every command and query. */
export type CallContext = {
  scope: Scope
  now: Instant
  requestId: string
  address: string
  may: ReadonlySet<string>
}

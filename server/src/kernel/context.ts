import { type Instant, toInstant } from './time.ts'

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

const system = { kind: 'system', id: null } as const

/** What takes effect by the clock is done by the system at that instant, whoever's request finds that it has not been stored. R-TRIAL-3. */
export const atInstant = (call: CallContext, instant: string): CallContext => ({
  ...call,
  scope: { ...call.scope, actor: system } satisfies Scope,
  address: 'system',
  now: toInstant(instant),
})

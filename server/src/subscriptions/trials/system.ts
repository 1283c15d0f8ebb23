import type { CallContext, Scope } from '../../kernel/context.ts'
import { toInstant } from '../../kernel/time.ts'

const actor = { kind: 'system', id: null } as const

/** What takes effect by the clock is done by the system at that instant, whoever's request finds that it has not been stored. R-TRIAL-3. */
export const atInstant = (call: CallContext, instant: string): CallContext => ({
  ...call,
  scope: { ...call.scope, actor } satisfies Scope,
  address: 'system',
  now: toInstant(instant),
})

import type { Permission } from '@tenantree/contract'
import type { CallContext } from '../../kernel/context.ts'

/** Who may call a route. Left out: a signed-in user. */
export type Access = 'public' | 'device'

// Declarations merge with the framework's own only as interfaces.
declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access
    /** What the caller's role has to allow. Every route that changes something for a user names it, or `own`: one's own session. */
    may?: Permission | 'own'
    /** Open to whoever has to set up a second factor before anything else. */
    whileEnrolling?: true
  }
  interface FastifyRequest {
    call: CallContext
  }
}

import type { Me } from '@tenantree/contract'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { CallContext } from '../kernel/context.ts'
import { Problem } from '../kernel/problem.ts'
import { parentPath } from '../kernel/tree.ts'
import { realNow } from '../platform/clock.ts'
import type { Database } from '../platform/database.ts'
import { hashSecret } from '../platform/ids.ts'
import type { TenantTables } from '../tenants/index.ts'
import { toScope } from './domain.ts'
import { permissionsAt } from './policy.ts'
import { findLogin, findSession, type SessionRow } from './repository.ts'

export const cookieName = 'tenantree_session'
export const sessionHours = 12

/** The session token of a request: the console's cookie, or a program's bearer token. */
export function findToken(request: FastifyRequest): string | null {
  const { authorization } = request.headers
  if (authorization?.startsWith('Bearer tts_')) return authorization.slice('Bearer '.length)
  return request.cookies[cookieName] ?? null
}

/** Makes the context of a request out of its session, read anew each time. Throws unauthenticated. R-TREE-9. */
export async function authenticate(db: Database, request: FastifyRequest): Promise<CallContext> {
  const token = findToken(request)
  const session = token === null ? null : await findSession(db, hashSecret(token))
  if (session === null) throw new Problem('unauthenticated')
  const now = db.clock.learn(session)
  // Real time: moving the test clock by a month signs nobody out.
  const isOver = Date.parse(session.expires_at) <= realNow().epochMilliseconds
  if (isOver || session.tenant_state === 'inactive' || session.tenant_state === 'deleted')
    throw new Problem('unauthenticated')
  return {
    scope: toScope({ kind: 'user', id: session.user_id }, session),
    now,
    requestId: request.id,
    address: request.ip,
    may: new Set(permissionsAt(session.role, session.level)),
  }
}

/** The session of a request that `authenticate` has let in. */
export async function getSession(db: Database, request: FastifyRequest): Promise<SessionRow> {
  const token = findToken(request)
  const session = token === null ? null : await findSession(db, hashSecret(token))
  if (session === null) throw new Problem('unauthenticated')
  return session
}

/** Who is signed in, and the name of the seller above: nothing else of it. R-TREE-9. */
export const readMe = (db: Database, call: CallContext, session: SessionRow): Promise<Me> =>
  db.transaction(call, async (tx) => {
    const sellerPath = parentPath(session.path)
    const seller =
      sellerPath === null
        ? undefined
        : await tx
            .tables<TenantTables>()
            .selectFrom('tenant_brands')
            .select('name')
            .where('path', '=', sellerPath)
            .executeTakeFirst()
    const login = await findLogin(tx, session.email.toLowerCase())
    return {
      user: {
        id: session.user_id,
        email: session.email,
        name: session.name,
        role: session.role,
        may_purchase: session.may_purchase,
        has_password: login?.password_hash != null,
      },
      tenant: { id: session.tenant_id, name: session.tenant_name, level: session.level },
      seller: seller ?? null,
      may: permissionsAt(session.role, session.level),
      session_expires_at: session.expires_at,
    }
  })

/** Hands the token to the browser, where no script can read it. */
export function setCookie(reply: FastifyReply, token: string, isSecure: boolean): void {
  reply.setCookie(cookieName, token, {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: isSecure,
    maxAge: sessionHours * 3600,
  })
}

import type { Me } from '@tenantree/contract'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { CallContext } from '../kernel/context.ts'
import { Problem } from '../kernel/problem.ts'
import { parentPath } from '../kernel/tree.ts'
import { realNow } from '../platform/clock.ts'
import type { Database } from '../platform/database.ts'
import { hashSecret } from '../platform/ids.ts'
import { readShownBranding, type TenantTables } from '../tenants/index.ts'
import { gatherAccess } from './access-log/commands.ts'
import { findApiKeyOwner } from './api-keys/repository.ts'
import { decideMethod, lacksSecondFactor, needsSecondFactor, noFlags, toEmailKey, toScope } from './domain.ts'
import type { SignedIn, Visitor } from './open-session.ts'
import { type Granter, permissionsAt, permissionsOfUser } from './policy.ts'
import { findLogin, findSession, type SessionRow } from './repository.ts'

export const cookieName = 'tenantree_session'
export const sessionHours = 12

/** The session token of a request: the console's cookie, or a program's bearer token. */
export function findToken(request: FastifyRequest): string | null {
  const { authorization } = request.headers
  if (authorization?.startsWith('Bearer tts_')) return authorization.slice('Bearer '.length)
  return request.cookies[cookieName] ?? null
}

/** Who asks without being signed in. */
export const toVisitor = (request: FastifyRequest): Visitor => ({
  requestId: request.id,
  address: request.ip,
  userAgent: request.headers['user-agent']?.slice(0, 300) ?? '',
})

/** Ends a sign-in: the cookie, and who is signed in. */
export type AnswerSignedIn = (reply: FastifyReply, signedIn: SignedIn) => Promise<Me>

/** The API key of a request: it goes before a cookie that may come along. */
export function findKey(request: FastifyRequest): string | null {
  const { authorization } = request.headers
  return authorization?.startsWith('Bearer ttk_') ? authorization.slice('Bearer '.length) : null
}

const isShut = (state: string): boolean => state === 'inactive' || state === 'deleted'

/**
 * Makes the context of a request out of its session or API key, read anew each time. Throws unauthenticated, single_sign_on_required,
 * second_factor_missing, api_key_not_allowed. R-TREE-9, R-USER-4.
 */
export function authenticate(db: Database, request: FastifyRequest): Promise<CallContext> {
  const key = findKey(request)
  return key === null ? authenticateUser(db, request) : authenticateKey(db, request, key)
}

async function authenticateKey(db: Database, request: FastifyRequest, key: string): Promise<CallContext> {
  const owner = await findApiKeyOwner(db, hashSecret(key))
  if (owner === null) throw new Problem('unauthenticated')
  const now = db.clock.learn(owner)
  if (Date.parse(owner.expires_at) <= now.epochMilliseconds || isShut(owner.tenant_state))
    throw new Problem('unauthenticated')
  if (request.routeOptions.config.may === 'own') throw new Problem('api_key_not_allowed')
  const { ip: address } = request
  const userAgent = request.headers['user-agent']
  gatherAccess(db, now, {
    actor_kind: 'key',
    actor_id: owner.id,
    how: 'key',
    refused: false,
    address,
    user_agent: userAgent,
  })
  return {
    scope: toScope({ kind: 'key', id: owner.id }, owner),
    now,
    requestId: request.id,
    address: request.ip,
    may: new Set(permissionsAt(owner.role, owner.level).filter((permission) => owner.scopes.includes(permission))),
  }
}

async function authenticateUser(db: Database, request: FastifyRequest): Promise<CallContext> {
  const token = findToken(request)
  const session = token === null ? null : await findSession(db, hashSecret(token))
  if (session === null) throw new Problem('unauthenticated')
  const now = db.clock.learn(session)
  // Real time: moving the test clock by a month signs nobody out.
  const isOver = Date.parse(session.expires_at) <= realNow().epochMilliseconds
  if (isOver || isShut(session.tenant_state)) throw new Problem('unauthenticated')
  // Asked for with each request, so that what a tenant requires holds for the sessions that are there.
  decideMethod(session, session.method)
  if (lacksSecondFactor(session, session.method) && request.routeOptions.config.whileEnrolling !== true)
    throw new Problem('second_factor_missing')
  return {
    scope: toScope({ kind: 'user', id: session.user_id }, session),
    now,
    requestId: request.id,
    address: request.ip,
    may: new Set(permissionsOfUser(session)),
  }
}

/** The session of a request that `authenticate` has let in. Throws api_key_not_allowed: what asks for a person is not for keys. */
export async function getSession(db: Database, request: FastifyRequest): Promise<SessionRow> {
  if (findKey(request) !== null) throw new Problem('api_key_not_allowed')
  const token = findToken(request)
  const session = token === null ? null : await findSession(db, hashSecret(token))
  if (session === null) throw new Problem('unauthenticated')
  return session
}

/** What the caller may give to others: a key has a role and no flags. */
export async function getGranter(db: Database, request: FastifyRequest): Promise<Granter> {
  const key = findKey(request)
  if (key === null) {
    const session = await getSession(db, request)
    return { role: session.role, flags: session }
  }
  const owner = await findApiKeyOwner(db, hashSecret(key))
  if (owner === null) throw new Problem('unauthenticated')
  return { role: owner.role, flags: noFlags }
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
    const login = await findLogin(tx, toEmailKey(session.email))
    const { is_set, name, color, logo } = await readShownBranding(tx, session)
    return {
      user: {
        id: session.user_id,
        email: session.email,
        name: session.name,
        role: session.role,
        may_purchase: session.may_purchase,
        security_officer: session.security_officer,
        support: session.support,
        has_password: login?.password_hash != null,
      },
      second_factor: {
        enabled: session.has_second_factor,
        required: needsSecondFactor(session),
        missing: lacksSecondFactor(session, session.method),
      },
      sign_in: { method: session.method, single_sign_on_required: session.needs_single_sign_on },
      tenant: { id: session.tenant_id, name: session.tenant_name, level: session.level },
      seller: seller ?? null,
      branding: is_set ? { name, color, logo } : null,
      may: permissionsOfUser(session),
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

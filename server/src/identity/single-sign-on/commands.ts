import * as audit from '../../audit/index.ts'
import type { CallContext } from '../../kernel/context.ts'
import { Problem } from '../../kernel/problem.ts'
import { toInstantText } from '../../kernel/time.ts'
import { realNow } from '../../platform/clock.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import { hashSecret, newSecret } from '../../platform/ids.ts'
import { toEmailKey } from '../domain.ts'
import { noteFailure, refuseLocked, sourceLimit } from '../limits/commands.ts'
import { openSession, type SignedIn, signedInOrThrow, type Visitor, visit } from '../open-session.ts'
import { findLogin, lockLogin } from '../repository.ts'
import { findStanding, type SignInProvider, type Standing } from '../standing.ts'
import { type Claims, type Client, readClaims, toAuthorization } from './provider.ts'
import type { Attempt } from './repository.ts'
import * as repository from './repository.ts'
import { openSecret, type SingleSignOn, toRedirectUri } from './settings.ts'

export const attemptMinutes = 10

const toClient = ({ vault }: SingleSignOn, provider: SignInProvider): Client => ({
  issuer: provider.issuer,
  clientId: provider.clientId,
  clientSecret: openSecret(vault, provider.tenantId, provider.sealedSecret),
})

/**
 * Begins a single sign-on: where the browser goes, and a secret for its cookie, so that it is this browser that comes back. Throws
 * single_sign_on_unavailable, the same for an address that nobody has and for one without it; sign_in_locked for a source that asks around;
 * identity_provider_unreachable.
 */
export async function start(db: Database, context: SingleSignOn, visitor: Visitor, email: string) {
  const call = await visit(db, visitor)
  const limit = sourceLimit(call.address)
  const standing = await db.transaction(call, async (tx) => {
    await refuseLocked(tx, [limit])
    const login = await findLogin(tx, toEmailKey(email))
    return login === null ? null : findStanding(tx, login)
  })
  const provider = standing?.is_closed === false ? standing.provider : null
  if (standing === null || provider === null) {
    await db.transaction(call, (tx) => noteFailure(tx, [limit]))
    throw new Problem('single_sign_on_unavailable')
  }
  const { url, ...checks } = await toAuthorization(toClient(context, provider), context.outbound, {
    redirectUri: toRedirectUri(context.baseUrl()),
    loginHint: standing.email,
  })
  const browser = newSecret('ttb')
  await db.transaction(call, (tx) =>
    repository.insertAttempt(tx, {
      state_hash: hashSecret(checks.state),
      browser_hash: hashSecret(browser),
      user_id: standing.user_id,
      realm_id: standing.realm_id,
      provider_tenant_id: provider.tenantId,
      issuer: provider.issuer,
      nonce: checks.nonce,
      code_verifier: checks.codeVerifier,
      expires_at: toInstantText(realNow().add({ minutes: attemptMinutes })),
    }),
  )
  return { url, browser }
}

type Return = { query: string; browser: string; note: (reason: string) => void }

/**
 * Ends a single sign-on with what the provider sent the browser back with. Throws single_sign_on_expired (a wrong state, another browser, a
 * second time, too late), single_sign_on_failed, single_sign_on_refused, email_not_verified, identity_provider_unreachable.
 */
export async function finish(db: Database, context: SingleSignOn, visitor: Visitor, came: Return): Promise<SignedIn> {
  const call = await visit(db, visitor)
  const callback = new URL(toRedirectUri(context.baseUrl()))
  callback.search = came.query
  const state = callback.searchParams.get('state') ?? ''
  const { attempt, provider } = await takeAttempt(db, call, { state, browser: came.browser })
  const claims = await readClaims(toClient(context, provider), context.outbound, {
    callback,
    checks: { state, nonce: attempt.nonce, codeVerifier: attempt.code_verifier },
    note: came.note,
  })
  const outcome = await db.transaction(call, async (tx) => {
    const found = await findKnown(tx, provider.tenantId, claims)
    if (found instanceof Problem) {
      await noteFailure(tx, [sourceLimit(call.address)])
      return found
    }
    const signedIn = await openSession(tx, call, visitor, { ...found.standing, by: 'single_sign_on' })
    if (found.isNew) await link(tx, signedIn.call, found.standing, { providerTenantId: provider.tenantId, claims })
    return signedIn
  })
  return signedInOrThrow(outcome)
}

/** The attempt is gone whatever comes next; the provider has to be the one that the browser was sent to. */
async function takeAttempt(
  db: Database,
  call: CallContext,
  { state, browser }: { state: string; browser: string },
): Promise<{ attempt: Attempt; provider: SignInProvider }> {
  const found = await db.transaction(call, async (tx) => {
    const attempt = await repository.takeAttempt(tx, hashSecret(state), hashSecret(browser))
    const standing = attempt === null ? null : await findStanding(tx, attempt)
    return { attempt, provider: standing?.provider ?? null }
  })
  const { attempt, provider } = found
  const isInTime = attempt !== null && Date.parse(attempt.expires_at) > realNow().epochMilliseconds
  if (!isInTime || provider?.tenantId !== attempt.provider_tenant_id || provider.issuer !== attempt.issuer)
    throw new Problem('single_sign_on_expired')
  return { attempt, provider }
}

/**
 * Who is meant: whoever the provider's subject is known to be, and at first whoever has the verified address. Nobody else's address is told
 * from one that nobody has.
 */
async function findKnown(
  tx: Transaction,
  providerTenantId: string,
  { subject, issuer, email, isEmailVerified }: Claims,
): Promise<{ standing: Standing; isNew: boolean } | Problem> {
  const known = await repository.findIdentity(tx, { subject, issuer, provider_tenant_id: providerTenantId })
  if (known === null && !isEmailVerified) return new Problem('email_not_verified')
  const user = known ?? (await lockLogin(tx, toEmailKey(email ?? '')))
  const standing = user === null ? null : await findStanding(tx, user)
  // A provider speaks for those it is for, and for nobody else, whatever addresses it tells.
  if (standing === null || standing.is_closed || standing.provider?.tenantId !== providerTenantId)
    return new Problem('single_sign_on_refused')
  // Another subject of the same address: it was given to another person since.
  if (known === null && (await repository.hasIdentity(tx, standing.user_id, providerTenantId, issuer)))
    return new Problem('single_sign_on_refused')
  return { standing, isNew: known === null }
}

/** From here on the provider's subject is this user, whatever address it may have one day. */
async function link(
  tx: Transaction,
  call: CallContext,
  { realm_id, user_id, path }: Standing,
  { providerTenantId, claims }: { providerTenantId: string; claims: Claims },
): Promise<void> {
  const { subject, issuer } = claims
  const created_at = toInstantText(call.now)
  await repository.insertIdentity(tx, {
    subject,
    issuer,
    provider_tenant_id: providerTenantId,
    realm_id,
    user_id,
    created_at,
  })
  await audit.append(tx, call, {
    action: 'user.identity_linked',
    realmId: realm_id,
    path,
    object: { kind: 'user', id: user_id },
    before: null,
    after: { issuer },
  })
}

import type { IdentityProviderSetting, SetIdentityProvider } from '@tenantree/contract'
import * as audit from '../../audit/index.ts'
import type { CallContext } from '../../kernel/context.ts'
import { fieldProblem, Problem } from '../../kernel/problem.ts'
import { toInstantText } from '../../kernel/time.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import { isOutboundUrl, type OutboundRules } from '../../platform/outbound.ts'
import type { Vault } from '../../platform/vault.ts'
import { getTenant, type TenantRecord } from '../../tenants/index.ts'
import { findPolicy } from '../second-factor/policy-repository.ts'
import { checkProvider } from './provider.ts'
import type { ProviderRecord } from './repository.ts'
import * as repository from './repository.ts'

/** What single sign-on needs of the installation: its address, its vault, whom it may ask. */
export type SingleSignOn = { baseUrl: () => string; vault: Vault; outbound: OutboundRules }

export const toRedirectUri = (baseUrl: string): string => new URL('/sign-in/callback', baseUrl).href
const about = (tenantId: string): string => `identity_provider:${tenantId}`
export const openSecret = (vault: Vault, tenantId: string, sealed: string): string =>
  vault.open(sealed, about(tenantId))

const toSetting = (provider: ProviderRecord | null, baseUrl: string): IdentityProviderSetting => ({
  provider: provider === null ? null : toShown(provider),
  redirect_uri: toRedirectUri(baseUrl),
})
const toShown = ({ issuer, client_id, covers_below, updated_at }: ProviderRecord) => ({
  issuer,
  client_id,
  covers_below,
  updated_at,
})
const toNoted = ({ issuer, client_id, covers_below }: ProviderRecord) => ({ issuer, client_id, covers_below })

/** The identity provider of a tenant, without its secret. Throws not_found. */
export const getSetting = (db: Database, call: CallContext, context: SingleSignOn, tenantId: string) =>
  db.transaction(call, async (tx) => {
    const tenant = await getTenant(tx, call.scope, tenantId)
    return toSetting(await repository.findProvider(tx, tenant), context.baseUrl())
  })

/**
 * Says where the users of a tenant sign in. R-USER-4. Throws not_found, issuer_refused, invalid_request where the secret is left out and the
 * stored one is not for this issuer and client: it would be told to somebody else.
 */
export const setProvider = (
  db: Database,
  call: CallContext,
  { baseUrl, vault, outbound }: SingleSignOn,
  { tenantId, ...input }: SetIdentityProvider & { tenantId: string },
): Promise<IdentityProviderSetting> =>
  db.transaction(call, async (tx) => {
    const tenant = await getTenant(tx, call.scope, tenantId)
    const before = await repository.findProvider(tx, tenant)
    if (!isOutboundUrl(input.issuer, outbound))
      throw fieldProblem('issuer_refused', 'issuer', 'It has to be https, in the public network.')
    const after: ProviderRecord = {
      realm_id: tenant.realm_id,
      tenant_id: tenant.id,
      path: tenant.path,
      issuer: input.issuer,
      client_id: input.client_id,
      client_secret: sealSecret(vault, tenant, before, input),
      covers_below: input.covers_below,
      updated_at: toInstantText(call.now),
    }
    await repository.saveProvider(tx, after)
    await note(tx, call, tenant, { action: 'identity_provider.set', before, after })
    return toSetting(after, baseUrl())
  })

function sealSecret(
  vault: Vault,
  tenant: TenantRecord,
  before: ProviderRecord | null,
  input: SetIdentityProvider,
): string {
  if (input.client_secret !== undefined) return vault.seal(input.client_secret, about(tenant.id))
  if (before !== null && before.issuer === input.issuer && before.client_id === input.client_id)
    return before.client_secret
  throw fieldProblem('invalid_request', 'client_secret', 'Enter the secret of this client.')
}

/** Single sign-on ends; passwords and passkeys work as before. Throws not_found, identity_provider_in_use while it is required. */
export const removeProvider = (db: Database, call: CallContext, tenantId: string): Promise<void> =>
  db.transaction(call, async (tx) => {
    const tenant = await getTenant(tx, call.scope, tenantId)
    const provider = await repository.findProvider(tx, tenant)
    if (provider === null) throw new Problem('not_found')
    if ((await findPolicy(tx, tenant)).require_single_sign_on) throw new Problem('identity_provider_in_use')
    await repository.deleteProvider(tx, provider)
    await note(tx, call, tenant, { action: 'identity_provider.removed', before: provider, after: null })
  })

/** Asks the provider for its configuration. Throws not_found, identity_provider_missing, identity_provider_unreachable. */
export async function checkSetting(db: Database, call: CallContext, context: SingleSignOn, tenantId: string) {
  const provider = await db.transaction(call, async (tx) =>
    repository.findProvider(tx, await getTenant(tx, call.scope, tenantId)),
  )
  if (provider === null) throw new Problem('identity_provider_missing')
  const { issuer, client_id: clientId, client_secret } = provider
  const clientSecret = openSecret(context.vault, provider.tenant_id, client_secret)
  return checkProvider({ issuer, clientId, clientSecret }, context.outbound)
}

type Change = { action: string; before: ProviderRecord | null; after: ProviderRecord | null }

const note = (tx: Transaction, call: CallContext, tenant: TenantRecord, { action, before, after }: Change) =>
  audit.append(tx, call, {
    action,
    realmId: tenant.realm_id,
    path: tenant.path,
    object: { kind: 'tenant', id: tenant.id },
    before: before === null ? null : toNoted(before),
    after: after === null ? null : toNoted(after),
  })

import { sql } from 'kysely'
import type { Transaction } from '../../platform/database.ts'
import type { Owned, TenantRecord } from '../../tenants/index.ts'

export type ProviderRecord = Owned & {
  issuer: string
  client_id: string
  client_secret: string
  covers_below: boolean
  updated_at: string
}
export type Identity = {
  subject: string
  issuer: string
  provider_tenant_id: string
  realm_id: bigint
  user_id: string
  created_at: string
}
export type Attempt = {
  state_hash: Buffer
  browser_hash: Buffer
  user_id: string
  realm_id: bigint
  provider_tenant_id: string
  issuer: string
  nonce: string
  code_verifier: string
  expires_at: string
}
type SingleSignOnTables = {
  identity_providers: ProviderRecord
  federated_identities: Identity
  sign_on_attempts: Attempt
}

export async function findProvider(tx: Transaction, tenant: TenantRecord): Promise<ProviderRecord | null> {
  const query = tx.tables<SingleSignOnTables>().selectFrom('identity_providers').selectAll()
  const found = query.where('realm_id', '=', tenant.realm_id).where('tenant_id', '=', tenant.id)
  return (await found.executeTakeFirst()) ?? null
}

export async function saveProvider(tx: Transaction, provider: ProviderRecord): Promise<void> {
  const { realm_id: _realm, tenant_id: _tenant, path: _path, ...fields } = provider
  await tx
    .tables<SingleSignOnTables>()
    .insertInto('identity_providers')
    .values(provider)
    .onConflict((conflict) => conflict.columns(['realm_id', 'tenant_id']).doUpdateSet(fields))
    .execute()
}

export async function deleteProvider(tx: Transaction, provider: ProviderRecord): Promise<void> {
  const query = tx.tables<SingleSignOnTables>().deleteFrom('identity_providers')
  await query.where('realm_id', '=', provider.realm_id).where('tenant_id', '=', provider.tenant_id).execute()
}

/** Whether users at a path may, and whether they have to, sign in by an identity provider. Says nothing of who asks for it. */
export async function readSingleSignOn(tx: Transaction, path: string) {
  const query = sql<{ is_provided: boolean; is_required: boolean }>`select * from app.single_sign_on_at(${path})`
  const { rows } = await query.execute(tx.tables())
  return rows[0] ?? { is_provided: false, is_required: false }
}

export const insertAttempt = (tx: Transaction, attempt: Attempt) =>
  tx.tables<SingleSignOnTables>().insertInto('sign_on_attempts').values(attempt).execute()

/** Takes an attempt away, into the browser that began it only: a replayed or a foreign one finds nothing. */
export async function takeAttempt(tx: Transaction, state: Buffer, browser: Buffer): Promise<Attempt | null> {
  const query = tx.tables<SingleSignOnTables>().deleteFrom('sign_on_attempts')
  const taken = query.where('state_hash', '=', state).where('browser_hash', '=', browser).returningAll()
  return (await taken.executeTakeFirst()) ?? null
}

export async function findIdentity(
  tx: Transaction,
  { subject, issuer, provider_tenant_id }: Pick<Identity, 'subject' | 'issuer' | 'provider_tenant_id'>,
): Promise<Identity | null> {
  const query = tx.tables<SingleSignOnTables>().selectFrom('federated_identities').selectAll()
  const found = query
    .where('subject', '=', subject)
    .where('issuer', '=', issuer)
    .where('provider_tenant_id', '=', provider_tenant_id)
  return (await found.executeTakeFirst()) ?? null
}

/** Whether the provider knows the user already, by whatever subject. */
export async function hasIdentity(tx: Transaction, userId: string, providerTenantId: string, issuer: string) {
  const query = tx.tables<SingleSignOnTables>().selectFrom('federated_identities').select('subject')
  const found = query
    .where('user_id', '=', userId)
    .where('provider_tenant_id', '=', providerTenantId)
    .where('issuer', '=', issuer)
  return (await found.executeTakeFirst()) !== undefined
}

export const insertIdentity = (tx: Transaction, identity: Identity) =>
  tx.tables<SingleSignOnTables>().insertInto('federated_identities').values(identity).execute()

export async function forgetIdentities(tx: Transaction, userId: string): Promise<void> {
  const tables = tx.tables<SingleSignOnTables>()
  await tables.deleteFrom('federated_identities').where('user_id', '=', userId).execute()
  await tables.deleteFrom('sign_on_attempts').where('user_id', '=', userId).execute()
}

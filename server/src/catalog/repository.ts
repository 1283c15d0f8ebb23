import type { HolderKind, OfferLimits, OfferTerm } from '@tenantree/contract'
import type { ProblemCode } from '@tenantree/contract/problems'
import { type ColumnType, sql } from 'kysely'
import { Problem } from '../kernel/problem.ts'
import type { Transaction } from '../platform/database.ts'
import type { Owned } from '../tenants/index.ts'
import type { AddOnTarget } from './domain.ts'

export type OfferRecord = {
  id: string
  product: string
  edition: string
  product_key: string
  edition_key: string
  rank: number
  unit: 'user' | 'device' | 'gateway' | 'domain' | 'tenant'
  charge_model: 'committed' | 'prepaid' | 'active_use' | 'peak'
  description: string
  terms: OfferTerm[]
  trial_days: number | null
  trial_end_policy: 'convert' | 'deactivate' | 'take_from_pool' | null
  features: string[]
  limits: OfferLimits
  assignable_to: HolderKind[]
  add_on_of: AddOnTarget[]
  metric: 'selected_size' | 'used_storage' | 'protected_users' | null
  machine_edition: string | null
  requires_terms: boolean
  withdrawn_at: string | null
  version: number
  created_at: string
}
type Json<T> = ColumnType<T, string, string>
type OfferTable = Omit<OfferRecord, 'terms' | 'limits' | 'add_on_of'> & {
  terms: Json<OfferTerm[]>
  limits: Json<OfferLimits>
  add_on_of: Json<AddOnTarget[]>
}
export type CatalogTables = { offers: OfferTable; enabled_offers: Owned & { offer_id: string; enabled_at: string } }

export const constraints: Record<string, ProblemCode> = {
  offers_edition: 'offer_exists',
  features_pkey: 'stale_version',
  machine_editions_pkey: 'stale_version',
  terms_versions_pkey: 'resource_locked',
}

const toRow = (offer: OfferRecord) => ({
  ...offer,
  terms: JSON.stringify(offer.terms),
  limits: JSON.stringify(offer.limits),
  add_on_of: JSON.stringify(offer.add_on_of),
})

export async function insertOffer(tx: Transaction, offer: OfferRecord): Promise<void> {
  await tx.tables<CatalogTables>().insertInto('offers').values(toRow(offer)).execute()
}

/** Writes what may change of an offer, of the version that was read. Answers whether it was. */
export async function updateOffer(tx: Transaction, offer: OfferRecord, version: number): Promise<boolean> {
  const { id, product, product_key, rank, unit, charge_model, metric, created_at, ...row } = toRow(offer)
  const saved = await tx
    .tables<CatalogTables>()
    .updateTable('offers')
    .set({ ...row, version: version + 1 })
    .where('id', '=', id)
    .where('version', '=', version)
    .executeTakeFirst()
  return saved.numUpdatedRows > 0n
}

export async function findOffer(tx: Transaction, id: string): Promise<OfferRecord | null> {
  const query = tx.tables<CatalogTables>().selectFrom('offers').selectAll().where('id', '=', id)
  return (await tx.send(query))[0] ?? null
}

/** All offers: of the vendor's catalog, whoever may see them. */
export const listAllOffers = (tx: Transaction): Promise<OfferRecord[]> =>
  tx.tables<CatalogTables>().selectFrom('offers').selectAll().orderBy('id').execute()

/** When the offer was enabled for the tenant at this path, or null. */
export async function findEnabled(tx: Transaction, path: string, offerId: string): Promise<string | null> {
  const row = await tx
    .tables<CatalogTables>()
    .selectFrom('enabled_offers')
    .select('enabled_at')
    .where('path', '=', path)
    .where('offer_id', '=', offerId)
    .executeTakeFirst()
  return row?.enabled_at ?? null
}

/** As findEnabled, and nobody takes the offer away from the tenant before the transaction ends. */
export async function lockEnabled(tx: Transaction, path: string, offerId: string): Promise<boolean> {
  const { rows } = await sql`
    select 1 from enabled_offers where path = ${path} and offer_id = ${offerId} for share`.execute(tx.tables())
  return rows.length > 0
}

/** An offer that the tenant at this path may sell or use: the vendor all, others what was enabled for them. Throws not_found. */
export async function getOfferOf(
  tx: Transaction,
  path: string,
  isVendor: boolean,
  offerId: string,
): Promise<OfferRecord> {
  const offer = await findOffer(tx, offerId)
  if (offer === null || !(isVendor || (await findEnabled(tx, path, offerId)) !== null)) throw new Problem('not_found')
  return offer
}

/** Enables an offer; again changes nothing. Answers whether it was new. */
export async function insertEnabled(tx: Transaction, row: CatalogTables['enabled_offers']): Promise<boolean> {
  const { rows } = await sql`
    insert into enabled_offers (realm_id, tenant_id, offer_id, path, enabled_at)
    values (${row.realm_id}, ${row.tenant_id}, ${row.offer_id}, ${row.path}, ${row.enabled_at})
    on conflict do nothing returning offer_id`.execute(tx.tables())
  return rows.length > 0
}

/** Answers whether there was something to take away. Waits for those who are building on it. */
export async function deleteEnabled(tx: Transaction, path: string, offerId: string): Promise<boolean> {
  const deleted = await tx
    .tables<CatalogTables>()
    .deleteFrom('enabled_offers')
    .where('path', '=', path)
    .where('offer_id', '=', offerId)
    .executeTakeFirst()
  return deleted.numDeletedRows > 0n
}

/** How many tenants below a path have the offer. */
export async function countEnabledBelow(tx: Transaction, path: string, offerId: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from enabled_offers
    where offer_id = ${offerId} and path > ${path} and path < ${`${path}~`}`.execute(tx.tables())
  return rows[0]?.n ?? 0
}

/** Offers enabled at one path and not at another. */
export async function listNotEnabled(
  tx: Transaction,
  { path, abovePath }: { path: string; abovePath: string },
): Promise<{ product: string; edition: string }[]> {
  const { rows } = await sql<{ product: string; edition: string }>`
    select o.product, o.edition from enabled_offers e join offers o on o.id = e.offer_id
    where e.path = ${path} and not exists (
      select 1 from enabled_offers a where a.path = ${abovePath} and a.offer_id = e.offer_id)
    order by o.product_key, o.rank`.execute(tx.tables())
  return rows
}

/** Offers that the tenant at a path may sell or use and that have the feature. R-OFFER-4. */
export async function listOffersWith(
  tx: Transaction,
  path: string,
  feature: string,
): Promise<{ id: string; product: string; edition: string }[]> {
  const { rows } = await sql<{ id: string; product: string; edition: string }>`
    select o.id, o.product, o.edition from enabled_offers e join offers o on o.id = e.offer_id
    where e.path = ${path} and ${feature} = any (o.features) and o.withdrawn_at is null
    order by o.product_key, o.rank, o.id`.execute(tx.tables())
  return rows
}

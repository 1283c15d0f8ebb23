import type { ProblemCode } from '@tenantree/contract/problems'
import { sql } from 'kysely'
import { Problem } from '../kernel/problem.ts'
import type { Transaction } from '../platform/database.ts'
import type { Owned } from '../tenants/index.ts'

export type OfferRecord = {
  id: string
  product: string
  edition: string
  product_key: string
  edition_key: string
  rank: number
  unit: 'user' | 'device' | 'gateway' | 'domain' | 'tenant'
  charge_model: 'committed' | 'prepaid' | 'active_use' | 'peak'
  created_at: string
}
export type CatalogTables = { offers: OfferRecord; enabled_offers: Owned & { offer_id: string; enabled_at: string } }

export const constraints: Record<string, ProblemCode> = { offers_edition: 'offer_exists' }

export async function insertOffer(tx: Transaction, offer: OfferRecord): Promise<void> {
  await tx.tables<CatalogTables>().insertInto('offers').values(offer).execute()
}

export async function findOffer(tx: Transaction, id: string): Promise<OfferRecord | null> {
  const query = tx.tables<CatalogTables>().selectFrom('offers').selectAll().where('id', '=', id)
  return (await query.executeTakeFirst()) ?? null
}

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

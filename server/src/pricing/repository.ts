import type { ProblemCode } from '@tenantree/contract/problems'
import { sql } from 'kysely'
import { Problem } from '../kernel/problem.ts'
import { isEnd, type Transaction } from '../platform/database.ts'

export type PriceListRecord = {
  realm_id: bigint
  id: string
  path: string
  seller_path: string
  seller_id: string
  buyer_id: string | null
  buyer_path: string | null
  buyer_key: string
  currency: string
  created_at: string
}
export type PriceRecord = {
  realm_id: bigint
  id: string
  path: string
  seller_path: string
  price_list_id: string
  offer_id: string
  unit_price: string
  valid_from: string
  created_at: string
}
type PricingTables = { price_lists: PriceListRecord; prices: PriceRecord }

export const constraints: Record<string, ProblemCode> = {
  price_lists_buyer: 'price_list_exists',
  prices_from: 'price_exists',
}

export async function insertList(tx: Transaction, list: PriceListRecord): Promise<void> {
  await tx.tables<PricingTables>().insertInto('price_lists').values(list).execute()
}

/** A list of the caller's own tenant as a seller. Throws not_found: a stranger's list looks like a missing one. */
export async function getList(tx: Transaction, id: string): Promise<PriceListRecord> {
  const list = await tx
    .tables<PricingTables>()
    .selectFrom('price_lists')
    .selectAll()
    .where('id', '=', id)
    .where(isEnd(tx.scope, 'price_lists'))
    .executeTakeFirst()
  if (list === undefined) throw new Problem('not_found')
  return list
}

/** The currency of an edge, fixed by the first price that its seller asked. R-PRICE-4. */
export async function findEdgeCurrency(tx: Transaction, buyerId: string): Promise<string | null> {
  const { rows } = await sql<{ currency: string }>`
    select a.currency from asked_prices a where a.buyer_id = ${buyerId} and ${isEnd(tx.scope, 'a')} limit 1`.execute(
    tx.tables(),
  )
  return rows[0]?.currency ?? null
}

export async function insertPrice(tx: Transaction, price: PriceRecord): Promise<void> {
  await tx.tables<PricingTables>().insertInto('prices').values(price).execute()
}

/** Whom a publication reaches: all direct children of the seller, or one of them. */
export type Reach = { sellerId: string; buyerId: string | null }

/**
 * Copies what the seller's lists ask to its buyers, so that no buyer reads a list: an override by buyer stands before the
 * default list, offer by offer. R-PRICE-1, R-TREE-9. Run by the seller, whose range holds its buyers.
 */
export async function publish(tx: Transaction, reach: Reach): Promise<void> {
  await sql`
    insert into asked_prices (realm_id, buyer_id, offer_id, valid_from, path, seller_path, seller_id, currency, unit_price)
    select b.realm_id, b.id, p.offer_id, p.valid_from, b.path, l.seller_path, l.seller_id, l.currency, p.unit_price
    from tenants b
    join price_lists l on l.seller_id = b.parent_id and (l.buyer_id = b.id or l.buyer_id is null)
    join prices p on p.realm_id = l.realm_id and p.price_list_id = l.id
    where b.parent_id = ${reach.sellerId} and b.level <> 'site'
      and (${reach.buyerId}::uuid is null or b.id = ${reach.buyerId}::uuid)
      and (l.buyer_id is not null or not exists (
        select 1 from price_lists own join prices q on q.realm_id = own.realm_id and q.price_list_id = own.id
        where own.seller_id = l.seller_id and own.buyer_id = b.id and q.offer_id = p.offer_id and q.valid_from <= p.valid_from))
      and not exists (select 1 from asked_prices f where f.realm_id = b.realm_id and f.buyer_id = b.id and f.currency <> l.currency)
    on conflict (realm_id, buyer_id, offer_id, valid_from)
    do update set unit_price = excluded.unit_price, currency = excluded.currency`.execute(tx.tables())
}

/** An override ends what the default list asked of that buyer for the offer, from the day the override begins. */
export async function withdrawDefault(
  tx: Transaction,
  override: { buyerId: string; offerId: string; from: string },
): Promise<void> {
  await sql`
    delete from asked_prices a using tenants b
    where a.realm_id = b.realm_id and a.buyer_id = b.id and b.id = ${override.buyerId}
      and a.offer_id = ${override.offerId} and a.valid_from >= ${override.from}::date`.execute(tx.tables())
}

/** The price asked of the tenant at this path on that day, or null. Seen from either end of the edge. */
export async function findAsked(
  tx: Transaction,
  buyerPath: string,
  offerId: string,
  day: string,
): Promise<{ currency: string; unit_price: string } | null> {
  const { rows } = await sql<{ currency: string; unit_price: string }>`
    select a.currency, a.unit_price from asked_prices a
    where a.path = ${buyerPath} and a.offer_id = ${offerId} and a.valid_from <= ${day}::date and ${isEnd(tx.scope, 'a')}
    order by a.valid_from desc limit 1`.execute(tx.tables())
  return rows[0] ?? null
}

/** Offers enabled for the tenant at a path for which a seller's default list has no price on that day. */
export async function listUnpriced(
  tx: Transaction,
  ask: { sellerPath: string; buyerPath: string; day: string },
): Promise<{ product: string; edition: string }[]> {
  const { rows } = await sql<{ product: string; edition: string }>`
    select o.product, o.edition from enabled_offers e join offers o on o.id = e.offer_id
    where e.path = ${ask.buyerPath} and not exists (
      select 1 from price_lists l join prices p on p.realm_id = l.realm_id and p.price_list_id = l.id
      where l.path = ${ask.sellerPath} and l.buyer_id is null and p.offer_id = e.offer_id and p.valid_from <= ${ask.day}::date)
    order by o.product_key, o.rank`.execute(tx.tables())
  return rows
}

import type { PaymentMode, PriceRate, PriceTier } from '@tenantree/contract'
import type { ProblemCode } from '@tenantree/contract/problems'
import { type ColumnType, sql } from 'kysely'
import { Problem } from '../kernel/problem.ts'
import { isEnd, type Transaction } from '../platform/database.ts'
import type { PriceKey } from './domain.ts'
import type { Asking } from './rating.ts'

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
/** How an amount is asked, as columns. */
export type RateColumns = {
  model: PriceRate['model']
  unit_price: string | null
  amount: string | null
  package_size: bigint | null
  tiers: PriceTier[] | null
  minimum: string | null
}
export type PriceRecord = PriceKey &
  RateColumns & {
    realm_id: bigint
    id: string
    path: string
    seller_path: string
    price_list_id: string
    offer_id: string
    valid_from: string
    created_at: string
  }
type PriceTable = Omit<PriceRecord, 'tiers'> & { tiers: ColumnType<PriceTier[] | null, string | null, string | null> }
type PricingTables = { price_lists: PriceListRecord; prices: PriceTable }

export const constraints: Record<string, ProblemCode> = {
  price_lists_buyer: 'price_list_exists',
  prices_from: 'price_exists',
}

const noRate = { unit_price: null, amount: null, package_size: null, tiers: null }

export function toRateColumns(rate: PriceRate, minimum: string | null): RateColumns {
  const { model } = rate
  if (model === 'per_unit') return { ...noRate, model, minimum, unit_price: rate.unit_price }
  if (model === 'flat') return { ...noRate, model, minimum, amount: rate.amount }
  if (model === 'package')
    return { ...noRate, model, minimum, amount: rate.package_price, package_size: BigInt(rate.size) }
  return { ...noRate, model, minimum, tiers: rate.tiers }
}

export function toRate(row: RateColumns): PriceRate {
  const { model } = row
  if (model === 'per_unit') return { model, unit_price: row.unit_price ?? '0' }
  if (model === 'flat') return { model, amount: row.amount ?? '0' }
  if (model === 'package') return { model, size: Number(row.package_size), package_price: row.amount ?? '0' }
  return { model, tiers: row.tiers ?? [] }
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

export async function insertPrices(tx: Transaction, prices: readonly PriceRecord[]): Promise<void> {
  const rows = prices.map((price) => ({ ...price, tiers: price.tiers === null ? null : JSON.stringify(price.tiers) }))
  await tx.tables<PricingTables>().insertInto('prices').values(rows).execute()
}

/** Whom a publication reaches: all direct children of the seller or one of them, with all offers or some. */
export type Reach = { sellerId: string; buyerId: string | null; offerIds: readonly string[] | null }

/**
 * Copies what the seller's lists ask to its buyers, so that no buyer reads a list: an override by buyer stands before the
 * default list, price by price. R-PRICE-1, R-TREE-9. Run by the seller, whose range holds its buyers.
 */
export async function publish(tx: Transaction, reach: Reach): Promise<void> {
  const ofOffers = reach.offerIds === null ? sql`` : sql`and p.offer_id = any (${[...reach.offerIds]}::uuid[])`
  await sql`
    insert into asked_prices (realm_id, buyer_id, offer_id, term, period, service_type, valid_from, path, seller_path, seller_id, currency,
      model, unit_price, amount, package_size, tiers, minimum)
    select b.realm_id, b.id, p.offer_id, p.term, p.period, p.service_type, p.valid_from, b.path, l.seller_path, l.seller_id, l.currency,
      p.model, p.unit_price, p.amount, p.package_size, p.tiers, p.minimum
    from tenants b
    join price_lists l on l.seller_id = b.parent_id and (l.buyer_id = b.id or l.buyer_id is null)
    join prices p on p.realm_id = l.realm_id and p.price_list_id = l.id ${ofOffers}
    where b.parent_id = ${reach.sellerId} and b.level <> 'site'
      and (${reach.buyerId}::uuid is null or b.id = ${reach.buyerId}::uuid)
      and (l.buyer_id is not null or not exists (
        select 1 from price_lists own join prices q on q.realm_id = own.realm_id and q.price_list_id = own.id
        where own.seller_id = l.seller_id and own.buyer_id = b.id and q.offer_id = p.offer_id and q.term = p.term and q.period = p.period
          and q.service_type = p.service_type and q.valid_from <= p.valid_from))
      and not exists (select 1 from asked_prices f where f.realm_id = b.realm_id and f.buyer_id = b.id and f.currency <> l.currency)
    on conflict (realm_id, buyer_id, offer_id, term, period, service_type, valid_from)
    do update set currency = excluded.currency, model = excluded.model, unit_price = excluded.unit_price, amount = excluded.amount,
      package_size = excluded.package_size, tiers = excluded.tiers, minimum = excluded.minimum`.execute(tx.tables())
}

/** An override ends what the default list asked of that buyer for the same, from the day the override begins. */
export async function withdrawDefault(
  tx: Transaction,
  override: PriceKey & { buyerId: string; offerId: string; from: string },
): Promise<void> {
  await sql`
    delete from asked_prices a using tenants b
    where a.realm_id = b.realm_id and a.buyer_id = b.id and b.id = ${override.buyerId}
      and a.offer_id = ${override.offerId} and a.term = ${override.term} and a.period = ${override.period}
      and a.service_type = ${override.service_type} and a.valid_from >= ${override.from}::date`.execute(tx.tables())
}

export type AskedKey = {
  buyerPath: string
  offerId: string
  term: string
  period: PaymentMode
  serviceType?: 'all_inclusive' | 'software_only'
  day: string
}
export type AskedRate = Asking & { valid_from: string }

/**
 * The price asked of the tenant at a path on a day, or null. A price for its own service type stands before one for both.
 * Seen from either end of the edge.
 */
export async function findAskedPrice(tx: Transaction, key: AskedKey): Promise<AskedRate | null> {
  const { rows } = await sql<RateColumns & { currency: string; valid_from: string }>`
    select a.* from asked_prices a
    where a.path = ${key.buyerPath} and a.offer_id = ${key.offerId} and a.term = ${key.term} and a.period = ${key.period}
      and a.service_type in ('', ${key.serviceType ?? ''}) and a.valid_from <= ${key.day}::date and ${isEnd(tx.scope, 'a')}
    order by a.service_type desc, a.valid_from desc limit 1`.execute(tx.tables())
  const row = rows[0]
  return row === undefined
    ? null
    : { rate: toRate(row), minimum: row.minimum, currency: row.currency, valid_from: row.valid_from }
}

/** Whether any price is asked of the tenant at a path for the offer on a day. */
export async function hasAskedPrice(
  tx: Transaction,
  buyerPath: string,
  offerId: string,
  day: string,
): Promise<boolean> {
  const { rows } = await sql`
    select 1 from asked_prices a
    where a.path = ${buyerPath} and a.offer_id = ${offerId} and a.valid_from <= ${day}::date and ${isEnd(tx.scope, 'a')}
    limit 1`.execute(tx.tables())
  return rows.length > 0
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

import type { askedPrice, price, priceList } from '@tenantree/contract'
import { type RawBuilder, sql } from 'kysely'
import type * as z from 'zod'
import { type OfferRef, offerJson } from '../catalog/index.ts'
import type { CallContext } from '../kernel/context.ts'
import { fromCursor, type KeyKind, type Page, toPage } from '../kernel/page.ts'
import { parentPath } from '../kernel/tree.ts'
import { type Database, isEnd } from '../platform/database.ts'
import { getTenant } from '../tenants/index.ts'
import type { PriceKey } from './domain.ts'
import { getList, type PriceListRecord, type PriceRecord, type RateColumns, toRate } from './repository.ts'

type PriceList = z.infer<typeof priceList>
type Price = z.infer<typeof price>
type AskedPrice = z.infer<typeof askedPrice>
type PageQuery = { cursor?: string | undefined; limit: number }

export const toPriceList = (record: PriceListRecord, buyerName: string | null): PriceList => ({
  id: record.id,
  seller_id: record.seller_id,
  buyer_id: record.buyer_id,
  buyer_name: buyerName,
  currency: record.currency,
  created_at: record.created_at,
})

type AskedColumns = PriceKey & RateColumns & { valid_from: string }

export const toDimensions = ({ term, period, service_type }: PriceKey) => ({
  term: term === '' ? null : term,
  period,
  service_type: service_type === '' ? null : service_type,
})

const toAsked = (row: AskedColumns, currency: string) => ({
  ...toDimensions(row),
  rate: toRate(row),
  minimum: row.minimum,
  currency,
  unit_price: row.unit_price === null ? null : { amount: row.unit_price, currency },
  valid_from: row.valid_from,
})

export const toPrice = (record: PriceRecord, currency: string, offer: OfferRef): Price => ({
  id: record.id,
  price_list_id: record.price_list_id,
  offer,
  ...toAsked(record, currency),
  created_at: record.created_at,
})

/** The lists of the caller's own tenant as a seller; nobody else sees them. R-TREE-10. */
export const listPriceLists = (db: Database, call: CallContext, query: PageQuery): Promise<Page<PriceList>> =>
  db.transaction(call, async (tx) => {
    const after = fromCursor(query.cursor, ['uuid'])
    const { rows } = await sql<PriceListRecord & { buyer_name: string | null }>`
      select l.*, b.name as buyer_name from price_lists l left join tenants b on b.path = l.buyer_path
      where ${isEnd(call.scope, 'l')} ${after === null ? sql`` : sql`and l.id > ${after[0]}::uuid`}
      order by l.id limit ${query.limit + 1}`.execute(tx.tables())
    const page = toPage(rows, query.limit, (row) => [row.id])
    return { ...page, data: page.data.map((row) => toPriceList(row, row.buyer_name)) }
  })

/** The prices of an own list, by offer and what they are for, the newest first. Throws not_found. */
export const listPrices = (db: Database, call: CallContext, listId: string, query: PageQuery): Promise<Page<Price>> =>
  db.transaction(call, async (tx) => {
    const list = await getList(tx, listId)
    const { rows } = await sql<PriceRecord & { offer: OfferRef }>`
      select p.*, ${offerJson} as offer from prices p join offers o on o.id = p.offer_id
      where p.realm_id = ${list.realm_id} and p.price_list_id = ${list.id} and ${isEnd(call.scope, 'p')}
        and ${afterPrice(query.cursor, 'p')}
      order by ${priceOrder('p')} limit ${query.limit + 1}`.execute(tx.tables())
    const page = toPage(rows, query.limit, toKeys)
    return { ...page, data: page.data.map((row) => toPrice(row, list.currency, row.offer)) }
  })

type Sorted = PriceKey & { offer_id: string; valid_from: string }
const toKeys = (row: Sorted): string[] => [row.offer_id, row.term, row.period, row.service_type, row.valid_from]
const keyKinds: readonly KeyKind[] = ['uuid', 'text', 'text', 'text', 'day']

const whatFor = (alias: string): RawBuilder<unknown> =>
  sql.join(
    ['offer_id', 'term', 'period', 'service_type'].map((column) => sql.ref(`${alias}.${column}`)),
    sql`, `,
  )
const priceOrder = (alias: string) => sql`${whatFor(alias)}, ${sql.ref(`${alias}.valid_from`)} desc`

function afterPrice(cursor: string | undefined, alias: string): RawBuilder<unknown> {
  const after = fromCursor(cursor, keyKinds)
  if (after === null) return sql`true`
  const last = sql`(${after[0]}::uuid, ${after[1]}, ${after[2]}, ${after[3]})`
  return sql`((${whatFor(alias)}) > ${last} or ((${whatFor(alias)}) = ${last} and ${sql.ref(`${alias}.valid_from`)} < ${after[4]}::date))`
}

type AskedRow = AskedColumns & { offer: OfferRef; offer_id: string; seller_name: string; currency: string }

/**
 * What is asked of a tenant for the offers enabled for it: seen by the two ends of the edge, empty for anyone else.
 * R-TREE-10. Throws not_found.
 */
export const listAskedPrices = (
  db: Database,
  call: CallContext,
  tenantId: string,
  query: PageQuery,
): Promise<Page<AskedPrice>> =>
  db.transaction(call, async (tx) => {
    const buyer = await getTenant(tx, call.scope, tenantId)
    const { rows } = await sql<AskedRow>`
      select ${offerJson} as offer, coalesce(s.name, '') as seller_name, a.offer_id, a.term, a.period, a.service_type, a.valid_from,
        a.currency, a.model, a.unit_price, a.amount, a.package_size, a.tiers, a.minimum
      from asked_prices a
      join offers o on o.id = a.offer_id
      join enabled_offers e on e.realm_id = a.realm_id and e.tenant_id = a.buyer_id and e.offer_id = a.offer_id
      left join tenant_brands s on s.path = ${parentPath(buyer.path) ?? ''}
      where a.path = ${buyer.path} and ${isEnd(call.scope, 'a')} and ${afterPrice(query.cursor, 'a')}
      order by ${priceOrder('a')} limit ${query.limit + 1}`.execute(tx.tables())
    const page = toPage(rows, query.limit, toKeys)
    return { ...page, data: page.data.map((row) => toAskedPrice(row, buyer.id)) }
  })

const toAskedPrice = (row: AskedRow, buyerId: string): AskedPrice => ({
  offer: row.offer,
  buyer_id: buyerId,
  seller_name: row.seller_name,
  ...toAsked(row, row.currency),
})

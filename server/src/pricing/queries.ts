import type { askedPrice, price, priceList } from '@tenantree/contract'
import { type RawBuilder, sql } from 'kysely'
import type * as z from 'zod'
import { type Offer, offerJson } from '../catalog/index.ts'
import type { CallContext } from '../kernel/context.ts'
import { fromCursor, type Page, toPage } from '../kernel/page.ts'
import { parentPath } from '../kernel/tree.ts'
import { type Database, isEnd } from '../platform/database.ts'
import { getTenant } from '../tenants/index.ts'
import { getList, type PriceListRecord, type PriceRecord } from './repository.ts'

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

export const toPrice = (record: PriceRecord, currency: string, offer: Offer): Price => ({
  id: record.id,
  price_list_id: record.price_list_id,
  offer,
  unit_price: { amount: record.unit_price, currency },
  valid_from: record.valid_from,
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

/** The prices of an own list, by offer, the newest first. Throws not_found. */
export const listPrices = (db: Database, call: CallContext, listId: string, query: PageQuery): Promise<Page<Price>> =>
  db.transaction(call, async (tx) => {
    const list = await getList(tx, listId)
    const { rows } = await sql<PriceRecord & { offer: Offer }>`
      select p.*, ${offerJson} as offer from prices p join offers o on o.id = p.offer_id
      where p.realm_id = ${list.realm_id} and p.price_list_id = ${list.id} and ${isEnd(call.scope, 'p')}
        and ${afterOfferAndDay(query.cursor, 'p')}
      order by p.offer_id, p.valid_from desc limit ${query.limit + 1}`.execute(tx.tables())
    const page = toPage(rows, query.limit, (row) => [row.offer_id, row.valid_from])
    return { ...page, data: page.data.map((row) => toPrice(row, list.currency, row.offer)) }
  })

function afterOfferAndDay(cursor: string | undefined, alias: string): RawBuilder<unknown> {
  const after = fromCursor(cursor, ['uuid', 'day'])
  if (after === null) return sql`true`
  const [offerId, day] = [sql.ref(`${alias}.offer_id`), sql.ref(`${alias}.valid_from`)]
  return sql`(${offerId} > ${after[0]}::uuid or (${offerId} = ${after[0]}::uuid and ${day} < ${after[1]}::date))`
}

type AskedRow = {
  offer: Offer
  offer_id: string
  seller_name: string
  currency: string
  unit_price: string
  valid_from: string
}

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
      select ${offerJson} as offer, a.offer_id, coalesce(s.name, '') as seller_name, a.currency, a.unit_price, a.valid_from
      from asked_prices a
      join offers o on o.id = a.offer_id
      join enabled_offers e on e.realm_id = a.realm_id and e.tenant_id = a.buyer_id and e.offer_id = a.offer_id
      left join tenant_brands s on s.path = ${parentPath(buyer.path) ?? ''}
      where a.path = ${buyer.path} and ${isEnd(call.scope, 'a')} and ${afterOfferAndDay(query.cursor, 'a')}
      order by a.offer_id, a.valid_from desc limit ${query.limit + 1}`.execute(tx.tables())
    const page = toPage(rows, query.limit, (row) => [row.offer_id, row.valid_from])
    return { ...page, data: page.data.map((row) => toAskedPrice(row, buyer.id)) }
  })

const toAskedPrice = (
  { offer, seller_name, valid_from, unit_price, currency }: AskedRow,
  buyerId: string,
): AskedPrice => ({
  offer,
  buyer_id: buyerId,
  seller_name,
  unit_price: { amount: unit_price, currency },
  valid_from,
})

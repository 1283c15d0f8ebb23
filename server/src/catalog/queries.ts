import type { enabledOffer, offer } from '@tenantree/contract'
import { sql } from 'kysely'
import type * as z from 'zod'
import type { CallContext } from '../kernel/context.ts'
import { fromCursor, type Page, toPage } from '../kernel/page.ts'
import type { Database } from '../platform/database.ts'
import { getTenant } from '../tenants/index.ts'
import type { OfferRecord } from './repository.ts'

export type Offer = z.infer<typeof offer>
type EnabledOffer = z.infer<typeof enabledOffer>
type PageQuery = { cursor?: string | undefined; limit: number }
type EnabledRow = OfferRecord & { enabled_at: string }

export const toOffer = ({ product_key: _product, edition_key: _edition, ...record }: OfferRecord): Offer => record

/** The columns of an offer as one JSON value, for lists that join it. */
export const offerJson = sql`jsonb_build_object('id', o.id, 'product', o.product, 'edition', o.edition, 'rank', o.rank, 'unit', o.unit,
  'charge_model', o.charge_model, 'created_at', to_char(o.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))`

/** Offers that the caller's tenant may sell or use. R-OFFER-5. */
export const listOffers = (db: Database, call: CallContext, query: PageQuery): Promise<Page<Offer>> =>
  db.transaction(call, async (tx) => {
    const after = fromCursor(query.cursor, ['text', 'integer', 'uuid'])
    const { rows } = await sql<OfferRecord>`
      select o.* from offers o
      where ${
        call.scope.reach === 'vendor'
          ? sql`true`
          : sql`exists (select 1 from enabled_offers e where e.offer_id = o.id and e.path = ${call.scope.lo})`
      }
      ${after === null ? sql`` : sql`and (o.product_key, o.rank, o.id) > (${after[0]}, ${Number(after[1])}::int, ${after[2]}::uuid)`}
      order by o.product_key, o.rank, o.id limit ${query.limit + 1}`.execute(tx.tables())
    const page = toPage(rows, query.limit, (row) => [row.product_key, String(row.rank), row.id])
    return { ...page, data: page.data.map(toOffer) }
  })

/** What is enabled for a tenant of the scope. Throws not_found. */
export const listTenantOffers = (
  db: Database,
  call: CallContext,
  tenantId: string,
  query: PageQuery,
): Promise<Page<EnabledOffer>> =>
  db.transaction(call, async (tx) => {
    const tenant = await getTenant(tx, call.scope, tenantId)
    const after = fromCursor(query.cursor, ['text', 'integer', 'uuid'])
    const { rows } = await sql<EnabledRow>`
      select o.*, e.enabled_at from enabled_offers e join offers o on o.id = e.offer_id
      where e.path = ${tenant.path}
      ${after === null ? sql`` : sql`and (o.product_key, o.rank, o.id) > (${after[0]}, ${Number(after[1])}::int, ${after[2]}::uuid)`}
      order by o.product_key, o.rank, o.id limit ${query.limit + 1}`.execute(tx.tables())
    const page = toPage(rows, query.limit, (row) => [row.product_key, String(row.rank), row.id])
    return { ...page, data: page.data.map(({ enabled_at, ...record }) => ({ offer: toOffer(record), enabled_at })) }
  })

import type { enabledOffer, Offer, offerBuyer, offerQuery, offerRef } from '@tenantree/contract'
import { type RawBuilder, sql } from 'kysely'
import type * as z from 'zod'
import type { CallContext } from '../kernel/context.ts'
import { fromCursor, type Page, toPage } from '../kernel/page.ts'
import type { Database } from '../platform/database.ts'
import { getTenant, toNameKey } from '../tenants/index.ts'
import { getOfferOf, type OfferRecord } from './repository.ts'

export type { Offer }
export type OfferRef = z.infer<typeof offerRef>
type EnabledOffer = z.infer<typeof enabledOffer>
type PageQuery = { cursor?: string | undefined; limit: number }
type EnabledRow = OfferRecord & { enabled_at: string }

export const toOffer = ({
  product_key: _product,
  edition_key: _edition,
  trial_days: days,
  trial_end_policy: end_policy,
  ...record
}: OfferRecord): Offer => ({
  ...record,
  trial: days === null || end_policy === null ? null : { days, end_policy },
})

export const toOfferRef = ({ id, product, edition, rank, unit, charge_model, created_at }: OfferRecord): OfferRef => ({
  id,
  product,
  edition,
  rank,
  unit,
  charge_model,
  created_at,
})

/** An offer as it is named beside something else, as one JSON value, for lists that join it. */
export const offerJson = sql`jsonb_build_object('id', o.id, 'product', o.product, 'edition', o.edition, 'rank', o.rank, 'unit', o.unit,
  'charge_model', o.charge_model, 'created_at', to_char(o.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))`

/** Offers that the caller's tenant may sell or use. R-OFFER-5. */
export const listOffers = (
  db: Database,
  call: CallContext,
  query: Omit<z.infer<typeof offerQuery>, 'limit'> & { limit: number },
): Promise<Page<Offer>> =>
  db.transaction(call, async (tx) => {
    const { rows } = await sql<OfferRecord>`
      select o.* from offers o
      where ${mayHave(call)} and ${toFilter(query)} and ${afterOffer(query.cursor)}
      order by o.product_key, o.rank, o.id limit ${query.limit + 1}`.execute(tx.tables())
    const page = toPage(rows, query.limit, (row) => [row.product_key, String(row.rank), row.id])
    return { ...page, data: page.data.map(toOffer) }
  })

/** The vendor has all offers, others what was enabled for them. */
export const mayHave = ({ scope }: CallContext): RawBuilder<unknown> =>
  scope.reach === 'vendor'
    ? sql`true`
    : sql`exists (select 1 from enabled_offers e where e.offer_id = o.id and e.path = ${scope.lo})`

function toFilter(query: Partial<z.infer<typeof offerQuery>>): RawBuilder<unknown> {
  const parts = [sql`true`]
  if (query.product !== undefined) parts.push(sql`o.product_key = ${toNameKey(query.product)}`)
  if (query.charge_model !== undefined) parts.push(sql`o.charge_model = ${query.charge_model}`)
  if (query.on_sale !== undefined) parts.push(sql`(o.withdrawn_at is null) = ${query.on_sale === 'true'}`)
  return sql.join(parts, sql` and `)
}

function afterOffer(cursor: string | undefined): RawBuilder<unknown> {
  const after = fromCursor(cursor, ['text', 'integer', 'uuid'])
  if (after === null) return sql`true`
  return sql`(o.product_key, o.rank, o.id) > (${after[0]}, ${Number(after[1])}::int, ${after[2]}::uuid)`
}

/** Throws not_found. */
export const getOffer = (db: Database, call: CallContext, id: string): Promise<Offer> =>
  db.transaction(call, async (tx) => toOffer(await getOfferOf(tx, call.scope.lo, call.scope.reach === 'vendor', id)))

/** What is enabled for a tenant of the scope. Throws not_found. */
export const listTenantOffers = (
  db: Database,
  call: CallContext,
  tenantId: string,
  query: PageQuery,
): Promise<Page<EnabledOffer>> =>
  db.transaction(call, async (tx) => {
    const tenant = await getTenant(tx, call.scope, tenantId)
    const { rows } = await sql<EnabledRow>`
      select o.*, e.enabled_at from enabled_offers e join offers o on o.id = e.offer_id
      where e.path = ${tenant.path} and ${afterOffer(query.cursor)}
      order by o.product_key, o.rank, o.id limit ${query.limit + 1}`.execute(tx.tables())
    const page = toPage(rows, query.limit, (row) => [row.product_key, String(row.rank), row.id])
    return { ...page, data: page.data.map(({ enabled_at, ...record }) => ({ offer: toOffer(record), enabled_at })) }
  })

type BuyerRow = z.infer<typeof offerBuyer> & { name_key: string }

/** The caller's direct children, and which of them have the offer. R-OFFER-5. Throws not_found. */
export const listOfferBuyers = (
  db: Database,
  call: CallContext,
  offerId: string,
  query: PageQuery,
): Promise<Page<z.infer<typeof offerBuyer>>> =>
  db.transaction(call, async (tx) => {
    const offer = await getOfferOf(tx, call.scope.lo, call.scope.reach === 'vendor', offerId)
    const after = fromCursor(query.cursor, ['text', 'uuid'])
    const { rows } = await sql<BuyerRow>`
      select t.id as tenant_id, t.name as tenant_name, t.name_key, t.level, e.enabled_at, (
        select count(*)::int from enabled_offers b where b.offer_id = ${offer.id} and b.path > t.path and b.path < t.path || '~') as below
      from tenants t
      left join enabled_offers e on e.realm_id = t.realm_id and e.tenant_id = t.id and e.offer_id = ${offer.id}
      where t.parent_id = ${call.scope.tenantId} and t.level <> 'site' and t.state <> 'deleted'
        ${after === null ? sql`` : sql`and (t.name_key, t.id) > (${after[0]}, ${after[1]}::uuid)`}
      order by t.name_key, t.id limit ${query.limit + 1}`.execute(tx.tables())
    const page = toPage(rows, query.limit, (row) => [row.name_key, row.tenant_id])
    return { ...page, data: page.data.map(({ name_key: _key, ...row }) => row) }
  })

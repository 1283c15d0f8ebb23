import type { Level, OfferTerm, Order, OrderRow, orderQuery } from '@tenantree/contract'
import { sql } from 'kysely'
import type * as z from 'zod'
import { type OfferRef, offerJson } from '../catalog/index.ts'
import type { CallContext } from '../kernel/context.ts'
import { toMoneyJson } from '../kernel/money.ts'
import { fromCursor, type Page, toPage } from '../kernel/page.ts'
import { Problem } from '../kernel/problem.ts'
import { toDay } from '../kernel/time.ts'
import { type Database, inScope, isEnd, type Transaction } from '../platform/database.ts'
import { getTenant } from '../tenants/index.ts'
import { toAdditionJson, toWithdrawableUntil } from './domain.ts'
import { firstPeriod, modeOf, termDates } from './periods/domain.ts'
import { toOrderPeriod } from './preview.ts'
import type { OrderLineRecord, OrderRecord, StoredAddition } from './repository.ts'

type Ref = { id: string; name: string; level: Level }
type Stored = OrderRecord & {
  buyer: Ref
  seller_name: string
  company: Ref | null
}
type LineRow = OrderLineRecord & { offer: OfferRef; term_of: OfferTerm | null; licenses: number }

const refOf = (alias: string) =>
  sql`jsonb_build_object('id', ${sql.ref(`${alias}.id`)}, 'name', ${sql.ref(`${alias}.name`)}, 'level', ${sql.ref(`${alias}.level`)})`

const named = sql`o.*, ${refOf('b')} as buyer, coalesce(s.name, '') as seller_name, case when c.id is null then null else ${refOf('c')} end as company`
const tables = sql`orders o
  join tenants b on b.realm_id = o.realm_id and b.id = o.buyer_id
  left join tenants c on c.realm_id = o.realm_id and c.id = o.company_id
  left join tenant_brands s on s.path = o.seller_path`

/** Where the caller looks from: amounts are for the two ends of the edge. R-TREE-10. */
type View = { call: CallContext; isShown: boolean }

const toFields = (row: Stored, { call, isShown }: View) => ({
  id: row.id,
  buyer: row.buyer,
  seller_name: row.seller_name,
  company: row.company,
  state: row.state,
  payment_mode: row.payment_mode,
  payment_method: row.payment_method,
  first_total: isShown ? toMoneyJson({ minor: row.first_total_minor, currency: row.currency }) : null,
  placed_at: row.placed_at,
  accepted_at: row.accepted_at,
  withdrawn_at: row.withdrawn_at,
  withdrawable_until: toWithdrawableUntil(row, call.now),
})

/** Orders of the edges that the caller's tenant is an end of, the newest first. R-TREE-10. Throws not_found for a tenant outside. */
export const listOrders = (
  db: Database,
  call: CallContext,
  query: z.infer<typeof orderQuery>,
): Promise<Page<OrderRow>> =>
  db.transaction(call, async (tx) => {
    const filters = [isEnd(call.scope, 'o')]
    if (query.tenant_id !== undefined)
      filters.push(sql`o.buyer_id = ${(await getTenant(tx, call.scope, query.tenant_id)).id}`)
    if (query.state !== undefined) filters.push(sql`o.state = ${query.state}`)
    if (query.direction === 'bought') filters.push(sql`o.path = ${call.scope.lo}`)
    if (query.direction === 'sold') filters.push(sql`o.seller_path = ${call.scope.lo}`)
    const after = fromCursor(query.cursor, ['instant', 'uuid'])
    if (after !== null) filters.push(sql`(o.placed_at, o.id) < (${after[0]}::timestamptz, ${after[1]}::uuid)`)
    const { rows } = await sql<Stored & { offers: string[]; quantity: number }>`
      select ${named}, l.offers, l.quantity from ${tables}
      cross join lateral (
        select array_agg(f.product || ' ' || f.edition order by l.position) as offers, sum(l.quantity)::int as quantity
        from order_lines l join offers f on f.id = l.offer_id where l.realm_id = o.realm_id and l.order_id = o.id) l
      where ${sql.join(filters, sql` and `)}
      order by o.placed_at desc, o.id desc limit ${query.limit + 1}`.execute(tx.tables())
    const page = toPage(rows, query.limit, (row) => [row.placed_at, row.id])
    return { ...page, data: page.data.map((row) => toRow(row, call)) }
  })

const toRow = (row: Stored & { offers: string[]; quantity: number }, call: CallContext): OrderRow => ({
  ...toFields(row, { call, isShown: true }),
  direction: row.path === call.scope.lo ? 'bought' : 'sold',
  offers: row.offers,
  quantity: row.quantity,
})

/** Throws not_found: for who is no end of the edge there is no such order. */
export const getOrder = (db: Database, call: CallContext, id: string): Promise<Order> =>
  db.transaction(call, (tx) => readOrder(tx, call, { id, isShown: true }))

/** The order with its lines, as the scope of `tx` may read it. Throws not_found. */
export async function readOrder(
  tx: Transaction,
  call: CallContext,
  { id, isShown }: { id: string; isShown: boolean },
): Promise<Order> {
  const { rows } = await sql<Stored & { ordered_by_name: string | null }>`
    select ${named}, u.name as ordered_by_name from ${tables}
    left join users u on u.id = o.ordered_by and ${inScope(call.scope, 'u')}
    where o.id = ${id} and ${isEnd(tx.scope, 'o')}`.execute(tx.tables())
  const row = rows[0]
  if (row === undefined) throw new Problem('not_found')
  const view = { call, isShown }
  const lines = await readLines(tx, row)
  const offerOf = (offerId: string) => lines.find(({ offer }) => offer.id === offerId)!.offer
  return {
    ...toFields(row, view),
    ordered_by: row.ordered_by_name === null ? null : { id: row.ordered_by, name: row.ordered_by_name },
    terms_version: row.terms_version,
    payment_failure: isShown ? row.payment_failure : null,
    lines: lines.map((line) => toLine(line, row, view)),
    additions: isShown ? row.first_added.map((added) => toAdditionJson(toAddition(added, row.currency), offerOf)) : [],
    version: row.version,
  }
}

const toAddition = ({ offer_id, reason, amount_minor }: StoredAddition, currency: string) => ({
  offerId: offer_id,
  reason,
  amount: { minor: BigInt(amount_minor), currency },
})

async function readLines(tx: Transaction, order: Pick<OrderRecord, 'realm_id' | 'id'>): Promise<LineRow[]> {
  const { rows } = await sql<LineRow>`
    select l.*, ${offerJson} as offer, (select t from jsonb_array_elements(o.terms) t where t ->> 'code' = l.term) as term_of,
      (select count(*)::int from licenses k where k.realm_id = l.realm_id and k.order_line_id = l.id
        and k.state in ('unassigned', 'assigned', 'pending_cancel')) as licenses
    from order_lines l join offers o on o.id = l.offer_id
    where l.realm_id = ${order.realm_id} and l.order_id = ${order.id} and ${isEnd(tx.scope, 'l')}
    order by l.position`.execute(tx.tables())
  return rows
}

function toLine(line: LineRow, order: Stored, { isShown }: View): Order['lines'][number] {
  const { currency } = order
  const mode = modeOf(line, order.payment_mode)
  const charge = { chargeModel: line.charge_model, months: line.months, mode }
  return {
    id: line.id,
    position: line.position,
    offer: line.offer,
    // The catalog may have dropped or renamed a term since.
    term: { code: line.term, name: line.term_of?.name ?? line.term, months: line.months },
    quantity: line.quantity,
    payment_mode: mode,
    unit_price: isShown && line.unit_price !== null ? { amount: line.unit_price, currency } : null,
    first: toOrderPeriod({
      from: toDay(line.first_from),
      to: toDay(line.first_to),
      wholeFrom: toDay(line.first_whole_from),
      wholeTo: toDay(line.first_whole_to),
    }),
    periods: firstPeriod(charge, termDates(charge, toDay(line.first_from))).periods,
    first_amount: isShown ? toMoneyJson({ minor: line.first_amount_minor, currency }) : null,
    add_on_of: line.add_on_of,
    licenses: line.licenses,
  }
}

import { sql } from 'kysely'
import type { Transaction } from '../../platform/database.ts'

/** Licenses of a line that end on the same day and renew, or do not. */
export type EndingGroup = {
  realm_id: bigint
  order_id: string
  order_line_id: string
  offer_id: string
  product: string
  edition: string
  path: string
  seller_path: string
  buyer_id: string
  seller_id: string
  payment_method: 'invoice' | 'card'
  term: string
  months: number
  charge_model: 'committed' | 'prepaid'
  mode: 'monthly' | 'annual'
  starts_on: string
  ends_on: string
  quantity: number
}

/** Commercial licenses that were ordered and are not ended by anyone: by line and last day, up to and with `until`. */
export async function listEnding(
  tx: Transaction,
  { autoRenew, until }: { autoRenew: boolean; until: string },
): Promise<EndingGroup[]> {
  const { rows } = await sql<EndingGroup>`
    select l.realm_id, o.id as order_id, l.order_line_id, l.offer_id, f.product, f.edition, o.path, o.seller_path, o.buyer_id, o.seller_id, o.payment_method, ol.term,
      ol.months, l.charge_model, m.mode, min(l.starts_on) as starts_on, l.ends_on, count(*)::int as quantity
    from licenses l
    join order_lines ol on ol.realm_id = l.realm_id and ol.id = l.order_line_id
    join orders o on o.realm_id = ol.realm_id and o.id = ol.order_id
    join payment_modes m on m.realm_id = o.realm_id and m.buyer_id = o.buyer_id
    join offers f on f.id = l.offer_id
    where l.auto_renew = ${autoRenew} and not l.is_trial and l.state in ('unassigned', 'assigned') and l.ends_on <= ${until}::date
    group by l.realm_id, o.id, l.order_line_id, l.offer_id, f.product, f.edition, o.path, o.seller_path, o.buyer_id, o.seller_id, o.payment_method, ol.term, ol.months,
      l.charge_model, m.mode, l.ends_on
    order by l.ends_on, l.order_line_id, l.offer_id`.execute(tx.tables())
  return rows
}

/** The licenses of a group that still are in it; they stay locked, so that nobody switches their renewal off meanwhile. */
export async function lockGroup(tx: Transaction, group: EndingGroup): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from licenses
    where realm_id = ${group.realm_id} and order_line_id = ${group.order_line_id} and offer_id = ${group.offer_id} and auto_renew
      and not is_trial and state in ('unassigned', 'assigned') and ends_on = ${group.ends_on}::date
    order by id for update`.execute(tx.tables())
  return rows.map((row) => row.id)
}

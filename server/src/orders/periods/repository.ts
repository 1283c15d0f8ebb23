import type { PaymentMode } from '@tenantree/contract'
import { sql } from 'kysely'
import type { Transaction } from '../../platform/database.ts'

export type ChargedPeriodRecord = {
  realm_id: bigint
  id: string
  path: string
  buyer_id: string
  company_id: string | null
  order_id: string
  order_line_id: string
  chain: string
  bill_month: string
  offer_id: string
  term: string
  payment_mode: PaymentMode
  periods: number
  from_day: string
  to_day: string
  whole_from: string
  whole_to: string
  priced_on: string
  quantity: number
  reason: 'period' | 'withdrawal' | 'edition_change' | 'cancellation'
  /** The row that a credit takes back. */
  credit_of: string | null
  created_at: string
}
export type PeriodTables = { charged_periods: ChargedPeriodRecord }

export async function insertPeriods(tx: Transaction, rows: readonly ChargedPeriodRecord[]): Promise<void> {
  if (rows.length === 0) return
  await tx
    .tables<PeriodTables>()
    .insertInto('charged_periods')
    .values([...rows])
    .execute()
}

/** Adds a period of a line unless it is there: answers whether it was new. R-BILL-5. */
export async function addPeriod(tx: Transaction, row: ChargedPeriodRecord): Promise<boolean> {
  const inserted = await tx
    .tables<PeriodTables>()
    .insertInto('charged_periods')
    .values(row)
    .onConflict((conflict) =>
      conflict
        .columns(['realm_id', 'order_line_id', 'offer_id', 'from_day'])
        .where('reason', '=', 'period')
        .doNothing(),
    )
    .returning('id')
    .executeTakeFirst()
  return inserted !== undefined
}

export const listOfOrder = (tx: Transaction, order: { realm_id: bigint; id: string }): Promise<ChargedPeriodRecord[]> =>
  tx
    .tables<PeriodTables>()
    .selectFrom('charged_periods')
    .selectAll()
    .where('realm_id', '=', order.realm_id)
    .where('order_id', '=', order.id)
    .orderBy('id')
    .execute()

/** A line of which licenses may still be charged, as its licenses stand: one row an offer, since editions may have changed. */
export type ChargedLine = {
  realm_id: bigint
  order_line_id: string
  offer_id: string
  order_id: string
  path: string
  buyer_id: string
  company_id: string | null
  term: string
  months: number
  charge_model: 'committed' | 'prepaid'
  mode: PaymentMode
  starts_on: string
  ends_on: string
  charged_to: string
  priced_on: string
}

/** Lines with a license that is valid after the last day that is charged. Both by UTC days before or on `today`. */
export async function listUncharged(tx: Transaction, realmId: bigint, today: string): Promise<ChargedLine[]> {
  const { rows } = await sql<ChargedLine>`
    with lines as (
      select l.realm_id, l.order_line_id, l.offer_id, l.charge_model, min(l.starts_on) as starts_on, max(l.ends_on) as ends_on
      from licenses l
      where l.realm_id = ${realmId} and l.order_line_id is not null and not l.is_trial and l.state <> 'withdrawn'
      group by l.realm_id, l.order_line_id, l.offer_id, l.charge_model
    ), charged as (
      select distinct on (p.order_line_id, p.offer_id) p.order_line_id, p.offer_id, p.to_day as charged_to, p.priced_on
      from charged_periods p where p.realm_id = ${realmId} and p.quantity > 0
      order by p.order_line_id, p.offer_id, p.to_day desc, p.priced_on desc
    )
    select l.*, o.id as order_id, o.path, o.buyer_id, o.company_id, ol.term, ol.months, m.mode, c.charged_to, c.priced_on
    from lines l
    join order_lines ol on ol.realm_id = l.realm_id and ol.id = l.order_line_id
    join orders o on o.realm_id = ol.realm_id and o.id = ol.order_id and o.state = 'accepted'
    join payment_modes m on m.realm_id = o.realm_id and m.buyer_id = o.buyer_id
    join charged c on c.order_line_id = l.order_line_id and c.offer_id = l.offer_id
    where c.charged_to < l.ends_on and c.charged_to < ${today}::date
    order by l.order_line_id, l.offer_id`.execute(tx.tables())
  return rows
}

/** How many licenses of a line are valid on a day. */
export async function countValid(tx: Transaction, line: ChargedLine, day: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from licenses l
    where l.realm_id = ${line.realm_id} and l.order_line_id = ${line.order_line_id} and l.offer_id = ${line.offer_id}
      and l.state <> 'withdrawn' and l.starts_on <= ${day}::date and l.ends_on >= ${day}::date`.execute(tx.tables())
  return rows[0]?.count ?? 0
}

export async function listRealms(tx: Transaction): Promise<bigint[]> {
  const { rows } = await sql<{ id: bigint }>`
    select r.id from realms r where exists (select 1 from orders o where o.realm_id = r.id and o.state = 'accepted') order by r.id`.execute(
    tx.tables(),
  )
  return rows.map((row) => row.id)
}

/** What was charged of an offer of a line for a day and later. */
export async function findCharged(
  tx: Transaction,
  of: { realmId: bigint; orderLineId: string; offerId: string; day: string },
): Promise<ChargedPeriodRecord | null> {
  const { rows } = await sql<ChargedPeriodRecord>`
    select * from charged_periods
    where realm_id = ${of.realmId} and order_line_id = ${of.orderLineId} and offer_id = ${of.offerId} and quantity > 0 and to_day >= ${of.day}::date
    order by from_day, (reason = 'period') desc, id limit 1`.execute(tx.tables())
  return rows[0] ?? null
}

import { sql } from 'kysely'
import type { Money } from '../../kernel/money.ts'
import type { Transaction } from '../../platform/database.ts'

export type CardPayment = { on: string; amount: Money }

/**
 * What was charged to a buyer's card towards the invoice of a month, refunds below zero, in order: of an order on its day, of a renewal in the month in
 * which its period begins. R-BILL-1. `month` is its first day.
 */
export async function listCardPayments(
  tx: Transaction,
  edge: { buyerId: string; sellerPath: string },
  month: string,
): Promise<CardPayment[]> {
  const { rows } = await sql<{ on: string; minor: bigint; currency: string }>`
    select (c.created_at at time zone 'UTC')::date as on, case when c.purpose = 'refund' then -c.amount_minor else c.amount_minor end as minor, c.currency
    from card_charges c
    where c.buyer_id = ${edge.buyerId} and c.seller_path = ${edge.sellerPath} and c.state = 'succeeded'
      and date_trunc('month', coalesce(c.from_day, (c.created_at at time zone 'UTC')::date)::timestamp)::date = ${month}::date
    order by c.created_at, c.id`.execute(tx.tables())
  return rows.map(({ on, minor, currency }) => ({ on, amount: { minor, currency } }))
}

import type { PaymentMode } from '@tenantree/contract'
import { sql } from 'kysely'
import type { Transaction } from '../platform/database.ts'
import type { Asking } from './rating.ts'
import { type AskedRate, type RateColumns, toRate } from './repository.ts'

export type Edge = { sellerId: string; buyerId: string }
export type AskedInMonth = Asking & { offer_id: string }

/**
 * What was asked on an edge in a month for what is charged after use, by offer: the price of the month's first day, or the first that began in the
 * month. R-PRICE-2. Storage is charged where it is the vendor's, so the price for that stands before one for both (R-ACT-7). An edge that a move has ended
 * keeps what was asked on it.
 */
export async function listAskedInMonth(
  tx: Transaction,
  { sellerId, buyerId }: Edge,
  month: string,
): Promise<AskedInMonth[]> {
  const { rows } = await sql<RateColumns & { offer_id: string; currency: string }>`
    with asked as (
      select a.*, 0 as age from asked_prices a where a.buyer_id = ${buyerId} and a.seller_id = ${sellerId}
      union all
      select (jsonb_populate_recordset(null::asked_prices, e.prices)).*, 1 from ended_prices e
      where e.buyer_id = ${buyerId} and e.seller_id = ${sellerId}
    )
    select distinct on (offer_id) offer_id, currency, model, unit_price, amount, package_size, tiers, minimum from asked
    where term = '' and period = 'monthly' and valid_from < (${month}::date + interval '1 month')
      and service_type in ('', 'all_inclusive')
    order by offer_id, (valid_from <= ${month}::date) desc, abs(valid_from - ${month}::date), service_type desc, age`.execute(
    tx.tables(),
  )
  return rows.map((row) => ({
    offer_id: row.offer_id,
    currency: row.currency,
    rate: toRate(row),
    minimum: row.minimum,
  }))
}

/** The currency in which an edge is, or will be: that of what was asked on it, else that of its seller's default list. R-PRICE-4. */
export async function findCurrencyOf(tx: Transaction, { sellerId, buyerId }: Edge): Promise<string | null> {
  const { rows } = await sql<{ currency: string }>`
    select currency from (
      select 0 as age, a.currency from asked_prices a where a.buyer_id = ${buyerId} and a.seller_id = ${sellerId}
      union all
      select 1, e.prices -> 0 ->> 'currency' from ended_prices e where e.buyer_id = ${buyerId} and e.seller_id = ${sellerId}
      union all
      select 2, l.currency from price_lists l where l.seller_id = ${sellerId} and l.buyer_id is null
    ) c where currency is not null order by age limit 1`.execute(tx.tables())
  return rows[0]?.currency ?? null
}

/**
 * What was asked on an edge on a day for an offer that is sold by term, or null. An edge that a move has ended keeps what was asked on it. Past the
 * policies: for billing, which stands above all edges.
 */
export async function findRateOn(
  tx: Transaction,
  { sellerId, buyerId }: Edge,
  key: { offerId: string; term: string; period: PaymentMode; day: string },
): Promise<AskedRate | null> {
  const { rows } = await sql<RateColumns & { currency: string; valid_from: string }>`
    with asked as (
      select a.*, 0 as age from asked_prices a where a.buyer_id = ${buyerId} and a.seller_id = ${sellerId}
      union all
      select (jsonb_populate_recordset(null::asked_prices, e.prices)).*, 1 from ended_prices e
      where e.buyer_id = ${buyerId} and e.seller_id = ${sellerId}
    )
    select * from asked
    where offer_id = ${key.offerId} and term = ${key.term} and period = ${key.period} and valid_from <= ${key.day}::date
    order by valid_from desc, age limit 1`.execute(tx.tables())
  const row = rows[0]
  return row === undefined
    ? null
    : { rate: toRate(row), minimum: row.minimum, currency: row.currency, valid_from: row.valid_from }
}

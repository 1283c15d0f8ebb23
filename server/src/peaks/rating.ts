import { type RawBuilder, sql } from 'kysely'
import { toFraction } from '../kernel/fraction.ts'
import { toDay } from '../kernel/time.ts'
import { toBounds } from '../kernel/tree.ts'
import type { Transaction } from '../platform/database.ts'
import { commonDays } from '../usage/index.ts'
import { type Metric, type PeakUse, sizeOf, unitOf } from './domain.ts'
import { livePeaks, peakColumns } from './live.ts'

/**
 * Keeps the highest values of a realm's month, once: called where its units are rated, in the same transaction, and by nobody else. Reports that come
 * later change nothing. R-BILL-5.
 */
export async function ratePeaks(tx: Transaction, realmId: bigint, month: string): Promise<void> {
  const peaks = livePeaks(month, toDay(month).daysInMonth, sql`m.realm_id = ${realmId}`)
  await sql`
    insert into rated_peaks (realm_id, customer_id, offer_id, device_id, place, path, site_id, metric, from_day, until_day, days, charged_days, of_days,
      peak, peak_on, is_own, deleted_on, month)
    select ${peakColumns('u')}, ${month}::date from (${peaks}) u`.execute(tx.tables())
}

/** The customers whose edges are charged by peaks in a month: rows of { place }. What was highest at nothing charges nobody. */
export const chargedPlaces = (month: string): RawBuilder<unknown> => sql`
  select distinct case when site_id is null then place else left(place, -4) end as place from rated_peaks
  where month = ${month}::date and charged_days <> 0 and peak > 0`

type UseRow = Omit<PeakUse, 'quantity' | 'moved_on' | 'unit' | 'charge_model'> & {
  metric: Metric
  value: string
  moved_on: string | null
}

/**
 * What stands below the buyer of an edge in a rated month, by customer and offer. R-BILL-2: the quantities are the same on every edge. The stays of a
 * device below the buyer are one: where all its charged days are there, its peak counts whole. R-BILL-9.
 */
export async function listPeakUses(
  tx: Transaction,
  { places }: { places: readonly string[] },
  month: string,
): Promise<PeakUse[]> {
  const { rows } = await sql<UseRow>`
    with parts as (
      select r.customer_id, r.offer_id, r.metric, max(r.peak) filter (where r.charged_days <> 0) as peak, bit_count(bit_or(r.charged_days)::bit(31)) as part_days,
        max(r.of_days) as of_days, ${unpairedDays} as moved_on
      from rated_peaks r
      where r.month = ${month}::date and ${below(places)}
      group by r.customer_id, r.offer_id, r.device_id, r.metric
      having max(r.peak) filter (where r.charged_days <> 0) > 0
    ), counted as (
      select p.*, coalesce(p.of_days <> p.part_days, false) as is_divided from parts p
    ), uses as (
      select p.customer_id, p.offer_id, p.metric, count(*) as units, ${sumOfParts}::text as value, sum(p.part_days)::bigint as active_days,
        (count(*) filter (where p.is_divided))::int as divided_units,
        coalesce(sum(p.part_days) filter (where p.is_divided), 0)::int as part_days,
        coalesce(sum(p.of_days) filter (where p.is_divided), 0)::int as of_days,
        string_agg(distinct p.moved_on, ' ') filter (where p.is_divided) as moved_on
      from counted p group by p.customer_id, p.offer_id, p.metric
    )
    select u.*, coalesce(c.name, 'Erased customer') as customer_name, o.product, o.edition
    from uses u
    left join tenants c on c.id = u.customer_id
    join offers o on o.id = u.offer_id
    order by c.name_key, c.id, o.product_key, o.rank`.execute(tx.tables())
  return rows.map(({ metric, value, moved_on, ...row }) => ({
    ...row,
    charge_model: 'peak',
    unit: unitOf(metric),
    quantity: fromParts(metric, value),
    moved_on: [...new Set(moved_on?.split(' ') ?? [])].sort(),
  }))
}

/** The exact sum of whole and divided peaks `p`, in parts that all of them are whole numbers of. */
export const sumOfParts = sql`coalesce(sum(case when p.part_days = 0 then 0 when p.of_days is null then p.peak * ${commonDays}::numeric
  else p.peak * p.part_days * (${commonDays}::bigint / p.of_days)::numeric end), 0)`

/** What a sum of parts is in gigabytes or users. */
export const fromParts = (metric: Metric, sum: string) => toFraction(BigInt(sum), commonDays * sizeOf(metric))

const below = (places: readonly string[]) =>
  sql`(${sql.join(
    places.map((top) => sql`r.place >= ${top} and r.place < ${toBounds(top).hi}`),
    sql` or `,
  )})`

/** Days on which a stay begins and none ends, or ends and none begins: something came to the edge, or left it. */
const unpairedDays = sql`(select string_agg(d.day::text, ' ') from (
  select day from unnest(array_agg(r.from_day) || array_agg(r.until_day)) day where day is not null group by day having count(*) = 1) d)`

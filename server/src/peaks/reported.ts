import { type RawBuilder, sql } from 'kysely'
import { type Edge, isUnrated, type Subject, within } from '../usage/index.ts'
import type { Metric } from './domain.ts'
import { livePeaks, peakColumns } from './live.ts'

/** A peak as a report has it: the stays of a device in the chain of whom it is about are one. */
export type ReportedPeak = {
  customer_id: string
  customer_place: string
  offer_id: string
  device_id: string
  site_id: string | null
  metric: Metric
  days: number
  charged_days: number
  of_days: number | null
  from_days: string[] | null
  until_days: (string | null)[] | null
  peak: bigint
  peak_on: string
  is_own: boolean
  deleted_on: string | null
}

type Month = { month: string; lastDay: number }

/**
 * The peaks of a month in the chain of a tenant: as they were rated, so that a report is what was invoiced; else as they are now. `where` bounds `m` to
 * the scope.
 */
export const peaksOf = (
  { month, lastDay }: Month,
  where: RawBuilder<unknown>,
  subject: Subject,
): RawBuilder<ReportedPeak> => {
  const wasHere = sql`m.tenant_id in (select f.tenant_id from former_places f where f.until_day > ${month}::date and ${within(sql`f.place`, subject)})`
  const near = sql`${where} and (${within(sql`m.path`, subject)} or ${wasHere})`
  return mergeStays(sql`
    ${ratedPeaks(month, where, subject)}
    union all
    select ${peakColumns('l')} from (${livePeaks(month, lastDay, near)}) l
    where ${isUnrated(month, 'l.rated_in')} and ${within(sql`l.place`, subject)}`)
}

/** The rated peaks on an edge that one end is asked about, whoever stands above the customer now. R-BILL-6. */
export const peaksOnEdge = (
  month: string,
  where: RawBuilder<unknown>,
  subject: Subject,
  { sellerId, buyerId }: Edge,
): RawBuilder<ReportedPeak> =>
  mergeStays(sql`
    select r.* from (${ratedPeaks(month, where, subject)}) r
    where exists (select 1 from app.edge_places(${sellerId}, ${buyerId}) e (place) where r.place >= e.place and r.place < e.place || '~')`)

/** What stands inside `where`, and what has left the sight of whom the report is about since it was rated. */
const ratedPeaks = (month: string, where: RawBuilder<unknown>, subject: Subject): RawBuilder<unknown> => sql`
  select ${peakColumns('m')} from rated_peaks m where m.month = ${month}::date and ${where} and ${within(sql`m.place`, subject)}
  union all
  select ${peakColumns('b')} from app.peaks_beyond(${subject.tenantId}, ${month}::date) b`

/** A stay that is charged tells what is charged; another one only what it had itself. */
const first = (column: string) =>
  sql`(array_agg(${sql.ref(`u.${column}`)} order by (u.charged_days <> 0) desc, u.peak desc, u.peak_on))[1]`

const mergeStays = (rows: RawBuilder<unknown>): RawBuilder<ReportedPeak> => sql<ReportedPeak>`
  select u.customer_id, min(case when u.site_id is null then u.place else left(u.place, -4) end) as customer_place, u.offer_id, u.device_id, u.site_id,
    u.metric, bit_or(u.days) as days, bit_or(u.charged_days) as charged_days, max(u.of_days) as of_days, array_agg(u.from_day::text) as from_days,
    array_agg(u.until_day::text) as until_days, ${first('peak')} as peak, ${first('peak_on')} as peak_on, bool_or(u.is_own) as is_own,
    max(u.deleted_on) as deleted_on
  from (${rows}) u
  group by u.customer_id, u.offer_id, u.device_id, u.site_id, u.metric
  having bit_or(u.days) <> 0`

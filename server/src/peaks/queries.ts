import type { PeakEvidence, PeakUsage, peakTotal, peakUsageQuery } from '@tenantree/contract'
import { type RawBuilder, sql } from 'kysely'
import type * as z from 'zod'
import { type OfferRef, offerJson } from '../catalog/index.ts'
import { daysOf } from '../devices/index.ts'
import type { CallContext } from '../kernel/context.ts'
import { fromCursor, type Page, toPage, walkPages } from '../kernel/page.ts'
import { dayOf, type PlainYearMonth, toMonth } from '../kernel/time.ts'
import { type Database, inScope, type Transaction } from '../platform/database.ts'
import { getTenant } from '../tenants/index.ts'
import { customerJson, type Edge, readSubject, toDivision, toMonthStart, toPart } from '../usage/index.ts'
import { lastKnownDay, toQuantity, toQuantityText, unitOf } from './domain.ts'
import { fromParts, sumOfParts } from './rating.ts'
import { peaksOf, peaksOnEdge, type ReportedPeak } from './reported.ts'

type Filter = { month?: string | undefined; tenant_id?: string | undefined }
type PeakTotal = z.infer<typeof peakTotal>
type TenantRef = PeakUsage['customer']
type Row = Omit<ReportedPeak, 'customer_place' | 'site_id' | 'customer_id' | 'offer_id'> & {
  customer: TenantRef
  site: TenantRef | null
  offer: OfferRef
  host_name: string | null
  sort: [string, string, string, string]
}

const hostKey = sql`coalesce(d.host_name_key, '') collate "C"`

/**
 * The highest value of every device in a month, with the date of it; what is free of charge stands among them with its reason. R-ACT-7. In the month
 * of a move: what part of it counts in the chain of the tenant. R-BILL-9. Throws not_found.
 */
export const listPeakUsage = (
  db: Database,
  call: CallContext,
  query: z.infer<typeof peakUsageQuery>,
): Promise<Page<PeakUsage>> =>
  db.transaction(call, async (tx) => {
    const month = toMonthStart(call, query.month)
    const after = fromCursor(query.cursor, ['text', 'text', 'uuid', 'uuid'])
    const { rows } = await sql<Row>`
      select ${customerJson(call, month)} as customer,
        case when s.id is null then null else jsonb_build_object('id', s.id, 'name', s.name, 'level', s.level) end as site,
        ${offerJson} as offer, u.device_id, d.host_name, u.metric, u.days, u.charged_days, u.of_days, u.from_days, u.until_days, u.peak, u.peak_on,
        u.is_own, u.deleted_on, array[u.customer_place, ${hostKey}, u.device_id::text, u.offer_id::text] as sort
      from (${await peaksBelow(tx, call, { month, tenantId: query.tenant_id })}) u
      join offers o on o.id = u.offer_id
      left join tenants c on c.id = u.customer_id and ${inScope(call.scope, 'c')}
      left join tenants s on s.id = u.site_id and ${inScope(call.scope, 's')}
      left join devices d on d.id = u.device_id and ${inScope(call.scope, 'd')}
      ${
        after === null
          ? sql``
          : sql`where (u.customer_place, ${hostKey}, u.device_id, u.offer_id)
        > (${after[0]} collate "C", ${after[1]} collate "C", ${after[2]}::uuid, ${after[3]}::uuid)`
      }
      order by u.customer_place, ${hostKey}, u.device_id, u.offer_id limit ${query.limit + 1}`.execute(tx.tables())
    const page = toPage(rows, query.limit, (row) => row.sort)
    return { ...page, data: page.data.map((row) => toPeakUsage(row, toMonth(month.slice(0, 7)))) }
  })

const toPeakUsage = (row: Row, month: PlainYearMonth): PeakUsage => ({
  ...toValue(row, month),
  customer: row.customer,
  site: row.site,
  offer: row.offer,
  metric: row.metric,
  host_name: row.host_name,
  days: daysOf(row.days),
  charged_days: daysOf(row.charged_days),
  reason: row.charged_days !== 0 ? 'peak' : row.is_own ? 'own_storage' : 'trial',
})

const toValue = (
  row: Pick<
    ReportedPeak,
    'device_id' | 'deleted_on' | 'peak' | 'peak_on' | 'metric' | 'charged_days' | 'of_days' | 'from_days' | 'until_days'
  >,
  month: PlainYearMonth,
) => ({
  device_id: row.device_id,
  deleted_on: row.deleted_on,
  value: Number(row.peak),
  peak_on: row.peak_on,
  unit: unitOf(row.metric),
  quantity: toQuantityText(toQuantity(row.metric, row.peak, toPart(row.charged_days, row.of_days))),
  division: toDivision(month, row),
})

/** All of a month: for exports. */
export const walkPeakUsage = (db: Database, call: CallContext, filter: Filter): AsyncGenerator<PeakUsage> =>
  walkPages((cursor) => listPeakUsage(db, call, { ...filter, cursor, limit: 500 }))

type TotalRow = Omit<PeakTotal, 'quantity' | 'unit'> & { value: string }

/** What is charged, by offer; what is free stands apart and is never in the quantity. R-TRIAL-4. */
export const listPeakTotals = (db: Database, call: CallContext, filter: Filter): Promise<Page<PeakTotal>> =>
  db.transaction(call, async (tx) => {
    const month = toMonthStart(call, filter.month)
    const { rows } = await sql<TotalRow>`
      select ${offerJson} as offer, t.metric, t.customers, t.devices, t.value, t.free_devices
      from (
        select p.offer_id, p.metric, count(distinct p.customer_id)::int as customers, ${sumOfParts}::text as value,
          (count(*) filter (where p.part_days <> 0))::int as devices, (count(*) filter (where p.part_days = 0))::int as free_devices
        from (
          select u.*, bit_count(u.charged_days::bit(31)) as part_days from (${await peaksBelow(tx, call, { month, tenantId: filter.tenant_id })}) u
        ) p group by p.offer_id, p.metric
      ) t join offers o on o.id = t.offer_id order by o.product_key, o.rank`.execute(tx.tables())
    const toTotal = ({ value, ...row }: TotalRow): PeakTotal => ({
      ...row,
      unit: unitOf(row.metric),
      quantity: toQuantityText(fromParts(row.metric, value)),
    })
    return { data: rows.map(toTotal), next: null }
  })

/** Throws not_found. */
async function peaksBelow(
  tx: Transaction,
  call: CallContext,
  of: { month: string; tenantId: string | undefined },
): Promise<RawBuilder<ReportedPeak>> {
  const tenant = await getTenant(tx, call.scope, of.tenantId ?? call.scope.tenantId)
  const lastDay = lastKnownDay(toMonth(of.month.slice(0, 7)), dayOf(call.now))
  return peaksOf({ month: of.month, lastDay }, inScope(call.scope, 'm'), await readSubject(tx, tenant))
}

export type PeakLine = { month: string; edge: Edge; customerId: string; offerId: string }
type EvidenceRow = ReportedPeak & { host_name: string | null; host_name_key: string; site_name: string | null }

/**
 * The devices behind a line of a peak offer, for either end of its edge, whoever stands above the customer now: value, date, part. R-BILL-6. Names only
 * of what the caller still sees. R-TREE-6.
 */
export async function listEvidence(
  tx: Transaction,
  call: CallContext,
  line: PeakLine,
  query: { cursor?: string | undefined; limit: number },
): Promise<Page<PeakEvidence>> {
  const caller = await getTenant(tx, call.scope, call.scope.tenantId)
  const peaks = peaksOnEdge(line.month, inScope(call.scope, 'm'), await readSubject(tx, caller), line.edge)
  const after = fromCursor(query.cursor, ['text', 'uuid'])
  const { rows } = await sql<EvidenceRow>`
    select u.*, d.host_name, coalesce(d.host_name_key, '') as host_name_key, s.name as site_name
    from (${peaks}) u
    left join devices d on d.id = u.device_id and ${inScope(call.scope, 'd')}
    left join tenants s on s.id = u.site_id and ${inScope(call.scope, 's')}
    where u.customer_id = ${line.customerId} and u.offer_id = ${line.offerId} and u.charged_days <> 0 and u.peak > 0
      ${after === null ? sql`` : sql`and (${hostKey}, u.device_id) > (${after[0]} collate "C", ${after[1]}::uuid)`}
    order by ${hostKey}, u.device_id limit ${query.limit + 1}`.execute(tx.tables())
  const page = toPage(rows, query.limit, (row) => [row.host_name_key, row.device_id])
  return { ...page, data: page.data.map((row) => toEvidence(row, toMonth(line.month.slice(0, 7)))) }
}

const toEvidence = (row: EvidenceRow, month: PlainYearMonth): PeakEvidence => ({
  ...toValue(row, month),
  host_name: row.host_name,
  site_name: row.site_name,
  days: daysOf(row.charged_days),
})

import type { UsageUnit, usageQuery, usageTotal } from '@tenantree/contract'
import { sql } from 'kysely'
import type * as z from 'zod'
import { type OfferRef, offerJson } from '../catalog/index.ts'
import { daysOf } from '../devices/index.ts'
import type { CallContext } from '../kernel/context.ts'
import { toFractionText } from '../kernel/fraction.ts'
import { fromCursor, type Page, toPage, walkPages } from '../kernel/page.ts'
import { firstDay, monthOf, type PlainYearMonth, toMonth } from '../kernel/time.ts'
import { type Database, inScope, isEnd, type Transaction } from '../platform/database.ts'
import { getTenant } from '../tenants/index.ts'
import { commonDays, fromCommonDays, toDivision, toPart } from './domain.ts'
import { type ReportedUnit, readSubject, unitsOf } from './repository.ts'

type Query = z.infer<typeof usageQuery>
type Filter = { month?: string | undefined; tenant_id?: string | undefined }
type UsageTotal = z.infer<typeof usageTotal>
type TenantRef = UsageUnit['customer']
type Row = Omit<ReportedUnit, 'customer_place' | 'site_id' | 'customer_id' | 'offer_id'> & {
  customer: TenantRef
  site: TenantRef | null
  offer: OfferRef
  host_name: string | null
  sort: [string, string, string, string]
}

/**
 * Every unit of a month with its evidence: which device, which days, why it counts. R-ACT-6. In the month of a move: the days that it was in the
 * chain of the tenant, and what part of the unit that is. R-BILL-9. Throws not_found.
 */
export const listUsage = (db: Database, call: CallContext, query: Query): Promise<Page<UsageUnit>> =>
  db.transaction(call, async (tx) => {
    const month = toMonthStart(call, query.month)
    const after = fromCursor(query.cursor, ['text', 'text', 'uuid', 'uuid'])
    const { rows } = await sql<Row>`
      select ${customerJson(call, month)} as customer,
        case when s.id is null then null else jsonb_build_object('id', s.id, 'name', s.name, 'level', s.level) end as site,
        ${offerJson} as offer, u.device_id, d.host_name, u.days, u.charged_days, u.of_days, u.from_days, u.until_days,
        array[u.customer_place, coalesce(d.host_name_key, ''), u.device_id::text, u.offer_id::text] as sort
      from (${await unitsBelow(tx, call, { month, tenantId: query.tenant_id })}) u
      join offers o on o.id = u.offer_id
      left join tenants c on c.id = u.customer_id and ${inScope(call.scope, 'c')}
      left join tenants s on s.id = u.site_id and ${inScope(call.scope, 's')}
      left join devices d on d.id = u.device_id and ${inScope(call.scope, 'd')}
      ${
        after === null
          ? sql``
          : sql`where (u.customer_place, coalesce(d.host_name_key, '') collate "C", u.device_id, u.offer_id)
        > (${after[0]} collate "C", ${after[1]} collate "C", ${after[2]}::uuid, ${after[3]}::uuid)`
      }
      order by u.customer_place, coalesce(d.host_name_key, '') collate "C", u.device_id, u.offer_id limit ${query.limit + 1}`.execute(
      tx.tables(),
    )
    const page = toPage(rows, query.limit, (row) => row.sort)
    return { ...page, data: page.data.map((row) => toUnit(row, toMonth(month.slice(0, 7)))) }
  })

/** A customer that has left the caller's sight keeps the name under which it stands on the caller's own invoices. R-TREE-6. */
export const customerJson = (call: CallContext, month: string) => sql`
  jsonb_build_object('id', u.customer_id, 'level', 'end_customer', 'name', coalesce(c.name, (
    select l.customer_name from invoice_lines l join invoices i on i.realm_id = l.realm_id and i.id = l.invoice_id
    where i.month = ${month}::date and l.customer_id = u.customer_id and ${isEnd(call.scope, 'l')} limit 1), 'Erased customer'))`

function toUnit({ sort: _sort, from_days, until_days, of_days, ...row }: Row, month: PlainYearMonth): UsageUnit {
  const part = toPart(row.charged_days, of_days)
  return {
    ...row,
    days: daysOf(row.days),
    charged_days: daysOf(row.charged_days),
    units: row.charged_days === 0 ? 0 : 1,
    quantity: toFractionText(part),
    division: toDivision(month, { charged_days: row.charged_days, of_days, from_days, until_days }),
    reason: row.charged_days === 0 ? 'trial' : 'standalone_device',
  }
}

/** All units of a month: for exports. */
export const walkUsage = (db: Database, call: CallContext, filter: Filter): AsyncGenerator<UsageUnit> =>
  walkPages((cursor) => listUsage(db, call, { ...filter, cursor, limit: 500 }))

type TotalRow = Omit<UsageTotal, 'quantity'> & { common_days: string }

/** Units by offer. Trial use stands apart and is never in the units. R-TRIAL-4. */
export const listUsageTotals = (db: Database, call: CallContext, filter: Filter): Promise<Page<UsageTotal>> =>
  db.transaction(call, async (tx) => {
    const month = toMonthStart(call, filter.month)
    const { rows } = await sql<TotalRow>`
      select ${offerJson} as offer, t.customers, t.devices, t.units, t.common_days, t.trial_devices
      from (
        select u.offer_id, count(distinct u.customer_id)::int as customers, count(*)::int as devices,
          count(*) filter (where u.charged_days <> 0)::int as units, ${sumCommonDays}::text as common_days,
          count(*) filter (where u.charged_days = 0)::int as trial_devices
        from (${await unitsBelow(tx, call, { month, tenantId: filter.tenant_id })}) u group by u.offer_id
      ) t join offers o on o.id = t.offer_id order by o.product_key, o.rank`.execute(tx.tables())
    const toTotal = ({ common_days, ...row }: TotalRow): UsageTotal => ({
      ...row,
      quantity: toFractionText(fromCommonDays(BigInt(common_days))),
    })
    return { data: rows.map(toTotal), next: null }
  })

/** The exact sum of whole and divided units `u`, in parts that all of them are whole numbers of. */
export const sumCommonDays = sql`coalesce(sum(case when u.charged_days = 0 then 0 when u.of_days is null then ${commonDays}::numeric
  else bit_count(u.charged_days::bit(31)) * (${commonDays}::bigint / u.of_days)::numeric end), 0)`

export const toMonthStart = (call: CallContext, month: string | undefined): string =>
  firstDay(month === undefined ? monthOf(call.now) : toMonth(month)).toString()

/** Throws not_found. */
async function unitsBelow(tx: Transaction, call: CallContext, of: { month: string; tenantId: string | undefined }) {
  const tenant = await getTenant(tx, call.scope, of.tenantId ?? call.scope.tenantId)
  return unitsOf(of.month, inScope(call.scope, 'm'), await readSubject(tx, tenant))
}

import type { UsageUnit, usageQuery, usageTotal } from '@tenantree/contract'
import { type RawBuilder, sql } from 'kysely'
import type * as z from 'zod'
import { type Offer, offerJson } from '../catalog/index.ts'
import { daysOf } from '../devices/index.ts'
import type { CallContext } from '../kernel/context.ts'
import { fromCursor, type Page, toPage, walkPages } from '../kernel/page.ts'
import { firstDay, monthOf, toMonth } from '../kernel/time.ts'
import { toBounds } from '../kernel/tree.ts'
import { type Database, inScope, type Transaction } from '../platform/database.ts'
import { getTenant } from '../tenants/index.ts'
import { unitsOf } from './repository.ts'

type Query = z.infer<typeof usageQuery>
type Filter = { month?: string | undefined; tenant_id?: string | undefined }
type UsageTotal = z.infer<typeof usageTotal>
type TenantRef = UsageUnit['customer']
type Row = {
  customer: TenantRef
  site: TenantRef | null
  offer: Offer
  device_id: string
  host_name: string | null
  days: number
  charged_days: number
  units: number
  sort: [string, string, string, string]
}

/** Every unit of a month with its evidence: which device, which days, why it counts. R-ACT-6. Throws not_found. */
export const listUsage = (db: Database, call: CallContext, query: Query): Promise<Page<UsageUnit>> =>
  db.transaction(call, async (tx) => {
    const month = toMonthStart(call, query.month)
    const where = await below(tx, call, query.tenant_id)
    const after = fromCursor(query.cursor, ['text', 'text', 'uuid', 'uuid'])
    const { rows } = await sql<Row>`
      select jsonb_build_object('id', c.id, 'name', c.name, 'level', c.level) as customer,
        case when s.id is null then null else jsonb_build_object('id', s.id, 'name', s.name, 'level', s.level) end as site,
        ${offerJson} as offer, u.device_id, d.host_name, u.days, u.charged_days, u.units,
        array[u.customer_path, coalesce(d.host_name_key, ''), u.device_id::text, u.offer_id::text] as sort
      from (${unitsOf(month, where)}) u
      join offers o on o.id = u.offer_id
      join tenants c on c.realm_id = u.realm_id and c.id = u.customer_id
      left join tenants s on s.realm_id = u.realm_id and s.id = u.site_id
      left join devices d on d.realm_id = u.realm_id and d.id = u.device_id
      ${
        after === null
          ? sql``
          : sql`where (u.customer_path, coalesce(d.host_name_key, '') collate "C", u.device_id, u.offer_id)
        > (${after[0]} collate "C", ${after[1]} collate "C", ${after[2]}::uuid, ${after[3]}::uuid)`
      }
      order by u.customer_path, coalesce(d.host_name_key, '') collate "C", u.device_id, u.offer_id limit ${query.limit + 1}`.execute(
      tx.tables(),
    )
    const page = toPage(rows, query.limit, (row) => row.sort)
    return { ...page, data: page.data.map(toUnit) }
  })

const toUnit = ({ sort: _sort, days, charged_days, ...row }: Row): UsageUnit => ({
  ...row,
  days: daysOf(days),
  charged_days: daysOf(charged_days),
  reason: row.units > 0 ? 'standalone_device' : 'trial',
})

/** All units of a month: for exports. */
export const walkUsage = (db: Database, call: CallContext, filter: Filter): AsyncGenerator<UsageUnit> =>
  walkPages((cursor) => listUsage(db, call, { ...filter, cursor, limit: 500 }))

/** Units by offer. Trial use stands apart and is never in the units. R-TRIAL-4. */
export const listUsageTotals = (db: Database, call: CallContext, filter: Filter): Promise<Page<UsageTotal>> =>
  db.transaction(call, async (tx) => {
    const month = toMonthStart(call, filter.month)
    const where = await below(tx, call, filter.tenant_id)
    const { rows } = await sql<UsageTotal>`
      select ${offerJson} as offer, t.customers, t.devices, t.units, t.trial_devices
      from (
        select u.offer_id, count(distinct u.customer_id)::int as customers, count(*)::int as devices, coalesce(sum(u.units), 0)::int as units,
          count(*) filter (where u.units = 0)::int as trial_devices
        from (${unitsOf(month, where)}) u group by u.offer_id
      ) t join offers o on o.id = t.offer_id order by o.product_key, o.rank`.execute(tx.tables())
    return { data: rows, next: null }
  })

export const toMonthStart = (call: CallContext, month: string | undefined): string =>
  firstDay(month === undefined ? monthOf(call.now) : toMonth(month)).toString()

async function below(tx: Transaction, call: CallContext, tenantId: string | undefined): Promise<RawBuilder<unknown>> {
  const within = inScope(call.scope, 'm')
  if (tenantId === undefined) return within
  const tenant = await getTenant(tx, call.scope, tenantId)
  const { lo, hi } = toBounds(tenant.path)
  return sql`${within} and m.path >= ${lo} and m.path < ${hi}`
}

import type { overview } from '@tenantree/contract'
import { sql } from 'kysely'
import type * as z from 'zod'
import { offlineFrom, presentState } from '../devices/index.ts'
import type { CallContext } from '../kernel/context.ts'
import { toMoneyJson } from '../kernel/money.ts'
import { dayOf, firstDay, monthOf, type PlainDate, toInstantText } from '../kernel/time.ts'
import { toBounds } from '../kernel/tree.ts'
import { type Database, inScope, isEnd, type Transaction } from '../platform/database.ts'
import { countTrials } from '../subscriptions/index.ts'
import { getTenant, isInState } from '../tenants/index.ts'

type Overview = z.infer<typeof overview>
type Bounds = { lo: string; hi: string }

const shownDays = 90

/** What a tenant and everything below it amount to today. Throws not_found. */
export const getOverview = (db: Database, call: CallContext, tenantId: string | undefined): Promise<Overview> =>
  db.transaction(call, async (tx) => {
    const top = await getTenant(tx, call.scope, tenantId ?? call.scope.tenantId)
    const bounds = toBounds(top.path)
    const trials = await countTrials(tx, call, bounds)
    const customersInTrial = await countCustomersInTrial(tx, call, bounds)
    return {
      tenants_by_level: await countTenants(tx, call, bounds),
      devices_by_state: await countDevices(tx, call, bounds),
      active_devices_this_month: await countActive(tx, call, bounds),
      active_per_day: await countPerDay(tx, call, bounds),
      customers_in_trial: customersInTrial,
      trials: trials.running,
      trials_ending_in_7_days: trials.ending,
      open_invoices: top.id === call.scope.tenantId ? await sumOpenInvoices(tx, call) : [],
    }
  })

const toRecord = (rows: readonly { name: string; n: number }[]): Record<string, number> =>
  Object.fromEntries(rows.map((row) => [row.name, row.n]))

async function countTenants(tx: Transaction, call: CallContext, { lo, hi }: Bounds): Promise<Record<string, number>> {
  const { rows } = await sql<{ name: string; n: number }>`
    select t.level as name, count(*)::int as n from tenants t
    where ${inScope(call.scope, 't')} and t.path > ${lo} and t.path < ${hi} and t.state <> 'deleted' group by t.level`.execute(
    tx.tables(),
  )
  return toRecord(rows)
}

async function countDevices(tx: Transaction, call: CallContext, { lo, hi }: Bounds): Promise<Record<string, number>> {
  const seenBefore = toInstantText(offlineFrom(call.now))
  const { rows } = await sql<{ name: string; n: number }>`
    select case when ${presentState(call.now)} <> 'active' then ${presentState(call.now)} when d.last_seen_at > ${seenBefore} then 'active' else 'offline' end as name,
      count(*)::int as n
    from devices d join tenants t on t.realm_id = d.realm_id and t.id = d.tenant_id
    where ${inScope(call.scope, 'd')} and d.path >= ${lo} and d.path < ${hi} and d.state <> 'deleted' and t.state <> 'deleted' group by 1`.execute(
    tx.tables(),
  )
  return toRecord(rows)
}

async function countActive(tx: Transaction, call: CallContext, { lo, hi }: Bounds): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from device_months m
    where ${inScope(call.scope, 'm')} and m.path >= ${lo} and m.path < ${hi} and m.month = ${firstDay(monthOf(call.now)).toString()}::date`.execute(
    tx.tables(),
  )
  return rows[0]?.n ?? 0
}

/** One row per day of the last 90, those without a signal too. Counted per month and day by one pass over the day maps. */
async function countPerDay(
  tx: Transaction,
  call: CallContext,
  { lo, hi }: Bounds,
): Promise<Overview['active_per_day']> {
  const today = dayOf(call.now)
  const first = today.subtract({ days: shownDays - 1 })
  const { rows } = await sql<{ day: string; n: number }>`
    select (m.month + bit)::date as day, count(*)::int as n
    from device_months m cross join generate_series(0, 30) bit
    where ${inScope(call.scope, 'm')} and m.path >= ${lo} and m.path < ${hi}
      and m.month >= ${firstDay(first.toPlainYearMonth()).toString()}::date and m.month <= ${today.toString()}::date
      and m.days & (1 << bit) <> 0
    group by 1`.execute(tx.tables())
  const counted = new Map(rows.map((row) => [row.day, row.n]))
  return daysBetween(first, today).map((day) => ({ day, devices: counted.get(day) ?? 0 }))
}

function daysBetween(first: PlainDate, last: PlainDate): string[] {
  return Array.from({ length: first.until(last).days + 1 }, (_, index) => first.add({ days: index }).toString())
}

async function countCustomersInTrial(tx: Transaction, call: CallContext, { lo, hi }: Bounds): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from tenants t
    where ${inScope(call.scope, 't')} and t.path >= ${lo} and t.path < ${hi} and ${isInState('t', 'in_trial', call.now)}`.execute(
    tx.tables(),
  )
  return rows[0]?.n ?? 0
}

type OpenSum = { direction: 'issued' | 'received'; count: number; currency: string; minor: bigint }

/** Invoices that are not paid, of the caller's own edges, apart by currency: nothing is converted. R-TREE-10. */
async function sumOpenInvoices(tx: Transaction, call: CallContext): Promise<Overview['open_invoices']> {
  const { rows } = await sql<OpenSum>`
    select case when i.seller_path = ${call.scope.lo} then 'issued' else 'received' end as direction, i.currency, count(*)::int as count,
      sum(i.total_minor)::bigint as minor
    from invoices i where ${isEnd(call.scope, 'i')} and i.state in ('issued', 'overdue') group by 1, 2 order by 1, 2`.execute(
    tx.tables(),
  )
  return rows.map(({ minor, currency, ...row }) => ({ ...row, total: toMoneyJson({ minor, currency }) }))
}

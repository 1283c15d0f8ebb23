import type { Trial, TrialKind, trialQuery } from '@tenantree/contract'
import { type RawBuilder, sql } from 'kysely'
import type * as z from 'zod'
import { offerJson } from '../../catalog/index.ts'
import type { CallContext } from '../../kernel/context.ts'
import { fromCursor, type Page, toPage } from '../../kernel/page.ts'
import { dayOf, startOfDay, toInstantText } from '../../kernel/time.ts'
import { toBounds } from '../../kernel/tree.ts'
import { type Database, inScope, type Transaction } from '../../platform/database.ts'
import * as tenants from '../../tenants/index.ts'

type Bounds = { lo: string; hi: string }
type Query = z.infer<typeof trialQuery>

const below = (call: CallContext, alias: string, { lo, hi }: Bounds): RawBuilder<unknown> => {
  const path = sql.ref(`${alias}.path`)
  return sql`${inScope(call.scope, alias)} and ${path} >= ${lo} and ${path} < ${hi}`
}

/** Each of the kinds as rows of the same form; only what is in trial at the moment, whatever has run since. R-TRIAL-3. */
const kinds: Record<TrialKind, (call: CallContext, bounds: Bounds) => RawBuilder<unknown>> = {
  customer: (call, bounds) => sql`
    select 'customer' as kind, t.id, t.name, t.id as tenant_id, t.name as tenant_name, null::jsonb as offer, t.created_at as started_at,
      t.trial_ends_at as ends_at, 'convert' as at_end
    from tenants t where ${below(call, 't', bounds)} and ${tenants.isInState('t', 'in_trial', call.now)}`,
  subscription: (call, bounds) => sql`
    select 'subscription', s.id, o.product || ' ' || o.edition, t.id, t.name, ${offerJson}, s.created_at, s.trial_ends_at, s.trial_end_policy
    from subscriptions s
    join tenants t on t.realm_id = s.realm_id and t.id = s.tenant_id and t.state <> 'deleted'
    join offers o on o.id = s.offer_id
    where ${below(call, 's', bounds)} and s.state = 'in_trial' and s.trial_ends_at > ${toInstantText(call.now)}`,
  device: (call, bounds) => sql`
    select 'device', d.id, d.host_name, t.id, t.name, ${offerJson}, x.started_at, x.ends_at, x.end_policy
    from device_trials x
    join devices d on d.realm_id = x.realm_id and d.id = x.device_id and d.state <> 'deleted'
    join tenants t on t.realm_id = x.realm_id and t.id = x.tenant_id and t.state <> 'deleted'
    join offers o on o.id = x.offer_id
    where ${below(call, 'x', bounds)} and x.outcome = 'running' and x.ends_at > ${toInstantText(call.now)}`,
  license: (call, bounds) => sql`
    select 'license', l.id, o.product || ' ' || o.edition, t.id, t.name, ${offerJson}, coalesce(l.assigned_at, l.created_at), l.trial_ends_at,
      case when l.holder_id is not null and o.trial_end_policy in ('convert', 'take_from_pool') and not exists (
        select 1 from pool_settings p where p.realm_id = l.realm_id and p.take = 'manual'
          and p.tenant_id = case when t.level = 'site' then t.parent_id else t.id end) then 'take_from_pool' else 'expire' end
    from licenses l
    join tenants t on t.realm_id = l.realm_id and t.id = coalesce(l.holder_tenant_id, l.pool_id) and t.state <> 'deleted'
    join offers o on o.id = l.offer_id
    where ${below(call, 'l', bounds)} and l.is_trial and l.state in ('unassigned', 'assigned') and l.trial_ends_at > ${toInstantText(call.now)}`,
}

const union = (call: CallContext, bounds: Bounds, kind?: TrialKind): RawBuilder<unknown> =>
  sql.join(
    Object.entries(kinds)
      .filter(([name]) => kind === undefined || kind === name)
      .map(([, select]) => select(call, bounds)),
    sql` union all `,
  )

/** Everything in trial in the scope, what ends first first. Throws not_found. */
export const listTrials = (db: Database, call: CallContext, query: Query): Promise<Page<Trial>> =>
  db.transaction(call, async (tx) => {
    const top =
      query.tenant_id === undefined
        ? call.scope
        : toBounds((await tenants.getTenant(tx, call.scope, query.tenant_id)).path)
    const after = fromCursor(query.cursor, ['instant', 'uuid'])
    const until =
      query.within_days === undefined ? null : toInstantText(call.now.add({ hours: 24 * query.within_days }))
    const { rows } = await sql<Trial>`
      select x.* from (${union(call, top, query.kind)}) x (kind, id, name, tenant_id, tenant_name, offer, started_at, ends_at, at_end)
      where true ${until === null ? sql`` : sql`and x.ends_at <= ${until}`}
        ${after === null ? sql`` : sql`and (x.ends_at, x.id) > (${after[0]}::timestamptz, ${after[1]}::uuid)`}
      order by x.ends_at, x.id limit ${query.limit + 1}`.execute(tx.tables())
    return toPage(rows, query.limit, (row) => [row.ends_at, row.id])
  })

const soonDays = 7

/** How many trials run at and below a tenant, and how many of them end in the next 7 days. */
export async function countTrials(
  tx: Transaction,
  call: CallContext,
  bounds: Bounds,
): Promise<{ running: number; ending: number }> {
  const soon = toInstantText(startOfDay(dayOf(call.now)).add({ hours: 24 * (soonDays + 1) }))
  const { rows } = await sql<{ running: number; ending: number }>`
    select count(*)::int as running, count(*) filter (where x.ends_at < ${soon})::int as ending
    from (${union(call, bounds)}) x (kind, id, name, tenant_id, tenant_name, offer, started_at, ends_at, at_end)`.execute(
    tx.tables(),
  )
  return rows[0] ?? { running: 0, ending: 0 }
}

import type { Subscription, subscriptionQuery } from '@tenantree/contract'
import { type RawBuilder, sql } from 'kysely'
import type * as z from 'zod'
import { offerJson } from '../catalog/index.ts'
import type { CallContext } from '../kernel/context.ts'
import { fromCursor, type Page, toPage } from '../kernel/page.ts'
import { Problem } from '../kernel/problem.ts'
import { toBounds } from '../kernel/tree.ts'
import { type Database, inScope, type Transaction } from '../platform/database.ts'
import { getTenant } from '../tenants/index.ts'
import { presentState } from './repository.ts'

/** Subscriptions of the scope; of one tenant and what is below it if asked. Throws not_found. */
export const listSubscriptions = (
  db: Database,
  call: CallContext,
  query: z.infer<typeof subscriptionQuery>,
): Promise<Page<Subscription>> =>
  db.transaction(call, async (tx) => {
    const tenant = query.tenant_id === undefined ? null : await getTenant(tx, call.scope, query.tenant_id)
    const after = fromCursor(query.cursor, ['uuid'])
    const { rows } = await select(
      tx,
      call,
      sql`
        ${tenant === null ? sql`true` : sql`s.path >= ${tenant.path} and s.path < ${toBounds(tenant.path).hi}`}
        ${query.state === undefined ? sql`` : sql`and ${presentState('s', call.now)} = ${query.state}`}
        ${after === null ? sql`` : sql`and s.id > ${after[0]}::uuid`}
        order by s.id limit ${query.limit + 1}`,
    )
    return toPage(rows, query.limit, (row) => [row.id])
  })

export const getSubscription = (db: Database, call: CallContext, id: string): Promise<Subscription> =>
  db.transaction(call, (tx) => readSubscription(tx, call, id))

/** Throws not_found. */
export async function readSubscription(tx: Transaction, call: CallContext, id: string): Promise<Subscription> {
  const { rows } = await select(tx, call, sql`s.id = ${id}`)
  if (!rows[0]) throw new Problem('not_found')
  return rows[0]
}

/** `ended_on` is told only of what has ended: a trial that will end as it stands may still become active. */
const select = (tx: Transaction, call: CallContext, rest: RawBuilder<unknown>) => {
  const state = presentState('s', call.now)
  return sql<Subscription>`
    select s.id, s.tenant_id, t.name as tenant_name, ${offerJson} as offer, ${state} as state, s.started_on,
      case when s.trial_ends_at is null then null else jsonb_build_object('end_policy', s.trial_end_policy,
        'ends_at', to_char(s.trial_ends_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) end as trial,
      case when ${state} = 'ended' and coalesce(s.charged_from, s.started_on) >= s.ends_before then null
        when ${state} = 'in_trial' and s.trial_end_policy <> 'convert' then null
        else coalesce(s.charged_from, s.started_on) end as charged_from,
      case when ${state} = 'ended' then greatest(s.ends_before - 1, s.started_on) end as ended_on, s.created_at, s.version
    from subscriptions s
    join tenants t on t.realm_id = s.realm_id and t.id = s.tenant_id
    join offers o on o.id = s.offer_id
    where ${inScope(call.scope, 's')} and ${rest}`.execute(tx.tables())
}

import type { subscription, subscriptionQuery } from '@tenantree/contract'
import { sql } from 'kysely'
import type * as z from 'zod'
import { offerJson } from '../catalog/index.ts'
import type { CallContext } from '../kernel/context.ts'
import { fromCursor, type Page, toPage } from '../kernel/page.ts'
import { toBounds } from '../kernel/tree.ts'
import { type Database, inScope } from '../platform/database.ts'
import { getTenant } from '../tenants/index.ts'

type Subscription = z.infer<typeof subscription>

/** Subscriptions of the scope; of one tenant and what is below it if asked. Throws not_found. */
export const listSubscriptions = (
  db: Database,
  call: CallContext,
  query: z.infer<typeof subscriptionQuery>,
): Promise<Page<Subscription>> =>
  db.transaction(call, async (tx) => {
    const tenant = query.tenant_id === undefined ? null : await getTenant(tx, call.scope, query.tenant_id)
    const after = fromCursor(query.cursor, ['uuid'])
    const { rows } = await sql<Subscription>`
      select s.id, s.tenant_id, t.name as tenant_name, ${offerJson} as offer, s.state, s.started_on, s.created_at
      from subscriptions s
      join tenants t on t.realm_id = s.realm_id and t.id = s.tenant_id
      join offers o on o.id = s.offer_id
      where ${inScope(call.scope, 's')}
        ${tenant === null ? sql`` : sql`and s.path >= ${tenant.path} and s.path < ${toBounds(tenant.path).hi}`}
        ${after === null ? sql`` : sql`and s.id > ${after[0]}::uuid`}
      order by s.id limit ${query.limit + 1}`.execute(tx.tables())
    return toPage(rows, query.limit, (row) => [row.id])
  })

import type { AuditFilters } from '@tenantree/contract'
import { sql } from 'kysely'
import type { CallContext, Scope } from '../kernel/context.ts'
import { toBounds } from '../kernel/tree.ts'
import { type Database, inScope, type Transaction } from '../platform/database.ts'
import { getPath } from './queries.ts'
import { actorIsKnown, isReadable } from './scope.ts'

const entriesLooked = 20_000
const actorsShown = 500

type Bounds = { lo: string; hi: string }

/** What the newest changes of the scope can be filtered by. Whoever acted from above is not among the actors. Throws not_found. */
export const listAuditFilters = (db: Database, call: CallContext, underId: string | undefined): Promise<AuditFilters> =>
  db.transaction(call, async (tx) => {
    const { scope } = call
    const bounds = underId === undefined ? scope : toBounds(await getPath(tx, scope, underId))
    const { rows } = await sql<Pick<AuditFilters, 'actions' | 'object_kinds'>>`
      select coalesce(array_agg(distinct action order by action), '{}') as actions,
        coalesce(array_agg(distinct object_kind order by object_kind), '{}') as object_kinds
      from (${newest(scope, bounds)}) e`.execute(tx.tables())
    return { actions: [], object_kinds: [], ...rows[0], actors: await listActors(tx, scope, bounds) }
  })

const newest = (scope: Scope, { lo, hi }: Bounds) => sql`
  select e.action, e.object_kind, e.actor_kind, e.actor_id, e.at from audit_entries e
  where ${isReadable(scope)} and e.path >= ${lo} and e.path < ${hi} order by e.at desc limit ${entriesLooked}`

async function listActors(tx: Transaction, scope: Scope, bounds: Bounds): Promise<AuditFilters['actors']> {
  const all = { ...scope, realmId: null }
  const { rows } = await sql<AuditFilters['actors'][number]>`
    select e.actor_kind as kind, e.actor_id as id, coalesce(u.name, k.name, made.name) as name
    from (
      select n.actor_kind, n.actor_id, max(n.at) as at from (${newest(scope, bounds)}) n
      where n.actor_kind in ('user', 'key') and n.actor_id is not null group by 1, 2
    ) e
    left join users u on u.id = e.actor_id and ${inScope(all, 'u')}
    left join api_keys k on k.id = e.actor_id and ${inScope(all, 'k')}
    left join lateral (
      select c.after ->> 'name' as name from audit_entries c
      where c.object_id = e.actor_id and c.action = 'api_key.created' and ${inScope(all, 'c')} limit 1) made on true
    where ${actorIsKnown(scope)}
    order by e.at desc, e.actor_id limit ${actorsShown}`.execute(tx.tables())
  return rows
}

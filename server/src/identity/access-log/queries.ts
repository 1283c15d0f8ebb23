import type { Access, accessQuery } from '@tenantree/contract'
import { sql } from 'kysely'
import type * as z from 'zod'
import type { CallContext } from '../../kernel/context.ts'
import { fromCursor, type Page, toPage } from '../../kernel/page.ts'
import { Problem } from '../../kernel/problem.ts'
import { toBounds } from '../../kernel/tree.ts'
import { type Database, inScope, type Transaction } from '../../platform/database.ts'
import { getTenant } from '../../tenants/index.ts'

/** Who came into the scope, the latest first. Throws not_found for what the filters name and the caller does not see. R-KEEP-1. */
export const listAccesses = (
  db: Database,
  call: CallContext,
  query: z.infer<typeof accessQuery>,
): Promise<Page<Access>> =>
  db.transaction(call, async (tx) => {
    const bounds = query.tenant_id === undefined ? call.scope : await boundsOf(tx, call, query.tenant_id)
    if (query.actor_id !== undefined) await requireActor(tx, call, query.actor_id)
    const after = fromCursor(query.cursor, ['instant', 'uuid'])
    const { rows } = await sql<Access>`
      select a.id, a.at, jsonb_build_object('id', t.id, 'name', t.name, 'level', t.level) as tenant,
        jsonb_build_object('kind', a.actor_kind, 'id', a.actor_id, 'name', coalesce(u.name, k.name)) as actor, a.how, a.refused,
        a.address, a.user_agent
      from accesses a
      join tenants t on t.realm_id = a.realm_id and t.id = a.tenant_id
      left join users u on u.id = a.actor_id and ${inScope(call.scope, 'u')}
      left join api_keys k on k.id = a.actor_id and ${inScope(call.scope, 'k')}
      where ${inScope(call.scope, 'a')} and a.path >= ${bounds.lo} and a.path < ${bounds.hi}
        ${query.actor_id === undefined ? sql`` : sql`and a.actor_id = ${query.actor_id}`}
        ${after === null ? sql`` : sql`and (a.at, a.id) < (${after[0]}::timestamptz, ${after[1]}::uuid)`}
      order by a.at desc, a.id desc limit ${query.limit + 1}`.execute(tx.tables())
    return toPage(rows, query.limit, (row) => [row.at, row.id])
  })

const boundsOf = async (tx: Transaction, call: CallContext, tenantId: string) =>
  toBounds((await getTenant(tx, call.scope, tenantId)).path)

/** A user or key of the scope, also one that is removed and still in the log. */
async function requireActor(tx: Transaction, call: CallContext, id: string): Promise<void> {
  const { rows } = await sql<{ known: boolean }>`
    select exists (select 1 from users u where u.id = ${id} and ${inScope(call.scope, 'u')})
      or exists (select 1 from api_keys k where k.id = ${id} and ${inScope(call.scope, 'k')})
      or exists (select 1 from accesses a where a.actor_id = ${id} and ${inScope(call.scope, 'a')}) as known`.execute(
    tx.tables(),
  )
  if (!rows[0]?.known) throw new Problem('not_found')
}

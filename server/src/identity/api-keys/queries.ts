import type { ApiKey, apiKeyQuery } from '@tenantree/contract'
import { type RawBuilder, sql } from 'kysely'
import type * as z from 'zod'
import type { CallContext } from '../../kernel/context.ts'
import { fromCursor, type Page, toPage } from '../../kernel/page.ts'
import { toInstantText } from '../../kernel/time.ts'
import { toBounds } from '../../kernel/tree.ts'
import { type Database, inScope } from '../../platform/database.ts'
import { getTenant } from '../../tenants/index.ts'
import type { ApiKeyRecord } from './repository.ts'

const selectKeys = (call: CallContext, filter: RawBuilder<unknown>) => sql<ApiKey>`
  select k.id, k.tenant_id, t.name as tenant_name, k.name, k.hint, k.role, k.scopes, u.name as created_by, k.created_at, k.expires_at,
    k.expires_at <= ${toInstantText(call.now)}::timestamptz as expired
  from api_keys k
  join tenants t on t.realm_id = k.realm_id and t.id = k.tenant_id
  left join users u on u.id = k.created_by and ${inScope(call.scope, 'u')}
  where ${inScope(call.scope, 'k')} and ${filter}`

/** Keys of the scope, newest first; of one tenant and everything below it if asked. Throws not_found. */
export const listApiKeys = (
  db: Database,
  call: CallContext,
  query: z.infer<typeof apiKeyQuery>,
): Promise<Page<ApiKey>> =>
  db.transaction(call, async (tx) => {
    const tenant = query.tenant_id === undefined ? null : await getTenant(tx, call.scope, query.tenant_id)
    const after = fromCursor(query.cursor, ['instant', 'uuid'])
    const within = tenant === null ? sql`true` : sql`k.path >= ${tenant.path} and k.path < ${toBounds(tenant.path).hi}`
    const older = after === null ? sql`true` : sql`(k.created_at, k.id) < (${after[0]}::timestamptz, ${after[1]}::uuid)`
    const { rows } = await sql<ApiKey>`${selectKeys(call, sql`${within} and ${older}`)}
      order by k.created_at desc, k.id desc limit ${query.limit + 1}`.execute(tx.tables())
    return toPage(rows, query.limit, (row) => [row.created_at, row.id])
  })

/** The key that asks, seen by itself. */
export const readCurrentKey = (db: Database, call: CallContext): Promise<ApiKey | null> =>
  db.transaction(call, async (tx) => {
    const { rows } = await selectKeys(call, sql`k.id = ${call.scope.actor.id}`).execute(tx.tables())
    return rows[0] ?? null
  })

export const toApiKey = (key: ApiKeyRecord, tenantName: string, maker: string): ApiKey => ({
  id: key.id,
  tenant_id: key.tenant_id,
  tenant_name: tenantName,
  name: key.name,
  hint: key.hint,
  role: key.role,
  scopes: key.scopes,
  created_by: maker,
  created_at: key.created_at,
  expires_at: key.expires_at,
  expired: false,
})

import type { user, userQuery } from '@tenantree/contract'
import { sql } from 'kysely'
import type * as z from 'zod'
import type { CallContext } from '../kernel/context.ts'
import { fromCursor, type Page, toPage } from '../kernel/page.ts'
import { toBounds } from '../kernel/tree.ts'
import { type Database, inScope } from '../platform/database.ts'
import { getTenant } from '../tenants/index.ts'
import { type RoleRow, rolesAt } from './policy.ts'
import { getUser, type UserRecord } from './repository.ts'
import { hasFactor } from './second-factor/repository.ts'

type User = z.infer<typeof user>
type Row = User & { name_key: string }

/** Users of the scope by name; of one tenant alone if asked. Throws not_found. */
export const listUsers = (db: Database, call: CallContext, query: z.infer<typeof userQuery>): Promise<Page<User>> =>
  db.transaction(call, async (tx) => {
    const tenant = query.tenant_id === undefined ? null : await getTenant(tx, call.scope, query.tenant_id)
    const after = fromCursor(query.cursor, ['text', 'uuid'])
    const { rows } = await sql<Row>`
      select u.id, u.tenant_id, t.name as tenant_name, u.email, u.name, u.name_key, u.role, u.may_purchase, u.security_officer, u.support,
        exists (select 1 from second_factors f where f.user_id = u.id and f.confirmed_at is not null) as second_factor,
        u.state, u.created_at, u.version
      from users u join tenants t on t.realm_id = u.realm_id and t.id = u.tenant_id
      where ${inScope(call.scope, 'u')}
        ${tenant === null ? sql`` : sql`and u.path >= ${tenant.path} and u.path < ${toBounds(tenant.path).hi}`}
        ${after === null ? sql`` : sql`and (u.name_key, u.id) > (${after[0]}, ${after[1]}::uuid)`}
      order by u.name_key, u.id limit ${query.limit + 1}`.execute(tx.tables())
    const page = toPage(rows, query.limit, (row) => [row.name_key, row.id])
    return { ...page, data: page.data.map(({ name_key: _nameKey, ...row }) => row) }
  })

/** Throws not_found. */
export const getUserView = (db: Database, call: CallContext, id: string): Promise<User> =>
  db.transaction(call, async (tx) => {
    const user = await getUser(tx, call.scope, id)
    const { name } = await getTenant(tx, call.scope, user.tenant_id)
    return toUser(user, name, await hasFactor(tx, user.id))
  })

export const toUser = (record: UserRecord, tenantName: string, hasSecondFactor: boolean): User => ({
  id: record.id,
  tenant_id: record.tenant_id,
  tenant_name: tenantName,
  email: record.email,
  name: record.name,
  role: record.role,
  may_purchase: record.may_purchase,
  security_officer: record.security_officer,
  support: record.support,
  second_factor: hasSecondFactor,
  state: record.state,
  created_at: record.created_at,
  version: record.version,
})

/** The roles as they are at the caller's own tenant. R-USER-1. */
export const listRoles = (db: Database, call: CallContext): Promise<RoleRow[]> =>
  db.transaction(call, async (tx) => rolesAt((await getTenant(tx, call.scope, call.scope.tenantId)).level))

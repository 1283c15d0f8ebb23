import type { Tenant, TenantRow, tenantQuery } from '@tenantree/contract'
import { type RawBuilder, sql } from 'kysely'
import type * as z from 'zod'
import type { CallContext } from '../kernel/context.ts'
import { fromCursor, type Page, toPage } from '../kernel/page.ts'
import { ancestorPaths, isWithin, toBounds } from '../kernel/tree.ts'
import { type Database, inScope, type Transaction } from '../platform/database.ts'
import { toNameKey } from './domain.ts'
import { purgeAt } from './life/domain.ts'
import { getCompany, getTenant, type TenantRecord, type TenantTables } from './repository.ts'

type Query = z.infer<typeof tenantQuery>
type ListedRow = Omit<TenantRow, 'device_count'> & { device_count: bigint; name_key: string }

/** The tenants of the scope that fit the query, a page of them. R-TREE-9. Throws not_found for a parent outside. */
export const listTenants = (db: Database, call: CallContext, query: Query): Promise<Page<TenantRow>> =>
  db.transaction(call, async (tx) => {
    const filter = await toFilter(tx, call, query)
    const order = query.sort === 'name' ? sql`t.name_key, t.id` : sql`t.created_at desc, t.id desc`
    const { rows } = await sql<ListedRow>`
      select t.id, t.name, t.name_key, t.level, case when t.id = ${call.scope.tenantId} then null else t.parent_id end as parent_id,
        p.name as parent_name, t.state, ${isClosedAbove(call, 't')} as inactive_above, t.device_country, t.storage_location, t.service_type, t.child_count,
        coalesce(s.devices, 0) as device_count, t.created_at
      from tenants t
      left join tenants p on p.path = left(t.path, -4) and ${inScope({ ...call.scope, realmId: null }, 'p')}
      left join tenant_sums s on s.realm_id = t.realm_id and s.tenant_id = t.id
      where ${inScope(call.scope, 't')} and ${filter}
      order by ${order} limit ${query.limit + 1}`.execute(tx.tables())
    const page = toPage(rows, query.limit, (row) =>
      query.sort === 'name' ? [row.name_key, row.id] : [row.created_at, row.id],
    )
    return { ...page, data: page.data.map(toRow) }
  })

const toRow = ({ name_key: _nameKey, device_count, ...row }: ListedRow): TenantRow => ({
  ...row,
  device_count: Number(device_count),
})

/** Whether a tenant above, as far up as the caller sees, is inactive: who stands above the caller is not, or the caller were refused. */
const isClosedAbove = (call: CallContext, alias: string): RawBuilder<boolean> => {
  const path = sql.ref(`${alias}.path`)
  return sql<boolean>`exists (
    select 1 from tenants a where a.path = any (app.lineage(left(${path}, -4))) and a.state in ('inactive', 'deleted')
      and ${inScope({ ...call.scope, realmId: null }, 'a')})`
}

async function toFilter(tx: Transaction, call: CallContext, query: Query): Promise<RawBuilder<unknown>> {
  const parts = [sql`true`]
  if (query.parent_id !== undefined) {
    await getTenant(tx, call.scope, query.parent_id)
    parts.push(sql`t.parent_id = ${query.parent_id}`)
  }
  const bounds = await toRange(tx, call, query.under_id)
  parts.push(sql`t.path > ${bounds.lo} and t.path < ${bounds.hi}`)
  if (query.level !== undefined) parts.push(sql`t.level = ${query.level}`)
  parts.push(query.state === undefined ? sql`t.state <> 'deleted'` : sql`t.state = ${query.state}`)
  const after = fromCursor(query.cursor, [query.sort === 'name' ? 'text' : 'instant', 'uuid'])
  if (query.q !== undefined) parts.push(toSearch(bounds, query, after))
  if (after !== null) parts.push(toKeyset(query.sort, after))
  return sql.join(parts, sql` and `)
}

/** Strictly below `under_id`; with none, the whole scope, its own tenant included. */
async function toRange(tx: Transaction, call: CallContext, underId: string | undefined) {
  if (underId === undefined) return { lo: '', hi: call.scope.hi }
  return toBounds((await getTenant(tx, call.scope, underId)).path)
}

function toKeyset(sort: Query['sort'], [key, id]: string[]): RawBuilder<unknown> {
  return sort === 'name'
    ? sql`(t.name_key, t.id) > (${key}, ${id}::uuid)`
    : sql`(t.created_at, t.id) < (${key}::timestamptz, ${id}::uuid)`
}

/**
 * By name the search function pages by itself; in another order it answers the first thousand by name. What it answers must not be
 * filtered away afterwards, or a page would end early: segments begin at 0, so `lo` and a 0 leaves out the tenant at `lo` itself.
 */
function toSearch(bounds: { lo: string; hi: string }, query: Query, after: string[] | null): RawBuilder<unknown> {
  const byName = query.sort === 'name' ? after : null
  const limit = query.sort === 'name' ? query.limit + 1 : 1000
  return sql`t.id in (select id from app.search_tenants(${`${bounds.lo}0`}, ${bounds.hi}, ${toNameKey(query.q ?? '')},
    ${query.parent_id ?? null}, ${query.level ?? null}, ${query.state ?? null}, ${byName?.[0] ?? null}, ${byName?.[1] ?? null}, ${limit}))`
}

/** A tenant with its ancestors, as far up as the caller sees. Throws not_found. */
export const getTenantView = (db: Database, call: CallContext, id: string): Promise<Tenant> =>
  db.transaction(call, (tx) => readTenant(tx, call, id))

export async function readTenant(tx: Transaction, call: CallContext, id: string): Promise<Tenant> {
  const tenant = await getTenant(tx, call.scope, id)
  const tables = tx.tables<TenantTables>()
  const above = ancestorPaths(tenant.path).filter((path) => isWithin(path, call.scope.lo))
  const ancestors =
    above.length === 0
      ? []
      : await tables
          .selectFrom('tenants')
          .select(['id', 'name', 'level', 'state'])
          .where('path', 'in', above)
          .orderBy('path')
          .execute()
  const sums = await tables
    .selectFrom('tenant_sums')
    .select(['tenants', 'devices'])
    .where('realm_id', '=', tenant.realm_id)
    .where('tenant_id', '=', tenant.id)
    .executeTakeFirst()
  const company = await getCompany(tx, tenant)
  return {
    ...toFacts(tenant),
    inactive_above: ancestors.some(({ state }) => state === 'inactive' || state === 'deleted'),
    parent_id: tenant.id === call.scope.tenantId ? null : tenant.parent_id,
    ancestors: ancestors.map(({ id, name, level }) => ({ id, name, level })),
    company,
    device_count: Number(sums?.devices ?? 0n),
    tenant_count: Number(sums?.tenants ?? 0n),
  }
}

const toFacts = (tenant: TenantRecord) => ({
  id: tenant.id,
  name: tenant.name,
  level: tenant.level,
  state: tenant.state,
  inactivated_at: tenant.inactivated_at,
  purge_at: purgeAt(tenant),
  trial_ends_at: tenant.trial_ends_at,
  service_type: tenant.service_type,
  provided_service_types: tenant.provided_service_types,
  device_country: tenant.device_country,
  storage_location: tenant.storage_location,
  usage_space_gb: tenant.usage_space_gb,
  auto_add_clients: tenant.auto_add_clients,
  email_reports: tenant.email_reports,
  external_id: tenant.external_id,
  child_count: tenant.child_count,
  created_at: tenant.created_at,
  version: tenant.version,
})

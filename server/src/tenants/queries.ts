import type { KeptFor, Tenant, TenantRow, tenantQuery } from '@tenantree/contract'
import { type RawBuilder, sql } from 'kysely'
import type * as z from 'zod'
import * as keeping from '../keeping/index.ts'
import type { CallContext } from '../kernel/context.ts'
import { fromCursor, type Page, toPage } from '../kernel/page.ts'
import { toInstantText } from '../kernel/time.ts'
import { ancestorPaths, isWithin, toBounds } from '../kernel/tree.ts'
import { type Database, inScope, type Transaction } from '../platform/database.ts'
import { toNameKey } from './domain.ts'
import { purgeAt } from './life/domain.ts'
import { deletedTenants } from './life/keeping.ts'
import { getCompany, getTenant, type TenantRecord, type TenantTables } from './repository.ts'
import { isInState, presentState } from './trials/repository.ts'

type Query = z.infer<typeof tenantQuery>
type ListedRow = Omit<TenantRow, 'device_count'> & { device_count: bigint; name_key: string }

/** The tenants of the scope that fit the query, a page of them. R-TREE-9. Throws not_found for a parent outside. */
export const listTenants = (db: Database, call: CallContext, query: Query): Promise<Page<TenantRow>> =>
  db.transaction(call, async (tx) => {
    const chosen = await choose(tx, call, query)
    const { rows } = await sql<ListedRow>`
      select t.id, t.name, t.name_key, t.level, case when t.id = ${call.scope.tenantId} then null else t.parent_id end as parent_id,
        (select p.name from tenants p where p.path = left(t.path, -4) and ${inScope(anyRealm(call), 'p')}) as parent_name,
        ${presentState('t', call.now)} as state, ${isClosedAbove(call, 't')} as inactive_above, t.device_country, t.storage_location, t.service_type, t.child_count,
        coalesce((select s.devices from tenant_sums s where s.realm_id = t.realm_id and s.tenant_id = t.id and ${inScope(call.scope, 's')}), 0)
          as device_count, t.created_at
      from (${chosen}) chosen
      cross join lateral (select * from tenants t where t.path = chosen.path and ${inScope(call.scope, 't')} offset 0) t
      order by ${orders[query.sort]}`.execute(tx.tables())
    const page = toPage(rows, query.limit, (row) =>
      query.sort === 'name' ? [row.name_key, row.id] : [row.created_at, row.id],
    )
    return { ...page, data: page.data.map(toRow) }
  })

const orders = { name: sql`t.name_key, t.id`, '-created_at': sql`t.created_at desc, t.id desc` }

/** What stands above is in another realm where the vendor is. */
const anyRealm = (call: CallContext) => ({ ...call.scope, realmId: null })

const toRow = ({ name_key: _nameKey, device_count, ...row }: ListedRow): TenantRow => ({
  ...row,
  device_count: Number(device_count),
})

/** Whether a tenant above, as far up as the caller sees, is inactive: who stands above the caller is not, or the caller were refused. */
const isClosedAbove = (call: CallContext, alias: string): RawBuilder<boolean> => {
  const path = sql.ref(`${alias}.path`)
  return sql<boolean>`exists (
    select 1 from tenants a where a.path = any (app.lineage(left(${path}, -4))) and a.state in ('inactive', 'deleted')
      and ${inScope(anyRealm(call), 'a')})`
}

type Range = { lo: string; hi: string }
type Chosen = { path: string }

/**
 * Chooses the paths of the page's rows, and one more, by what stands in an index alone; what is shown is then read of them alone, row by row.
 * Left to itself the planner, who takes a subtree of up to some thousands for one row, compared all of its rows with all of their parents.
 */
async function choose(tx: Transaction, call: CallContext, query: Query): Promise<RawBuilder<Chosen>> {
  if (query.parent_id !== undefined) await getTenant(tx, call.scope, query.parent_id)
  const range = await toRange(tx, call, query.under_id)
  const after = fromCursor(query.cursor, [query.sort === 'name' ? 'text' : 'instant', 'uuid'])
  return query.q === undefined ? chooseRows(call, query, range, after) : chooseFound(call, query, range, after)
}

function chooseRows(call: CallContext, query: Query, range: Range, after: string[] | null): RawBuilder<Chosen> {
  const parts = [inScope(call.scope, 't'), sql`t.path > ${range.lo} and t.path < ${range.hi}`]
  if (query.parent_id !== undefined) parts.push(sql`t.parent_id = ${query.parent_id}`)
  if (query.level !== undefined) parts.push(sql`t.level = ${query.level}`)
  parts.push(query.state === undefined ? sql`t.state <> 'deleted'` : isInState('t', query.state, call.now))
  if (after !== null) parts.push(toKeyset(query.sort, after))
  return sql`select t.path from tenants t where ${sql.join(parts, sql` and `)}
    order by ${orders[query.sort]} limit ${query.limit + 1}`
}

/** Strictly below `under_id`; with none, the whole scope, its own tenant included. */
async function toRange(tx: Transaction, call: CallContext, underId: string | undefined): Promise<Range> {
  if (underId === undefined) return { lo: '', hi: call.scope.hi }
  return toBounds((await getTenant(tx, call.scope, underId)).path)
}

function toKeyset(sort: Query['sort'], [key, id]: string[]): RawBuilder<unknown> {
  return sort === 'name'
    ? sql`(t.name_key, t.id) > (${key}, ${id}::uuid)`
    : sql`(t.created_at, t.id) < (${key}::timestamptz, ${id}::uuid)`
}

/**
 * The search function filters and pages by itself: what it answers must not be filtered away afterwards, or a page would end early. Segments
 * begin at 0, so `lo` and a 0 leaves out the tenant at `lo` itself.
 */
const chooseFound = (call: CallContext, query: Query, range: Range, after: string[] | null): RawBuilder<Chosen> =>
  sql`select f.path from app.search_tenants(${`${range.lo}0`}, ${range.hi}, ${toNameKey(query.q ?? '')}, ${query.parent_id ?? null},
    ${query.level ?? null}, ${query.state ?? null}, ${after?.[0] ?? null}, ${after?.[1] ?? null}, ${query.limit + 1},
    ${query.sort === '-created_at'}, ${toInstantText(call.now)}, ${call.scope.realmId}) f`

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
    ...toFacts(tenant, await keeping.readKeptFor(tx, deletedTenants)),
    inactive_above: ancestors.some(({ state }) => state === 'inactive' || state === 'deleted'),
    parent_id: tenant.id === call.scope.tenantId ? null : tenant.parent_id,
    ancestors: ancestors.map(({ id, name, level }) => ({ id, name, level })),
    company,
    device_count: Number(sums?.devices ?? 0n),
    tenant_count: Number(sums?.tenants ?? 0n),
  }
}

const toFacts = (tenant: TenantRecord, kept: KeptFor) => ({
  id: tenant.id,
  name: tenant.name,
  level: tenant.level,
  state: tenant.state,
  inactivated_at: tenant.inactivated_at,
  purge_at: purgeAt(tenant, kept),
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

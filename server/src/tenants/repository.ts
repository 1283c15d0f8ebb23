import type { Level, ServiceType } from '@tenantree/contract'
import type { ProblemCode } from '@tenantree/contract/problems'
import { type Generated, type RawBuilder, type SqlBool, sql } from 'kysely'
import type { Scope } from '../kernel/context.ts'
import { Problem } from '../kernel/problem.ts'
import { toBounds } from '../kernel/tree.ts'
import { inScope, type Transaction } from '../platform/database.ts'
import { toNameKey } from './domain.ts'
import { atPresent } from './trials/domain.ts'

export type TenantState = 'in_trial' | 'production' | 'inactive' | 'deleted'
export type TenantRecord = {
  realm_id: bigint
  id: string
  path: string
  parent_id: string | null
  local_parent_id: string | null
  level: Level
  name: string
  name_key: string
  service_type: ServiceType
  provided_service_types: ServiceType[]
  device_country: string
  storage_location: string
  state: TenantState
  trial_ends_at: string | null
  inactivated_at: string | null
  former_state: 'in_trial' | 'production' | null
  deleted_at: string | null
  deletion_id: string | null
  usage_space_gb: string | null
  auto_add_clients: boolean
  email_reports: boolean
  send_welcome_mail: boolean
  external_id: string | null
  child_counter: bigint
  child_count: number
  version: number
  created_at: string
}
export const companyFields = [
  'legal_name',
  'vat_number',
  'street',
  'postal_code',
  'city',
  'country',
  'web_site',
  'customer_reference',
  'contact_name',
  'contact_email',
] as const
export type CompanyFields = Record<(typeof companyFields)[number], string | null>
export type CompanyRecord = { realm_id: bigint; tenant_id: string; path: string } & CompanyFields
export type Owned = { realm_id: bigint; tenant_id: string; path: string }
/** A brand counts once it is set; until then only the tenant's name is shown to those below. */
export type BrandTable = Owned & {
  name: string
  color: string
  is_set: Generated<boolean>
  brand_name: Generated<string | null>
  logo: Generated<string | null>
  sender_name: Generated<string | null>
  version: Generated<number>
}
export type TenantTables = {
  tenants: TenantRecord
  companies: CompanyRecord
  tenant_brands: BrandTable
  tenant_sums: Owned & { tenants: bigint; devices: bigint }
  realms: { id: bigint; root_tenant_id: string; parent_tenant_id: string | null; name_key: string; path: string }
}

export const constraints: Record<string, ProblemCode> = {
  tenants_name: 'tenant_name_taken',
  realms_name: 'tenant_name_taken',
}

/** Null where it does not exist or lies outside the scope: the two cannot be told apart. */
export async function findTenant(tx: Transaction, scope: Scope, id: string): Promise<TenantRecord | null> {
  const found = await tx
    .tables<TenantTables>()
    .selectFrom('tenants')
    .selectAll()
    .where('id', '=', id)
    .where(inScope(scope, 'tenants'))
    .executeTakeFirst()
  return found === undefined ? null : atPresent(found, tx.now)
}

/** Throws not_found. */
export async function getTenant(tx: Transaction, scope: Scope, id: string): Promise<TenantRecord> {
  const tenant = await findTenant(tx, scope, id)
  if (tenant === null) throw new Problem('not_found')
  return tenant
}

/** Bounds a row's path by one tenant of the scope with everything below it, or by nothing. Throws not_found. */
export async function inSubtree(
  tx: Transaction,
  scope: Scope,
  alias: string,
  tenantId: string | undefined,
): Promise<RawBuilder<SqlBool>> {
  if (tenantId === undefined) return sql<SqlBool>`true`
  const { lo, hi } = toBounds((await getTenant(tx, scope, tenantId)).path)
  return sql<SqlBool>`${sql.ref(`${alias}.path`)} >= ${lo} and ${sql.ref(`${alias}.path`)} < ${hi}`
}

/**
 * Counts a new child of the parent; its row stays locked, so that children are numbered one after the other, and the parent stays where it
 * is. Throws resource_locked where it has moved since it was read.
 */
export async function countChild(tx: Transaction, parent: TenantRecord): Promise<bigint> {
  const row = await tx
    .tables<TenantTables>()
    .updateTable('tenants')
    .set({ child_counter: sql`child_counter + 1`, child_count: sql`child_count + 1` })
    .where('realm_id', '=', parent.realm_id)
    .where('id', '=', parent.id)
    .where('path', '=', parent.path)
    .returning('child_counter')
    .executeTakeFirst()
  if (row === undefined) throw new Problem('resource_locked', { retryAfterS: 1 })
  return row.child_counter
}

export async function insertTenant(tx: Transaction, tenant: TenantRecord, company: CompanyFields): Promise<void> {
  const tables = tx.tables<TenantTables>()
  const owned: Owned = { realm_id: tenant.realm_id, tenant_id: tenant.id, path: tenant.path }
  await tables.insertInto('tenants').values(tenant).execute()
  await tables
    .insertInto('companies')
    .values({ ...owned, ...company })
    .execute()
  await tables
    .insertInto('tenant_brands')
    .values({ ...owned, name: tenant.name, color: '#0b7285' })
    .execute()
  await tables
    .insertInto('tenant_sums')
    .values({ ...owned, tenants: 0n, devices: 0n })
    .execute()
}

export async function insertRealm(tx: Transaction, root: TenantRecord): Promise<void> {
  await tx
    .tables<TenantTables>()
    .insertInto('realms')
    .values({
      id: root.realm_id,
      root_tenant_id: root.id,
      parent_tenant_id: root.parent_id,
      name_key: root.name_key,
      path: root.path,
    })
    .execute()
}

export async function getCompany(tx: Transaction, tenant: TenantRecord): Promise<CompanyFields> {
  return tx
    .tables<TenantTables>()
    .selectFrom('companies')
    .select(companyFields)
    .where('realm_id', '=', tenant.realm_id)
    .where('tenant_id', '=', tenant.id)
    .executeTakeFirstOrThrow()
}

export type TenantChange = Partial<
  Pick<
    TenantRecord,
    'name' | 'name_key' | 'device_country' | 'usage_space_gb' | 'auto_add_clients' | 'email_reports' | 'external_id'
  >
>

/** Saves a change if the tenant still has the version that was read. Answers whether it had. */
export async function updateTenant(
  tx: Transaction,
  tenant: TenantRecord,
  change: TenantChange,
  company: Partial<CompanyFields>,
): Promise<boolean> {
  const tables = tx.tables<TenantTables>()
  const updated = await tables
    .updateTable('tenants')
    .set({ ...change, version: tenant.version + 1 })
    .where('realm_id', '=', tenant.realm_id)
    .where('id', '=', tenant.id)
    .where('version', '=', tenant.version)
    .executeTakeFirst()
  if (updated.numUpdatedRows === 0n) return false
  await saveCompany(tx, tenant, company)
  if (change.name !== undefined) await saveNames(tx, tenant, change.name, change.name_key ?? tenant.name_key)
  return true
}

async function saveCompany(tx: Transaction, tenant: TenantRecord, company: Partial<CompanyFields>): Promise<void> {
  if (Object.keys(company).length === 0) return
  await tx
    .tables<TenantTables>()
    .updateTable('companies')
    .set(company)
    .where('realm_id', '=', tenant.realm_id)
    .where('tenant_id', '=', tenant.id)
    .execute()
}

/** The name stands in two more places: for those below, and, for a realm's root, among its siblings. */
async function saveNames(tx: Transaction, tenant: TenantRecord, name: string, nameKey: string): Promise<void> {
  const tables = tx.tables<TenantTables>()
  await tables
    .updateTable('tenant_brands')
    .set({ name })
    .where('realm_id', '=', tenant.realm_id)
    .where('tenant_id', '=', tenant.id)
    .execute()
  await tables.updateTable('realms').set({ name_key: nameKey }).where('root_tenant_id', '=', tenant.id).execute()
}

export async function findVendor(tx: Transaction): Promise<TenantRecord | null> {
  const found = await tx
    .tables<TenantTables>()
    .selectFrom('tenants')
    .selectAll()
    .where('realm_id', '=', 0n)
    .where('level', '=', 'vendor')
    .executeTakeFirst()
  return found ?? null
}

export async function findChildByName(
  tx: Transaction,
  scope: Scope,
  parentId: string,
  name: string,
): Promise<TenantRecord | null> {
  const found = await tx
    .tables<TenantTables>()
    .selectFrom('tenants')
    .selectAll()
    .where('parent_id', '=', parentId)
    .where('name_key', '=', toNameKey(name))
    .where(inScope(scope, 'tenants'))
    .executeTakeFirst()
  return found ?? null
}

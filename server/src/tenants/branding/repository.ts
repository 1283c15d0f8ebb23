import type { Selectable } from 'kysely'
import type { Transaction } from '../../platform/database.ts'
import type { BrandTable, TenantRecord, TenantTables } from '../repository.ts'

export type BrandRecord = Selectable<BrandTable>
export type BrandChange = Pick<BrandRecord, 'is_set' | 'brand_name' | 'color' | 'logo' | 'sender_name'>

/** The brands at exactly these paths, in their order. */
export async function listBrands(tx: Transaction, paths: readonly string[]): Promise<BrandRecord[]> {
  if (paths.length === 0) return []
  const rows = await tx
    .tables<TenantTables>()
    .selectFrom('tenant_brands')
    .selectAll()
    .where('path', 'in', [...paths])
    .execute()
  return paths.flatMap((path) => rows.filter((row) => row.path === path))
}

export async function getBrand(tx: Transaction, tenant: TenantRecord): Promise<BrandRecord> {
  return tx
    .tables<TenantTables>()
    .selectFrom('tenant_brands')
    .selectAll()
    .where('realm_id', '=', tenant.realm_id)
    .where('tenant_id', '=', tenant.id)
    .executeTakeFirstOrThrow()
}

export async function saveBrand(tx: Transaction, tenant: TenantRecord, change: BrandChange): Promise<void> {
  await tx
    .tables<TenantTables>()
    .updateTable('tenant_brands')
    .set(change)
    .where('realm_id', '=', tenant.realm_id)
    .where('tenant_id', '=', tenant.id)
    .execute()
}

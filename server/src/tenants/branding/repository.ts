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

/** Saves a branding if it still has the version that was read. Answers whether it had. */
export async function saveBrand(tx: Transaction, brand: BrandRecord, change: BrandChange): Promise<boolean> {
  const saved = await tx
    .tables<TenantTables>()
    .updateTable('tenant_brands')
    .set({ ...change, version: brand.version + 1 })
    .where('realm_id', '=', brand.realm_id)
    .where('tenant_id', '=', brand.tenant_id)
    .where('version', '=', brand.version)
    .executeTakeFirst()
  return saved.numUpdatedRows > 0n
}

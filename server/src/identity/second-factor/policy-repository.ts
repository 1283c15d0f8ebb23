import type { Transaction } from '../../platform/database.ts'
import type { Owned, TenantRecord } from '../../tenants/index.ts'

type PolicyTables = { sign_in_policies: Owned & { require_second_factor: boolean } }

/** Which of the tenants at the paths ask for a second factor. */
export async function listAsking(tx: Transaction, paths: readonly string[]): Promise<string[]> {
  const rows = await tx
    .tables<PolicyTables>()
    .selectFrom('sign_in_policies')
    .select('path')
    .where('path', 'in', [...paths])
    .where('require_second_factor', '=', true)
    .execute()
  return rows.map(({ path }) => path)
}

export async function savePolicy(tx: Transaction, tenant: TenantRecord, require_second_factor: boolean): Promise<void> {
  await tx
    .tables<PolicyTables>()
    .insertInto('sign_in_policies')
    .values({ realm_id: tenant.realm_id, tenant_id: tenant.id, path: tenant.path, require_second_factor })
    .onConflict((conflict) => conflict.columns(['realm_id', 'tenant_id']).doUpdateSet({ require_second_factor }))
    .execute()
}

import type { Transaction } from '../../platform/database.ts'
import type { Owned, TenantRecord } from '../../tenants/index.ts'

export type Policy = { require_second_factor: boolean; require_single_sign_on: boolean }
type PolicyTables = { sign_in_policies: Owned & Policy }

/** Which of the tenants at the paths ask for a second factor. */
export async function listAsking(tx: Transaction, paths: readonly string[]): Promise<string[]> {
  if (paths.length === 0) return []
  const rows = await tx
    .tables<PolicyTables>()
    .selectFrom('sign_in_policies')
    .select('path')
    .where('path', 'in', [...paths])
    .where('require_second_factor', '=', true)
    .execute()
  return rows.map(({ path }) => path)
}

/** What a tenant itself asks for. */
export async function findPolicy(tx: Transaction, tenant: TenantRecord): Promise<Policy> {
  const found = await tx
    .tables<PolicyTables>()
    .selectFrom('sign_in_policies')
    .select(['require_second_factor', 'require_single_sign_on'])
    .where('realm_id', '=', tenant.realm_id)
    .where('tenant_id', '=', tenant.id)
    .executeTakeFirst()
  return found ?? { require_second_factor: false, require_single_sign_on: false }
}

export async function savePolicy(tx: Transaction, tenant: TenantRecord, policy: Policy): Promise<void> {
  await tx
    .tables<PolicyTables>()
    .insertInto('sign_in_policies')
    .values({ realm_id: tenant.realm_id, tenant_id: tenant.id, path: tenant.path, ...policy })
    .onConflict((conflict) => conflict.columns(['realm_id', 'tenant_id']).doUpdateSet(policy))
    .execute()
}

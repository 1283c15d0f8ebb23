import * as audit from '../../audit/index.ts'
import type { CallContext } from '../../kernel/context.ts'
import { ancestorPaths } from '../../kernel/tree.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import { getTenant, type TenantRecord } from '../../tenants/index.ts'
import { listAsking, savePolicy } from './policy-repository.ts'

export type SignInPolicy = { require_second_factor: boolean; inherited: boolean }

async function readPolicy(tx: Transaction, tenant: TenantRecord): Promise<SignInPolicy> {
  const asking = await listAsking(tx, [...ancestorPaths(tenant.path), tenant.path])
  return {
    require_second_factor: asking.includes(tenant.path),
    inherited: asking.some((path) => path !== tenant.path),
  }
}

/** What a tenant asks of the sign-in of its users, and whether one above it asks already. Throws not_found. */
export const getPolicy = (db: Database, call: CallContext, tenantId: string): Promise<SignInPolicy> =>
  db.transaction(call, async (tx) => readPolicy(tx, await getTenant(tx, call.scope, tenantId)))

/** Asks all users of a tenant and below it for a second factor, from the next request on. R-USER-4. Throws not_found. */
export const setPolicy = (
  db: Database,
  call: CallContext,
  input: { tenantId: string; require_second_factor: boolean },
): Promise<SignInPolicy> =>
  db.transaction(call, async (tx) => {
    const tenant = await getTenant(tx, call.scope, input.tenantId)
    const { require_second_factor: before, inherited } = await readPolicy(tx, tenant)
    const after = input.require_second_factor
    if (before === after) return { require_second_factor: after, inherited }
    await savePolicy(tx, tenant, after)
    await audit.append(tx, call, {
      action: 'sign_in_policy.changed',
      realmId: tenant.realm_id,
      path: tenant.path,
      object: { kind: 'tenant', id: tenant.id },
      before: { require_second_factor: before },
      after: { require_second_factor: after },
    })
    return { require_second_factor: after, inherited }
  })

import type { signInPolicy } from '@tenantree/contract'
import type * as z from 'zod'
import * as audit from '../../audit/index.ts'
import type { CallContext } from '../../kernel/context.ts'
import { Problem } from '../../kernel/problem.ts'
import { ancestorPaths } from '../../kernel/tree.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import { getTenant, type TenantRecord } from '../../tenants/index.ts'
import { findProvider, readSingleSignOn } from '../single-sign-on/repository.ts'
import { findPolicy, listAsking, type Policy, savePolicy } from './policy-repository.ts'

export type SignInPolicy = z.infer<typeof signInPolicy>

async function readPolicy(tx: Transaction, tenant: TenantRecord): Promise<SignInPolicy> {
  const own = await findPolicy(tx, tenant)
  const { is_provided, is_required } = await readSingleSignOn(tx, tenant.path)
  return {
    ...own,
    inherited: (await listAsking(tx, ancestorPaths(tenant.path))).length > 0,
    single_sign_on_provided: is_provided,
    single_sign_on_required: is_required,
  }
}

/** What a tenant asks of the sign-in of its users, and what those above it ask already. Throws not_found. */
export const getPolicy = (db: Database, call: CallContext, tenantId: string): Promise<SignInPolicy> =>
  db.transaction(call, async (tx) => readPolicy(tx, await getTenant(tx, call.scope, tenantId)))

export type PolicyChange = {
  tenantId: string
  require_second_factor: boolean
  require_single_sign_on?: boolean | undefined
}

/**
 * Asks all users of a tenant and below it for a second factor, or those that its provider is for to sign in by it; from the next request on.
 * R-USER-4. Throws not_found, not_allowed for single sign-on by anyone but a superuser, identity_provider_missing.
 */
export const setPolicy = (db: Database, call: CallContext, input: PolicyChange): Promise<SignInPolicy> =>
  db.transaction(call, async (tx) => {
    const tenant = await getTenant(tx, call.scope, input.tenantId)
    const before = await findPolicy(tx, tenant)
    const after: Policy = {
      require_second_factor: input.require_second_factor,
      require_single_sign_on: input.require_single_sign_on ?? before.require_single_sign_on,
    }
    await decideSingleSignOn(tx, call, tenant, { before, after })
    if (isSame(before, after)) return readPolicy(tx, tenant)
    await savePolicy(tx, tenant, after)
    await audit.append(tx, call, {
      action: 'sign_in_policy.changed',
      realmId: tenant.realm_id,
      path: tenant.path,
      object: { kind: 'tenant', id: tenant.id },
      before,
      after,
    })
    return readPolicy(tx, tenant)
  })

const isSame = (before: Policy, after: Policy): boolean =>
  before.require_second_factor === after.require_second_factor &&
  before.require_single_sign_on === after.require_single_sign_on

async function decideSingleSignOn(
  tx: Transaction,
  call: CallContext,
  tenant: TenantRecord,
  { before, after }: { before: Policy; after: Policy },
): Promise<void> {
  if (before.require_single_sign_on === after.require_single_sign_on) return
  if (!call.may.has('single_sign_on.manage')) throw new Problem('not_allowed')
  if (after.require_single_sign_on && (await findProvider(tx, tenant)) === null)
    throw new Problem('identity_provider_missing')
}

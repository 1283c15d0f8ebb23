import type { CreateFilePolicy, FilePolicy } from '@tenantree/contract'
import * as audit from '../../audit/index.ts'
import * as catalog from '../../catalog/index.ts'
import type { CallContext } from '../../kernel/context.ts'
import { fieldProblem, Problem } from '../../kernel/problem.ts'
import { toInstantText } from '../../kernel/time.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { getTenant, type TenantRecord } from '../../tenants/index.ts'
import { featuresFor, mostPolicies } from './domain.ts'
import { toPolicy } from './queries.ts'
import * as repository from './repository.ts'

/**
 * Adds a policy of an end customer, the last in order. Groups as targets are not here yet. R-POL-1, R-OFFER-4. Throws not_found, invalid_request,
 * feature_not_in_offer, file_policy_limit, file_policies_changed.
 */
export const addPolicy = (
  db: Database,
  call: CallContext,
  { tenantId, policy }: { tenantId: string; policy: CreateFilePolicy },
): Promise<FilePolicy> =>
  db.transaction(call, async (tx) => {
    const customer = await getCustomer(tx, call, tenantId)
    const held = await repository.listHeld(tx, customer)
    for (const feature of featuresFor(policy)) await requireHeld(tx, customer, held, feature)
    const present = await repository.listPolicies(tx, customer)
    if (present.length >= mostPolicies) throw new Problem('file_policy_limit', { params: { most: mostPolicies } })
    const record: repository.PolicyRecord = {
      ...policy,
      realm_id: customer.realm_id,
      id: newId(),
      tenant_id: customer.id,
      path: customer.path,
      position: present.length + 1,
      created_at: toInstantText(call.now),
    }
    await repository.insertPolicy(tx, record)
    await note(tx, call, record, 'file_policy.added', { before: null, after: toFacts(record) })
    return toPolicy(record, new Set(held.flatMap(({ features }) => features)))
  })

/** Throws not_found, invalid_request. */
async function getCustomer(tx: Transaction, call: CallContext, id: string): Promise<TenantRecord> {
  const tenant = await getTenant(tx, call.scope, id)
  if (tenant.level !== 'end_customer')
    throw fieldProblem('invalid_request', 'id', 'Only an end customer has file policies; its sites share them.')
  return tenant
}

/** Throws feature_not_in_offer, naming an offer that has it. */
async function requireHeld(
  tx: Transaction,
  customer: TenantRecord,
  held: readonly repository.HeldOffer[],
  feature: string,
): Promise<void> {
  if (held.some(({ features }) => features.includes(feature))) return
  const nothing = { product: 'Nothing that', edition: `${customer.name} has`, features: [] }
  await catalog.requireFeature(tx, customer.path, held[0] ?? nothing, feature)
}

/** Puts all policies of a customer into an order. Throws not_found, invalid_request, file_policies_changed where the ids are not all of them. */
export const orderPolicies = (
  db: Database,
  call: CallContext,
  { tenantId, ids }: { tenantId: string; ids: readonly string[] },
): Promise<void> =>
  db.transaction(call, async (tx) => {
    const customer = await getCustomer(tx, call, tenantId)
    const before = (await repository.listPolicies(tx, customer)).map(({ id }) => id)
    const isAll = new Set(ids).size === ids.length && ids.length === before.length
    if (!isAll || (await repository.numberPolicies(tx, customer, ids)) !== before.length)
      throw new Problem('file_policies_changed')
    if (before.join() !== ids.join())
      await audit.append(tx, call, {
        action: 'file_policies.ordered',
        realmId: customer.realm_id,
        path: customer.path,
        object: { kind: 'tenant', id: customer.id },
        before: { ids: before },
        after: { ids },
      })
  })

/** Throws not_found. */
export const removePolicy = (db: Database, call: CallContext, id: string): Promise<void> =>
  db.transaction(call, async (tx) => {
    const policy = await repository.getPolicy(tx, call.scope, id)
    await repository.deletePolicy(tx, policy)
    await note(tx, call, policy, 'file_policy.removed', { before: toFacts(policy), after: null })
  })

const toFacts = ({ position, direction, web_sites, mime_types, action }: repository.PolicyRecord) => ({
  position,
  direction,
  web_sites,
  mime_types,
  action,
})

type Facts = ReturnType<typeof toFacts> | null

const note = (
  tx: Transaction,
  call: CallContext,
  policy: repository.PolicyRecord,
  action: string,
  change: { before: Facts; after: Facts },
): Promise<void> =>
  audit.append(tx, call, {
    action,
    realmId: policy.realm_id,
    path: policy.path,
    object: { kind: 'file_policy', id: policy.id },
    ...change,
  })

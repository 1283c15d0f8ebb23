import type {
  createDomain as createDomainSchema,
  createGateway as createGatewaySchema,
  Domain,
  Gateway,
} from '@tenantree/contract'
import type * as z from 'zod'
import * as audit from '../audit/index.ts'
import type { CallContext } from '../kernel/context.ts'
import { fieldProblem, Problem } from '../kernel/problem.ts'
import { toInstantText } from '../kernel/time.ts'
import type { Database, Transaction } from '../platform/database.ts'
import { newId } from '../platform/ids.ts'
import * as tenants from '../tenants/index.ts'
import type { HolderHooks } from './hooks.ts'
import { readDomain, readGateway } from './queries.ts'
import * as repository from './repository.ts'

/** Adds a gateway to a tenant. Throws not_found, gateway_name_taken, parent_level_invalid for the vendor, state_conflict. */
export const createGateway = (
  db: Database,
  call: CallContext,
  input: z.infer<typeof createGatewaySchema>,
): Promise<Gateway> =>
  db.transaction(call, async (tx) => {
    const tenant = await getLive(tx, call, input.tenant_id)
    if (tenant.level === 'vendor')
      throw fieldProblem('parent_level_invalid', 'tenant_id', 'Gateways stand at partners, customers and sites.')
    const gateway = toRegistered(tenant, call, input.name)
    await repository.insertGateway(tx, gateway)
    await note(tx, call, { kind: 'gateway', act: 'created', record: gateway })
    return readGateway(tx, call, gateway.id)
  })

/** Adds a domain to an end customer or site. R-LIC-1. Throws not_found, parent_level_invalid, domain_exists, state_conflict. */
export const createDomain = (
  db: Database,
  call: CallContext,
  input: z.infer<typeof createDomainSchema>,
): Promise<Domain> =>
  db.transaction(call, async (tx) => {
    const tenant = await getLive(tx, call, input.tenant_id)
    const customerId = tenants.customerIdOf(tenant)
    if (customerId === null)
      throw fieldProblem('parent_level_invalid', 'tenant_id', 'Domains stand at end customers and sites.')
    const domain = { ...toRegistered(tenant, call, input.name), customer_id: customerId, kind: input.kind }
    await repository.insertDomain(tx, domain)
    await note(tx, call, { kind: 'domain', act: 'created', record: domain })
    return readDomain(tx, call, domain.id)
  })

/** Takes a gateway out; its licenses go back to their pools. Throws not_found, state_conflict. */
export const removeGateway = (db: Database, hooks: HolderHooks, call: CallContext, id: string): Promise<void> =>
  remove(db, hooks, call, { register: 'gateways', kind: 'gateway', id })

/** Takes a domain out; its licenses go back to their pools. Throws not_found, state_conflict. */
export const removeDomain = (db: Database, hooks: HolderHooks, call: CallContext, id: string): Promise<void> =>
  remove(db, hooks, call, { register: 'domains', kind: 'domain', id })

type Removal = { register: repository.Register; kind: 'gateway' | 'domain'; id: string }

const remove = (db: Database, hooks: HolderHooks, call: CallContext, { register, kind, id }: Removal): Promise<void> =>
  db.transaction(call, async (tx) => {
    const record = await repository.remove(tx, register, id, toInstantText(call.now))
    for (const hook of hooks.beforeRemove) await hook(tx, call, { ...record, kind })
    await note(tx, call, { kind, act: 'removed', record })
  })

/** Domains of a site go with it to another end customer. R-TREE-6. Throws domain_exists. */
export async function followSite(
  tx: Transaction,
  _call: CallContext,
  { tenant }: { tenant: tenants.TenantRecord },
): Promise<void> {
  if (tenant.level === 'site') await repository.saveCustomer(tx, tenant)
}

async function getLive(tx: Transaction, call: CallContext, id: string): Promise<tenants.TenantRecord> {
  const tenant = await tenants.getTenant(tx, call.scope, id)
  if (tenant.state === 'deleted') throw new Problem('state_conflict', { params: { state: tenant.state } })
  return tenant
}

const toRegistered = (tenant: tenants.TenantRecord, call: CallContext, name: string): repository.GatewayRecord => ({
  realm_id: tenant.realm_id,
  id: newId(),
  path: tenant.path,
  tenant_id: tenant.id,
  name,
  name_key: tenants.toNameKey(name),
  state: 'active',
  created_at: toInstantText(call.now),
  removed_at: null,
})

type Noted = {
  kind: 'gateway' | 'domain'
  act: 'created' | 'removed'
  record: { realm_id: bigint; path: string; id: string; name: string }
}

const note = (tx: Transaction, call: CallContext, { kind, act, record }: Noted): Promise<void> =>
  audit.append(tx, call, {
    action: `${kind}.${act}`,
    realmId: record.realm_id,
    path: record.path,
    object: { kind, id: record.id },
    before: act === 'created' ? null : { name: record.name },
    after: act === 'created' ? { name: record.name } : null,
  })

import type { DeleteTenant, Tenant } from '@tenantree/contract'
import * as audit from '../../audit/index.ts'
import * as keeping from '../../keeping/index.ts'
import type { CallContext } from '../../kernel/context.ts'
import { invariant, Problem } from '../../kernel/problem.ts'
import { dayOf, toInstantText } from '../../kernel/time.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import { publish } from '../../platform/outbox.ts'
import type { TenantHooks } from '../hooks.ts'
import { readTenant } from '../queries.ts'
import { findTenant, getTenant, type TenantRecord } from '../repository.ts'
import { decideDelete, decideInactivate, decideReactivate, decideRestore, refuseOwn } from './domain.ts'
import { deletedTenants } from './keeping.ts'
import * as repository from './repository.ts'

/**
 * Refuses every request of the tenant's users, keys and agents, and of all below, within seconds; from tomorrow on it makes no charge after
 * use. Nothing is erased. R-TREE-7. Throws not_found, not_allowed for the own tenant, state_conflict.
 */
export const inactivateTenant = (db: Database, call: CallContext, id: string): Promise<Tenant> =>
  db.transaction(call, async (tx) => {
    const tenant = await getTenant(tx, call.scope, id)
    refuseOwn(call.scope.tenantId, tenant)
    const formerState = decideInactivate(tenant)

    const change = { state: 'inactive', former_state: formerState, inactivated_at: toInstantText(call.now) } as const
    await save(tx, tenant, change)
    await repository.insertPause(tx, tenant, dayOf(call.now).add({ days: 1 }))
    await repository.endAccess(tx)
    await note(tx, call, { action: 'tenant.inactivated', tenant, after: { state: 'inactive' } })
    return readTenant(tx, call, id)
  })

/** Restores a tenant that was inactivated by itself, with the same identities, without back charges. R-TREE-7. */
export const reactivateTenant = (db: Database, call: CallContext, id: string): Promise<Tenant> =>
  db.transaction(call, async (tx) => {
    const tenant = await getTenant(tx, call.scope, id)
    refuseOwn(call.scope.tenantId, tenant)
    const state = decideReactivate(tenant, call.now)

    await save(tx, tenant, { state, former_state: null, inactivated_at: null })
    await repository.endPause(tx, tenant, dayOf(call.now))
    await repository.endAccess(tx)
    await note(tx, call, { action: 'tenant.reactivated', tenant, after: { state } })
    return readTenant(tx, call, id)
  })

/**
 * Deletes an inactive tenant, with everything below where that was said; for 30 days it can be restored. R-TREE-8.
 * Throws not_found, not_allowed, state_conflict, name_not_confirmed, has_live_descendants, commitment_running.
 */
export const deleteTenant = (
  db: Database,
  hooks: TenantHooks,
  call: CallContext,
  { id, input }: { id: string; input: DeleteTenant },
): Promise<Tenant> =>
  db.transaction(call, async (tx) => {
    const tenant = await getTenant(tx, call.scope, id)
    refuseOwn(call.scope.tenantId, tenant)
    decideDelete(tenant, await repository.countLiveBelow(tx, tenant), input)
    for (const hook of hooks.beforeDelete) await hook(tx, call, tenant)

    const tenants = await repository.markDeleted(tx, tenant, toInstantText(call.now))
    await repository.addToChildCount(tx, parentOf(tenant), -1)
    await repository.endAccess(tx)
    await announce(tx, tenant, 'tenant.deleted', { tenants, devices: await repository.countDevicesOf(tx, tenant) })
    await note(tx, call, { action: 'tenant.deleted', tenant, after: { state: 'deleted', tenants } })
    return readTenant(tx, call, id)
  })

/** Brings a deleted tenant back whole: inactive itself, what was below it as it was. Throws not_found, state_conflict. R-TREE-8. */
export const restoreTenant = (db: Database, call: CallContext, id: string): Promise<Tenant> =>
  db.transaction(call, async (tx) => {
    const tenant = await getTenant(tx, call.scope, id)
    refuseOwn(call.scope.tenantId, tenant)
    decideRestore(tenant, call.now, await keeping.readKeptFor(tx, deletedTenants))
    const parent = await findTenant(tx, call.scope, parentOf(tenant))
    if (parent?.state === 'deleted')
      throw new Problem('state_conflict', { detail: 'Restore the tenant above it first.' })

    const devices = await repository.countDevicesOf(tx, tenant)
    const tenants = await repository.unmarkDeleted(tx, tenant)
    await repository.addToChildCount(tx, parentOf(tenant), 1)
    await announce(tx, tenant, 'tenant.restored', { tenants, devices })
    await note(tx, call, { action: 'tenant.restored', tenant, after: { state: 'inactive', tenants } })
    return readTenant(tx, call, id)
  })

function parentOf(tenant: TenantRecord): string {
  invariant(tenant.parent_id !== null, 'the vendor is nobody to delete')
  return tenant.parent_id
}

async function save(tx: Transaction, tenant: TenantRecord, change: Parameters<typeof repository.saveState>[2]) {
  if (!(await repository.saveState(tx, tenant, change))) throw new Problem('state_conflict')
}

const announce = (
  tx: Transaction,
  tenant: TenantRecord,
  topic: 'tenant.deleted' | 'tenant.restored',
  counts: { tenants: number; devices: number },
): Promise<void> =>
  publish(tx, { realmId: tenant.realm_id, topic, path: tenant.path, payload: { tenant_id: tenant.id, ...counts } })

type Entry = { action: string; tenant: TenantRecord; after: Record<string, string | number> }

const note = (tx: Transaction, call: CallContext, { action, tenant, after }: Entry): Promise<void> =>
  audit.append(tx, call, {
    action,
    realmId: tenant.realm_id,
    path: tenant.path,
    object: { kind: 'tenant', id: tenant.id },
    before: { state: tenant.state },
    after,
  })

import type { createdInstallToken } from '@tenantree/contract'
import type * as z from 'zod'
import * as audit from '../audit/index.ts'
import type { CallContext } from '../kernel/context.ts'
import { fieldProblem, Problem } from '../kernel/problem.ts'
import { toInstantText } from '../kernel/time.ts'
import type { HolderHooks } from '../networks/index.ts'
import type { Database } from '../platform/database.ts'
import { hashSecret, newSecret } from '../platform/ids.ts'
import { publish } from '../platform/outbox.ts'
import * as tenants from '../tenants/index.ts'
import * as repository from './repository.ts'

/**
 * Makes the install token of an end customer or site; the former one is refused from then on. R-DEV-1 (d).
 * Throws not_found, parent_level_invalid for a tenant that holds no devices.
 */
export const createInstallToken = (
  db: Database,
  call: CallContext,
  tenantId: string,
  baseUrl: string,
): Promise<z.infer<typeof createdInstallToken>> =>
  db.transaction(call, async (tx) => {
    const tenant = await tenants.getTenant(tx, call.scope, tenantId)
    if (tenant.level !== 'end_customer' && tenant.level !== 'site') {
      throw fieldProblem('parent_level_invalid', 'id', 'Devices stand at end customers and sites.')
    }
    const token = newSecret('tti')
    const created = { hint: token.slice(0, 8), created_at: toInstantText(call.now) }
    await repository.replaceToken(tx, {
      realm_id: tenant.realm_id,
      tenant_id: tenant.id,
      path: tenant.path,
      token_hash: hashSecret(token),
      ...created,
    })
    await audit.append(tx, call, {
      action: 'install_token.created',
      realmId: tenant.realm_id,
      path: tenant.path,
      object: { kind: 'tenant', id: tenant.id },
      before: null,
      after: { hint: created.hint },
    })
    const command = `npx tenantree-agent enroll --server ${baseUrl} --token ${token}`
    return { tenant_id: tenant.id, token, ...created, command }
  })

/**
 * Takes a device out: its key is refused within seconds, its licenses go back to their pools, and its time to the purge begins. R-DEV-5, R-KEEP-1.
 * Throws not_found.
 */
export const deleteDevice = (db: Database, hooks: HolderHooks, call: CallContext, id: string): Promise<void> =>
  db.transaction(call, async (tx) => {
    const device = await repository.lockDevice(tx, id)
    if (device === null) throw new Problem('not_found')
    for (const hook of hooks.beforeRemove) await hook(tx, call, { ...device, kind: 'device' })
    await repository.saveDevice(tx, device.realm_id, device.id, { state: 'deleted' })
    await repository.endAccess(tx)
    await audit.append(tx, call, {
      action: 'device.deleted',
      realmId: device.realm_id,
      path: device.path,
      object: { kind: 'device', id: device.id },
      before: { state: device.state },
      after: { state: 'deleted' },
    })
    await publish(tx, {
      realmId: device.realm_id,
      topic: 'device.removed',
      path: device.path,
      payload: { device_id: device.id },
    })
  })

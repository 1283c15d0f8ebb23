import type { createdInstallToken } from '@tenantree/contract'
import type * as z from 'zod'
import * as audit from '../audit/index.ts'
import type { CallContext } from '../kernel/context.ts'
import { fieldProblem } from '../kernel/problem.ts'
import { toInstantText } from '../kernel/time.ts'
import type { Database } from '../platform/database.ts'
import { hashSecret, newSecret } from '../platform/ids.ts'
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

import type { CreateApiKey, Role } from '@tenantree/contract'
import * as audit from '../../audit/index.ts'
import type { CallContext } from '../../kernel/context.ts'
import { fieldProblem, Problem } from '../../kernel/problem.ts'
import { toInstantText } from '../../kernel/time.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import { hashSecret, newId, newSecret } from '../../platform/ids.ts'
import * as tenants from '../../tenants/index.ts'
import { isForKeys, mayGrant, permissionsAt } from '../policy.ts'
import type { SessionRow } from '../repository.ts'
import type { ApiKeyRecord } from './repository.ts'
import * as repository from './repository.ts'

const hintLength = 8

/**
 * Makes a key for a tenant of the caller's subtree, at most a year old one day. R-USER-4. Throws not_found, role_above_own,
 * scope_not_in_role.
 */
export const createApiKey = (
  db: Database,
  call: CallContext,
  maker: SessionRow,
  input: CreateApiKey,
): Promise<{ key: ApiKeyRecord; tenantName: string; secret: string }> =>
  db.transaction(call, async (tx) => {
    const tenant = await tenants.getTenant(tx, call.scope, input.tenant_id)
    if (!mayGrant(maker.role, input.role)) throw new Problem('role_above_own')
    const possible = permissionsAt(input.role, tenant.level).filter(isForKeys)
    if (!input.scopes.every((scope) => possible.includes(scope))) throw fieldProblem('scope_not_in_role', 'scopes')

    const secret = newSecret('ttk')
    const key: ApiKeyRecord = {
      realm_id: tenant.realm_id,
      id: newId(),
      path: tenant.path,
      tenant_id: tenant.id,
      name: input.name,
      hint: secret.slice(0, hintLength),
      role: input.role,
      scopes: [...new Set(input.scopes)].sort(),
      created_by: maker.user_id,
      created_at: toInstantText(call.now),
      expires_at: toInstantText(call.now.add({ hours: 24 * input.expires_in_days })),
    }
    await repository.insertApiKey(tx, key, hashSecret(secret))
    await note(tx, call, 'api_key.created', key)
    return { key, tenantName: tenant.name, secret }
  })

/** Ends a key at once. Those of others are a superuser's to end (R-USER-1). Throws not_found, not_allowed. */
export const revokeApiKey = (db: Database, call: CallContext, caller: SessionRow, id: string): Promise<void> =>
  db.transaction(call, async (tx) => {
    const key = await repository.findApiKey(tx, call.scope, id)
    if (key === null) throw new Problem('not_found')
    if (key.created_by !== caller.user_id && caller.role !== 'superuser') throw new Problem('not_allowed')
    if (!(await repository.deleteApiKey(tx, key))) throw new Problem('not_found')
    await note(tx, call, 'api_key.revoked', key)
  })

/** Ends the keys that a user has made and may not keep: who knows a key must not be above what it was made by. */
export async function revokeKeysOf(
  tx: Transaction,
  call: CallContext,
  userId: string,
  isOver: (role: Role) => boolean,
): Promise<void> {
  for (const key of await repository.listKeysMadeBy(tx, call, userId)) {
    if (isOver(key.role) && (await repository.deleteApiKey(tx, key))) await note(tx, call, 'api_key.revoked', key)
  }
}

function note(tx: Transaction, call: CallContext, action: string, key: ApiKeyRecord): Promise<void> {
  const facts = { name: key.name, hint: key.hint, role: key.role, scopes: key.scopes, expires_at: key.expires_at }
  const isNew = action === 'api_key.created'
  return audit.append(tx, call, {
    action,
    realmId: key.realm_id,
    path: key.path,
    object: { kind: 'api_key', id: key.id },
    before: isNew ? null : facts,
    after: isNew ? facts : null,
  })
}

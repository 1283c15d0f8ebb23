import type { CallContext } from '../../kernel/context.ts'
import { Problem } from '../../kernel/problem.ts'
import type { Database } from '../../platform/database.ts'
import type { Vault } from '../../platform/vault.ts'
import { switchMails } from '../../tenants/index.ts'
import * as repository from './repository.ts'

/** Tokens that nobody can make up, and that say nothing: they name the tenant to us alone. */
export type Unsubscribing = {
  toToken(tenantId: string): string
  /** Null for a token that is not ours. */
  findTenantId(token: string): string | null
}

const about = 'trial mails'

export const createUnsubscribing = (vault: Vault): Unsubscribing => ({
  toToken: (tenantId) => vault.seal(tenantId, about),
  findTenantId(token) {
    try {
      return vault.open(token, about)
    } catch {
      return null
    }
  },
})

/** Turns the mails off for the tenant of the link, by whoever has it. Repeating it changes nothing. R-TRIAL-5. Throws unsubscribe_link_invalid. */
export async function unsubscribe(
  db: Database,
  unsubscribing: Unsubscribing,
  visitor: Pick<CallContext, 'requestId' | 'address'>,
  token: string,
): Promise<{ tenant_name: string }> {
  const tenantId = unsubscribing.findTenantId(token)
  if (tenantId === null) throw new Problem('unsubscribe_link_invalid')
  const call: CallContext = { ...(await db.systemCall(visitor.requestId)), address: visitor.address }
  return db.work(call, async (tx) => {
    const tenant = await repository.findTenant(tx, tenantId)
    if (tenant === null) throw new Problem('unsubscribe_link_invalid')
    await switchMails(tx, call, tenant, false)
    return { tenant_name: tenant.name }
  })
}

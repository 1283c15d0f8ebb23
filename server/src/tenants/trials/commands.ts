import type { Tenant, trialMails } from '@tenantree/contract'
import type * as z from 'zod'
import * as audit from '../../audit/index.ts'
import type { CallContext } from '../../kernel/context.ts'
import { Problem } from '../../kernel/problem.ts'
import { toInstantText } from '../../kernel/time.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import { readTenant } from '../queries.ts'
import { getTenant, type TenantRecord } from '../repository.ts'
import { decideStartProduction } from './domain.ts'
import * as repository from './repository.ts'

type TrialMails = z.infer<typeof trialMails>

/** Takes a customer into production before its trial ends; today is charged. R-TRIAL-1. Throws not_found, state_conflict. */
export const startProduction = (db: Database, call: CallContext, id: string): Promise<Tenant> =>
  db.transaction(call, async (tx) => {
    const tenant = await getTenant(tx, call.scope, id)
    const { trialEndsAt } = decideStartProduction(tenant, call.now)
    if (!(await repository.startProduction(tx, tenant, trialEndsAt))) throw new Problem('state_conflict')
    await audit.append(tx, call, {
      action: 'tenant.production_started',
      realmId: tenant.realm_id,
      path: tenant.path,
      object: { kind: 'tenant', id },
      before: { state: 'in_trial', trial_ends_at: tenant.trial_ends_at },
      after: { state: 'production', trial_ends_at: trialEndsAt },
    })
    return readTenant(tx, call, id)
  })

/** Throws not_found. */
export const getTrialMails = (db: Database, call: CallContext, id: string): Promise<TrialMails> =>
  db.transaction(call, async (tx) => {
    const tenant = await getTenant(tx, call.scope, id)
    return { enabled: !(await repository.hasRefusedMails(tx, tenant)) }
  })

/** Whether the tenant gets mails before its trials end. Repeating it changes nothing. R-TRIAL-5. Throws not_found. */
export const setTrialMails = (
  db: Database,
  call: CallContext,
  { id, enabled }: { id: string } & TrialMails,
): Promise<TrialMails> =>
  db.transaction(call, async (tx) => {
    await switchMails(tx, call, await getTenant(tx, call.scope, id), enabled)
    return { enabled }
  })

type Owner = Pick<TenantRecord, 'realm_id' | 'id' | 'path'>

export async function switchMails(tx: Transaction, call: CallContext, tenant: Owner, enabled: boolean): Promise<void> {
  const hasChanged = enabled
    ? await repository.wantMails(tx, tenant)
    : await repository.refuseMails(tx, tenant, toInstantText(call.now))
  if (!hasChanged) return
  await audit.append(tx, call, {
    action: enabled ? 'trial_mails.enabled' : 'trial_mails.disabled',
    realmId: tenant.realm_id,
    path: tenant.path,
    object: { kind: 'tenant', id: tenant.id },
    before: { enabled: !enabled },
    after: { enabled },
  })
}

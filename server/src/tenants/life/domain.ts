import type { DeleteTenant, KeptFor } from '@tenantree/contract'
import * as keeping from '../../keeping/index.ts'
import { fieldProblem, Problem } from '../../kernel/problem.ts'
import { type Instant, isBefore, toInstant, toInstantText } from '../../kernel/time.ts'

type Facts = {
  id: string
  name: string
  state: 'in_trial' | 'production' | 'inactive' | 'deleted'
  former_state: 'in_trial' | 'production' | null
  trial_ends_at: string | null
  deleted_at: string | null
  deletion_id: string | null
}

const conflict = (tenant: Facts) => new Problem('state_conflict', { params: { state: tenant.state } })

/** Only someone above closes a tenant: who closed its own could not open it again. Throws not_allowed. */
export function refuseOwn(callerTenantId: string, tenant: Facts): void {
  if (tenant.id === callerTenantId)
    throw new Problem('not_allowed', { detail: 'Only someone above can do this to a tenant.' })
}

/** R-TREE-7. Answers what the tenant was, to come back to. Throws state_conflict. */
export function decideInactivate(tenant: Facts): 'in_trial' | 'production' {
  if (tenant.state !== 'in_trial' && tenant.state !== 'production') throw conflict(tenant)
  return tenant.state
}

/** Back to the former state, or to production if the trial has passed: its clock ran on. Throws state_conflict. */
export function decideReactivate(tenant: Facts, now: Instant): 'in_trial' | 'production' {
  if (tenant.state !== 'inactive') throw conflict(tenant)
  const isRunning = tenant.trial_ends_at !== null && isBefore(now, toInstant(tenant.trial_ends_at))
  return tenant.former_state === 'in_trial' && isRunning ? 'in_trial' : 'production'
}

/** R-TREE-8. Throws state_conflict, name_not_confirmed, has_live_descendants. */
export function decideDelete(tenant: Facts, liveBelow: number, input: DeleteTenant): void {
  if (tenant.state !== 'inactive') throw conflict(tenant)
  if (input.confirm_name !== tenant.name) throw fieldProblem('name_not_confirmed', 'confirm_name')
  if (liveBelow > 0 && !input.with_everything_below)
    throw new Problem('has_live_descendants', { params: { tenants: liveBelow } })
}

/** When a deleted tenant is erased for good; null for one that is not, or that was deleted with one above it. */
export const purgeAt = (
  tenant: { id: string; deleted_at: string | null; deletion_id: string | null },
  kept: KeptFor,
): string | null =>
  tenant.deleted_at === null || tenant.deletion_id !== tenant.id
    ? null
    : toInstantText(keeping.endOf(toInstant(tenant.deleted_at), kept))

/** What was deleted by itself is restored as a whole, until its purge. Throws state_conflict. */
export function decideRestore(tenant: Facts, now: Instant, kept: KeptFor): void {
  const until = purgeAt(tenant, kept)
  if (tenant.state !== 'deleted' || until === null || !isBefore(now, toInstant(until))) throw conflict(tenant)
}

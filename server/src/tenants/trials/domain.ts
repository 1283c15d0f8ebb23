import { Problem } from '../../kernel/problem.ts'
import { dayOf, type Instant, isBefore, startOfDay, toInstant, toInstantText } from '../../kernel/time.ts'

type Facts = { state: string; trial_ends_at: string | null }

/** Whether an end customer is in trial at the moment, whatever has run since its trial ended. R-TRIAL-1, R-TRIAL-3. */
export const isInTrial = ({ state, trial_ends_at: end }: Facts, now: Instant): boolean =>
  state === 'in_trial' && (end === null || isBefore(now, toInstant(end)))

/** A tenant as it is at the moment: where its trial has passed, in production. R-TRIAL-3. */
export const atPresent = <Tenant extends Facts>(tenant: Tenant, now: Instant): Tenant =>
  tenant.state === 'in_trial' && !isInTrial(tenant, now) ? { ...tenant, state: 'production' } : tenant

/** The day of the switch is charged: its trial ends with the beginning of that day. R-BILL-9. Throws state_conflict. */
export function decideStartProduction(tenant: Facts, now: Instant): { trialEndsAt: string } {
  if (!isInTrial(tenant, now)) throw new Problem('state_conflict', { params: { state: tenant.state } })
  return { trialEndsAt: toInstantText(startOfDay(dayOf(now))) }
}

import type { HolderKind, TrialOutcome } from '@tenantree/contract'
import * as catalog from '../../catalog/index.ts'
import { fieldProblem, Problem } from '../../kernel/problem.ts'
import { dayOf, type Instant, isBefore, toInstant, toInstantText } from '../../kernel/time.ts'
import { trialEndOf } from '../domain.ts'

export type EndPolicy = 'convert' | 'deactivate' | 'take_from_pool'
export type TrialFacts = {
  started_at: string
  ends_at: string
  end_policy: EndPolicy
  outcome: TrialOutcome
  ended_at: string | null
  switched_at: string | null
  charged_from: string | null
}

type Offer = {
  charge_model: 'committed' | 'prepaid' | 'active_use' | 'peak'
  assignable_to: readonly HolderKind[]
  trial_days: number | null
  trial_end_policy: EndPolicy | null
}

/**
 * A trial of an offer on a device, with the days that it covers. Without a license nothing of a pool is charged: there `convert` takes one.
 * Throws trial_not_offered, holder_kind_mismatch. R-TRIAL-2, R-TRIAL-4.
 */
export function decideTrial(offer: Offer, now: Instant): TrialFacts {
  const { trial_days: days, trial_end_policy: policy } = offer
  if (days === null || policy === null) throw fieldProblem('trial_not_offered', 'offer_id')
  if (!offer.assignable_to.includes('device')) throw fieldProblem('holder_kind_mismatch', 'offer_id')
  const end = trialEndOf(days, now)
  return {
    started_at: toInstantText(now),
    ends_at: toInstantText(end),
    end_policy: policy === 'convert' && catalog.isOrdered(offer.charge_model) ? 'take_from_pool' : policy,
    outcome: 'running',
    ended_at: null,
    switched_at: null,
    // A client stays in trial until someone switches it to paid.
    charged_from: policy === 'deactivate' ? null : dayOf(end).toString(),
  }
}

export const isRunning = (trial: TrialFacts, now: Instant): boolean =>
  trial.outcome === 'running' && isBefore(now, toInstant(trial.ends_at))

const outcomes: Record<EndPolicy, TrialOutcome> = {
  convert: 'converted',
  deactivate: 'deactivated',
  // Until a license is taken there is none.
  take_from_pool: 'unlicensed',
}

/** A trial that has passed has ended as its offer said, whatever has run since. R-TRIAL-3. */
export function atPresent<Trial extends TrialFacts>(trial: Trial, now: Instant): Trial {
  if (trial.outcome !== 'running' || isRunning(trial, now)) return trial
  return { ...trial, outcome: outcomes[trial.end_policy], ended_at: trial.ends_at }
}

/** Whether the device is paid for: its trial has led there, or someone has. */
export const isPaid = ({ outcome, switched_at: switched }: TrialFacts): boolean =>
  switched !== null || outcome === 'converted' || outcome === 'taken_from_pool'

export type Switch = Pick<TrialFacts, 'outcome' | 'ended_at' | 'switched_at' | 'charged_from'>

/** Null where it is paid already. The day of the switch is charged; what a trial has ended as stays. R-DEV-9, R-BILL-9. */
export function decideSwitch(trial: TrialFacts, now: Instant): Switch | null {
  if (isPaid(trial)) return null
  const at = toInstantText(now)
  const running = trial.outcome === 'running'
  return {
    outcome: running ? 'converted' : trial.outcome,
    ended_at: running ? at : trial.ended_at,
    switched_at: at,
    charged_from: dayOf(now).toString(),
  }
}

/** Throws state_conflict for a device that is not at work, or that is in trial or was stopped by one. */
export function decideMayTry(state: string, last: TrialFacts | null): void {
  const isAtWork = state === 'pending' || state === 'active'
  if (isAtWork && (last === null || isPaid(last) || last.outcome === 'unlicensed')) return
  throw new Problem('state_conflict', { params: { state: last?.outcome === 'running' ? 'in_trial' : state } })
}

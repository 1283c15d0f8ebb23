import type { SubscriptionState } from '@tenantree/contract'
import { fieldProblem, Problem } from '../kernel/problem.ts'
import { dayOf, type Instant, isBefore, startOfDay, toDay, toInstant, toInstantText } from '../kernel/time.ts'

export type EndPolicy = 'convert' | 'deactivate'
export type SubscriptionFacts = {
  state: SubscriptionState
  started_on: string
  trial_ends_at: string | null
  trial_end_policy: EndPolicy | null
  charged_from: string | null
  ends_before: string | null
  ended_at: string | null
}

/** 00:00 UTC, so many whole days after the day that it begins on. R-TRIAL-1. */
export const trialEndOf = (days: number, now: Instant): Instant => startOfDay(dayOf(now).add({ days: days + 1 }))

/** What a trial is, from its beginning on: which days it covers needs nobody to end it. Throws trial_not_offered. R-TRIAL-2, R-TRIAL-4. */
export function decideTrial(
  offer: { trial_days: number | null; trial_end_policy: string | null },
  now: Instant,
): Omit<SubscriptionFacts, 'started_on'> {
  const { trial_days: days, trial_end_policy: policy } = offer
  if (days === null || (policy !== 'convert' && policy !== 'deactivate'))
    throw fieldProblem('trial_not_offered', 'in_trial')
  const end = trialEndOf(days, now)
  return {
    state: 'in_trial',
    trial_ends_at: toInstantText(end),
    trial_end_policy: policy,
    charged_from: dayOf(end).toString(),
    ends_before: policy === 'convert' ? null : dayOf(end).toString(),
    ended_at: null,
  }
}

/** A trial that has passed has ended as its offer said, whatever has run since. R-TRIAL-3. */
export function atPresent<Facts extends SubscriptionFacts>(subscription: Facts, now: Instant): Facts {
  const { state, trial_ends_at: end } = subscription
  if (state !== 'in_trial' || end === null || isBefore(now, toInstant(end))) return subscription
  return subscription.trial_end_policy === 'convert'
    ? { ...subscription, state: 'active' }
    : { ...subscription, state: 'ended', ended_at: end }
}

export type Change = Partial<Omit<SubscriptionFacts, 'started_on'>>

/**
 * What changes where someone sets the state. The day of the switch to active is charged, and so is the last one. R-SUBS-1, R-BILL-9; domain, section 13.
 * Null where it has that state already. Throws state_conflict.
 */
export function decideState(subscription: SubscriptionFacts, state: SubscriptionState, now: Instant): Change | null {
  const { state: present } = subscription
  if (present === state) return null
  const today = dayOf(now)
  if (present === 'in_trial' && state === 'active') return { state, charged_from: today.toString(), ends_before: null }
  if (present !== 'ended' && state === 'ended')
    return { state, ends_before: today.add({ days: 1 }).toString(), ended_at: toInstantText(now) }
  throw new Problem('state_conflict', { params: { state: present } })
}

const repeatedAfterDays = 180

/** R-TRIAL-5. Throws trial_repeated. */
export function refuseRepeated(lastStartedOn: string | null, now: Instant): void {
  if (lastStartedOn === null) return
  const again = toDay(lastStartedOn).add({ days: repeatedAfterDays })
  if (isBefore(now, startOfDay(again)))
    throw new Problem('trial_repeated', { params: { possible_from: again.toString() } })
}

/** From when on another trial of the same would be the same again. */
export const repeatedSince = (now: Instant): Instant => startOfDay(dayOf(now).subtract({ days: repeatedAfterDays - 1 }))

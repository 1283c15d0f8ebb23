import type { LicenseHolderKind, LicenseState } from '@tenantree/contract'
import { fieldProblem, Problem } from '../kernel/problem.ts'
import { dayOf, type Instant, type PlainDate, startOfDay, toInstantText } from '../kernel/time.ts'

type Model = 'committed' | 'prepaid'

export const defaultTrialDays = 15
export const trialQuantity = 5
export const trialPauseDays = 180

/** A trial runs from its first assignment: so many days after that day. R-LIC-9, R-TRIAL-1. */
export function computeTrial(days: number, now: Instant): { endsOn: string; endsAt: string } {
  const last = dayOf(now).add({ days })
  return { endsOn: last.toString(), endsAt: toInstantText(startOfDay(last.add({ days: 1 }))) }
}

/** The first day on which trial licenses of the type may be asked for again. */
export const trialAgainFrom = (requestedAt: Instant): PlainDate => dayOf(requestedAt).add({ days: trialPauseDays })

type Facts = { state: LicenseState; ends_on: string | null; auto_renew: boolean; is_trial: boolean }

export const isLive = (state: LicenseState): boolean =>
  state === 'unassigned' || state === 'assigned' || state === 'pending_cancel'

/** What a license is at a day, before anything was run: past its last day it has expired, or ended where it was cancelled. R-LIC-4. */
export function toShownState(license: Facts, today: string): LicenseState {
  if (!isLive(license.state) || license.ends_on === null || license.ends_on >= today) return license.state
  if (license.state === 'pending_cancel') return 'ended'
  // A renewal that is due is made by a job, and counts from the moment on which it is due.
  return license.auto_renew && !license.is_trial ? license.state : 'expired'
}

export type HolderRule = { unit: string; assignable_to: readonly string[] }

export const mayHold = (offer: HolderRule, kind: LicenseHolderKind): boolean =>
  offer.unit === 'tenant' ? kind === 'tenant' : offer.assignable_to.includes(kind)

/** Throws holder_kind_mismatch. R-LIC-1. */
export function decideHolderKind(offer: HolderRule, kind: LicenseHolderKind): void {
  if (mayHold(offer, kind)) return
  const fitting = offer.unit === 'tenant' ? ['tenant'] : offer.assignable_to
  throw new Problem('holder_kind_mismatch', {
    detail: `It is assigned to a ${fitting.join(' or a ')}.`,
    params: { fitting },
  })
}

/** Throws license_in_use where someone holds it, state_conflict where it is over. */
export function decideFree(license: Facts & { holder_id: string | null }, today: string): void {
  const state = toShownState(license, today)
  if (!isLive(state)) throw new Problem('state_conflict', { params: { state } })
  if (license.holder_id !== null) throw new Problem('license_in_use')
}

type Committed = Facts & { charge_model: Model; committed_to: string | null }

/** To the end of its commitment it stays and is charged; a prepaid one just is not renewed. R-LIC-5, R-LIC-7. Throws state_conflict. */
export function decideCancel(license: Committed, today: string): { state: LicenseState; auto_renew: boolean } {
  const state = toShownState(license, today)
  if (license.is_trial || (state !== 'unassigned' && state !== 'assigned'))
    throw new Problem('state_conflict', { params: { state } })
  return { state: 'pending_cancel', auto_renew: false }
}

/** Takes a cancellation back, until it has taken effect. R-LIC-7. Throws state_conflict. */
export function decideRestore(
  license: Facts & { holder_id: string | null },
  today: string,
): { state: LicenseState; auto_renew: boolean } {
  const state = toShownState(license, today)
  if (state !== 'pending_cancel') throw new Problem('state_conflict', { params: { state } })
  return { state: license.holder_id === null ? 'unassigned' : 'assigned', auto_renew: true }
}

/** Off on a committed license is the same act as cancelling it. R-LIC-5. Throws state_conflict for what is over, and for a trial. */
export function decideAutoRenew(
  license: Committed & { holder_id: string | null },
  autoRenew: boolean,
  today: string,
): { state: LicenseState; auto_renew: boolean } | null {
  const state = toShownState(license, today)
  if (license.is_trial || !isLive(state)) throw new Problem('state_conflict', { params: { state } })
  if (license.auto_renew === autoRenew) return null
  if (state === 'pending_cancel') return decideRestore(license, today)
  return license.charge_model === 'committed'
    ? decideCancel(license, today)
    : { state: license.state, auto_renew: autoRenew }
}

type Edition = { id: string; product_key: string; unit: string; charge_model: string }

/** Only another edition of the same product, counted and charged alike. R-LIC-8. Throws invalid_request. */
export function decideEdition(from: Edition, to: Edition): void {
  const isSibling =
    from.id !== to.id &&
    from.product_key === to.product_key &&
    from.unit === to.unit &&
    from.charge_model === to.charge_model
  if (!isSibling) throw fieldProblem('invalid_request', 'offer_id', 'must be another edition of the same product')
}

/** Inside a commitment a cheaper edition waits for its end; all else counts from today. R-LIC-8. */
export const decideWhen = (
  license: { committed_to: string | null },
  prices: { from: number; to: number },
  today: string,
): 'now' | 'at_end' =>
  license.committed_to !== null && license.committed_to >= today && prices.to < prices.from ? 'at_end' : 'now'

import type { OfferTerm, OrderAddition, PaymentMode } from '@tenantree/contract'
import {
  decideAddOn,
  decideOnSale,
  decideTerm,
  isAddOn,
  isOrdered,
  type OfferRecord,
  type OfferRef,
} from '../catalog/index.ts'
import { type Money, toMoneyJson } from '../kernel/money.ts'
import { fieldProblem, Problem } from '../kernel/problem.ts'
import { type Instant, isBefore, type PlainDate, toInstant, toInstantText } from '../kernel/time.ts'
import type { TenantRecord } from '../tenants/index.ts'
import { firstPeriod, modeOf, type Period, type TermDates, termDates } from './periods/domain.ts'

const partners: readonly string[] = ['distributor', 'sub_distributor', 'reseller']

/** Whether a buyer's own users may order where its seller has not said: partners yes, end customers no. R-BUY-1. */
export const mayOrderByDefault = (level: string): boolean => partners.includes(level)

/** A trial that the clock has ended is over, whether or not the job has been there. R-TRIAL-3. */
const isInTrial = (tenant: Pick<TenantRecord, 'state' | 'trial_ends_at'>, now: Instant): boolean =>
  tenant.state === 'in_trial' && tenant.trial_ends_at !== null && isBefore(now, toInstant(tenant.trial_ends_at))

/** Who buys stands on an edge and is not in trial. R-TREE-1, R-TRIAL-4. Throws sites_buy_nothing, tenant_in_trial, state_conflict. */
export function decideBuyer(buyer: TenantRecord, now: Instant): TenantRecord {
  if (buyer.level === 'site' || buyer.level === 'vendor')
    throw fieldProblem(
      'sites_buy_nothing',
      'buyer_id',
      buyer.level === 'site' ? 'A site is no buyer.' : 'The vendor buys nothing.',
    )
  refuseTrial(buyer, now, 'buyer_id')
  return buyer
}

/** The company whose pool it is for stands below the buyer. R-POOL-1. Throws invalid_request, sites_buy_nothing, tenant_in_trial. */
export function decideCompany(buyer: TenantRecord, company: TenantRecord, now: Instant): TenantRecord {
  if (company.level === 'site') throw fieldProblem('sites_buy_nothing', 'company_id', 'A site has no pool of its own.')
  if (company.id === buyer.id || !company.path.startsWith(buyer.path))
    throw fieldProblem('invalid_request', 'company_id', 'is not below the buyer')
  refuseTrial(company, now, 'company_id')
  return company
}

function refuseTrial(tenant: TenantRecord, now: Instant, field: string): void {
  if (tenant.state === 'inactive' || tenant.state === 'deleted')
    throw new Problem('state_conflict', {
      detail: `${tenant.name} is ${tenant.state}.`,
      params: { state: tenant.state },
    })
  if (isInTrial(tenant, now)) throw fieldProblem('tenant_in_trial', field, `${tenant.name} is in trial.`)
}

/** Throws payment_mode_fixed where it differs from the fixed one, invalid_request where the first order says none. R-BUY-2. */
export function decidePaymentMode(fixed: PaymentMode | null, sent: PaymentMode | undefined): PaymentMode {
  if (fixed !== null && sent !== undefined && sent !== fixed)
    throw new Problem('payment_mode_fixed', {
      detail: `The payment mode is ${fixed}.`,
      params: { payment_mode: fixed },
    })
  const mode = fixed ?? sent
  if (mode === undefined) throw fieldProblem('invalid_request', 'payment_mode', 'is required: the first order fixes it')
  return mode
}

export type Terms = { required: boolean; inForce: number | null }

/** The version that is acknowledged and stored; null where none is asked for. R-BUY-1. Throws terms_required. */
export function decideTermsVersion({ required, inForce }: Terms, sent: number | undefined): number | null {
  if (sent === undefined && !required) return null
  if (sent !== undefined && sent === inForce) return sent
  const detail =
    inForce === null
      ? 'The vendor has not published terms and conditions yet.'
      : `Acknowledge version ${inForce} of the terms and conditions.`
  throw new Problem('terms_required', {
    detail,
    errors: [{ pointer: '/terms_version', code: 'terms_required', detail }],
    params: { version: inForce },
  })
}

export type WantedLine = { offer_id: string; term: string; quantity: number }
export type PlannedLine = {
  offer: OfferRecord
  term: OfferTerm
  quantity: number
  /** Index of the line that it is bought beside. */
  addOnOf: number | null
  mode: PaymentMode
  dates: TermDates
  first: { period: Period; periods: number }
}
type Sellable = { enabled: ReadonlyMap<string, OfferRecord>; owned: readonly OfferRecord[] }

/**
 * Holds the lines of an order against what the buyer may be sold and what it has. R-OFFER-5, R-BUY-3.
 * Throws offer_not_offered, offer_is_subscribed, offer_withdrawn, price_term_unknown, add_on_alone.
 */
export function decideLines(
  lines: readonly WantedLine[],
  { enabled, owned }: Sellable,
  { mode, startsOn }: { mode: PaymentMode; startsOn: PlainDate },
): PlannedLine[] {
  const offers = lines.map((line, index) => decideOffer(enabled.get(line.offer_id), index))
  return lines.map((line, index) => {
    const offer = offers[index]!
    const term = decideTerm(offer, line.term, `lines/${index}/term`)
    const addOnOf = decideBeside(offers, index, owned)
    const charge = {
      chargeModel: offer.charge_model,
      months: term.months,
      mode: modeOf(term, mode),
    }
    const dates = termDates(charge, startsOn)
    return {
      offer,
      term,
      quantity: line.quantity,
      addOnOf,
      mode: charge.mode,
      dates,
      first: firstPeriod(charge, dates),
    }
  })
}

function decideOffer(offer: OfferRecord | undefined, index: number): OfferRecord {
  if (offer === undefined)
    throw fieldProblem('offer_not_offered', `lines/${index}/offer_id`, 'The offer is not enabled for the buyer.')
  decideOnSale(offer)
  if (!isOrdered(offer.charge_model)) throw fieldProblem('offer_is_subscribed', `lines/${index}/offer_id`)
  return offer
}

/** The line that an add-on is bought beside, or null where it is none or its offer is owned already. Throws add_on_alone. */
function decideBeside(offers: readonly OfferRecord[], index: number, owned: readonly OfferRecord[]): number | null {
  const offer = offers[index]!
  if (!isAddOn(offer)) return null
  const beside = offers.findIndex((other, at) => at !== index && decideAddOn(offer, other))
  if (beside >= 0) return beside
  if (owned.some((other) => decideAddOn(offer, other))) return null
  throw fieldProblem(
    'add_on_alone',
    `lines/${index}/offer_id`,
    `${offer.product} ${offer.edition} is bought beside ${offer.add_on_of.map((target) => target.product).join(' or ')}.`,
  )
}

const daysToWithdraw = 7

/** The first moment at which an order can no longer be withdrawn. R-BUY-3. */
export const withdrawableUntil = (acceptedAt: string): Instant =>
  toInstant(acceptedAt).add({ hours: daysToWithdraw * 24 })

type Withdrawable = { state: string; accepted_at: string | null }

export const toWithdrawableUntil = (order: Withdrawable, now: Instant): string | null =>
  order.state === 'accepted' && order.accepted_at !== null && isBefore(now, withdrawableUntil(order.accepted_at))
    ? toInstantText(withdrawableUntil(order.accepted_at))
    : null

/** Throws state_conflict for what is not accepted, withdrawal_over after seven days. R-BUY-3. */
export function decideWithdrawal(order: Withdrawable, now: Instant): void {
  if (order.state !== 'accepted' || order.accepted_at === null)
    throw new Problem('state_conflict', { params: { state: order.state } })
  const until = withdrawableUntil(order.accepted_at)
  if (!isBefore(now, until))
    throw new Problem('withdrawal_over', { detail: `It could be withdrawn until ${toInstantText(until)}.` })
}

/** What whole packages, a minimum or the price of the month's other orders change: R-PRICE-1. */
export const toAdditionJson = (
  { offerId, reason, amount }: { offerId: string; reason: OrderAddition['reason']; amount: Money },
  offerOf: (offerId: string) => OfferRef,
): OrderAddition => ({ offer: offerOf(offerId), reason, amount: toMoneyJson(amount) })

import type { PaymentMode, PriceRate, PriceTier } from '@tenantree/contract'
import { decideTerm, hasPeriod, isOrdered, type Offer } from '../catalog/index.ts'
import { isCurrency } from '../kernel/money.ts'
import { fieldProblem, Problem, type ProblemFieldError } from '../kernel/problem.ts'
import { type PlainDate, Temporal, toDay } from '../kernel/time.ts'

/** Throws invalid_request for a code that is no currency of ISO 4217. */
export function decideCurrency(code: string): string {
  if (!isCurrency(code)) throw fieldProblem('invalid_request', 'currency', 'is not a currency of ISO 4217')
  return code
}

/** What a price is for, beside its offer. Empty text stands for none. */
export type PriceKey = { term: string; period: PaymentMode; service_type: '' | 'all_inclusive' | 'software_only' }

/** The key of a price for what is billed after use. */
export const afterUse: PriceKey = { term: '', period: 'monthly', service_type: '' }

type SentPrice = {
  term: string | null
  period: PaymentMode
  service_type: 'all_inclusive' | 'software_only' | null
  unit_price?: { amount: string; currency: string } | undefined
  rate?: PriceRate | undefined
  minimum: string | null
  valid_from?: string | undefined
}

/** A price begins today or later: what has been metered keeps its price. R-PRICE-2. Throws price_in_the_past. */
export function decideStart(validFrom: string | undefined, today: PlainDate): string {
  const day = validFrom === undefined ? today : toDay(validFrom)
  if (Temporal.PlainDate.compare(day, today) < 0) throw fieldProblem('price_in_the_past', 'valid_from')
  return day.toString()
}

/** How the price becomes an amount. Throws currency_mismatch, tiers_invalid, invalid_request. R-PRICE-1. */
export function decideRate(list: { currency: string }, price: SentPrice): { rate: PriceRate; minimum: string | null } {
  const { unit_price, rate, minimum } = price
  if ((unit_price === undefined) === (rate === undefined))
    throw fieldProblem('invalid_request', 'rate', 'Send either unit_price or rate.')
  if (unit_price !== undefined && unit_price.currency !== list.currency)
    throw fieldProblem('currency_mismatch', 'unit_price/currency')
  if (minimum !== null && /^[0.]+$/.test(minimum))
    throw fieldProblem('invalid_request', 'minimum', 'must be more than 0')
  const decided = rate ?? { model: 'per_unit' as const, unit_price: unit_price!.amount }
  if ('tiers' in decided) refuseBadTiers(decided.tiers)
  return { rate: decided, minimum }
}

/** Throws tiers_invalid with a row for each fault: every quantity stands in exactly one tier. */
export function refuseBadTiers(tiers: readonly PriceTier[]): void {
  const errors = tiers.flatMap((tier, index) => faultsOf(tier, tiers[index - 1], index))
  const last = tiers.length - 1
  if (errors.length === 0 && tiers[last]!.up_to !== null)
    errors.push(toFault(last, 'up_to', 'tier_hole', `has no price above ${tiers[last]!.up_to}: the last tier is open`))
  if (errors.length > 0) throw new Problem('tiers_invalid', { detail: errors[0]!.detail, errors })
}

const toFault = (index: number, field: keyof PriceTier, code: string, detail: string): ProblemFieldError => ({
  pointer: `/rate/tiers/${index}/${field}`,
  code,
  detail: `Tier ${index + 1} ${detail}.`,
})

function faultsOf({ above, up_to }: PriceTier, before: PriceTier | undefined, index: number): ProblemFieldError[] {
  const faults: ProblemFieldError[] = []
  const begins = before === undefined ? 0 : before.up_to
  if (begins === null) faults.push(toFault(index, 'above', 'tier_overlap', 'begins after an open tier'))
  else if (above > begins) faults.push(toFault(index, 'above', 'tier_hole', `leaves a hole above ${begins}`))
  else if (above < begins) faults.push(toFault(index, 'above', 'tier_overlap', `overlaps the one up to ${begins}`))
  if (up_to !== null && up_to <= above)
    faults.push(toFault(index, 'up_to', 'tier_order', `ends at ${up_to}, not above ${above}`))
  return faults
}

type PricedOffer = Pick<Offer, 'charge_model' | 'terms' | 'metric'>

/**
 * What a price is for: a term and a payment period where the offer is sold by term, a service type where it is storage.
 * Throws price_term_unknown, invalid_request. R-BILL-3, R-ACT-7.
 */
export function decideKey(offer: PricedOffer, price: SentPrice): PriceKey {
  if (price.service_type !== null && offer.metric !== 'used_storage')
    throw fieldProblem('invalid_request', 'service_type', 'is for used storage only')
  const service_type = price.service_type ?? ''
  if (!isOrdered(offer.charge_model)) {
    if (price.term !== null) throw fieldProblem('price_term_unknown', 'term', 'What is billed after use has no term.')
    if (price.period !== 'monthly')
      throw fieldProblem('invalid_request', 'period', 'what is billed after use is billed by month')
    return { term: '', period: 'monthly', service_type }
  }
  if (price.term === null) throw fieldProblem('invalid_request', 'term', 'is required: the offer is sold by term')
  const term = decideTerm(offer, price.term)
  if (!hasPeriod(term, price.period))
    throw fieldProblem('invalid_request', 'period', `${term.name} is not charged by year`)
  return { term: term.code, period: price.period, service_type }
}

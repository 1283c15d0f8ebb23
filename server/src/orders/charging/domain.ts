import type { LineBasis, LinePricing } from '@tenantree/contract'
import { type Fraction, multiply, toFraction } from '../../kernel/fraction.ts'
import type { Money } from '../../kernel/money.ts'
import { firstDay, toDay } from '../../kernel/time.ts'
import {
  type Added,
  type AskedRate,
  type Asking,
  explainRating,
  ratePrices,
  roundToMoney,
  type SharedRating,
  unitPriceOf,
} from '../../pricing/index.ts'
import { daysOf, type Period, partOf } from '../periods/domain.ts'

export type Named = {
  customer_id: string
  customer_name: string
  offer_id: string
  product: string
  edition: string
  charge_model: string
  unit: string
}
/** What is needed to price a period. */
export type RateFact = {
  id: string
  offer_id: string
  term: string
  payment_mode: 'monthly' | 'annual'
  periods: number
  from_day: string
  to_day: string
  whole_from: string
  whole_to: string
  priced_on: string
  quantity: number
  /** First day of the month in which it is rated: a credit's is that of what it takes back. */
  rated_month: string
  /** Withdrawn in the month in which it began: it counts for no tier. */
  is_undone: boolean
}
/** A period that is charged by the order, on the buyer's edge and each above; or, with `credit_of`, what takes back one, or a part of one. */
export type PeriodFact = Named &
  RateFact & {
    credit_of: string | null
    reason: LineBasis['reason']
    order_id: string
    buyer_id: string
    /** The row that it is, or takes back in the end. */
    root_id: string
  }
/** Days on which licenses of an offer and term were assigned to holders of a customer, for the edges below the buyer. */
export type AssignedFact = Named & { term: string; days: number; licenses: number }

/** A line of an invoice: what it is for, and the amount that was rounded once. */
export type Charge = Omit<Named, 'customer_id' | 'customer_name'> & {
  kind: 'period' | 'assigned' | Added['reason']
  customer_id: string | null
  customer_name: string | null
  from_day: string
  to_day: string
  quantity: Fraction
  unitPrice: string | null
  pricing: LinePricing | null
  basis: LineBasis | null
  term: string | null
  amount: Money
  units: number
  days: number
}

const nameOf = ({ customer_id, customer_name, offer_id, product, edition, charge_model, unit }: Named): Named => ({
  customer_id,
  customer_name,
  offer_id,
  product,
  edition,
  charge_model,
  unit,
})

type RateTerms = Pick<RateFact, 'id' | 'offer_id' | 'term' | 'payment_mode' | 'priced_on' | 'quantity'>

/** A period that is about to begin, as it will be charged. */
export const toRateFact = (of: RateTerms, { period, periods }: { period: Period; periods: number }): RateFact => ({
  ...of,
  periods,
  from_day: period.from.toString(),
  to_day: period.to.toString(),
  whole_from: period.wholeFrom.toString(),
  whole_to: period.wholeTo.toString(),
  rated_month: firstDay(period.from.toPlainYearMonth()).toString(),
  is_undone: false,
})

const periodOf = (fact: RateFact) => ({
  from: toDay(fact.from_day),
  to: toDay(fact.to_day),
  wholeFrom: toDay(fact.whole_from),
  wholeTo: toDay(fact.whole_to),
})

const partOfFact = (fact: RateFact): Fraction => partOf({ period: periodOf(fact), periods: fact.periods })

/** Facts of one key are priced together: of an offer, term, price and month. A period keeps the price that it began with. R-PRICE-2. */
export const keyOf = (fact: RateFact, asked: AskedRate | null): string =>
  [fact.rated_month, fact.offer_id, fact.term, fact.payment_mode, asked?.valid_from].join(' ')

/** What the periods of one price come to that began in one month on one edge: tiers hold for their sum. R-PRICE-1. */
export type RatedMonth<Fact = PeriodFact> = {
  asking: Asking
  rating: SharedRating<Fact>
  amounts: ReadonlyMap<string, Money>
}

/**
 * All of the facts are of one offer, term, price and month, and no credits. What was withdrawn in its own month is shown at the price of the others, and
 * changes none of theirs.
 */
export function rateMonth<Fact extends RateFact>(facts: readonly Fact[], asking: Asking): RatedMonth<Fact> {
  const toUse = (fact: Fact) => ({ key: fact, quantity: toFraction(BigInt(fact.quantity)), part: partOfFact(fact) })
  const inForce = facts.filter((fact) => !fact.is_undone)
  const rating = ratePrices(asking, inForce.map(toUse))
  const { unit } = inForce.length > 0 ? rating : ratePrices(asking, facts.map(toUse))
  const amounts = new Map(rating.shares.map(({ key, amount }) => [key.id, amount]))
  for (const fact of facts) if (fact.is_undone) amounts.set(fact.id, amountAt(unit, fact, asking.currency))
  return { asking, rating: { ...rating, unit }, amounts }
}

/** Of a negative quantity exactly the opposite: a credit takes back what was charged, to the cent. */
export function amountAt(unit: Fraction, fact: RateFact, currency: string): Money {
  const quantity = toFraction(BigInt(Math.abs(fact.quantity)))
  const { minor } = roundToMoney(multiply(multiply(quantity, unit), partOfFact(fact)), currency)
  return { minor: fact.quantity < 0 ? -minor : minor, currency }
}

function amountOf(fact: PeriodFact, { rating, amounts, asking }: RatedMonth): Money {
  const own = amounts.get(fact.id)
  if (own !== undefined) return own
  const whole = fact.credit_of === fact.root_id && fact.reason === 'withdrawal' ? amounts.get(fact.root_id) : undefined
  return whole === undefined ? amountAt(rating.unit, fact, asking.currency) : { ...whole, minor: -whole.minor }
}

/** The line of a period, or of a credit. `buyerId` is the edge's: an order is named to the ends of its own edge only. R-TREE-10. */
export function toPeriodCharge(fact: PeriodFact, rated: RatedMonth, buyerId: string): Charge {
  const { from, to, wholeFrom, wholeTo } = periodOf(fact)
  const days = daysOf(from, to)
  return {
    ...nameOf(fact),
    kind: 'period',
    from_day: fact.from_day,
    to_day: fact.to_day,
    quantity: toFraction(BigInt(fact.quantity)),
    unitPrice: unitPriceOf(rated.asking),
    pricing: explainRating(rated.asking, rated.rating),
    basis: {
      reason: fact.reason,
      order_id: fact.buyer_id === buyerId ? fact.order_id : null,
      days,
      whole_days: daysOf(wholeFrom, wholeTo),
      periods: fact.periods,
      payment_mode: fact.payment_mode,
      priced_on: fact.priced_on,
    },
    term: fact.term,
    amount: amountOf(fact, rated),
    units: Math.abs(fact.quantity),
    days,
  }
}

type AddedTo = Omit<Named, 'customer_id' | 'customer_name'> & { term: string | null }
/** Of the whole month that the invoice is for. */
export type AddedCharge = Omit<Charge, 'from_day' | 'to_day'>
type Month = { from: string; to: string; days: number }
type Span = Pick<Month, 'from' | 'to'>

/** What whole packages or a minimum add to an offer stands on a line of its own, of no customer. R-PRICE-1. */
export const toAddedCharges = (
  of: AddedTo,
  { asking, rating }: { asking: Asking; rating: SharedRating<unknown> },
): AddedCharge[] => {
  const pricing = explainRating(asking, rating)
  return rating.added.map((added) => toAddedCharge(of, added, pricing))
}

const toAddedCharge = (
  { offer_id, product, edition, charge_model, unit, term }: AddedTo,
  { reason, amount }: Added,
  pricing: LinePricing | null,
): AddedCharge => ({
  kind: reason,
  customer_id: null,
  customer_name: null,
  offer_id,
  product,
  edition,
  charge_model,
  unit,
  quantity: toFraction(1n),
  unitPrice: null,
  pricing,
  basis: null,
  term,
  amount,
  units: 0,
  days: 0,
})

/** On an invoice with periods that have days of their own, the month is said too. */
export const withDays = (charges: readonly AddedCharge[], { from, to }: Span): Charge[] =>
  charges.map((charge) => ({ ...charge, from_day: from, to_day: to }))

/** What withdrawals of a later month take back of the packages and the minimum of the month in which the periods began. R-BUY-3. */
export function toAddedCredits(rated: RatedMonth, without: RatedMonth): AddedCharge[] {
  const [fact] = rated.rating.shares
  if (fact === undefined) return []
  const pricing = explainRating(rated.asking, rated.rating)
  return rated.rating.added.flatMap(({ reason, amount }) => {
    const rest = without.rating.added.find((added) => added.reason === reason)?.amount.minor ?? 0n
    const credit = { ...amount, minor: rest - amount.minor }
    return credit.minor < 0n ? [toAddedCharge(fact.key, { reason, amount: credit }, pricing)] : []
  })
}

/**
 * Monthly price x assigned days / days of the month, for the customers below an edge: tiers hold for the sum. R-BILL-2, R-PRICE-1. All facts are of
 * one offer and term.
 */
export function rateAssigned(facts: readonly AssignedFact[], asking: Asking, month: Month): Charge[] {
  const uses = facts.map((fact) => ({ key: fact, quantity: toFraction(BigInt(fact.days), BigInt(month.days)) }))
  const rating = ratePrices(asking, uses)
  const shares = rating.shares.map(
    ({ key, quantity, amount }): Charge => ({
      ...nameOf(key),
      kind: 'assigned',
      from_day: month.from,
      to_day: month.to,
      quantity,
      unitPrice: unitPriceOf(asking),
      pricing: explainRating(asking, rating),
      basis: null,
      term: key.term,
      amount,
      units: key.licenses,
      days: key.days,
    }),
  )
  return facts[0] === undefined ? [] : [...shares, ...withDays(toAddedCharges(facts[0], { asking, rating }), month)]
}

import { type Fraction, toDecimalText, toFraction } from '../../kernel/fraction.ts'
import { currencyDigits, type Money } from '../../kernel/money.ts'
import { toDay } from '../../kernel/time.ts'
import { type Asking, ratePrices } from '../../pricing/index.ts'
import { computeAmount, computeWhole, unitPriceOf } from '../periods/domain.ts'

type Named = {
  customer_id: string
  customer_name: string
  offer_id: string
  product: string
  edition: string
  charge_model: string
  unit: string
}
/** A period that is charged by the order, on the buyer's edge and each above. */
export type PeriodFact = Named & {
  term: string
  payment_mode: 'monthly' | 'annual'
  periods: number
  from_day: string
  to_day: string
  whole_from: string
  whole_to: string
  priced_on: string
  quantity: number
}
/** Days on which licenses of an offer and term were assigned to holders of a customer, for the edges below the buyer. */
export type AssignedFact = Named & { term: string; days: number; licenses: number }

/** A line of an invoice: what it is for, and the amount that was rounded once. */
export type Charge = Named & {
  from_day: string
  to_day: string
  quantity: Fraction
  unitPrice: string
  amount: Money
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

/** Where a price has several: what a unit of the quantity costs on the average of a whole month or year. */
function toMeanPrice(asking: Asking, quantity: number): string {
  const { minor } = computeWhole(asking, quantity)
  return toDecimalText(toFraction(minor, BigInt(quantity) * 10n ** BigInt(currencyDigits(asking.currency))), 8)
}

/** Each order line and period is a line of its own, rounded once: what the preview has said. R-BUY-3, R-BILL-2. */
export function ratePeriod(fact: PeriodFact, asking: Asking): Charge {
  const period = {
    from: toDay(fact.from_day),
    to: toDay(fact.to_day),
    wholeFrom: toDay(fact.whole_from),
    wholeTo: toDay(fact.whole_to),
  }
  const amount = computeAmount(asking, fact.quantity, { period, periods: fact.periods })
  const days = period.from.until(period.to, { largestUnit: 'day' }).days + 1
  const quantity = toFraction(BigInt(fact.quantity))
  const unitPrice = unitPriceOf(asking) ?? toMeanPrice(asking, Math.abs(fact.quantity))
  return { ...nameOf(fact), from_day: fact.from_day, to_day: fact.to_day, quantity, unitPrice, amount, days }
}

/**
 * Monthly price x assigned days / days of the month, for the customers below an edge: tiers hold for the sum. R-BILL-2, R-PRICE-1. All facts are of
 * one offer and term.
 */
export function rateAssigned(
  facts: readonly AssignedFact[],
  asking: Asking,
  month: { from: string; to: string; days: number },
): Charge[] {
  const uses = facts.map((fact) => ({ key: fact, quantity: toFraction(BigInt(fact.days), BigInt(month.days)) }))
  const unitPrice = unitPriceOf(asking) ?? toMeanPrice(asking, 1)
  return ratePrices(asking, uses).shares.map(({ key, quantity, amount }) => ({
    ...nameOf(key),
    from_day: month.from,
    to_day: month.to,
    quantity,
    unitPrice,
    amount,
    days: key.days,
  }))
}

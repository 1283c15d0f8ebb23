import { isCurrency } from '../kernel/money.ts'
import { fieldProblem } from '../kernel/problem.ts'
import { type PlainDate, Temporal, toDay } from '../kernel/time.ts'

/** Throws invalid_request for a code that is no currency of ISO 4217. */
export function decideCurrency(code: string): string {
  if (!isCurrency(code)) throw fieldProblem('invalid_request', 'currency', 'is not a currency of ISO 4217')
  return code
}

/** A price begins today or later: what has been metered keeps its price. R-PRICE-2. Throws price_in_the_past, currency_mismatch. */
export function decidePrice(
  list: { currency: string },
  price: { unit_price: { amount: string; currency: string }; valid_from?: string | undefined },
  today: PlainDate,
): { amount: string; validFrom: string } {
  if (price.unit_price.currency !== list.currency) throw fieldProblem('currency_mismatch', 'unit_price/currency')
  const validFrom = price.valid_from === undefined ? today : toDay(price.valid_from)
  if (Temporal.PlainDate.compare(validFrom, today) < 0) throw fieldProblem('price_in_the_past', 'valid_from')
  return { amount: price.unit_price.amount, validFrom: validFrom.toString() }
}

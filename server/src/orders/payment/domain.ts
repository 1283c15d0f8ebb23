import { currencyDigits, type Money } from '../../kernel/money.ts'
import { Problem } from '../../kernel/problem.ts'

/** Stripe's own digits, where they are not those of ISO 4217. docs.stripe.com/currencies, "Zero-decimal" and "Special cases". */
const digitsAtStripe: Readonly<Record<string, number>> = {
  BIF: 0,
  CLP: 0,
  DJF: 0,
  GNF: 0,
  JPY: 0,
  KMF: 0,
  KRW: 0,
  MGA: 0,
  PYG: 0,
  RWF: 0,
  VND: 0,
  VUV: 0,
  XAF: 0,
  XOF: 0,
  XPF: 0,
  // Without decimals, yet sent with two that are always 00.
  ISK: 2,
  UGX: 2,
  BHD: 3,
  JOD: 3,
  KWD: 3,
  OMR: 3,
  TND: 3,
}
/** Three digits are sent, and the last one has to be 0. */
const tens: ReadonlySet<string> = new Set(['BHD', 'JOD', 'KWD', 'OMR', 'TND'])
/** Eight digits at most. */
const largest = 99_999_999n

const refuse = (detail: string) => new Problem('card_amount_invalid', { detail })

/** The amount as Stripe counts it. Exact or refused: nothing is rounded on the way to a card. Throws card_amount_invalid. */
export function toStripeAmount({ minor, currency }: Money): { amount: number; currency: string } {
  const from = currencyDigits(currency)
  const to = digitsAtStripe[currency] ?? 2
  const step = 10n ** BigInt(Math.abs(to - from))
  if (to < from && minor % step !== 0n) throw refuse(`A card cannot be charged fractions of ${currency}.`)
  const amount = to < from ? minor / step : minor * step
  if (tens.has(currency) && amount % 10n !== 0n) throw refuse(`A card is charged in steps of 0.010 ${currency}.`)
  if (amount <= 0n || amount > largest) throw refuse('The amount is too small or too large for a card.')
  return { amount: Number(amount), currency: currency.toLowerCase() }
}

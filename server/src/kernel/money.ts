import type { Fraction } from './fraction.ts'
import { invariant } from './problem.ts'

/** An exact amount in minor units (cents) of a currency. R-PRICE-3. */
export type Money = { minor: bigint; currency: string }

/** A decimal of any number of digits: `units` times ten to the minus `scale`. Unit prices have more digits than the currency. */
export type Decimal = { units: bigint; scale: number }

/** Digits after the point of a currency, as ISO 4217 has them. */
export function currencyDigits(currency: string): number {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
}

/** Whether the code is a currency that ISO 4217 knows, not only three letters. */
export const isCurrency = (code: string): boolean => Intl.supportedValuesOf('currency').includes(code)

export function toDecimal(text: string): Decimal {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text)
  invariant(match !== null, `not a decimal: ${text}`)
  const fraction = match[3] ?? ''
  const units = BigInt(`${match[2]}${fraction}`)
  return { units: match[1] === '-' ? -units : units, scale: fraction.length }
}

/** Divides and rounds half away from zero: the one rounding of a line. R-PRICE-3. */
export function divideRounded(numerator: bigint, denominator: bigint): bigint {
  invariant(denominator > 0n, 'the denominator must be positive')
  const negative = numerator < 0n
  const magnitude = negative ? -numerator : numerator
  const rounded = (magnitude * 2n + denominator) / (denominator * 2n)
  return negative ? -rounded : rounded
}

/** Quantity times unit price, rounded once to minor units of the currency. */
export const priceOf = (quantity: bigint, unitPrice: Decimal, currency: string): Money =>
  priceOfPart({ numerator: quantity, denominator: 1n }, unitPrice, currency)

/** As `priceOf`, of a quantity that may be a part of a unit: it is rounded at the end only. R-BILL-9. */
export function priceOfPart({ numerator, denominator }: Fraction, unitPrice: Decimal, currency: string): Money {
  const digits = currencyDigits(currency)
  const units = numerator * unitPrice.units
  const minor =
    digits >= unitPrice.scale
      ? divideRounded(units * 10n ** BigInt(digits - unitPrice.scale), denominator)
      : divideRounded(units, denominator * 10n ** BigInt(unitPrice.scale - digits))
  return { minor, currency }
}

/** Splits `total` by `weights`. The parts always sum to `total`: those with the largest remainders carry what is left. R-PRICE-3. */
export function allocate(total: Money, weights: readonly bigint[]): Money[] {
  const weightSum = weights.reduce((sum, weight) => sum + weight, 0n)
  invariant(weightSum > 0n, 'weights must sum to more than zero')
  const step = total.minor < 0n ? -1n : 1n
  const parts = weights.map((weight, index) => {
    const exact = total.minor * step * weight
    return { index, minor: exact / weightSum, remainder: exact % weightSum }
  })
  const left = total.minor * step - parts.reduce((sum, part) => sum + part.minor, 0n)
  // The sort is stable: of equal remainders the first is served.
  const byRemainder = [...parts].sort(
    (one, other) => Number(other.remainder > one.remainder) - Number(one.remainder > other.remainder),
  )
  for (const part of byRemainder.slice(0, Number(left))) part.minor += 1n
  return parts.map((part) => ({ minor: part.minor * step, currency: total.currency }))
}

export const sum = (amounts: readonly Money[], currency: string): Money => ({
  minor: amounts.reduce((total, amount) => {
    invariant(amount.currency === currency, 'amounts of two currencies are never added')
    return total + amount.minor
  }, 0n),
  currency,
})

/** `{ minor: 1234n, currency: 'EUR' }` is `12.34`. */
export function toAmountText({ minor, currency }: Money): string {
  const digits = currencyDigits(currency)
  const magnitude = (minor < 0n ? -minor : minor).toString().padStart(digits + 1, '0')
  const whole = magnitude.slice(0, magnitude.length - digits)
  const text = digits === 0 ? whole : `${whole}.${magnitude.slice(-digits)}`
  return minor < 0n ? `-${text}` : text
}

export const toMoneyJson = (money: Money) => ({ amount: toAmountText(money), currency: money.currency })

import type { PriceRate, PriceTier } from '@tenantree/contract'
import * as fractions from '../kernel/fraction.ts'
import { type Fraction, fromText, multiply, toFraction, zero } from '../kernel/fraction.ts'
import { allocate, currencyDigits, divideRounded, type Money, sum } from '../kernel/money.ts'

/** What is asked for a quantity: the rate of a price, and the least that it asks. */
export type Asking = { rate: PriceRate; minimum: string | null; currency: string }

/** A row of the explanation: how much of the quantity, at which price. Sums to the exact amount. R-BILL-6. */
export type RatedPart = {
  /** Of a tier: quantities above the one, up to the other. */
  above: number | null
  upTo: number | null
  quantity: Fraction
  /** null for a flat amount. */
  unitPrice: string | null
  amount: Fraction
}
/** What stands on a line of its own, with no customer: R-PRICE-1. */
export type Added = { reason: 'package' | 'minimum'; amount: Money }
export type Rating = {
  parts: RatedPart[]
  /** Of the parts, exact. */
  exact: Fraction
  amount: Money
  added: Added[]
  total: Money
}

/** The one rounding: half away from zero, to minor units of the currency. R-PRICE-3. */
export const roundToMoney = ({ numerator, denominator }: Fraction, currency: string): Money => ({
  minor: divideRounded(numerator * 10n ** BigInt(currencyDigits(currency)), denominator),
  currency,
})

const isNothing = (quantity: Fraction): boolean => fractions.compare(quantity, zero) <= 0

/** The amount of a quantity, with the rows that explain it. Nothing costs nothing: a minimum is asked with any quantity. R-PRICE-1. */
export function ratePrice(asking: Asking, quantity: Fraction): Rating {
  const parts = isNothing(quantity) ? [] : toParts(asking.rate, quantity)
  const exact = parts.reduce((total, part) => fractions.addFractions(total, part.amount), zero)
  const amount = roundToMoney(exact, asking.currency)
  const added = isNothing(quantity) ? [] : toAdded(asking, quantity, amount)
  return { parts, exact, amount, added, total: totalOf(amount, added) }
}

const totalOf = (amount: Money, added: readonly Added[]): Money =>
  sum([amount, ...added.map((line) => line.amount)], amount.currency)

const wholePart = (quantity: Fraction, unitPrice: string): RatedPart => ({
  above: null,
  upTo: null,
  quantity,
  unitPrice,
  amount: multiply(quantity, fromText(unitPrice)),
})

function toParts(rate: PriceRate, quantity: Fraction): RatedPart[] {
  if (rate.model === 'per_unit') return [wholePart(quantity, rate.unit_price)]
  if (rate.model === 'flat')
    return [{ above: null, upTo: null, quantity, unitPrice: null, amount: fromText(rate.amount) }]
  if (rate.model === 'graduated') return rate.tiers.flatMap((tier) => toTierPart(tier, quantity))
  if (rate.model === 'volume') return [toVolumePart(rate.tiers, quantity)]
  const unitPrice = fractions.divide(fromText(rate.package_price), toFraction(BigInt(rate.size)))
  const amount = multiply(quantity, unitPrice)
  return [{ above: null, upTo: null, quantity, unitPrice: fractions.toDecimalText(unitPrice, 8), amount }]
}

/** Of a graduated rate: the part of the quantity that stands in the tier. */
function toTierPart({ above, up_to, unit_price }: PriceTier, quantity: Fraction): RatedPart[] {
  const upTo = up_to === null ? quantity : fractions.smaller(quantity, toFraction(BigInt(up_to)))
  const within = fractions.subtract(upTo, toFraction(BigInt(above)))
  if (isNothing(within)) return []
  return [{ ...wholePart(within, unit_price), above, upTo: up_to }]
}

/** Of a volume rate: all of it, at the price of the tier that the whole stands in. */
function toVolumePart(tiers: readonly PriceTier[], quantity: Fraction): RatedPart {
  const tier = tiers.find(({ up_to }) => up_to === null || fractions.compare(quantity, toFraction(BigInt(up_to))) <= 0)
  const { above, up_to, unit_price } = tier ?? tiers.at(-1)!
  return { ...wholePart(quantity, unit_price), above, upTo: up_to }
}

/** What whole packages and a minimum ask beyond the quantity. */
function toAdded({ rate, minimum, currency }: Asking, quantity: Fraction, amount: Money): Added[] {
  const added: Added[] = []
  if (rate.model === 'package') {
    const packages = fractions.roundUp(fractions.divide(quantity, toFraction(BigInt(rate.size))))
    const whole = roundToMoney(multiply(packages, fromText(rate.package_price)), currency)
    if (whole.minor > amount.minor)
      added.push({ reason: 'package', amount: { minor: whole.minor - amount.minor, currency } })
  }
  const least = minimum === null ? amount : roundToMoney(fromText(minimum), currency)
  const asked = totalOf(amount, added)
  if (least.minor > asked.minor)
    added.push({ reason: 'minimum', amount: { minor: least.minor - asked.minor, currency } })
  return added
}

export type Use<Key> = { key: Key; quantity: Fraction }
export type Share<Key> = Use<Key> & { amount: Money }
export type SharedRating<Key> = { shares: Share<Key>[]; parts: RatedPart[]; added: Added[]; total: Money }

/**
 * Prices what stands below one edge for one offer and period, and shares it to the end customers by quantity. The shares and what is
 * added sum to the total, to the cent. Per unit each customer's amount is rounded by itself; where tiers or a flat amount hold for the sum,
 * the sum is rounded and divided by largest remainder. R-PRICE-1, R-PRICE-3.
 */
export function ratePrices<Key>(asking: Asking, uses: readonly Use<Key>[]): SharedRating<Key> {
  const used = uses.filter(({ quantity }) => !isNothing(quantity))
  const whole = used.reduce((total, { quantity }) => fractions.addFractions(total, quantity), zero)
  const rating = ratePrice(asking, whole)
  if (used.length === 0) return { shares: [], parts: [], added: [], total: rating.total }
  if (asking.rate.model !== 'per_unit') {
    const amounts = allocate(rating.amount, toWeights(used))
    const shares = used.map((use, index) => ({ ...use, amount: amounts[index]! }))
    return { shares, parts: rating.parts, added: rating.added, total: rating.total }
  }
  const unitPrice = fromText(asking.rate.unit_price)
  const shares = used.map((use) => ({
    ...use,
    amount: roundToMoney(multiply(use.quantity, unitPrice), asking.currency),
  }))
  const amount = sum(
    shares.map((share) => share.amount),
    asking.currency,
  )
  const added = toAdded(asking, whole, amount)
  return { shares, parts: rating.parts, added, total: totalOf(amount, added) }
}

/** The quantities over their common denominator. */
function toWeights(uses: readonly { quantity: Fraction }[]): bigint[] {
  const common = uses.reduce((product, { quantity }) => product * quantity.denominator, 1n)
  return uses.map(({ quantity }) => (quantity.numerator * common) / quantity.denominator)
}

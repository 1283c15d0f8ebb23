import type { LinePricing, PriceRate, PriceTier } from '@tenantree/contract'
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

const one = toFraction(1n)
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

/** What the packages cost that the quantity stands in, all of them whole; null for other rates. */
const costOfPackages = (rate: PriceRate, quantity: Fraction): Fraction | null =>
  rate.model === 'package'
    ? multiply(
        fractions.roundUp(fractions.divide(quantity, toFraction(BigInt(rate.size)))),
        fromText(rate.package_price),
      )
    : null

/** What whole packages and a minimum ask beyond the amount. `part` is what is charged of the price's month or year, on the average. */
function toAdded({ rate, minimum, currency }: Asking, quantity: Fraction, amount: Money, part = one): Added[] {
  const added: Added[] = []
  const add = (reason: Added['reason'], asked: Fraction) => {
    const minor = roundToMoney(asked, currency).minor - totalOf(amount, added).minor
    if (minor > 0n) added.push({ reason, amount: { minor, currency } })
  }
  const packages = costOfPackages(rate, quantity)
  if (packages !== null) add('package', multiply(packages, part))
  if (minimum !== null) add('minimum', fromText(minimum))
  return added
}

/** `part` is what is charged of the month or year that the price is for: 6/30 of November; 12 where a year is charged by its months. */
export type Use<Key> = { key: Key; quantity: Fraction; part?: Fraction }
export type Share<Key> = Use<Key> & { amount: Money }
export type SharedRating<Key> = {
  shares: Share<Key>[]
  parts: RatedPart[]
  /** Of all uses. */
  quantity: Fraction
  /** What one of the quantity costs for a whole month or year, exact. */
  unit: Fraction
  added: Added[]
  total: Money
}

/**
 * Prices what stands on one edge for one offer, price and month, and shares it to the end customers by quantity. The shares and what is added sum to
 * the total, to the cent. Tiers and packages go by the sum of the quantities, whatever part of the month each is charged; a minimum is asked of what the
 * month's invoice holds. Per unit each customer's amount is rounded by itself; where tiers or a flat amount hold for the sum, the sum is rounded and
 * divided by largest remainder. R-PRICE-1, R-PRICE-3.
 */
export function ratePrices<Key>(asking: Asking, uses: readonly Use<Key>[]): SharedRating<Key> {
  const used = uses.filter(({ quantity }) => !isNothing(quantity))
  const charged = used.map(({ quantity, part = one }) => multiply(quantity, part))
  const quantity = addAll(used.map((use) => use.quantity))
  const { parts, exact } = ratePrice({ ...asking, minimum: null }, quantity)
  const { currency, rate } = asking
  if (used.length === 0)
    return { shares: [], parts: [], quantity, unit: zero, added: [], total: { minor: 0n, currency } }
  const unit = fractions.divide(exact, quantity)
  const amounts =
    rate.model === 'per_unit'
      ? charged.map((count) => roundToMoney(multiply(count, unit), currency))
      : allocate(roundToMoney(multiply(addAll(charged), unit), currency), toWeights(charged))
  const shares = used.map((use, index) => ({ ...use, amount: amounts[index]! }))
  const amount = sum(amounts, currency)
  const added = toAdded(asking, quantity, amount, fractions.divide(addAll(charged), quantity))
  return { shares, parts, quantity, unit, added, total: totalOf(amount, added) }
}

const addAll = (quantities: readonly Fraction[]): Fraction =>
  quantities.reduce((total, quantity) => fractions.addFractions(total, quantity), zero)

/** The quantities over their common denominator. */
function toWeights(quantities: readonly Fraction[]): bigint[] {
  const common = quantities.reduce((product, { denominator }) => leastCommon(product, denominator), 1n)
  return quantities.map(({ numerator, denominator }) => (numerator * common) / denominator)
}

function leastCommon(left: bigint, right: bigint): bigint {
  let [high, low] = [left, right]
  while (low !== 0n) [high, low] = [low, high % low]
  return (left / high) * right
}

/** How the sum was priced, as it is kept with a line; null where one price per unit is all. R-BILL-6. */
export function explainRating({ rate, minimum }: Asking, rating: SharedRating<unknown>): LinePricing | null {
  if (rate.model === 'per_unit' && minimum === null) return null
  return {
    model: rate.model,
    quantity: fractions.toFractionText(rating.quantity),
    parts: rating.parts.map((part) => ({
      above: part.above,
      up_to: part.upTo,
      quantity: fractions.toFractionText(part.quantity),
      unit_price: part.unitPrice,
      amount: fractions.toDecimalText(part.amount, 8),
    })),
    package_size: rate.model === 'package' ? rate.size : null,
    minimum,
  }
}

/** The price of a unit where there is one; null where the price has several. */
export const unitPriceOf = ({ rate }: Asking): string | null => (rate.model === 'per_unit' ? rate.unit_price : null)

import { type Decimal, divideRounded, toDecimal } from './money.ts'
import { invariant } from './problem.ts'

/** An exact part of a whole, in lowest terms; the denominator is positive. */
export type Fraction = { numerator: bigint; denominator: bigint }

export function toFraction(numerator: bigint, denominator = 1n): Fraction {
  invariant(denominator > 0n, 'the denominator must be positive')
  const divisor = greatestCommonDivisor(numerator < 0n ? -numerator : numerator, denominator)
  return { numerator: numerator / divisor, denominator: denominator / divisor }
}

function greatestCommonDivisor(left: bigint, right: bigint): bigint {
  let [larger, smaller] = [left, right]
  while (smaller !== 0n) [larger, smaller] = [smaller, larger % smaller]
  return larger
}

export const addFractions = (left: Fraction, right: Fraction): Fraction =>
  toFraction(
    left.numerator * right.denominator + right.numerator * left.denominator,
    left.denominator * right.denominator,
  )

export const isWhole = ({ denominator }: Fraction): boolean => denominator === 1n

const shownDigits = 6

/** As it is shown: a decimal of at most six digits after the point. Amounts are computed from the fraction itself. */
export const toFractionText = (fraction: Fraction): string => toDecimalText(fraction, shownDigits)

export const zero: Fraction = { numerator: 0n, denominator: 1n }

export const subtract = (left: Fraction, right: Fraction): Fraction =>
  addFractions(left, { ...right, numerator: -right.numerator })
export const multiply = (left: Fraction, right: Fraction): Fraction =>
  toFraction(left.numerator * right.numerator, left.denominator * right.denominator)
export function divide(left: Fraction, right: Fraction): Fraction {
  const sign = right.numerator < 0n ? -1n : 1n
  return toFraction(left.numerator * right.denominator * sign, left.denominator * right.numerator * sign)
}

/** Below zero, zero, or above zero, like the order of two numbers. */
export function compare(left: Fraction, right: Fraction): number {
  const difference = left.numerator * right.denominator - right.numerator * left.denominator
  if (difference === 0n) return 0
  return difference < 0n ? -1 : 1
}
export const smaller = (left: Fraction, right: Fraction): Fraction => (compare(left, right) <= 0 ? left : right)

/** The number itself where it is whole, else the next whole one above. */
export function roundUp({ numerator, denominator }: Fraction): Fraction {
  const hasRest = numerator > 0n && numerator % denominator !== 0n
  return toFraction(numerator / denominator + (hasRest ? 1n : 0n))
}

export const fromDecimal = ({ units, scale }: Decimal): Fraction => toFraction(units, 10n ** BigInt(scale))
export const fromText = (text: string): Fraction => fromDecimal(toDecimal(text))

/** As a decimal of at most `digits` after the point, rounded half away from zero, without zeros at the end. */
export function toDecimalText({ numerator, denominator }: Fraction, digits: number): string {
  const units = divideRounded(numerator * 10n ** BigInt(digits), denominator)
  const magnitude = (units < 0n ? -units : units).toString().padStart(digits + 1, '0')
  const whole = magnitude.slice(0, magnitude.length - digits)
  const rest = digits === 0 ? '' : magnitude.slice(-digits).replace(/0+$/, '')
  return `${units < 0n ? '-' : ''}${whole}${rest === '' ? '' : `.${rest}`}`
}

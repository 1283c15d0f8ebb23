import type { Division } from '@tenantree/contract'
import { type Fraction, isWhole, toDecimalText, toFraction } from '../../kernel/fraction.ts'
import { fractionDigits, toDecimal } from '../domain.ts'

/** What stands in a cell: text, a number with its format, or nothing. */
export type Cell = string | null | { number: number; format: string; align?: 'left' } | { title: string }

/** Excel keeps and shows 15 significant digits; each decimal of that length has a double of its own. */
const exactDigits = 15

/** A decimal as a number, or as text where Excel would change a digit. Shows at least `digits` after the point. */
export function toDecimalCell(decimal: string, digits: number): Cell {
  const significant = toDecimal(decimal).replace(/^-/, '').replace('.', '').replace(/^0+/, '')
  if (significant.length > exactDigits) return decimal
  return { number: Number(decimal), format: toNumberFormat(Math.max(digits, fractionDigits(decimal))) }
}

const toNumberFormat = (digits: number) => (digits === 0 ? '#,##0' : `#,##0.${'0'.repeat(digits)}`)

/** A quantity with as many digits as Excel keeps, so that what is summed there is the sum of the invoice to the cent. R-ACT-6. */
export function toQuantityCell(quantity: Fraction): Cell {
  const text = toDecimalText(quantity, exactDigits - (quantity.numerator / quantity.denominator).toString().length)
  if (isWhole(quantity)) return toDecimalCell(text, 0)
  return { number: Number(text), format: '#,##0.000000' }
}

/** `43/31` of the contract. */
export function fromRatio(ratio: string): Fraction {
  const [numerator = '0', denominator = '1'] = ratio.split('/')
  return toFraction(BigInt(numerator), BigInt(denominator))
}

/** What counts of a unit. R-BILL-9. */
export const toUnitPart = (unit: { units: number; division: Division | null }): Fraction =>
  unit.division === null
    ? toFraction(BigInt(unit.units))
    : toFraction(BigInt(unit.division.charged_days), BigInt(unit.division.of_days))

export const toCountCell = (count: number): Cell => ({ number: count, format: '#,##0' })

/** A calendar day as Excel counts it, so that it sorts and filters as a date. */
export function toDayCell(day: string): Cell {
  const sinceUnixEpoch = Date.parse(`${day}T00:00:00Z`) / 86_400_000
  return { number: sinceUnixEpoch + daysFromExcelToUnix, format: 'd mmm yyyy' }
}

/** A number that is a name, such as a line's, or stands below a label: at the left, away from the text beside it. */
export const toLeftCell = (cell: Cell): Cell =>
  cell !== null && typeof cell === 'object' && 'number' in cell ? { ...cell, align: 'left' } : cell

/** The titles of columns; the last `numbers` of them stand at the right, over their numbers. */
export const toTitleCells = (titles: readonly string[], numbers: number): Cell[] =>
  titles.map((title, index) => (index < titles.length - numbers ? title : { title }))

/** Day 1 of Excel is 1 January 1900, and it believes in a 29 February 1900. */
const daysFromExcelToUnix = 25_569

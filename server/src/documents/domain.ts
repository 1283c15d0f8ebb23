import type { Division, Invoice, InvoiceLine } from '@tenantree/contract'

/** A decimal as a string. Intl and Excel read it; arithmetic goes through BigInt only. R-PRICE-3. */
export type Decimal = `${number}`

/** Narrows a decimal string of the contract. Throws on anything else, which would be a bug of the caller. */
export function toDecimal(text: string): Decimal {
  if (!isDecimal(text)) throw new Error(`not a decimal: ${JSON.stringify(text)}`)
  return text
}

const isDecimal = (text: string): text is Decimal => /^-?[0-9]+(\.[0-9]+)?$/.test(text)

/** The digits after the point of a currency: 2 for EUR, 0 for JPY, 3 for KWD. */
export const currencyDigits = (currency: string) =>
  new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2

/** `€1,234.50`. Exact at any size: Intl formats the decimal string itself. */
export const toMoneyText = (amount: string, currency: string) =>
  new Intl.NumberFormat('en', { style: 'currency', currency }).format(toDecimal(amount))

/** A unit price keeps the digits it has beyond those of the currency: `€0.0125`. */
export const toUnitPriceText = (price: string, currency: string) => {
  const maximumFractionDigits = Math.max(currencyDigits(currency), fractionDigits(price))
  return new Intl.NumberFormat('en', { style: 'currency', currency, maximumFractionDigits }).format(toDecimal(price))
}

export const toQuantityText = (quantity: string) =>
  new Intl.NumberFormat('en', { maximumFractionDigits: fractionDigits(quantity) }).format(toDecimal(quantity))

/** The number of digits that stand after the point. */
export const fractionDigits = (decimal: string) => decimal.split('.')[1]?.length ?? 0

/** `left - right`, with as many digits after the point as the longer of the two. */
export function subtractDecimals(left: string, right: string): Decimal {
  const digits = Math.max(fractionDigits(left), fractionDigits(right))
  const difference = toScaled(left, digits) - toScaled(right, digits)
  const sign = difference < 0n ? '-' : ''
  const text = (difference < 0n ? -difference : difference).toString().padStart(digits + 1, '0')
  return toDecimal(digits === 0 ? sign + text : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`)
}

const toScaled = (decimal: string, digits: number) => {
  const [whole = '0', fraction = ''] = toDecimal(decimal).split('.')
  return BigInt(whole + fraction.padEnd(digits, '0'))
}

/** What the total holds beyond the subtotal, or null where that is nothing. */
export function computeTax(invoice: Invoice): Decimal | null {
  if (invoice.total === null || invoice.subtotal === null) return null
  const tax = subtractDecimals(invoice.total.amount, invoice.subtotal.amount)
  return /[1-9]/.test(tax) ? tax : null
}

const months = [
  ...['January', 'February', 'March', 'April', 'May', 'June'],
  ...['July', 'August', 'September', 'October', 'November', 'December'],
] as const

/** `2026-10-01` as `1 Oct 2026`. */
export function toDayText(day: string) {
  const [year, month, date] = day.split('-').map(Number)
  return `${date} ${months[(month ?? 0) - 1]?.slice(0, 3)} ${year}`
}

/** `1 Oct 2026 – 31 Oct 2026`; both days count. One day stands alone. */
export const toPeriodText = (from: string, to: string) =>
  from === to ? toDayText(from) : `${toDayText(from)} – ${toDayText(to)}`

/** `2026-10` as `October 2026`. */
export function toMonthText(month: string) {
  const [year, number] = month.split('-').map(Number)
  return `${months[(number ?? 0) - 1]} ${year}`
}

/** `12 of 31 charged days, moved on 12 May 2027`: how a unit is divided in the month of a move. R-BILL-9. */
export const toDivisionText = (division: Division) =>
  [
    `${division.charged_days} of ${division.of_days} charged days`,
    ...(division.moved_on.length > 0 ? [`moved on ${division.moved_on.map(toDayText).join(' and ')}`] : []),
  ].join(', ')

/** Days of a month as ranges: `1–5, 9`. */
export function toDayRanges(days: readonly number[]) {
  const sorted = [...new Set(days)].sort((left, right) => left - right)
  const ranges: { first: number; last: number }[] = []
  for (const day of sorted) {
    const open = ranges.at(-1)
    if (open?.last === day - 1) open.last = day
    else ranges.push({ first: day, last: day })
  }
  return ranges.map(({ first, last }) => (first === last ? `${first}` : `${first}–${last}`)).join(', ')
}

/** Invoice lines by end customer, in the order in which the customers first appear. R-BILL-4. */
export function groupByCustomer(lines: readonly InvoiceLine[]): InvoiceLine[][] {
  const groups = Map.groupBy(lines, (line) => line.customer_id)
  return [...groups.values()]
}

/** A spreadsheet would read the text as a formula or trim it. R-ACT-6. */
export const isFormulaLike = (text: string) => /^[=+\-@\t\r]/.test(text)

/** One line without control characters, which neither Typst nor XML can hold. */
export const toPlainText = (text: string) =>
  text
    .toWellFormed()
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim()

import type { Division, Invoice, InvoiceLine, LineBasis, LinePricing } from '@tenantree/contract'

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

export const toCustomerText = (line: InvoiceLine) => line.customer_name ?? 'All customers'

const models: Record<LinePricing['model'], string> = {
  per_unit: 'Per unit',
  flat: 'Flat',
  graduated: 'Tiers',
  volume: 'Volume',
  package: 'Packages',
}

/** The price of a unit, or how the price is made where it has several. */
export function toPriceText(line: InvoiceLine, currency: string) {
  if (line.unit_price !== null) return toUnitPriceText(line.unit_price, currency)
  return line.pricing === null || isAddition(line) ? '' : models[line.pricing.model]
}

/** What is behind a line beside its quantity and price. R-BILL-6. */
export const toExplanation = (line: InvoiceLine, currency: string) =>
  (isAddition(line) ? [toAdditionText(line, currency)] : toShareTexts(line, currency)).join(' · ')

const isAddition = ({ kind }: InvoiceLine) => kind === 'package' || kind === 'minimum'

const toAdditionText = ({ kind, pricing }: InvoiceLine, currency: string) =>
  kind === 'package'
    ? `to whole packages of ${pricing?.package_size ?? ''}`
    : `to the minimum of ${toMoneyText(pricing?.minimum ?? '0', currency)}`

const toShareTexts = ({ kind, pricing, basis, division, evidence }: InvoiceLine, currency: string) => [
  ...(kind === 'assigned' ? [evidence.days === 1 ? '1 assigned day' : `${evidence.days} assigned days`] : []),
  ...(basis === null ? [] : toBasisTexts(basis)),
  ...(division === null ? [] : [toDivisionText(division)]),
  ...(pricing === null ? [] : toTierTexts(pricing, currency)),
]

const reasons: Record<LineBasis['reason'], string[]> = {
  period: [],
  withdrawal: ['order withdrawn'],
  edition_change: ['edition changed'],
  cancellation: ['cancelled'],
}

const toBasisTexts = ({ reason, days, whole_days, periods, payment_mode }: LineBasis) => [
  ...reasons[reason],
  ...(days < whole_days ? [`${days} of ${whole_days} days`] : []),
  ...(periods > 1 ? [`${periods} ${payment_mode === 'annual' ? 'years' : 'months'}`] : []),
]

/** `30 in all: 10 at €4.00, 20 at €3.00`: tiers hold for the sum over all customers. R-PRICE-1. */
function toTierTexts({ quantity, parts, model }: LinePricing, currency: string) {
  if (model === 'per_unit') return []
  const at = parts.map((part) =>
    part.unit_price === null
      ? toUnitPriceText(part.amount, currency)
      : `${toQuantityText(part.quantity)} at ${toUnitPriceText(part.unit_price, currency)}`,
  )
  const [only] = parts
  if (parts.length === 1 && only?.unit_price)
    return [`${toQuantityText(quantity)} in all at ${toUnitPriceText(only.unit_price, currency)}`]
  return [`${toQuantityText(quantity)} in all: ${at.join(', ')}`]
}

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

/** Invoice lines by end customer, in the order in which the customers first appear; what stands for all of them last. R-BILL-4. */
export function groupByCustomer(lines: readonly InvoiceLine[]): InvoiceLine[][] {
  const groups = Map.groupBy(lines, (line) => line.customer_id)
  const ofAll = groups.get(null)
  groups.delete(null)
  return [...groups.values(), ...(ofAll === undefined ? [] : [ofAll])]
}

/** A spreadsheet would read the text as a formula or trim it. R-ACT-6. */
export const isFormulaLike = (text: string) => /^[=+\-@\t\r]/.test(text)

/** One line without control characters, which neither Typst nor XML can hold. */
export const toPlainText = (text: string) =>
  text
    .toWellFormed()
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim()

/** What was paid by card, and what is left: nothing where nobody paid so. R-BILL-1. */
export function toPaymentRows({ total, payments, due }: Invoice): { label: string; amount: string }[] {
  if (payments.length === 0 || due === null || total === null) return []
  const [first] = payments
  const label =
    payments.length === 1 && first !== undefined
      ? `Paid by card on ${toDayText(first.on)}`
      : 'Paid by card, less refunds'
  return [
    { label, amount: subtractDecimals(due.amount, total.amount) },
    { label: 'Due', amount: due.amount },
  ]
}

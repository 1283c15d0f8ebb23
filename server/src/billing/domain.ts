import type { Party } from '@tenantree/contract'
import { type Money, priceOf, sum, toDecimal } from '../kernel/money.ts'
import { firstDay, type Instant, isBefore, type PlainYearMonth, startOfDay } from '../kernel/time.ts'

/** A month is closed from 01:00 UTC on the 1st of the next. R-BILL-1. */
export const closesAt = (month: PlainYearMonth): Instant =>
  startOfDay(firstDay(month.add({ months: 1 }))).add({ hours: 1 })

export const isOver = (month: PlainYearMonth, now: Instant): boolean => !isBefore(now, closesAt(month))

/** What a customer used of an offer, summed over its devices, with the price of the edge for that month. */
export type RatedUse = {
  customer_id: string
  customer_name: string
  offer_id: string
  product: string
  edition: string
  charge_model: string
  unit: string
  quantity: bigint
  active_days: bigint
  currency: string | null
  unit_price: string | null
}

export type PricedLine = Omit<RatedUse, 'currency' | 'unit_price'> & { unitPrice: string; amount: Money }

export type InvoicePlan = {
  lines: PricedLine[]
  total: Money
  /** Why it cannot be issued yet; null if it can. R-BILL-1. */
  draftReason: string | null
}

export const dueDays = 30

/**
 * Prices the uses of one edge. What is rounded, once, is the amount of (offer, end customer, price, period): a line. R-PRICE-3.
 * An edge without any price has no currency: null, and no invoice could even be drafted in one.
 */
export function planInvoice(uses: readonly RatedUse[], seller: Party, buyer: Party): InvoicePlan | null {
  const currency = uses.find((use) => use.currency !== null)?.currency
  if (currency == null) return null
  const lines = uses.flatMap((use) => priceLine(use))
  const unpriced = uses.filter((use) => use.unit_price === null)
  return {
    lines,
    total: sum(
      lines.map((line) => line.amount),
      currency,
    ),
    draftReason: decideDraft(unpriced, [seller, buyer]),
  }
}

function priceLine({ currency, unit_price, ...use }: RatedUse): PricedLine[] {
  if (currency === null || unit_price === null) return []
  return [{ ...use, unitPrice: unit_price, amount: priceOf(use.quantity, toDecimal(unit_price), currency) }]
}

function decideDraft(unpriced: readonly RatedUse[], parties: readonly Party[]): string | null {
  const offers = [...new Set(unpriced.map((use) => `${use.product} ${use.edition}`))]
  const reasons = [
    ...(offers.length > 0 ? [`No price for ${offers.join(', ')}.`] : []),
    ...parties.filter(lacksLegalData).map((party) => `Legal name, address or country of ${party.name} is missing.`),
  ]
  return reasons.length > 0 ? reasons.join(' ') : null
}

/** Needed before the first invoice. R-TREE-3. */
const lacksLegalData = (party: Party): boolean =>
  [party.legal_name, party.street, party.city, party.country].some((field) => field === null || field.trim() === '')

/** Numbers run without gaps per seller and year. R-BILL-7. */
export const toInvoiceNumber = (year: number, counter: bigint): string =>
  `INV-${year}-${counter.toString().padStart(5, '0')}`

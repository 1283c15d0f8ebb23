import type { LineBasis, LineKind, LinePricing, Party } from '@tenantree/contract'
import type { Fraction } from '../kernel/fraction.ts'
import { type Money, sum } from '../kernel/money.ts'
import { firstDay, type Instant, isBefore, type PlainYearMonth, startOfDay } from '../kernel/time.ts'
import { type AddedCharge, type Charge, type Charges, toAddedCharges } from '../orders/index.ts'
import { type AskedInMonth, explainRating, ratePrices, unitPriceOf } from '../pricing/index.ts'

/** A month is closed from 01:00 UTC on the 1st of the next. R-BILL-1. */
export const closesAt = (month: PlainYearMonth): Instant =>
  startOfDay(firstDay(month.add({ months: 1 }))).add({ hours: 1 })

export const isOver = (month: PlainYearMonth, now: Instant): boolean => !isBefore(now, closesAt(month))

/** What a customer used of an offer on an edge, summed over its devices. */
export type Use = {
  customer_id: string
  customer_name: string
  offer_id: string
  product: string
  edition: string
  charge_model: string
  unit: string
  /** Exact: in the month of a move parts of units too. R-BILL-9. */
  quantity: Fraction
  units: bigint
  active_days: bigint
  /** Of the units that are divided: how many, their charged days on this edge and on all, the days of the moves. */
  divided_units: number
  part_days: number
  of_days: number
  moved_on: string[]
}

export type LineDivision = { units: number; charged_days: number; of_days: number; moved_on: string[] }
export type PricedLine = Pick<
  Use,
  'offer_id' | 'product' | 'edition' | 'charge_model' | 'unit' | 'quantity' | 'active_days'
> & {
  kind: LineKind
  /** null for what a minimum or whole packages add for all customers. R-PRICE-1. */
  customer_id: string | null
  customer_name: string | null
  division: (LineDivision & { whole_units: number }) | null
  unitPrice: string | null
  pricing: LinePricing | null
  basis: LineBasis | null
  term: string | null
  amount: Money
  units: bigint
  /** Of a period that was ordered; left out it is the month. */
  from_day?: string
  to_day?: string
}

export type InvoicePlan = {
  lines: PricedLine[]
  currency: string | null
  /** null while the currency is not known: no line has a price then. */
  total: Money | null
  /** Why it cannot be issued yet; null if it can. R-BILL-1. */
  draftReason: string | null
}

export const dueDays = 30

/** What is asked on the edge, and its currency, as far as it is known. */
type Terms = { prices: readonly AskedInMonth[]; currency: string | null }

/**
 * Prices the uses of one edge, or null where it has none. What is rounded, once, is the amount of (offer, end customer, price, period): a line.
 * R-PRICE-3. Tiers, packages and minimums hold for the sum over all customers of the edge. R-PRICE-1. An edge without any price is a draft, in the currency that its seller asks for, if it asks for any. R-BILL-1.
 */
export function planInvoice(
  uses: readonly Use[],
  { prices, currency }: Terms,
  parties: { seller: Party; buyer: Party },
  ordered: Charges = { charges: [], unpriced: [] },
): InvoicePlan | null {
  if (uses.length + ordered.charges.length + ordered.unpriced.length === 0) return null
  const priceOf = (offerId: string) => prices.find((price) => price.offer_id === offerId)
  const used = [...Map.groupBy(uses, (use) => use.offer_id)].flatMap(([offerId, ofOffer]) =>
    priceOffer(ofOffer, priceOf(offerId)),
  )
  const lines = [...used, ...ordered.charges.map(toOrderedLine)]
  const unpriced = [...uses.filter((use) => priceOf(use.offer_id) === undefined), ...ordered.unpriced]
  const total =
    currency === null
      ? null
      : sum(
          lines.map((line) => line.amount),
          currency,
        )
  return { lines, currency, total, draftReason: decideDraft(unpriced, [parties.seller, parties.buyer]) }
}

/** All uses are of one offer, each of another customer. */
function priceOffer(uses: readonly Use[], price: AskedInMonth | undefined): PricedLine[] {
  if (price === undefined) return []
  const rating = ratePrices(
    price,
    uses.map((use) => ({ key: use, quantity: use.quantity })),
  )
  const pricing = explainRating(price, rating)
  const shares = rating.shares.map(({ key, amount }): PricedLine => {
    const { divided_units, part_days, of_days, moved_on, ...line } = key
    const division = toDivision(key)
    return { ...line, kind: 'use', division, unitPrice: unitPriceOf(price), pricing, basis: null, term: null, amount }
  })
  const added = toAddedCharges({ ...uses[0]!, term: null }, { asking: price, rating })
  return [...shares, ...added.map(toOrderedLine)]
}

function toDivision({ units, divided_units, part_days, of_days, moved_on }: Use): PricedLine['division'] {
  if (divided_units === 0) return null
  return {
    units: divided_units,
    whole_units: Number(units) - divided_units,
    charged_days: part_days,
    of_days,
    moved_on: [...new Set(moved_on)].sort(),
  }
}

/** Ordered by term: rated and rounded where the order is kept, so that it says what the preview has said. R-BUY-3. */
const toOrderedLine = ({ days, units, ...charge }: AddedCharge | Charge): PricedLine => ({
  ...charge,
  units: BigInt(units),
  active_days: BigInt(days),
  division: null,
})

function decideDraft(
  unpriced: readonly { product: string; edition: string }[],
  parties: readonly Party[],
): string | null {
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

/** The total less what was paid towards it. */
export const computeDue = (total: Money, payments: readonly { amount: Money }[]): Money => ({
  ...total,
  minor: payments.reduce((due, { amount }) => due - amount.minor, total.minor),
})

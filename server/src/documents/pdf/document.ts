import type { Invoice, InvoiceLine, Party } from '@tenantree/contract'
import {
  computeTax,
  groupByCustomer,
  toCustomerText,
  toDayText,
  toExplanation,
  toMoneyText,
  toMonthText,
  toPaymentRows,
  toPeriodText,
  toPlainText,
  toPriceText,
  toQuantityText,
} from '../domain.ts'

/** What a partner's own documents look like. `color` is `#rrggbb`; anything else gets the neutral one. */
export type Brand = { name: string; color: string }

/** Everything invoice.typ prints, as finished texts. Names are data there and never markup. */
export type InvoiceDocument = {
  title: string
  watermark: string | null
  date: { year: number; month: number; day: number }
  brand: Brand
  seller: string[]
  buyer: string[]
  facts: Fact[]
  rows: Row[]
  totals: Fact[]
  note: string
  footer: string
}

type Fact = { label: string; value: string }
type Row = { cells: string[]; endsGroup: boolean }

const neutralColor = '#2f5d7c'

/** Lays an invoice out as texts. A document without a number yet is marked as a draft on every page. */
export function toInvoiceDocument(invoice: Invoice, brand: Brand): InvoiceDocument {
  const isDraft = invoice.state === 'draft' && invoice.number === null
  const brandName = toPlainText(brand.name) || toPlainText(invoice.seller.name)
  return {
    title: isDraft ? 'Draft invoice' : 'Invoice',
    watermark: isDraft ? 'Draft' : null,
    date: toDocumentDate(invoice),
    brand: { name: brandName, color: /^#[0-9a-f]{6}$/i.test(brand.color) ? brand.color : neutralColor },
    seller: toAddressLines(invoice.seller),
    buyer: toAddressLines(invoice.buyer),
    facts: toFacts(invoice),
    rows: groupByCustomer(invoice.lines).flatMap((group) => toRows(group, invoice.currency ?? '')),
    totals: toTotals(invoice),
    note: toPlainText(invoice.tax_note),
    footer: joinFilled([invoice.seller.legal_name ?? invoice.seller.name, invoice.number], ' · '),
  }
}

/** The date inside the file. A draft has none of its own, and the same draft must give the same bytes. */
function toDocumentDate(invoice: Invoice) {
  const [year = 0, month = 0, day = 0] = (invoice.issued_at ?? `${invoice.month}-01`)
    .slice(0, 10)
    .split('-')
    .map(Number)
  return { year, month, day }
}

function toAddressLines(party: Party) {
  const town = joinFilled([party.postal_code, party.city], ' ')
  const country = party.country && countryNames.of(party.country)
  return [
    party.legal_name ?? party.name,
    party.street,
    joinFilled([town, country ?? null], ', '),
    party.vat_number && `VAT ${party.vat_number}`,
  ].flatMap((text) => toPlainText(text ?? '') || [])
}

const countryNames = new Intl.DisplayNames('en', { type: 'region' })

const joinFilled = (parts: readonly (string | null)[], separator: string) =>
  parts.flatMap((part) => toPlainText(part ?? '') || []).join(separator)

function toFacts(invoice: Invoice): Fact[] {
  const facts = [
    { label: 'Invoice no.', value: invoice.number },
    { label: 'Invoice date', value: invoice.issued_on && toDayText(invoice.issued_on) },
    { label: 'Due date', value: invoice.due_on && toDayText(invoice.due_on) },
    { label: 'Period', value: toMonthText(invoice.month) },
  ]
  return facts.flatMap(({ label, value }) => (value ? { label, value } : []))
}

const toRows = (group: readonly InvoiceLine[], currency: string): Row[] =>
  group.map((line, index) => ({
    cells: [
      joinFilled([line.product, line.edition, toExplanation(line, currency)], ' · '),
      toPlainText(toCustomerText(line)),
      toPeriodText(line.from, line.to),
      line.customer_id === null ? '' : toQuantityText(line.quantity),
      toPriceText(line, currency),
      toMoneyText(line.amount, currency),
    ],
    endsGroup: index === group.length - 1,
  }))

/** A draft of an edge whose currency is not known yet has no totals. */
function toTotals(invoice: Invoice): Fact[] {
  if (invoice.total === null || invoice.subtotal === null) return []
  const { amount, currency } = invoice.total
  const tax = computeTax(invoice)
  return [
    { label: 'Subtotal', value: toMoneyText(invoice.subtotal.amount, currency) },
    ...(tax === null ? [] : [{ label: 'Tax', value: toMoneyText(tax, currency) }]),
    { label: 'Total', value: toMoneyText(amount, currency) },
    ...toPaymentRows(invoice).map(({ label, amount: paid }) => ({ label, value: toMoneyText(paid, currency) })),
  ]
}

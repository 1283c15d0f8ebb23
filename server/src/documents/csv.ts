import type { Invoice, InvoiceLine } from '@tenantree/contract'
import { groupByCustomer, isFormulaLike, toCustomerText, toDecimal, toDivisionText, toExplanation } from './domain.ts'

const titles = [
  ...['invoice_number', 'month', 'line', 'customer', 'product', 'edition', 'charge_model', 'from', 'to'],
  ...['quantity', 'unit', 'unit_price', 'amount', 'currency', 'division', 'kind', 'explanation'],
]

/** The lines as CSV: RFC 4180, UTF-8 without a mark, a point in decimals. R-BILL-7. */
export function renderInvoiceCsv(invoice: Invoice): string {
  const lines = groupByCustomer(invoice.lines).flat()
  return [titles, ...lines.map((line) => toFields(invoice, line))].map((fields) => `${fields.join(',')}\r\n`).join('')
}

const toFields = (invoice: Invoice, line: InvoiceLine) => [
  toTextField(invoice.number ?? ''),
  invoice.month,
  `${line.position}`,
  toTextField(toCustomerText(line)),
  toTextField(line.product),
  toTextField(line.edition),
  line.charge_model,
  line.from,
  line.to,
  toDecimal(line.quantity),
  toTextField(line.unit),
  line.unit_price === null ? '' : toDecimal(line.unit_price),
  toDecimal(line.amount),
  invoice.currency ?? '',
  toTextField(line.division === null ? '' : toDivisionText(line.division)),
  line.kind,
  toTextField(invoice.currency === null ? '' : toExplanation(line, invoice.currency)),
]

/** CSV has no types: an apostrophe in front is what makes a spreadsheet take a formula for text. R-ACT-6. */
function toTextField(text: string) {
  const guarded = isFormulaLike(text) ? `'${text}` : text
  return /[",\r\n]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded
}

import type { Invoice, InvoiceLine, LineEvidence, Party } from '@tenantree/contract'
import {
  computeTax,
  currencyDigits,
  groupByCustomer,
  toCustomerText,
  toDayRanges,
  toDivisionText,
  toExplanation,
  toMonthText,
  toPaymentRows,
} from '../domain.ts'
import {
  type Cell,
  fromRatio,
  toCountCell,
  toDayCell,
  toDecimalCell,
  toLeftCell,
  toQuantityCell,
  toTitleCells,
  toUnitPart,
} from './cells.ts'
import { openWorkbook, type Sheet } from './workbook.ts'

/**
 * The invoice as an Excel file: a sheet with the invoice, and one with the evidence of each line. `evidence` is keyed by
 * the line's id. R-ACT-6, R-BILL-6, R-BILL-7.
 */
export async function renderInvoiceXlsx(
  invoice: Invoice,
  evidence: ReadonlyMap<string, readonly LineEvidence[]>,
): Promise<Uint8Array> {
  const workbook = openWorkbook(invoice.issued_at ?? `${invoice.month}-01T00:00:00Z`)
  const lines = groupByCustomer(invoice.lines).flat()
  await addInvoice(workbook.addSheet('Invoice', [14, 30, 18, 18, 16, 13, 13, 12, 11, 17, 17, 60]), invoice, lines)
  await addEvidence(
    workbook.addSheet('Evidence', [6, 30, 30, 24, 24, 38, 26, 46, 8, 11, 38, 18, 13, 13], 1),
    lines,
    evidence,
  )
  return workbook.finish()
}

async function addInvoice(sheet: Sheet, invoice: Invoice, lines: readonly InvoiceLine[]) {
  const digits = invoice.currency === null ? 2 : currencyDigits(invoice.currency)
  await sheet.add([invoice.number === null ? 'Draft invoice' : 'Invoice'], 'strong')
  for (const [label, value] of toHead(invoice)) if (value !== null) await sheet.add([label, toLeftCell(value)])

  await sheet.add([])
  const money = ['Unit price', 'Amount'].map((title) => [title, invoice.currency].filter(Boolean).join(', '))
  const titles = [
    'Line',
    'Customer',
    'Product',
    'Edition',
    'Charge model',
    'From',
    'To',
    'Unit',
    'Quantity',
    ...money,
    'Explanation',
  ]
  await sheet.add(toTitleCells(titles, 3), 'strong')
  for (const line of lines) await sheet.add(toLineCells(line, { digits, currency: invoice.currency ?? 'XXX' }))

  await addTotals(sheet, invoice, digits)
}

async function addTotals(sheet: Sheet, invoice: Invoice, digits: number) {
  await sheet.add([])
  const tax = computeTax(invoice)
  if (invoice.subtotal !== null) await sheet.add(toTotalCells('Subtotal', invoice.subtotal.amount, digits))
  if (tax !== null) await sheet.add(toTotalCells('Tax', tax, digits))
  if (invoice.total !== null) await sheet.add(toTotalCells('Total', invoice.total.amount, digits), 'strong')
  for (const { label, amount } of toPaymentRows(invoice)) await sheet.add(toTotalCells(label, amount, digits))
}

const toHead = (invoice: Invoice): [string, Cell][] => [
  ['Number', invoice.number],
  ['Seller', toName(invoice.seller)],
  ['Seller VAT', invoice.seller.vat_number],
  ['Buyer', toName(invoice.buyer)],
  ['Buyer VAT', invoice.buyer.vat_number],
  ['Period', toMonthText(invoice.month)],
  ['Invoice date', invoice.issued_on && toDayCell(invoice.issued_on)],
  ['Due date', invoice.due_on && toDayCell(invoice.due_on)],
  ['Currency', invoice.currency],
  ['Note', invoice.tax_note || null],
]

const toName = (party: Party) => party.legal_name ?? party.name

const toLineCells = (line: InvoiceLine, { digits, currency }: { digits: number; currency: string }): Cell[] => [
  toLeftCell(toCountCell(line.position)),
  toCustomerText(line),
  line.product,
  line.edition,
  line.charge_model.replaceAll('_', ' '),
  toLeftCell(toDayCell(line.from)),
  toLeftCell(toDayCell(line.to)),
  line.unit,
  line.division === null ? toDecimalCell(line.quantity, 0) : toQuantityCell(fromRatio(line.division.quantity)),
  line.unit_price === null ? null : toDecimalCell(line.unit_price, digits),
  toDecimalCell(line.amount, digits),
  toExplanation(line, currency) || null,
]

const toTotalCells = (label: string, amount: string, digits: number): Cell[] => [
  ...Array<Cell>(9).fill(null),
  label,
  toDecimalCell(amount, digits),
]

async function addEvidence(
  sheet: Sheet,
  lines: readonly InvoiceLine[],
  evidence: ReadonlyMap<string, readonly LineEvidence[]>,
) {
  const titles = [
    'Line',
    'Customer',
    'Service',
    'Site',
    'Device or holder',
    'Device id',
    'Days',
    'Part',
    'Count',
    'Units',
    'License id',
    'Peak',
    'Peak on',
    'Deleted on',
  ]
  await sheet.add(toTitleCells(titles, 2), 'strong')
  for (const line of lines) {
    for (const unit of evidence.get(line.id) ?? []) await sheet.add(toEvidenceCells(line, unit))
  }
}

const toEvidenceCells = (line: InvoiceLine, unit: LineEvidence): Cell[] => [
  toLeftCell(toCountCell(line.position)),
  toCustomerText(line),
  `${line.product} · ${line.edition}`,
  unit.site_name,
  unit.host_name,
  unit.device_id,
  toDayRanges(unit.days),
  unit.division && toDivisionText(unit.division),
  toCountCell(unit.days.length),
  unit.license_id === null && unit.value === null ? toQuantityCell(toUnitPart(unit)) : toDecimalCell(unit.quantity, 0),
  unit.license_id,
  unit.value === null ? null : toCountCell(unit.value),
  unit.peak_on && toDayCell(unit.peak_on),
  unit.deleted_on && toDayCell(unit.deleted_on),
]

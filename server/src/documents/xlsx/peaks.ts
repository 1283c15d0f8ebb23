import type { PeakUsage } from '@tenantree/contract'
import { addFractions, type Fraction, fromText, multiply, toFraction, zero } from '../../kernel/fraction.ts'
import { toDayRanges, toDivisionText } from '../domain.ts'
import { type Cell, toCountCell, toDayCell, toDecimalCell, toLeftCell, toQuantityCell, toTitleCells } from './cells.ts'
import type { openWorkbook, Sheet } from './workbook.ts'

const titles = [
  ...[
    'Month',
    'Customer',
    'Site',
    'Product',
    'Edition',
    'Device',
    'Device id',
    'Measured',
    'Reason',
    'Days',
    'Charged days',
  ],
  ...['Deleted on', 'Highest on', 'Part', 'Value', 'Charged', 'Per'],
]
const widths = [10, 30, 24, 18, 18, 24, 38, 16, 16, 20, 20, 13, 13, 46, 20, 16, 8]

/** Peaks that are charged, and those that are told only: each on a sheet of its own. R-ACT-7, R-TRIAL-4. */
export async function openPeakSheets(workbook: ReturnType<typeof openWorkbook>, month: string) {
  const charged = await openPeakSheet(workbook.addSheet('Peaks', widths, 1), month)
  const free = await openPeakSheet(workbook.addSheet('Peaks, not charged', widths, 1), month)
  return {
    add: (peak: PeakUsage) => (peak.reason === 'peak' ? charged : free).add(peak),
    async addTotals() {
      await charged.addTotals('Total')
      await free.addTotals('Total, not charged')
    },
  }
}

type Total = { peak: PeakUsage; devices: number; quantity: Fraction }

/** A total for each offer: gigabytes and users are not added. */
async function openPeakSheet(sheet: Sheet, month: string) {
  const totals = new Map<string, Total>()
  await sheet.add(toTitleCells(titles, 3), 'strong')
  return {
    add: (peak: PeakUsage) => {
      const known = totals.get(peak.offer.id) ?? { peak, devices: 0, quantity: zero }
      totals.set(peak.offer.id, {
        peak,
        devices: known.devices + 1,
        quantity: addFractions(known.quantity, toCharged(peak)),
      })
      return sheet.add(toPeakCells(month, peak))
    },
    async addTotals(label: string) {
      for (const total of totals.values()) await sheet.add(toTotalCells(label, total), 'strong')
    },
  }
}

/** What is charged of a peak, exactly: a divided one is shown rounded. R-BILL-9. */
function toCharged({ quantity, value, unit, division }: PeakUsage): Fraction {
  if (division === null) return fromText(quantity)
  const whole = toFraction(BigInt(value), unit === 'GB' ? 1_000_000_000n : 1n)
  return multiply(whole, toFraction(BigInt(division.charged_days), BigInt(division.of_days)))
}

const toPeakCells = (month: string, peak: PeakUsage): Cell[] => [
  month,
  peak.customer.name,
  peak.site?.name ?? null,
  peak.offer.product,
  peak.offer.edition,
  peak.host_name,
  peak.device_id,
  peak.metric.replaceAll('_', ' '),
  peak.reason.replaceAll('_', ' '),
  toDayRanges(peak.days),
  toDayRanges(peak.charged_days) || null,
  peak.deleted_on && toLeftCell(toDayCell(peak.deleted_on)),
  toLeftCell(toDayCell(peak.peak_on)),
  peak.division && toDivisionText(peak.division),
  toDecimalCell(String(peak.value), 0),
  peak.division === null ? toDecimalCell(peak.quantity, 0) : toQuantityCell(toCharged(peak)),
  { title: peak.unit },
]

const toTotalCells = (label: string, { peak, devices, quantity }: Total): Cell[] => [
  ...[null, label, null, peak.offer.product, peak.offer.edition],
  toLeftCell(toCountCell(devices)),
  ...Array<Cell>(9).fill(null),
  toQuantityCell(quantity),
  { title: peak.unit },
]

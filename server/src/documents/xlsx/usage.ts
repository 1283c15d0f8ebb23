import type { PeakUsage, UsageUnit } from '@tenantree/contract'
import { addFractions, type Fraction, zero } from '../../kernel/fraction.ts'
import { toDayRanges, toDivisionText } from '../domain.ts'
import { type Cell, toCountCell, toLeftCell, toQuantityCell, toTitleCells, toUnitPart } from './cells.ts'
import { openPeakSheets } from './peaks.ts'
import { openWorkbook, type Sheet } from './workbook.ts'

export type UsageExport = {
  month: string
  units: AsyncIterable<UsageUnit> | Iterable<UsageUnit>
  peaks: AsyncIterable<PeakUsage> | Iterable<PeakUsage>
}

const titles = [
  ...['Month', 'Customer', 'Site', 'Product', 'Edition', 'Device', 'Device id'],
  ...['Active days', 'Charged days', 'Reason', 'Part', 'Days', 'Units'],
]
const widths = [10, 30, 24, 18, 18, 24, 38, 26, 26, 20, 46, 8, 11]

/** The usage of a month. Units that are charged and units in trial stand on sheets of their own, and so do peaks. R-ACT-6, R-ACT-7, R-TRIAL-4. */
export async function renderUsageXlsx({ month, units, peaks }: UsageExport): Promise<Uint8Array> {
  const workbook = openWorkbook(`${month}-01T00:00:00Z`)
  const usage = await openUsageSheet(workbook.addSheet('Usage', widths, 1), month)
  const trial = await openUsageSheet(workbook.addSheet('Trial', widths, 1), month)
  for await (const unit of units) await (unit.units > 0 ? usage : trial).add(unit)
  await usage.addTotal('Total')
  await trial.addTotal('Total, not charged')
  const peakSheets = await openPeakSheets(workbook, month)
  for await (const peak of peaks) await peakSheets.add(peak)
  await peakSheets.addTotals()
  return workbook.finish()
}

async function openUsageSheet(sheet: Sheet, month: string) {
  const total = { devices: 0, days: 0, units: zero }
  await sheet.add(toTitleCells(titles, 2), 'strong')
  return {
    add: (unit: UsageUnit) => {
      total.devices += 1
      total.days += unit.days.length
      total.units = addFractions(total.units, toUnitPart(unit))
      return sheet.add(toUnitCells(month, unit))
    },
    addTotal: (label: string) => sheet.add(toTotalCells(label, total), 'strong'),
  }
}

const toUnitCells = (month: string, unit: UsageUnit): Cell[] => [
  month,
  unit.customer.name,
  unit.site?.name ?? null,
  unit.offer.product,
  unit.offer.edition,
  unit.host_name,
  unit.device_id,
  toDayRanges(unit.days),
  toDayRanges(unit.charged_days) || null,
  unit.reason.replaceAll('_', ' '),
  unit.division && toDivisionText(unit.division),
  toCountCell(unit.days.length),
  toQuantityCell(toUnitPart(unit)),
]

const toTotalCells = (label: string, total: { devices: number; days: number; units: Fraction }): Cell[] => [
  ...[null, label, null, null, null],
  toLeftCell(toCountCell(total.devices)),
  ...[null, null, null, null, null],
  toCountCell(total.days),
  toQuantityCell(total.units),
]

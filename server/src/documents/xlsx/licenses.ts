import type { License } from '@tenantree/contract'
import { type Cell, toCountCell, toDayCell } from './cells.ts'
import { openWorkbook } from './workbook.ts'

const titles = [
  ...[
    'Product',
    'Edition',
    'Kind',
    'State',
    'Company',
    'Holder',
    'Holder kind',
    'Valid until',
    'Auto-renew',
    'Next renewal',
  ],
  ...['Term', 'Committed to', 'Order', 'Pool', 'Kept for', 'Assigned', 'License id'],
]
const widths = [20, 18, 12, 15, 30, 30, 12, 13, 11, 13, 14, 13, 38, 30, 30, 22, 38]

/** The rows of the license grid, with how many there are under them. R-LIC-6. */
export async function renderLicensesXlsx(createdAt: string, licenses: AsyncIterable<License>): Promise<Uint8Array> {
  const workbook = openWorkbook(createdAt)
  const sheet = workbook.addSheet('Licenses', widths, 1)
  await sheet.add(titles, 'strong')
  let count = 0
  for await (const license of licenses) {
    count += 1
    await sheet.add(toCells(license))
  }
  await sheet.add(['Total', toCountCell(count)], 'strong')
  return workbook.finish()
}

const words = (text: string): string => text.replaceAll('_', ' ')
const toDay = (day: string | null): Cell => (day === null ? null : toDayCell(day))

const toCells = (license: License): Cell[] => [
  license.offer.product,
  license.offer.edition,
  license.kind,
  words(license.state),
  license.company?.name ?? null,
  license.holder?.name ?? null,
  license.holder === null ? null : license.holder.kind,
  toDay(license.valid_until),
  license.auto_renew ? 'on' : 'off',
  toDay(license.next_renewal),
  license.term === null ? null : words(license.term),
  toDay(license.committed_to),
  license.order_id,
  license.pool?.name ?? null,
  license.set_aside_for?.name ?? null,
  license.assigned_at,
  license.id,
]

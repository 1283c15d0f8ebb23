import { useLineEvidence } from '../../api/billing.ts'
import type { LineEvidence as Evidence, Invoice, InvoiceLine } from '../../api/types.ts'
import { daysOf } from '../../format/month.ts'
import { NotSet } from '../../ui/Facts.tsx'
import { Queried } from '../../ui/Queried.tsx'
import { SimpleTable } from '../../ui/SimpleTable.tsx'
import { DayStrip } from '../usage/DayStrip.tsx'

const columnsFor = (month: string) => [
  { key: 'device', name: 'Device', cell: (row: Evidence) => row.host_name ?? 'Erased device' },
  { key: 'site', name: 'Site', cell: (row: Evidence) => row.site_name ?? <NotSet /> },
  {
    key: 'days',
    name: 'Active days',
    cell: (row: Evidence) => <DayStrip days={row.days} chargedDays={row.days} daysInMonth={daysOf(month)} />,
  },
  { key: 'units', name: 'Units', align: 'end' as const, cell: (row: Evidence) => row.units },
]

export function LineEvidence({ invoice, line }: { invoice: Invoice; line: InvoiceLine }) {
  return (
    <Queried query={useLineEvidence(invoice.id, line.id)}>
      {(rows) => (
        <SimpleTable
          label={`Evidence of line ${line.position}`}
          columns={columnsFor(invoice.month)}
          rows={rows}
          rowKey={({ device_id }) => device_id}
        />
      )}
    </Queried>
  )
}

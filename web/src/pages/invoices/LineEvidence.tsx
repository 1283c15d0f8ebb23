import { Button } from '@mantine/core'
import { useLineEvidence } from '../../api/billing.ts'
import type { LineEvidence as Evidence, Invoice, InvoiceLine } from '../../api/types.ts'
import { formatDivision } from '../../format/division.ts'
import { formatQuantity } from '../../format/money.ts'
import { daysOf } from '../../format/month.ts'
import { ErrorPanel } from '../../ui/ErrorPanel.tsx'
import { NotSet } from '../../ui/Facts.tsx'
import { SimpleTable } from '../../ui/SimpleTable.tsx'
import { TextSkeleton } from '../../ui/TextSkeleton.tsx'
import { DayStrip } from '../usage/DayStrip.tsx'

/** Its name is not ours to see any more, or was erased: the id stands for it. */
const DeviceId = ({ id }: { id: string }) => <code>{id}</code>

const columnsFor = (month: string) => [
  { key: 'device', name: 'Device', cell: (row: Evidence) => row.host_name ?? <DeviceId id={row.device_id} /> },
  { key: 'site', name: 'Site', cell: (row: Evidence) => row.site_name ?? <NotSet /> },
  {
    key: 'days',
    name: 'Active days',
    cell: (row: Evidence) => <DayStrip days={row.days} chargedDays={row.days} daysInMonth={daysOf(month)} />,
  },
  {
    key: 'part',
    name: 'Part of the month',
    cell: (row: Evidence) => (row.division === null ? <NotSet /> : formatDivision(row.division)),
  },
  { key: 'units', name: 'Units', align: 'end' as const, cell: (row: Evidence) => formatQuantity(row.quantity) },
]

export function LineEvidence({ invoice, line }: { invoice: Invoice; line: InvoiceLine }) {
  const pages = useLineEvidence(invoice.id, line.id)
  if (pages.error) return <ErrorPanel error={pages.error} onRetry={pages.retry} />
  if (pages.isPending) return <TextSkeleton lines={2} />
  return (
    <>
      <SimpleTable
        label={`Evidence of line ${line.position}`}
        columns={columnsFor(invoice.month)}
        rows={pages.rows}
        rowKey={({ device_id }) => device_id}
      />
      {pages.hasMore && (
        <Button variant="subtle" size="xs" loading={pages.isLoadingMore} onClick={pages.loadMore}>
          Show more devices
        </Button>
      )}
    </>
  )
}

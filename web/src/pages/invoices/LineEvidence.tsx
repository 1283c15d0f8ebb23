import { Button } from '@mantine/core'
import { useLineEvidence } from '../../api/billing.ts'
import type { LineEvidence as Evidence, Invoice, InvoiceLine } from '../../api/types.ts'
import { formatDay } from '../../format/date.ts'
import { formatDivision } from '../../format/division.ts'
import { formatCount, formatQuantity } from '../../format/money.ts'
import { daysOf } from '../../format/month.ts'
import { ErrorPanel } from '../../ui/ErrorPanel.tsx'
import { NotSet } from '../../ui/Facts.tsx'
import { SimpleTable } from '../../ui/SimpleTable.tsx'
import { TextSkeleton } from '../../ui/TextSkeleton.tsx'
import { DayStrip } from '../usage/DayStrip.tsx'

/** Its name is not ours to see any more, or was erased: the id stands for it. */
const DeviceId = ({ id }: { id: string }) => <code>{id}</code>

const holderNames = { subscriber: 'Subscriber', device: 'Device', gateway: 'Gateway', domain: 'Domain' }
const nameOf = (row: Evidence) => row.host_name ?? <DeviceId id={row.device_id ?? row.license_id ?? ''} />

const peakColumns = [
  {
    key: 'value',
    name: 'Highest value',
    align: 'end' as const,
    cell: (row: Evidence) => (row.value === null ? <NotSet /> : formatCount(row.value)),
  },
  { key: 'peak_on', name: 'On', cell: (row: Evidence) => (row.peak_on === null ? <NotSet /> : formatDay(row.peak_on)) },
]

const columnsFor = (month: string, line: InvoiceLine) => [
  {
    key: 'device',
    name: line.kind === 'assigned' ? 'Holder' : 'Device',
    cell: (row: Evidence) => (
      <>
        {nameOf(row)}
        {row.holder_kind !== null && <small> {holderNames[row.holder_kind]}</small>}
      </>
    ),
  },
  { key: 'site', name: 'Site', cell: (row: Evidence) => row.site_name ?? <NotSet /> },
  {
    key: 'days',
    name: line.kind === 'assigned' ? 'Assigned days' : line.charge_model === 'peak' ? 'Charged days' : 'Active days',
    cell: (row: Evidence) => <DayStrip days={row.days} chargedDays={row.days} daysInMonth={daysOf(month)} />,
  },
  {
    key: 'part',
    name: 'Part of the month',
    cell: (row: Evidence) => (row.division === null ? <NotSet /> : formatDivision(row.division)),
  },
  ...(line.charge_model === 'peak' ? peakColumns : []),
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
        columns={columnsFor(invoice.month, line)}
        rows={pages.rows}
        rowKey={({ license_id, device_id, days }) => `${license_id ?? device_id} ${days[0]}`}
      />
      {pages.hasMore && (
        <Button variant="subtle" size="xs" loading={pages.isLoadingMore} onClick={pages.loadMore}>
          Show more
        </Button>
      )}
    </>
  )
}

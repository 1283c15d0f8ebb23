import { Link } from '@tanstack/react-router'
import type { PeakUsage } from '../../api/types.ts'
import { formatDay, formatShortDay } from '../../format/date.ts'
import { formatDivision } from '../../format/division.ts'
import { formatCount, formatQuantity } from '../../format/money.ts'
import { daysOf } from '../../format/month.ts'
import { columnsOf } from '../../grid/features.ts'
import { NotSet } from '../../ui/Facts.tsx'
import { DayStrip } from './DayStrip.tsx'

const column = columnsOf<PeakUsage>()

export const metricNames: Record<PeakUsage['metric'], string> = {
  selected_size: 'Selected size',
  used_storage: 'Used storage',
  protected_users: 'Protected users',
}
const reasons: Record<PeakUsage['reason'], string | null> = {
  peak: null,
  trial: 'Trial, not charged',
  own_storage: 'Own storage, not charged',
}

/** What there is to say beside the value, the shortest first. */
const noteOf = ({ reason, deleted_on, division }: PeakUsage): string =>
  [reasons[reason], deleted_on && `Deleted ${formatShortDay(deleted_on)}`, division && formatDivision(division)]
    .filter((part) => part !== null)
    .join(', ')

/** "12.5 GB", "3 users". */
export const formatMeasured = ({ quantity, unit }: Pick<PeakUsage, 'quantity' | 'unit'>) =>
  unit === 'GB'
    ? `${formatQuantity(quantity)} GB`
    : `${formatQuantity(quantity)} ${quantity === '1' ? 'user' : 'users'}`

/** Bytes as gigabytes of 10^9, all nine digits: by the text, since a division may lose one. */
function formatValue({ value, unit }: PeakUsage): string {
  if (unit === 'user') return formatCount(value)
  const digits = String(value).padStart(10, '0')
  return `${formatQuantity(`${digits.slice(0, -9)}.${digits.slice(-9)}`)} GB`
}

export const peakColumns = (month: string) =>
  column.columns([
    column.accessor('host_name', {
      header: 'Device',
      size: 130,
      enableHiding: false,
      cell: ({ getValue }) => getValue() ?? 'Erased device',
    }),
    column.accessor('customer', {
      header: 'End customer',
      size: 140,
      cell: ({ getValue }) => (
        <Link to="/t/$tenantId/details" params={{ tenantId: getValue().id }}>
          {getValue().name}
        </Link>
      ),
    }),
    column.accessor('site', { header: 'Site', size: 60, cell: ({ getValue }) => getValue()?.name ?? <NotSet /> }),
    column.accessor('offer', {
      header: 'Offer',
      size: 160,
      cell: ({ getValue }) => `${getValue().product} ${getValue().edition}`,
    }),
    column.accessor('value', {
      header: 'Highest',
      size: 105,
      meta: { align: 'end' },
      cell: ({ row }) => formatValue(row.original),
    }),
    column.accessor('peak_on', { header: 'On', size: 115, cell: ({ getValue }) => formatDay(getValue()) }),
    column.accessor('quantity', {
      header: 'Charged',
      size: 105,
      meta: { align: 'end' },
      cell: ({ row }) => formatMeasured(row.original),
    }),
    column.accessor('reason', {
      header: 'Note',
      size: 110,
      cell: ({ row }) => noteOf(row.original) || <NotSet />,
    }),
    column.accessor('charged_days', {
      header: 'Days with a value',
      size: 268,
      cell: ({ row }) => (
        <DayStrip days={row.original.days} chargedDays={row.original.charged_days} daysInMonth={daysOf(month)} />
      ),
    }),
  ])

import { Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { UsageUnit } from '../../api/types.ts'
import { formatDivision } from '../../format/division.ts'
import { formatQuantity } from '../../format/money.ts'
import { daysOf } from '../../format/month.ts'
import { columnsOf } from '../../grid/features.ts'
import { NotSet } from '../../ui/Facts.tsx'
import { DayStrip } from './DayStrip.tsx'

const column = columnsOf<UsageUnit>()

const reasons: Record<UsageUnit['reason'], string> = {
  standalone_device: 'Standalone device',
  trial: 'Trial, not charged',
}

export const usageColumns = (month: string) =>
  column.columns([
    column.accessor('host_name', {
      header: 'Device',
      size: 120,
      enableHiding: false,
      cell: ({ getValue }) => getValue() ?? 'Erased device',
    }),
    column.accessor('customer', {
      header: 'End customer',
      size: 145,
      cell: ({ getValue }) => (
        <Link to="/t/$tenantId/details" params={{ tenantId: getValue().id }}>
          {getValue().name}
        </Link>
      ),
    }),
    column.accessor('site', { header: 'Site', size: 75, cell: ({ getValue }) => getValue()?.name ?? <NotSet /> }),
    column.accessor('offer', {
      header: 'Offer',
      size: 155,
      cell: ({ getValue }) => `${getValue().product} ${getValue().edition}`,
    }),
    column.accessor('days', {
      header: 'Active days',
      size: 268,
      cell: ({ row }) => (
        <DayStrip days={row.original.days} chargedDays={row.original.charged_days} daysInMonth={daysOf(month)} />
      ),
    }),
    column.accessor('quantity', {
      header: 'Units',
      size: 80,
      meta: { align: 'end' },
      cell: ({ getValue }) => formatQuantity(getValue()),
    }),
    column.accessor('reason', {
      header: 'Why',
      size: 242,
      cell: ({ getValue, row }) => {
        const { division } = row.original
        return division === null ? (
          reasons[getValue()]
        ) : (
          <Text span size="xs">
            {formatDivision(division)}
          </Text>
        )
      },
    }),
  ])

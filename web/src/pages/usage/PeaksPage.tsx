import { useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import { type UsageFilter, usePeakTotals, usePeakUsage } from '../../api/billing.ts'
import { useInstance } from '../../api/session.ts'
import type { PeakTotal } from '../../api/types.ts'
import { formatCount, formatNumberOf } from '../../format/money.ts'
import { formatMonth, monthOf } from '../../format/month.ts'
import { Grid } from '../../grid/Grid.tsx'
import { toMonthSearch } from '../../search.ts'
import { TenantScreen } from '../../shell/TenantScreen.tsx'
import { useContextTenantId } from '../../shell/use-context-tenant.ts'
import { DownloadButton } from '../../ui/DownloadButton.tsx'
import { Empty } from '../../ui/Empty.tsx'
import { ListCount } from '../../ui/ListCount.tsx'
import { MonthPicker } from '../../ui/MonthPicker.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { Queried } from '../../ui/Queried.tsx'
import { SimpleTable } from '../../ui/SimpleTable.tsx'
import { formatMeasured, metricNames, peakColumns } from './peak-columns.tsx'

const totalColumns = [
  { key: 'offer', name: 'Offer', cell: ({ offer }: PeakTotal) => `${offer.product} ${offer.edition}` },
  { key: 'metric', name: 'Measured', cell: ({ metric }: PeakTotal) => metricNames[metric] },
  { key: 'customers', name: 'End customers', cell: (row: PeakTotal) => formatCount(row.customers) },
  { key: 'devices', name: 'Devices charged', cell: (row: PeakTotal) => formatCount(row.devices) },
  { key: 'free', name: 'Not charged', cell: (row: PeakTotal) => formatNumberOf(row.free_devices, 'device') },
  { key: 'quantity', name: 'Charged', align: 'end' as const, cell: (row: PeakTotal) => formatMeasured(row) },
]

/** What the peaks of the month come to, per offer. Nothing where nothing was measured: the grid below says so. */
function PeakTotals({ filter }: { filter: UsageFilter }) {
  const totals = usePeakTotals(filter)
  if (totals.data?.length === 0) return null
  return (
    <Panel>
      <Queried query={totals}>
        {(rows) => (
          <SimpleTable label="Totals per offer" columns={totalColumns} rows={rows} rowKey={({ offer }) => offer.id} />
        )}
      </Queried>
    </Panel>
  )
}

export function PeaksPage() {
  const tenantId = useContextTenantId()
  const search = useSearch({ from: '/signed-in/shell/t/$tenantId/peaks' })
  const navigate = useNavigate({ from: '/t/$tenantId/peaks' })
  const running = monthOf(useInstance().now)
  const month = search.month ?? running
  const filter = { month, tenant_id: tenantId }
  const peaks = usePeakUsage(filter)
  const columns = useMemo(() => peakColumns(month), [month])

  return (
    <TenantScreen
      title="Peaks"
      note={month === running ? `${formatMonth(month)}, month to date` : formatMonth(month)}
      fills
      actions={
        <>
          <MonthPicker
            month={month}
            latest={running}
            onChange={(next) => void navigate({ search: { month: next === running ? undefined : next } })}
          />
          <DownloadButton href={`/v1/usage/export?${new URLSearchParams(filter)}`}>Export to Excel</DownloadButton>
        </>
      }
    >
      <PeakTotals filter={filter} />
      <Grid
        label="Peaks"
        columns={columns}
        pages={peaks}
        rowKey={(peak) => `${peak.device_id} ${peak.offer.id}`}
        canPickColumns
        views={{
          grid: 'peaks',
          filters: { month: search.month },
          onApply: (filters) => void navigate({ search: toMonthSearch(filters) }),
        }}
        toolbar={<ListCount pages={peaks} format={(count) => formatNumberOf(count, 'device')} />}
        empty={
          <Empty>
            No device of a subscriber to a peak offer has a value in {formatMonth(month)}. One appears with the first
            that its agent reports.
          </Empty>
        }
      />
    </TenantScreen>
  )
}

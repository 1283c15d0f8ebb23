import { useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import { type UsageFilter, useUsage } from '../../api/billing.ts'
import { useInstance } from '../../api/session.ts'
import { formatNumberOf } from '../../format/money.ts'
import { formatMonth, monthOf } from '../../format/month.ts'
import { Grid } from '../../grid/Grid.tsx'
import { toMonthSearch } from '../../search.ts'
import { TenantScreen } from '../../shell/TenantScreen.tsx'
import { useContextTenantId } from '../../shell/use-context-tenant.ts'
import { DownloadButton } from '../../ui/DownloadButton.tsx'
import { Empty } from '../../ui/Empty.tsx'
import { ListCount } from '../../ui/ListCount.tsx'
import { MonthPicker } from '../../ui/MonthPicker.tsx'
import { UsageTotals } from './UsageTotals.tsx'
import { usageColumns } from './usage-columns.tsx'

const exportHref = (filter: UsageFilter) => `/v1/usage/export?${new URLSearchParams(filter)}`

export function UsagePage() {
  const tenantId = useContextTenantId()
  const search = useSearch({ from: '/signed-in/shell/t/$tenantId/usage' })
  const navigate = useNavigate({ from: '/t/$tenantId/usage' })
  const running = monthOf(useInstance().now)
  const month = search.month ?? running
  const filter = { month, tenant_id: tenantId }
  const usage = useUsage(filter)
  const columns = useMemo(() => usageColumns(month), [month])

  return (
    <TenantScreen
      title="Usage"
      note={month === running ? `${formatMonth(month)}, month to date` : formatMonth(month)}
      fills
      actions={
        <>
          <MonthPicker
            month={month}
            latest={running}
            onChange={(next) => void navigate({ search: { month: next === running ? undefined : next } })}
          />
          <DownloadButton href={exportHref(filter)}>Export to Excel</DownloadButton>
        </>
      }
    >
      <UsageTotals filter={filter} />
      <Grid
        label="Units"
        columns={columns}
        pages={usage}
        rowKey={(unit) => `${unit.device_id} ${unit.offer.id}`}
        canPickColumns
        views={{
          grid: 'usage',
          filters: { month: search.month },
          onApply: (filters) => void navigate({ search: toMonthSearch(filters) }),
        }}
        toolbar={<ListCount pages={usage} format={(count) => formatNumberOf(count, 'device')} />}
        empty={<Empty>No device was active in {formatMonth(month)}. A unit appears with its first signal.</Empty>}
      />
    </TenantScreen>
  )
}

import { Link } from '@tanstack/react-router'
import { useBillingRuns } from '../../api/billing.ts'
import type { BillingRun } from '../../api/types.ts'
import { formatMoment } from '../../format/date.ts'
import { formatCount } from '../../format/money.ts'
import { formatMonth } from '../../format/month.ts'
import { TenantScreen } from '../../shell/TenantScreen.tsx'
import { useContextTenantId } from '../../shell/use-context-tenant.ts'
import { Empty } from '../../ui/Empty.tsx'
import { NotSet } from '../../ui/Facts.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { Queried } from '../../ui/Queried.tsx'
import { SimpleTable } from '../../ui/SimpleTable.tsx'
import { State } from '../../ui/State.tsx'
import { RunMonth } from './RunMonth.tsx'

const columnsFor = (tenantId: string) => [
  {
    key: 'month',
    name: 'Month',
    cell: ({ month }: BillingRun) => (
      <Link to="/t/$tenantId/invoices" params={{ tenantId }} search={{ month }}>
        {formatMonth(month)}
      </Link>
    ),
  },
  { key: 'state', name: 'State', cell: ({ state }: BillingRun) => <State state={state} /> },
  { key: 'started', name: 'Started', cell: (run: BillingRun) => formatMoment(run.started_at) },
  {
    key: 'finished',
    name: 'Finished',
    cell: (run: BillingRun) => (run.finished_at ? formatMoment(run.finished_at) : <NotSet />),
  },
  { key: 'issued', name: 'Issued', align: 'end' as const, cell: (run: BillingRun) => formatCount(run.invoices_issued) },
  { key: 'draft', name: 'Drafts', align: 'end' as const, cell: (run: BillingRun) => formatCount(run.invoices_draft) },
]

/** One run closes a month for the whole tree. R-BILL-1. */
export function BillingRunsPage() {
  const tenantId = useContextTenantId()
  return (
    <TenantScreen title="Billing runs" note="One run closes a month for the whole tree" actions={<RunMonth />}>
      <Panel>
        <Queried query={useBillingRuns()}>
          {(runs) =>
            runs.length === 0 ? (
              <Empty>No month was billed yet. A month can be run once it is over.</Empty>
            ) : (
              <SimpleTable label="Billing runs" columns={columnsFor(tenantId)} rows={runs} rowKey={({ id }) => id} />
            )
          }
        </Queried>
      </Panel>
    </TenantScreen>
  )
}

import { Link } from '@tanstack/react-router'
import { useAuditEvents } from '../../api/audit.ts'
import type { AuditEvent, Tenant } from '../../api/types.ts'
import { formatMoment } from '../../format/date.ts'
import { Empty } from '../../ui/Empty.tsx'
import { ErrorPanel } from '../../ui/ErrorPanel.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { SimpleTable } from '../../ui/SimpleTable.tsx'
import { TextSkeleton } from '../../ui/TextSkeleton.tsx'
import { describeAction, nameActor } from '../audit/describe.ts'

const columns = [
  { key: 'at', name: 'When', cell: (event: AuditEvent) => formatMoment(event.at) },
  { key: 'action', name: 'What', cell: (event: AuditEvent) => describeAction(event.action) },
  { key: 'actor', name: 'Who', cell: nameActor },
]
const shownEvents = 5

/** The last changes of the tenant itself, and the way to all of them. */
export function HistoryPanel({ tenant }: { tenant: Tenant }) {
  const events = useAuditEvents({ tenant_id: tenant.id })
  const last = events.rows.slice(0, shownEvents)
  const all = (
    <Link to="/t/$tenantId/audit" params={{ tenantId: tenant.id }} search={{ only: 'tenant' }}>
      All changes
    </Link>
  )
  return (
    <Panel title="Last changes" actions={all}>
      {events.error ? <ErrorPanel error={events.error} onRetry={events.retry} /> : null}
      {events.isPending && <TextSkeleton lines={2} />}
      {!events.isPending && !events.error && last.length === 0 && <Empty>Nothing was changed here yet.</Empty>}
      {last.length > 0 && <SimpleTable label="Last changes" columns={columns} rows={last} rowKey={({ id }) => id} />}
    </Panel>
  )
}

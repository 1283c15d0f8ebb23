import { Link } from '@tanstack/react-router'
import { useInstance } from '../../api/session.ts'
import { useTrials } from '../../api/trials.ts'
import type { Trial } from '../../api/types.ts'
import { Empty } from '../../ui/Empty.tsx'
import { ErrorPanel } from '../../ui/ErrorPanel.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { SimpleTable } from '../../ui/SimpleTable.tsx'
import { TextSkeleton } from '../../ui/TextSkeleton.tsx'
import { describeDaysLeft, describeEnd, kindNames } from './describe.ts'

const shown = 5

/** On the overview: the trials that end in the next days. */
export function EndingSoonPanel({ tenantId }: { tenantId: string }) {
  const trials = useTrials({ tenant_id: tenantId, within_days: 7 }, shown)
  const { now } = useInstance()
  const columns = [
    { key: 'name', name: 'In trial', cell: ({ name }: Trial) => name },
    { key: 'kind', name: 'Kind', cell: ({ kind }: Trial) => kindNames[kind] },
    { key: 'tenant', name: 'Tenant', cell: ({ tenant_name }: Trial) => tenant_name },
    { key: 'end', name: 'Ends', cell: ({ ends_at }: Trial) => describeDaysLeft(ends_at, now) },
    { key: 'then', name: 'Then', cell: describeEnd },
  ]
  const all = (
    <Link to="/t/$tenantId/trials" params={{ tenantId }} search={{}}>
      All trials
    </Link>
  )
  return (
    <Panel title="Trials ending soon" note="Within 7 days" actions={all}>
      {trials.error ? <ErrorPanel error={trials.error} onRetry={trials.retry} /> : null}
      {trials.isPending && <TextSkeleton lines={2} />}
      {!trials.isPending && !trials.error && trials.rows.length === 0 && <Empty>No trial ends within 7 days.</Empty>}
      {trials.rows.length > 0 && (
        <SimpleTable
          label="Trials ending soon"
          columns={columns}
          rows={trials.rows.slice(0, shown)}
          rowKey={({ kind, id }) => `${kind} ${id}`}
        />
      )}
    </Panel>
  )
}

import { Select } from '@mantine/core'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { useMay } from '../../api/may.ts'
import { useInstance } from '../../api/session.ts'
import { useTrials } from '../../api/trials.ts'
import type { Trial } from '../../api/types.ts'
import { formatNumberOf } from '../../format/money.ts'
import { Grid } from '../../grid/Grid.tsx'
import { toTrialSearch } from '../../search.ts'
import { TenantScreen } from '../../shell/TenantScreen.tsx'
import { useContextTenantId } from '../../shell/use-context-tenant.ts'
import { Empty } from '../../ui/Empty.tsx'
import { ListCount } from '../../ui/ListCount.tsx'
import { kindNames } from './describe.ts'
import { EndTrialDialog } from './EndTrialDialog.tsx'
import { hiddenAtFirst, trialColumns } from './trial-columns.tsx'

const kinds = ['customer', 'subscription', 'device', 'license'] as const
const kindChoices = kinds.map((value) => ({ value, label: kindNames[value] }))
const soonChoices = [
  { value: '1', label: 'Ends within a day' },
  { value: '7', label: 'Ends within 7 days' },
  { value: '30', label: 'Ends within 30 days' },
]

/** Everything in trial at the tenant and below, what ends first first. R-TRIAL-2. */
export function TrialsPage() {
  const tenantId = useContextTenantId()
  const { kind, within_days: days } = useSearch({ from: '/signed-in/shell/t/$tenantId/trials' })
  const navigate = useNavigate({ from: '/t/$tenantId/trials' })
  const trials = useTrials({ tenant_id: tenantId, kind, within_days: days })
  const { now } = useInstance()
  const mayEnd = useMay('trials.edit')
  const [ending, setEnding] = useState<Trial | null>(null)
  const columns = useMemo(() => trialColumns({ now, mayEnd, onEnd: setEnding }), [now, mayEnd])

  return (
    <TenantScreen title="Trials" fills>
      <Grid
        label="Trials"
        columns={columns}
        pages={trials}
        rowKey={(trial) => `${trial.kind} ${trial.id}`}
        hidden={hiddenAtFirst}
        canPickColumns
        views={{
          grid: 'trials',
          filters: { kind, within_days: days === undefined ? undefined : String(days) },
          onApply: (filters) => void navigate({ search: toTrialSearch(filters), replace: true }),
        }}
        toolbar={
          <>
            <Select
              aria-label="Kind"
              placeholder="Any kind"
              clearable
              w={150}
              data={kindChoices}
              value={kind ?? null}
              onChange={(value) => void navigate({ search: toTrialSearch({ kind: value, within_days: days }) })}
            />
            <Select
              aria-label="End"
              placeholder="Any end"
              clearable
              w={190}
              data={soonChoices}
              value={days === undefined ? null : String(days)}
              onChange={(value) => void navigate({ search: toTrialSearch({ kind, within_days: value }) })}
            />
            <ListCount pages={trials} format={(count) => formatNumberOf(count, 'trial')} />
          </>
        }
        empty={
          <Empty>
            {kind || days
              ? 'Nothing that is in trial here fits these filters.'
              : 'Nothing is in trial here. Customers, subscriptions, devices and licenses may begin with one.'}
          </Empty>
        }
      />
      {ending && <EndTrialDialog trial={ending} onClose={() => setEnding(null)} />}
    </TenantScreen>
  )
}

import { useState } from 'react'
import { useRetention } from '../../api/keeping.ts'
import { useMay } from '../../api/may.ts'
import { TenantScreen } from '../../shell/TenantScreen.tsx'
import { useContextTenant } from '../../shell/use-context-tenant.ts'
import { Panel } from '../../ui/Panel.tsx'
import { Queried } from '../../ui/Queried.tsx'
import { SimpleTable } from '../../ui/SimpleTable.tsx'
import { DueDrawer } from './DueDrawer.tsx'
import { keepingColumns } from './keeping-columns.tsx'

/** What is kept for how long, and what of the tenant and of those below it goes within 30 days. R-KEEP-1. */
export function KeepingPage() {
  const tenant = useContextTenant().data
  return (
    <TenantScreen
      title="Keeping"
      note="Inactive records are kept for a time and then erased for good, whatever the billing says."
    >
      {tenant && <KeepingPanel key={tenant.id} tenantId={tenant.id} name={tenant.name} />}
    </TenantScreen>
  )
}

function KeepingPanel({ tenantId, name }: { tenantId: string; name: string }) {
  const retention = useRetention(tenantId)
  const may = useMay('keeping.edit')
  const [openedKind, setOpenedKind] = useState<string | null>(null)
  const opened = retention.data?.find(({ kind }) => kind === openedKind) ?? null
  return (
    <Panel title="What is kept, and for how long" note={`What goes is counted at ${name} and everything below it`}>
      <Queried query={retention}>
        {(rows) => (
          <SimpleTable
            label="Kinds of records"
            columns={keepingColumns(may, ({ kind }) => setOpenedKind(kind))}
            rows={rows}
            rowKey={({ kind }) => kind}
          />
        )}
      </Queried>
      <DueDrawer retention={opened} tenantId={tenantId} onClose={() => setOpenedKind(null)} />
    </Panel>
  )
}

import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { type AuditFilter, auditExportHref, useAuditEvents } from '../../api/audit.ts'
import type { AuditEvent } from '../../api/types.ts'
import { formatNumberOf } from '../../format/money.ts'
import { Grid } from '../../grid/Grid.tsx'
import { type AuditSearch, toAuditSearch } from '../../search.ts'
import { TenantScreen } from '../../shell/TenantScreen.tsx'
import { useContextTenantId } from '../../shell/use-context-tenant.ts'
import { DownloadButton } from '../../ui/DownloadButton.tsx'
import { Empty } from '../../ui/Empty.tsx'
import { ListCount } from '../../ui/ListCount.tsx'
import { AuditFilters } from './AuditFilters.tsx'
import { auditColumns, hiddenAtFirst } from './audit-columns.tsx'
import { EventDrawer } from './EventDrawer.tsx'

const dayMs = 24 * 60 * 60 * 1000
const startOf = (day: string) => `${day}T00:00:00Z`
const endOf = (day: string) => new Date(Date.parse(startOf(day)) + dayMs).toISOString()

/** Days of the page are moments of the API, half-open. */
const toFilter = (tenantId: string, { from, to, only, ...search }: AuditSearch): AuditFilter => ({
  ...search,
  ...(only === 'tenant' ? { tenant_id: tenantId } : { under_id: tenantId }),
  ...(from && { from: startOf(from) }),
  ...(to && { to: endOf(to) }),
})

const isFiltered = (search: AuditSearch) => Object.values(search).some(Boolean)

export function AuditPage() {
  const tenantId = useContextTenantId()
  const search = useSearch({ from: '/signed-in/shell/t/$tenantId/audit' })
  const navigate = useNavigate({ from: '/t/$tenantId/audit' })
  const events = useAuditEvents(toFilter(tenantId, search))
  const [opened, setOpened] = useState<AuditEvent | null>(null)
  const [columns] = useState(() => auditColumns(setOpened))
  const change = (next: AuditSearch) => void navigate({ search: (former) => ({ ...former, ...next }), replace: true })

  return (
    <TenantScreen
      title="Audit"
      note="Every change, sealed and signed. The export can be verified without this server."
      fills
      actions={<DownloadButton href={auditExportHref}>Export all you may see</DownloadButton>}
    >
      <Grid
        label="Changes"
        columns={columns}
        pages={events}
        rowKey={(event) => event.id}
        onOpen={setOpened}
        hidden={hiddenAtFirst}
        canPickColumns
        views={{
          grid: 'audit',
          filters: search,
          onApply: (filters) => void navigate({ search: toAuditSearch(filters), replace: true }),
        }}
        toolbar={
          <>
            <AuditFilters tenantId={tenantId} search={search} change={change} />
            <ListCount pages={events} format={(count) => formatNumberOf(count, 'change')} />
          </>
        }
        empty={<Empty>{isFiltered(search) ? 'No change fits these filters.' : 'Nothing was changed here yet.'}</Empty>}
      />
      <EventDrawer event={opened} onClose={() => setOpened(null)} />
    </TenantScreen>
  )
}

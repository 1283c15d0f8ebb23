import { Button, Select, TextInput } from '@mantine/core'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { type AuditFilter, auditExportHref, useAuditEvents } from '../../api/audit.ts'
import type { AuditEvent } from '../../api/types.ts'
import { formatNumberOf } from '../../format/money.ts'
import { toWords } from '../../format/word.ts'
import { Grid } from '../../grid/Grid.tsx'
import { type AuditSearch, toAuditSearch } from '../../search.ts'
import { TenantScreen } from '../../shell/TenantScreen.tsx'
import { useContextTenantId } from '../../shell/use-context-tenant.ts'
import { DownloadButton } from '../../ui/DownloadButton.tsx'
import { Empty } from '../../ui/Empty.tsx'
import { ListCount } from '../../ui/ListCount.tsx'
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

const kinds = [
  ...['tenant', 'user', 'session', 'offer', 'price', 'price_list', 'subscription', 'device', 'install_token'],
  ...['billing_run', 'invoice', 'view'],
]
const kindChoices = kinds.map((value) => ({ value, label: toWords(value) }))
const isFiltered = (search: AuditSearch) => Object.values(search).some(Boolean)

type FilterProps = { search: AuditSearch; change: (next: AuditSearch) => void }

function AuditFilters({ search, change }: FilterProps) {
  return (
    <>
      <Select
        aria-label="Kind of thing"
        placeholder="Any thing"
        clearable
        searchable
        w={150}
        data={kindChoices}
        value={search.object_kind ?? null}
        onChange={(value) => change({ object_kind: value ?? undefined })}
      />
      <Select
        aria-label="Whose"
        w={200}
        allowDeselect={false}
        data={[
          { value: 'below', label: 'With everything below' },
          { value: 'tenant', label: 'This tenant only' },
        ]}
        value={search.only ?? 'below'}
        onChange={(value) => change({ only: value === 'tenant' ? 'tenant' : undefined })}
      />
      <TextInput
        type="date"
        aria-label="From"
        w={140}
        value={search.from ?? ''}
        onChange={(event) => change({ from: event.currentTarget.value || undefined })}
      />
      <TextInput
        type="date"
        aria-label="To and with"
        w={140}
        value={search.to ?? ''}
        onChange={(event) => change({ to: event.currentTarget.value || undefined })}
      />
      {(search.object_id ?? search.actor_id) && (
        <Button variant="default" onClick={() => change({ object_id: undefined, actor_id: undefined })}>
          Show all things
        </Button>
      )}
    </>
  )
}

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
            <AuditFilters search={search} change={change} />
            <ListCount pages={events} format={(count) => formatNumberOf(count, 'change')} />
          </>
        }
        empty={<Empty>{isFiltered(search) ? 'No change fits these filters.' : 'Nothing was changed here yet.'}</Empty>}
      />
      <EventDrawer event={opened} onClose={() => setOpened(null)} />
    </TenantScreen>
  )
}

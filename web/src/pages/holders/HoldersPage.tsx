import { SegmentedControl } from '@mantine/core'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { useDomains, useGateways, useSubscribers } from '../../api/holders.ts'
import { useMay } from '../../api/may.ts'
import type { Pages } from '../../api/pages.ts'
import { formatNumberOf } from '../../format/money.ts'
import { Grid } from '../../grid/Grid.tsx'
import { toHolderSearch } from '../../search.ts'
import { TenantScreen } from '../../shell/TenantScreen.tsx'
import { useContextTenant, useContextTenantId } from '../../shell/use-context-tenant.ts'
import { Empty } from '../../ui/Empty.tsx'
import { ListCount } from '../../ui/ListCount.tsx'
import { SearchField } from '../../ui/SearchField.tsx'
import { AddHolder } from './AddHolder.tsx'
import { type HolderRow, holderColumns, type RegisterKind, registerNames, toRow } from './holder-columns.tsx'
import { RemoveHolder } from './RemoveHolder.tsx'

const kinds = Object.entries(registerNames).map(([value, { many }]) => ({ value, label: many }))
const isKind = (value: string): value is RegisterKind => value in registerNames

/** Subscribers, gateways and domains: what licenses are assigned to beside devices. R-LIC-1. */
export function HoldersPage() {
  const tenantId = useContextTenantId()
  const tenant = useContextTenant().data
  const { kind = 'subscriber', q } = useSearch({ from: '/signed-in/shell/t/$tenantId/holders' })
  const navigate = useNavigate({ from: '/t/$tenantId/holders' })
  const pages = useRegister(kind, { tenant_id: tenantId, ...(q !== undefined && { q }) })
  const mayManage = useMay('holders.manage')
  const [removing, setRemoving] = useState<HolderRow | null>(null)
  const columns = useMemo(() => holderColumns({ kind, onRemove: mayManage ? setRemoving : null }), [kind, mayManage])
  const names = registerNames[kind]

  return (
    <TenantScreen
      title="Subscribers, gateways, domains"
      fills
      actions={mayManage && tenant && <AddHolder key={kind} kind={kind} tenant={tenant} />}
    >
      <Grid
        key={`${tenantId} ${kind}`}
        label={names.many}
        columns={columns}
        pages={pages}
        rowKey={(row) => row.id}
        canPickColumns
        views={{
          grid: 'holders',
          filters: { q, kind },
          onApply: (filters) => void navigate({ search: toHolderSearch(filters), replace: true }),
        }}
        toolbar={
          <>
            <SegmentedControl
              aria-label="Register"
              size="xs"
              data={kinds}
              value={kind}
              onChange={(value) => {
                if (isKind(value)) void navigate({ search: { kind: value }, replace: true })
              }}
            />
            <SearchField
              label="Search by name"
              value={q ?? ''}
              onSearch={(text) =>
                void navigate({ search: (former) => ({ ...former, q: text || undefined }), replace: true })
              }
            />
            <ListCount pages={pages} format={(count) => formatNumberOf(count, names.one)} />
          </>
        }
        empty={<Empty>{q ? `No ${names.one} fits this search.` : names.none}</Empty>}
      />
      <RemoveHolder kind={kind} row={removing} onClose={() => setRemoving(null)} />
    </TenantScreen>
  )
}

/** Only the register that is shown is read. */
function useRegister(kind: RegisterKind, filter: { tenant_id: string; q?: string }): Pages<HolderRow> {
  const subscribers = useSubscribers(filter, kind === 'subscriber')
  const gateways = useGateways(filter, kind === 'gateway')
  const domains = useDomains(filter, kind === 'domain')
  const pages = { subscriber: subscribers, gateway: gateways, domain: domains }[kind]
  const rows = useMemo(() => pages.rows.map(toRow), [pages.rows])
  return { ...pages, rows }
}

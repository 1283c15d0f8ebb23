import { Select } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useNavigate, useSearch } from '@tanstack/react-router'
import type { SortingState } from '@tanstack/react-table'
import { useMay } from '../../api/may.ts'
import { useTenants } from '../../api/tenants.ts'
import type { TenantRef } from '../../api/types.ts'
import { formatNumberOf } from '../../format/money.ts'
import { levelNames } from '../../format/word.ts'
import { Grid } from '../../grid/Grid.tsx'
import { type TenantSearch, toTenantSearch } from '../../search.ts'
import { TenantScreen } from '../../shell/TenantScreen.tsx'
import { useContextTenant, useContextTenantId } from '../../shell/use-context-tenant.ts'
import { ButtonLink } from '../../ui/ButtonLink.tsx'
import { DownloadButton } from '../../ui/DownloadButton.tsx'
import { Empty } from '../../ui/Empty.tsx'
import { ListCount } from '../../ui/ListCount.tsx'
import { SearchField } from '../../ui/SearchField.tsx'
import { childLevels, levelsBelow } from './level.ts'
import { hiddenAtFirst, tenantColumns } from './tenant-columns.tsx'

/** The two orders that the server keeps an index for; a name of a column chooses one. */
const sorts = { name: 'name', created_at: '-created_at' } as const
const sortings: Record<'name' | '-created_at', SortingState> = {
  name: [{ id: 'name', desc: false }],
  '-created_at': [{ id: 'created_at', desc: true }],
}
const isSortable = (columnId: string): columnId is keyof typeof sorts => columnId in sorts

function AddButton({ tenant }: { tenant: TenantRef | undefined }) {
  const may = useMay('tenants.create')
  if (!may || !tenant || childLevels[tenant.level].length === 0) return null
  return (
    <ButtonLink
      to="/t/$tenantId/tenants/add"
      params={{ tenantId: tenant.id }}
      leftSection={<IconPlus aria-hidden size={16} />}
    >
      Add
    </ButtonLink>
  )
}

/** Export for all, import for who may create: its rows stand under the caller's own tenant. */
function FileButtons({ tenantId }: { tenantId: string }) {
  const may = useMay('tenants.create')
  return (
    <>
      {may && (
        <ButtonLink variant="default" to="/t/$tenantId/tenants/import" params={{ tenantId }}>
          Import
        </ButtonLink>
      )}
      <DownloadButton href={`/v1/tenants/export?under_id=${tenantId}`}>Export</DownloadButton>
    </>
  )
}

const isFiltered = ({ q, level, state }: TenantSearch) => Boolean(q ?? level ?? state)

const stateChoices = [
  { value: 'in_trial', label: 'Trial' },
  { value: 'production', label: 'Production' },
  { value: 'inactive', label: 'Inactive' },
  { value: 'deleted', label: 'Deleted' },
] as const

export function TenantsPage() {
  const tenantId = useContextTenantId()
  const tenant = useContextTenant().data
  const search = useSearch({ from: '/signed-in/shell/t/$tenantId/tenants' })
  const navigate = useNavigate({ from: '/t/$tenantId/tenants' })
  const sort = search.sort ?? 'name'
  const tenants = useTenants({ under_id: tenantId, q: search.q, level: search.level, state: search.state, sort })
  const change = (next: TenantSearch) => void navigate({ search: (former) => ({ ...former, ...next }), replace: true })
  const levels = tenant ? levelsBelow(tenant.level) : []

  return (
    <TenantScreen
      title="Tenants"
      fills
      actions={
        <>
          <FileButtons tenantId={tenantId} />
          <AddButton tenant={tenant} />
        </>
      }
    >
      <Grid
        key={tenantId}
        label="Tenants"
        columns={tenantColumns}
        pages={tenants}
        rowKey={(row) => row.id}
        onOpen={(row) => void navigate({ to: '/t/$tenantId/details', params: { tenantId: row.id } })}
        hidden={hiddenAtFirst}
        canPickColumns
        views={{
          grid: 'tenants',
          filters: { q: search.q, level: search.level, state: search.state },
          sort: { column: sortings[sort][0]?.id ?? 'name', descending: sort !== 'name' },
          onApply: (filters, order) =>
            void navigate({
              search: toTenantSearch({ ...filters, sort: order?.column === 'created_at' ? '-created_at' : undefined }),
              replace: true,
            }),
        }}
        sorting={sortings[sort]}
        onSort={(columnId) => isSortable(columnId) && change({ sort: sorts[columnId] })}
        toolbar={
          <>
            <SearchField
              label="Search by name"
              value={search.q ?? ''}
              onSearch={(text) => change({ q: text || undefined })}
            />
            <Select
              aria-label="Level"
              placeholder="Any level"
              clearable
              w={160}
              data={levels.map((value) => ({ value, label: levelNames[value] }))}
              value={search.level ?? null}
              onChange={(value) => change({ level: levels.find((known) => known === value) })}
            />
            <Select
              aria-label="State"
              placeholder="Any state"
              clearable
              w={140}
              data={stateChoices}
              value={search.state ?? null}
              onChange={(value) => change({ state: stateChoices.find((known) => known.value === value)?.value })}
            />
            <ListCount pages={tenants} format={(count) => formatNumberOf(count, 'tenant')} />
          </>
        }
        empty={
          isFiltered(search) ? (
            <Empty>No tenant fits this search.</Empty>
          ) : (
            <Empty action={<AddButton tenant={tenant} />}>
              There is no tenant below {tenant?.name ?? 'this one'} yet.
            </Empty>
          )
        }
      />
    </TenantScreen>
  )
}

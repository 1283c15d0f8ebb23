import { useNavigate, useSearch } from '@tanstack/react-router'
import type { SortingState } from '@tanstack/react-table'
import type { License, LicenseType } from '@tenantree/sdk'
import { useCallback, useMemo, useRef, useState } from 'react'
import { type LicenseFilter, useLicenseTypes } from '../../api/licenses.ts'
import { useMay } from '../../api/may.ts'
import type { Pages } from '../../api/pages.ts'
import { formatNumberOf } from '../../format/money.ts'
import { Grid } from '../../grid/Grid.tsx'
import { type LicenseSearch, toLicenseSearch } from '../../search.ts'
import { TenantScreen } from '../../shell/TenantScreen.tsx'
import { useContextTenant, useContextTenantId } from '../../shell/use-context-tenant.ts'
import { DownloadButton } from '../../ui/DownloadButton.tsx'
import { Empty } from '../../ui/Empty.tsx'
import { ErrorPanel } from '../../ui/ErrorPanel.tsx'
import { BuyButton } from '../orders/BuyButton.tsx'
import { BulkActions } from './BulkActions.tsx'
import { MoreLine, TypeHead } from './LicenseCells.tsx'
import { LicenseDrawer } from './LicenseDrawer.tsx'
import { LicenseFilters } from './LicenseFilters.tsx'
import { LicenseTiles } from './LicenseTiles.tsx'
import { hiddenAtFirst, licenseColumns } from './license-columns.tsx'
import { keyOf, type LicenseLine, nothingSelected, type Selection, toLines } from './license-rows.ts'
import { TicksContext } from './selection.ts'
import { TypeLicenses } from './TypeLicenses.tsx'

const sortings: Record<NonNullable<LicenseSearch['sort']> | 'type', SortingState> = {
  type: [],
  valid_until: [{ id: 'valid_until', desc: false }],
  '-valid_until': [{ id: 'valid_until', desc: true }],
}

const sumOf = (types: readonly LicenseType[]) => types.reduce((sum, { total }) => sum + total, 0)
const noTypes: LicenseType[] = []

export function LicensesPage() {
  const tenantId = useContextTenantId()
  return <LicensesOf key={tenantId} tenantId={tenantId} />
}

/** The grid of R-LIC-6. Types are heads; an open one loads its licenses as one scrolls. */
function LicensesOf({ tenantId }: { tenantId: string }) {
  const search = useSearch({ from: '/signed-in/shell/t/$tenantId/licenses' })
  const { sort = 'type', ...filters } = search
  const filter: LicenseFilter = { tenant_id: tenantId, ...filters }
  const types = useLicenseTypes(filter)
  const rows = types.data ?? noTypes
  const navigate = useNavigate({ from: '/t/$tenantId/licenses' })
  const canSelect = useMay('licenses.assign')
  const tenant = useContextTenant().data

  const [open, setOpen] = useState<ReadonlySet<string> | null>(null)
  // A single type that has licenses is open from the start.
  const having = rows.filter(({ total }) => total > 0)
  const opened = open ?? new Set(having.length === 1 ? having.map(({ offer }) => offer.id) : [])
  const [loaded, setLoaded] = useState<Record<string, Pages<License>>>({})
  const onLoaded = useCallback(
    (offerId: string, pages: Pages<License>) => setLoaded((former) => ({ ...former, [offerId]: pages })),
    [],
  )
  const [selection, setSelection] = useState<Selection>(nothingSelected)
  const [shown, setShown] = useState<License | null>(null)

  const total = useRef(0)
  total.current = sumOf(rows)
  const columns = useMemo(() => licenseColumns({ tenantId, total: () => total.current, onOpen: setShown }), [tenantId])
  const lines = useMemo(() => toLines(rows, opened, loaded), [rows, opened, loaded])
  const flip = (id: string) => {
    const next = new Set(opened)
    if (!next.delete(id)) next.add(id)
    setOpen(next)
  }
  const change = (next: LicenseSearch) => {
    setSelection(nothingSelected)
    void navigate({ search: (former) => toLicenseSearch({ ...former, ...next }), replace: true })
  }
  const ticks = useMemo(() => ({ selection, select: setSelection, canSelect }), [selection, canSelect])
  const pages: Pages<LicenseLine> = {
    rows: lines,
    isPending: types.isPending,
    isRefreshing: types.isPlaceholderData,
    error: types.error,
    hasMore: false,
    isLoadingMore: false,
    loadMore: () => {},
    retry: () => void types.refetch(),
  }
  const whole = (line: LicenseLine) => {
    if (line.kind === 'license') return null
    if (line.kind === 'more')
      return <MoreLine isBroken={line.isBroken} onLoad={() => loadMore(loaded[line.offerId], line.isBroken)} />
    const { offer } = line.type
    return <TypeHead type={line.type} isOpen={line.isOpen} onToggle={() => flip(offer.id)} product={offer.product} />
  }

  return (
    <TenantScreen
      title="Licenses"
      fills
      actions={
        <>
          <DownloadButton href={exportHref(filter)}>Export to Excel</DownloadButton>
          {tenant && <BuyButton tenant={tenant} />}
        </>
      }
    >
      {types.error && types.data && <ErrorPanel error={types.error} />}
      <LicenseTiles types={rows} isPending={types.isPending} />
      {[...opened].map((offerId) => (
        <TypeLicenses key={offerId} offerId={offerId} filter={filter} sort={sort} onLoaded={onLoaded} />
      ))}
      <TicksContext.Provider value={ticks}>
        <BulkActions selection={selection} filter={filter} onDone={() => setSelection(nothingSelected)} />
        <Grid
          label="Licenses"
          columns={columns}
          pages={pages}
          rowKey={keyOf}
          whole={whole}
          onOpen={(line) => {
            if (line.kind === 'license') setShown(line.license)
            else if (line.kind === 'type' && line.type.total > 0) flip(line.type.offer.id)
          }}
          hidden={hiddenAtFirst}
          canPickColumns
          sorting={sortings[sort]}
          onSort={(columnId) => {
            if (columnId === 'valid_until') change({ sort: sort === 'valid_until' ? '-valid_until' : 'valid_until' })
          }}
          views={{
            grid: 'licenses',
            filters,
            sort: sort === 'type' ? null : { column: 'valid_until', descending: sort === '-valid_until' },
            onApply: (kept, order) =>
              void navigate({
                search: toLicenseSearch({
                  ...kept,
                  sort: order && (order.descending ? '-valid_until' : 'valid_until'),
                }),
                replace: true,
              }),
          }}
          toolbar={
            <LicenseFilters search={search} onChange={change} count={formatNumberOf(total.current, 'license')} />
          }
          empty={<Empty>No offer that is sold in licenses is enabled for {tenant?.name ?? 'this tenant'} yet.</Empty>}
        />
      </TicksContext.Provider>
      <LicenseDrawer license={shown} tenantId={tenantId} onClose={() => setShown(null)} />
    </TenantScreen>
  )
}

const loadMore = (pages: Pages<License> | undefined, isBroken: boolean) =>
  isBroken ? pages?.retry() : pages?.loadMore()

const exportHref = (filter: LicenseFilter) =>
  `/v1/license-exports?${new URLSearchParams(
    Object.entries(filter).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )}`

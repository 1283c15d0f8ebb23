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
import { BrokenLine, TypeHead, WaitingLine } from './LicenseCells.tsx'
import { LicenseDrawer } from './LicenseDrawer.tsx'
import { LicenseFilters } from './LicenseFilters.tsx'
import { LicenseTiles } from './LicenseTiles.tsx'
import { hiddenAtFirst, licenseColumns } from './license-columns.tsx'
import { countOf, keyOf, type LicenseLine, nothingSelected, type Selection, toSections } from './license-rows.ts'
import { TicksContext } from './selection.ts'
import { useLicenseLines } from './use-license-lines.ts'

const sortings: Record<NonNullable<LicenseSearch['sort']> | 'type', SortingState> = {
  type: [],
  valid_until: [{ id: 'valid_until', desc: false }],
  '-valid_until': [{ id: 'valid_until', desc: true }],
}

const sumOf = (types: readonly LicenseType[]) => types.reduce((sum, { total }) => sum + total, 0)
const noTypes: LicenseType[] = []
const noLines: LicenseLine[] = []

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
  const rows = types.data?.types ?? noTypes
  const navigate = useNavigate({ from: '/t/$tenantId/licenses' })
  const canSelect = useMay('licenses.assign')
  const tenant = useContextTenant().data

  const [open, setOpen] = useState<ReadonlySet<string> | null>(null)
  // A single type that has licenses is open from the start.
  const having = rows.filter(({ total }) => total > 0)
  const single = having.length === 1 ? having[0]?.offer.id : undefined
  const opened = useMemo(() => open ?? new Set(single === undefined ? [] : [single]), [open, single])
  const [selection, setSelection] = useState<Selection>(nothingSelected)
  const [shown, setShown] = useState<License | null>(null)

  const total = useRef(0)
  total.current = sumOf(rows)
  const columns = useMemo(() => licenseColumns({ tenantId, total: () => total.current, onOpen: setShown }), [tenantId])
  const sections = useMemo(() => toSections(rows, opened), [rows, opened])
  // Until the counts of a changed filter are there the former rows stay, under the filter that they were counted by.
  const { lines, retry } = useLicenseLines(sections, { filter: types.data?.filter ?? filter, sort })
  const { whole, openLine } = useLineActions({ opened, setOpen, setShown, retry })
  const change = (next: LicenseSearch) => {
    setSelection(nothingSelected)
    void navigate({ search: (former) => toLicenseSearch({ ...former, ...next }), replace: true })
  }
  const ticks = useMemo(() => ({ selection, select: setSelection, canSelect }), [selection, canSelect])
  const pages: Pages<LicenseLine> = {
    rows: noLines,
    isPending: types.isPending,
    isRefreshing: types.isPlaceholderData,
    error: types.error,
    hasMore: false,
    isLoadingMore: false,
    loadMore: () => {},
    retry: () => void types.refetch(),
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
      <TicksContext.Provider value={ticks}>
        <Grid
          label="Licenses"
          columns={columns}
          pages={pages}
          lines={lines}
          rowKey={keyOf}
          whole={whole}
          onOpen={openLine}
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
          // What is done to the ticked stands where the filters were: nothing below moves away under the pointer.
          toolbar={
            countOf(selection) > 0 ? (
              <BulkActions selection={selection} filter={filter} onDone={() => setSelection(nothingSelected)} />
            ) : (
              <LicenseFilters search={search} onChange={change} count={formatNumberOf(total.current, 'license')} />
            )
          }
          empty={<Empty>No offer that is sold in licenses is enabled for {tenant?.name ?? 'this tenant'} yet.</Empty>}
        />
      </TicksContext.Provider>
      <LicenseDrawer license={shown} tenantId={tenantId} onClose={() => setShown(null)} />
    </TenantScreen>
  )
}

type Actions = {
  opened: ReadonlySet<string>
  setOpen: (open: ReadonlySet<string>) => void
  setShown: (license: License) => void
  retry: () => void
}

/** What the lines of the grid do, in functions that stay the same while one scrolls: rows that did not change are not drawn anew. */
function useLineActions(actions: Actions) {
  const current = useRef(actions)
  current.current = actions
  const flip = useCallback((id: string) => {
    const next = new Set(current.current.opened)
    if (!next.delete(id)) next.add(id)
    current.current.setOpen(next)
  }, [])
  const openLine = useCallback(
    (line: LicenseLine) => {
      if (line.kind === 'license') current.current.setShown(line.license)
      else if (line.kind === 'type' && line.type.total > 0) flip(line.type.offer.id)
    },
    [flip],
  )
  const whole = useCallback(
    (line: LicenseLine) => {
      if (line.kind === 'license') return null
      if (line.kind === 'waiting') return <WaitingLine />
      if (line.kind === 'broken') return <BrokenLine onRetry={() => current.current.retry()} />
      const { offer } = line.type
      return <TypeHead type={line.type} isOpen={line.isOpen} onToggle={() => flip(offer.id)} product={offer.product} />
    },
    [flip],
  )
  return { openLine, whole }
}

const exportHref = (filter: LicenseFilter) =>
  `/v1/license-exports?${new URLSearchParams(
    Object.entries(filter).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )}`

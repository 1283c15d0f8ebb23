import type { RowData, SortingState } from '@tanstack/react-table'
import { useTable } from '@tanstack/react-table'
import type { ReactNode } from 'react'
import type { Pages } from '../api/pages.ts'
import type { GridName, ViewDefinition } from '../api/views.ts'
import { ErrorPanel } from '../ui/ErrorPanel.tsx'
import { ColumnPicker } from './ColumnPicker.tsx'
import { features, type GridColumn } from './features.ts'
import classes from './Grid.module.css'
import { GridRows } from './GridRows.tsx'
import { type Lines, toLines } from './lines.ts'
import { ViewsMenu } from './ViewsMenu.tsx'
import { applyLayout, moveColumn, readLayout } from './view-layout.ts'

type Filters = Readonly<Record<string, string | undefined>>
type Sort = ViewDefinition['sort']

/** What a page lets the views of its grid keep beside the columns, and how it takes a view's filters and sort on. */
export type GridViews = {
  grid: GridName
  filters?: Filters
  sort?: Sort
  onApply?: (filters: Record<string, string>, sort: Sort) => void
}

type Props<Row extends RowData> = {
  label: string
  columns: GridColumn<Row>[]
  pages: Pages<Row>
  /** Lines that are not all loaded, in place of the rows of the pages. */
  lines?: Lines<Row>
  rowKey: (row: Row) => string
  onOpen?: (row: Row) => void
  /** What is shown instead of cells, over the whole width: the head of a group. null: the row has cells. */
  whole?: (row: Row) => ReactNode | null
  toolbar?: ReactNode
  empty: ReactNode
  sorting?: SortingState
  onSort?: (columnId: string) => void
  hidden?: Record<string, boolean>
  canPickColumns?: boolean
  views?: GridViews
}

const toFilters = (filters: Filters = {}): ViewDefinition['filters'] =>
  Object.entries(filters).flatMap(([name, value]) => (value ? [{ name, value }] : []))

const noSorting: SortingState = []
const noRows: never[] = []
const nothingHidden: Record<string, boolean> = {}

/** A list of any length with a toolbar. The server sorts and filters; the grid shows what was loaded so far. */
export function Grid<Row extends RowData & object>(props: Props<Row>) {
  const { label, columns, pages, rowKey, sorting = noSorting, hidden = nothingHidden } = props
  const table = useTable({
    features,
    columns,
    // Rows are made one by one as they come into sight.
    data: noRows,
    getRowId: rowKey,
    manualSorting: true,
    columnResizeMode: 'onChange',
    defaultColumn: { size: 140, minSize: 60, maxSize: 600, enableSorting: false },
    initialState: { columnVisibility: hidden },
    state: { sorting },
  })
  const { views } = props
  const order = table.getAllLeafColumns()
  const read = (): ViewDefinition => ({
    columns: readLayout(table),
    filters: toFilters(views?.filters),
    sort: views?.sort ?? null,
  })
  const apply = (view: ViewDefinition | null) => {
    applyLayout(table, view?.columns ?? [], hidden)
    const filters = Object.fromEntries((view?.filters ?? []).map(({ name, value }) => [name, value]))
    views?.onApply?.(filters, view?.sort ?? null)
  }
  const move = (id: string, step: 1 | -1) =>
    table.setColumnOrder(
      moveColumn(
        order.map((column) => column.id),
        id,
        step,
      ),
    )
  return (
    <section className={classes.grid} aria-label={label}>
      {(props.toolbar || props.canPickColumns) && (
        <div className={classes.toolbar}>
          {props.toolbar}
          <div className={classes.tools}>
            {views && <ViewsMenu grid={views.grid} read={read} apply={apply} />}
            {props.canPickColumns && <ColumnPicker columns={order} onMove={move} />}
          </div>
        </div>
      )}
      {pages.error ? (
        <div className={classes.message}>
          <ErrorPanel error={pages.error} onRetry={pages.retry} />
        </div>
      ) : (
        <GridRows
          label={label}
          table={table}
          pages={pages}
          lines={props.lines ?? toLines(pages)}
          rowKey={rowKey}
          onOpen={props.onOpen}
          whole={props.whole}
          onSort={props.onSort}
          empty={props.empty}
        />
      )}
    </section>
  )
}

import type { RowData, SortingState } from '@tanstack/react-table'
import { useTable } from '@tanstack/react-table'
import type { ReactNode } from 'react'
import type { Pages } from '../api/pages.ts'
import { ErrorPanel } from '../ui/ErrorPanel.tsx'
import { ColumnPicker } from './ColumnPicker.tsx'
import { features, type GridColumn } from './features.ts'
import classes from './Grid.module.css'
import { GridRows } from './GridRows.tsx'

type Props<Row extends RowData> = {
  label: string
  columns: GridColumn<Row>[]
  pages: Pages<Row>
  rowKey: (row: Row) => string
  onOpen?: (row: Row) => void
  toolbar?: ReactNode
  empty: ReactNode
  sorting?: SortingState
  onSort?: (columnId: string) => void
  hidden?: Record<string, boolean>
  canPickColumns?: boolean
}

const noSorting: SortingState = []
const nothingHidden: Record<string, boolean> = {}

/** A list of any length with a toolbar. The server sorts and filters; the grid shows what was loaded so far. */
export function Grid<Row extends RowData>(props: Props<Row>) {
  const { label, columns, pages, rowKey, sorting = noSorting, hidden = nothingHidden } = props
  const table = useTable({
    features,
    columns,
    data: pages.rows,
    getRowId: rowKey,
    manualSorting: true,
    columnResizeMode: 'onChange',
    defaultColumn: { size: 140, minSize: 60, maxSize: 600, enableSorting: false },
    initialState: { columnVisibility: hidden },
    state: { sorting },
  })
  return (
    <section className={classes.grid} aria-label={label}>
      {(props.toolbar || props.canPickColumns) && (
        <div className={classes.toolbar}>
          {props.toolbar}
          {props.canPickColumns && <ColumnPicker columns={table.getAllLeafColumns()} />}
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
          onOpen={props.onOpen}
          onSort={props.onSort}
          empty={props.empty}
        />
      )}
    </section>
  )
}

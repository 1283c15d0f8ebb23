import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import type { ReactTable, RowData } from '@tanstack/react-table'
import type { GridFeatures } from './features.ts'
import classes from './Grid.module.css'
import { cellStyle } from './size.ts'

type Props<Row extends RowData> = { table: ReactTable<GridFeatures, Row>; onSort?: (columnId: string) => void }

const sortNames = { asc: 'ascending', desc: 'descending' } as const

/** The head of a grid: stays in sight; a sortable name is a button; the edge of a column can be dragged. */
export function GridHead<Row extends RowData>({ table, onSort }: Props<Row>) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: table elements would lose their layout to the virtual rows
    <div role="rowgroup" className={classes.head}>
      {table.getHeaderGroups().map((group) => (
        // biome-ignore lint/a11y/useFocusableInteractive: a head row is not to be focused
        // biome-ignore lint/a11y/useSemanticElements: see above
        <div key={group.id} role="row" aria-rowindex={1} className={classes.headRow}>
          {group.headers.map((header) => {
            const sorted = header.column.getIsSorted()
            const canSort = onSort !== undefined && header.column.getCanSort()
            return (
              // biome-ignore lint/a11y/useFocusableInteractive: its button is focused where it can be sorted
              // biome-ignore lint/a11y/useSemanticElements: see above
              <div
                key={header.id}
                role="columnheader"
                className={classes.headCell}
                aria-sort={sorted ? sortNames[sorted] : undefined}
                style={cellStyle(header.column)}
              >
                {canSort ? (
                  <button type="button" className={classes.sort} onClick={() => onSort(header.column.id)}>
                    <table.FlexRender header={header} />
                    {sorted === 'asc' && <IconArrowUp aria-hidden size={13} />}
                    {sorted === 'desc' && <IconArrowDown aria-hidden size={13} />}
                  </button>
                ) : (
                  <table.FlexRender header={header} />
                )}
                <span
                  aria-hidden
                  className={classes.edge}
                  onMouseDown={header.getResizeHandler()}
                  onTouchStart={header.getResizeHandler()}
                  onDoubleClick={() => header.column.resetSize()}
                />
              </div>
            )
          })}
        </div>
      ))}
    </div>
  )
}

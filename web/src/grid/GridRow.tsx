import { FlexRender, type RowData, type Row as TableRow } from '@tanstack/react-table'
import { type MouseEvent, memo, type ReactNode } from 'react'
import type { GridFeatures } from './features.ts'
import classes from './Grid.module.css'
import { cellStyle } from './size.ts'

type Props<Row extends RowData> = {
  row: TableRow<GridFeatures, Row>
  index: number
  start: number
  /** Columns, widths and which are shown: what a row looks at beside its own. */
  layout: readonly unknown[]
  onOpen?: (row: Row) => void
  whole?: (row: Row) => ReactNode | null
}

/** A click anywhere on the row opens it; the link in its first cell does the same for the keyboard. */
function PlainGridRow<Row extends RowData>({ row, index, start, onOpen, whole }: Props<Row>) {
  const open = (event: MouseEvent) => {
    if (onOpen && !isInControl(event)) onOpen(row.original)
  }
  const head = whole?.(row.original) ?? null
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the link in the row has the focus
    // biome-ignore lint/a11y/useSemanticElements: table elements would lose their layout to the virtual rows
    // biome-ignore lint/a11y/useKeyWithClickEvents: the link in the row has the keys
    <div
      role="row"
      aria-rowindex={index + 2}
      className={classes.row}
      data-opens={onOpen ? true : undefined}
      data-whole={head === null ? undefined : true}
      style={{ transform: `translateY(${start}px)` }}
      onClick={open}
    >
      {head === null ? (
        row.getVisibleCells().map((cell) => (
          // biome-ignore lint/a11y/useSemanticElements: see above
          <div key={cell.id} role="cell" className={classes.cell} style={cellStyle(cell.column)}>
            <FlexRender cell={cell} />
          </div>
        ))
      ) : (
        // biome-ignore lint/a11y/useSemanticElements: see above
        <div role="cell" aria-colspan={row.getVisibleCells().length} className={classes.whole}>
          {head}
        </div>
      )}
    </div>
  )
}

/** A click on a link, a button or a box to tick in the row is not a click on the row. */
const isInControl = (event: MouseEvent) =>
  event.target instanceof Element && event.target.closest('a, button, input, label') !== null

/** While one scrolls only the rows that come into sight are made: the others are told apart by what they show, not by who made them. */
export const GridRow = memo(
  PlainGridRow,
  (before, after) =>
    before.row === after.row &&
    before.index === after.index &&
    before.start === after.start &&
    before.onOpen === after.onOpen &&
    before.whole === after.whole &&
    before.layout.every((part, at) => part === after.layout[at]),
) as typeof PlainGridRow

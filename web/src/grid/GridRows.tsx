import { Skeleton } from '@mantine/core'
import type { ReactTable, RowData, Row as TableRow } from '@tanstack/react-table'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type MouseEvent, type ReactNode, useEffect, useRef } from 'react'
import type { Pages } from '../api/pages.ts'
import type { GridFeatures } from './features.ts'
import classes from './Grid.module.css'
import { GridHead } from './GridHead.tsx'
import { cellStyle } from './size.ts'

const rowHeight = 38
const loadAheadRows = 20

type Props<Row extends RowData> = {
  label: string
  table: ReactTable<GridFeatures, Row>
  pages: Pages<Row>
  onOpen?: (row: Row) => void
  whole?: (row: Row) => ReactNode | null
  onSort?: (columnId: string) => void
  empty: ReactNode
}

/** Rows of 38 px under a head that stays; only those in sight are in the page, more are loaded ahead of the scroll. */
export function GridRows<Row extends RowData>(props: Props<Row>) {
  const { label, table, pages, onOpen, whole, onSort, empty } = props
  const rows = table.getRowModel().rows
  const scrollRef = useRef<HTMLDivElement>(null)
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scrollRef.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => rows[index]?.id ?? index,
    overscan: 12,
  })
  const items = virtualizer.getVirtualItems()
  useLoadAhead(pages, items.at(-1)?.index)

  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section ref={scrollRef} className={classes.scroll} tabIndex={0} aria-label="Rows">
      {/* biome-ignore lint/a11y/useSemanticElements: table elements would lose their layout to the virtual rows */}
      <div
        role="table"
        aria-label={label}
        aria-rowcount={pages.hasMore ? -1 : rows.length + 1}
        className={classes.table}
      >
        <GridHead table={table} onSort={onSort} />
        {/* biome-ignore lint/a11y/useSemanticElements: see above */}
        <div
          role="rowgroup"
          className={classes.body}
          data-refreshing={pages.isRefreshing || undefined}
          style={{ height: pages.isPending ? undefined : virtualizer.getTotalSize() }}
        >
          {pages.isPending && <WaitingRows />}
          {items.map((item) => {
            const row = rows[item.index]
            return row && <GridRow key={item.key} table={table} row={row} place={item} onOpen={onOpen} whole={whole} />
          })}
        </div>
      </div>
      {!pages.isPending && rows.length === 0 && <div className={classes.message}>{empty}</div>}
    </section>
  )
}

type RowProps<Row extends RowData> = {
  table: ReactTable<GridFeatures, Row>
  row: TableRow<GridFeatures, Row>
  place: { index: number; start: number }
  onOpen?: (row: Row) => void
  whole?: (row: Row) => ReactNode | null
}

/** A click anywhere on the row opens it; the link in its first cell does the same for the keyboard. */
function GridRow<Row extends RowData>({ table, row, place, onOpen, whole }: RowProps<Row>) {
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
      aria-rowindex={place.index + 2}
      className={classes.row}
      data-opens={onOpen ? true : undefined}
      data-whole={head === null ? undefined : true}
      style={{ transform: `translateY(${place.start}px)` }}
      onClick={open}
    >
      {head === null ? (
        row.getVisibleCells().map((cell) => (
          // biome-ignore lint/a11y/useSemanticElements: see above
          <div key={cell.id} role="cell" className={classes.cell} style={cellStyle(cell.column)}>
            <table.FlexRender cell={cell} />
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

function useLoadAhead<Row>(pages: Pages<Row>, lastIndex: number | undefined) {
  const isNear = lastIndex !== undefined && lastIndex >= pages.rows.length - loadAheadRows
  const { loadMore } = pages
  // biome-ignore lint/correctness/useExhaustiveDependencies: only more rows or a further scroll ask for more
  useEffect(() => {
    if (isNear) loadMore()
  }, [isNear, pages.rows.length, pages.hasMore])
}

const waitingKeys = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
const WaitingRows = () =>
  waitingKeys.map((key, index) => (
    <div key={key} aria-hidden className={classes.waiting}>
      <Skeleton height={10} width={`${60 - ((index * 13) % 30)}%`} />
    </div>
  ))

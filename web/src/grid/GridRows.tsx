import { Skeleton } from '@mantine/core'
import { constructRow, type ReactTable, type RowData, type Row as TableRow } from '@tanstack/react-table'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, useCallback, useEffect, useRef, useState } from 'react'
import type { Pages } from '../api/pages.ts'
import type { GridFeatures } from './features.ts'
import classes from './Grid.module.css'
import { GridHead } from './GridHead.tsx'
import { GridRow } from './GridRow.tsx'
import type { Lines } from './lines.ts'

const rowHeight = 38

type Props<Row extends RowData> = {
  label: string
  table: ReactTable<GridFeatures, Row>
  pages: Pages<Row>
  lines: Lines<Row>
  rowKey: (row: Row) => string
  onOpen?: (row: Row) => void
  whole?: (row: Row) => ReactNode | null
  onSort?: (columnId: string) => void
  empty: ReactNode
}

/** Rows of 38 px under a head that stays; only those in sight are in the page, and only those are made at all. */
export function GridRows<Row extends RowData & object>(props: Props<Row>) {
  const { label, table, pages, lines, onOpen, whole, onSort, empty } = props
  const { count, onWindow } = lines
  const rowOf = useRows(table, props.rowKey)
  const scrollRef = useRef<HTMLDivElement>(null)
  const virtualizer = useVirtualizer({
    count,
    getScrollElement: useCallback(() => scrollRef.current, []),
    estimateSize: useCallback(() => rowHeight, []),
    overscan: 12,
  })
  const items = virtualizer.getVirtualItems()
  const [first = 0, last = -1] = [items[0]?.index, items.at(-1)?.index]
  useEffect(() => {
    if (last >= 0) onWindow?.(first, last)
  }, [first, last, onWindow])
  const layout = [table.options.columns, table.state]

  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section ref={scrollRef} className={classes.scroll} tabIndex={0} aria-label="Rows">
      {/* biome-ignore lint/a11y/useSemanticElements: table elements would lose their layout to the virtual rows */}
      <div role="table" aria-label={label} aria-rowcount={pages.hasMore ? -1 : count + 1} className={classes.table}>
        <GridHead table={table} onSort={onSort} />
        {/* biome-ignore lint/a11y/useSemanticElements: see above */}
        <div
          role="rowgroup"
          className={classes.body}
          data-refreshing={pages.isRefreshing || undefined}
          style={{ height: pages.isPending ? undefined : virtualizer.getTotalSize() }}
        >
          {pages.isPending && <WaitingRows />}
          {items.map(({ index, start }) => {
            if (index >= count) return null
            const row = rowOf(lines.at(index), index)
            return <GridRow key={lines.byPlace ? index : row.id} {...{ row, index, start, layout, onOpen, whole }} />
          })}
        </div>
      </div>
      {!pages.isPending && count === 0 && <div className={classes.message}>{empty}</div>}
    </section>
  )
}

/** A row of the table for a line, made when it comes into sight and kept for as long as what it shows: the table itself never holds a list. */
function useRows<Row extends RowData & object>(table: ReactTable<GridFeatures, Row>, rowKey: (row: Row) => string) {
  const [kept] = useState(() => ({ table, rows: new WeakMap<Row, TableRow<GridFeatures, Row>>() }))
  return (line: Row, index: number): TableRow<GridFeatures, Row> => {
    const known = kept.rows.get(line)
    if (known) return known
    const made = constructRow(kept.table, rowKey(line), line, index, 0)
    kept.rows.set(line, made)
    return made
  }
}

const waitingKeys = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
const WaitingRows = () =>
  waitingKeys.map((key, index) => (
    <div key={key} aria-hidden className={classes.waiting}>
      <Skeleton height={10} width={`${60 - ((index * 13) % 30)}%`} />
    </div>
  ))

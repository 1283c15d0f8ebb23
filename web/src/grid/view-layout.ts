import type { ViewDefinition } from '../api/views.ts'

type Columns = ViewDefinition['columns']
type LaidOut = {
  getAllLeafColumns: () => { id: string; getIsVisible: () => boolean }[]
  state: { columnSizing: Record<string, number> }
  setColumnOrder: (order: string[]) => void
  setColumnVisibility: (visibility: Record<string, boolean>) => void
  setColumnSizing: (sizing: Record<string, number>) => void
}

/** How a grid's columns stand: their order, which are shown, and the widths that were changed. */
export const readLayout = (table: LaidOut): Columns =>
  table.getAllLeafColumns().map((column) => {
    const width = table.state.columnSizing[column.id]
    return { id: column.id, visible: column.getIsVisible(), width: width === undefined ? null : Math.round(width) }
  })

/** Columns that the view does not name stay as they usually are, after the others. */
export function applyLayout(table: LaidOut, columns: Columns, hidden: Record<string, boolean>): void {
  table.setColumnOrder(columns.map((column) => column.id))
  table.setColumnVisibility({ ...hidden, ...Object.fromEntries(columns.map(({ id, visible }) => [id, visible])) })
  table.setColumnSizing(
    Object.fromEntries(columns.flatMap(({ id, width }) => (width === null ? [] : [[id, width] as const]))),
  )
}

/** The order of the columns after one of them went a step up or down. */
export function moveColumn(order: readonly string[], id: string, step: 1 | -1): string[] {
  const from = order.indexOf(id)
  const to = from + step
  if (from < 0 || to < 0 || to >= order.length) return [...order]
  return order.toSpliced(from, 1).toSpliced(to, 0, id)
}

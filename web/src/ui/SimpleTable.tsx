import type { ReactNode } from 'react'
import { type Align, alignStyle } from './align.ts'
import { SideScroll } from './SideScroll.tsx'
import classes from './SimpleTable.module.css'

export type SimpleColumn<Row> = { key: string; name: string; align?: Align; cell: (row: Row) => ReactNode }
type Props<Row> = {
  label: string
  columns: readonly SimpleColumn<Row>[]
  rows: readonly Row[]
  rowKey: (row: Row) => string
}

/** A short list that is shown whole. Long ones use the grid, which is virtual. */
export function SimpleTable<Row>({ label, columns, rows, rowKey }: Props<Row>) {
  return (
    <SideScroll label={label}>
      <table className={classes.table} aria-label={label}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.key} scope="col" style={alignStyle(column.align)}>
                {column.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)}>
              {columns.map((column) => (
                <td key={column.key} style={alignStyle(column.align)}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </SideScroll>
  )
}

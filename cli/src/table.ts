import { printable } from './terminal.ts'

export type Column<Row> = {
  title: string
  value: (row: Row) => string | number | null | undefined
}

// By character, not by UTF-16 unit, so that a name with an emoji does not push its row aside.
const widthOf = (text: string) => [...text].length

const none = '-'
const isNumber = (text: string) => /^-?[\d.,]+$/.test(text)

const pad = (text: string, width: number, right: boolean) => {
  const space = ' '.repeat(Math.max(0, width - widthOf(text)))
  return right ? space + text : text + space
}

/** Rows as aligned columns, numbers to the right. Nothing is cut or wrapped. An empty value is a dash. */
export function toTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const cells = rows.map((row) => columns.map((column) => printable(String(column.value(row) ?? '')) || none))
  const lines = [columns.map((column) => column.title), ...cells]
  const layout = columns.map((_, index) => {
    const column = cells.map((line) => line[index] ?? none)
    return {
      width: Math.max(...lines.map((line) => widthOf(line[index] ?? ''))),
      right: column.some(isNumber) && column.every((cell) => isNumber(cell) || cell === none),
    }
  })
  return lines
    .map((line) => line.map((cell, index) => pad(cell, layout[index]?.width ?? 0, layout[index]?.right ?? false)))
    .map((line) => line.join('  ').trimEnd())
    .join('\n')
}

/** Names and values, one a line. */
export const toList = (entries: readonly (readonly [name: string, value: string | null])[]): string => {
  const width = Math.max(...entries.map(([name]) => widthOf(name)))
  return entries.map(([name, value]) => `${pad(name, width, false)}  ${printable(value ?? '') || none}`).join('\n')
}

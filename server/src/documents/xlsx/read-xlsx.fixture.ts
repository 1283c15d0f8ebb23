import { read, utils } from '@e965/xlsx'

/** The cells of a sheet as another library reads them: `t` is `n` for numbers and `s` for text, `f` a formula. */
export function readSheet(bytes: Uint8Array, name: string) {
  const sheet = read(bytes, { cellNF: true, cellFormula: true, cellStyles: true }).Sheets[name]
  if (sheet === undefined) throw new Error(`no sheet ${name}`)
  const range = utils.decode_range(sheet['!ref'] ?? 'A1')
  return Array.from({ length: range.e.r + 1 }, (_, row) =>
    Array.from({ length: range.e.c + 1 }, (_, column) => {
      const cell: unknown = sheet[utils.encode_cell({ r: row, c: column })]
      return isCell(cell) ? cell : null
    }),
  )
}

type ReadCell = { t: string; v?: unknown; z?: unknown; f?: unknown; w?: string }
const isCell = (cell: unknown): cell is ReadCell => typeof cell === 'object' && cell !== null && 't' in cell

/** The bare values of a sheet, without the rows that hold none. */
export const readValues = (bytes: Uint8Array, name: string) =>
  readSheet(bytes, name)
    .map((row) => row.map((cell) => cell?.v ?? null))
    .filter((row) => row.some((value) => value !== null))

import { Writable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { type Row, type Style, WorkbookWriter, type WorksheetWriter } from '@cj-tech-master/excelts'
import { isFormulaLike } from '../domain.ts'
import type { Cell } from './cells.ts'

export type Sheet = {
  /** Adds a row. Gives way to other work now and then, so that a long export does not hold up requests. */
  add(cells: readonly Cell[], weight?: 'strong'): Promise<void>
}

/** No sheet of Excel has more rows. */
const maxRows = 1_048_576
const rowsPerTurn = 500

/** Opens a file that is compressed while rows come in. `createdAt` is passed in, as all time is. */
export function openWorkbook(createdAt: string) {
  const chunks: Uint8Array[] = []
  const stream = new Writable({
    write(chunk: Uint8Array, _encoding, done) {
      chunks.push(chunk)
      done()
    },
  })
  const workbook = new WorkbookWriter({ stream, created: new Date(createdAt), useStyles: true, useSharedStrings: true })
  return {
    /** Adds a sheet with columns of the widths, in characters. The first `frozenRows` stay in view. */
    addSheet: (name: string, widths: readonly number[], frozenRows = 0): Sheet => {
      const views = frozenRows === 0 ? [] : [{ state: 'frozen' as const, ySplit: frozenRows }]
      const pageSetup = { orientation: 'landscape' as const, fitToPage: true, fitToWidth: 1, fitToHeight: 0 }
      const sheet = workbook.addWorksheet(name, { views, pageSetup })
      sheet.columns = widths.map((width) => ({ width }))
      return openSheet(sheet)
    },
    finish: async (): Promise<Uint8Array> => {
      await workbook.commit()
      return Buffer.concat(chunks)
    },
  }
}

function openSheet(sheet: WorksheetWriter): Sheet {
  let rows = 0
  return {
    add: async (cells, weight) => {
      rows += 1
      if (rows > maxRows) throw new Error(`Sheet ${sheet.name} is full: Excel holds ${maxRows} rows`)
      writeRow(sheet.addRow([]), cells, weight === 'strong')
      if (rows % rowsPerTurn === 0) await setImmediate()
    },
  }
}

function writeRow(row: Row, cells: readonly Cell[], isStrong: boolean) {
  for (const [index, content] of cells.entries()) {
    if (content === null) continue
    const { value, format, align } = toLook(content)
    const cell = row.getCell(index + 1)
    cell.value = value
    cell.style = toStyle(format, align, isStrong)
  }
  row.commit()
}

type Look = { value: string | number; format: string; align: Align }
type Align = 'left' | 'right' | null

/** The text format keeps Excel from reading text as a formula when somebody edits the cell later. R-ACT-6. */
function toLook(content: NonNullable<Cell>): Look {
  if (typeof content === 'string') {
    return { value: toXmlText(content), format: isFormulaLike(content) ? '@' : 'General', align: null }
  }
  if ('title' in content) return { value: content.title, format: 'General', align: 'right' }
  return { value: content.number, format: content.format, align: content.align ?? null }
}

/** The writer looks a style up by its object first: one object per look makes a long export twice as fast. */
const styles = new Map<string, Partial<Style>>()

function toStyle(numFmt: string, align: Align, isStrong: boolean) {
  const key = `${numFmt} ${align} ${isStrong}`
  const style = styles.get(key) ?? {
    numFmt,
    ...(align && { alignment: { horizontal: align } }),
    ...(isStrong && { font: { name: 'Calibri', size: 11, bold: true } }),
  }
  styles.set(key, style)
  return style
}

/** XML 1.0 has no way to write the other control characters. */
const toXmlText = (text: string) => text.toWellFormed().replace(/[^\P{Cc}\t\n\r]|[\uFFFE\uFFFF]/gu, ' ')

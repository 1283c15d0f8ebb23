import { InvalidArgumentError, Option } from 'commander'
import { type Column, toTable } from './table.ts'
import { remark, say, type Terminal } from './terminal.ts'

export type ListOptions = { json?: boolean | undefined; limit: number; all?: boolean | undefined }

const toLimit = (text: string) => {
  const limit = Number(text)
  if (!Number.isInteger(limit) || limit < 1) throw new InvalidArgumentError('It has to be a whole number from 1.')
  return limit
}

export const listOptions = () => [
  new Option('--limit <rows>', 'show at most so many rows').argParser(toLimit).default(100),
  new Option('--all', 'show all rows'),
]

/** A page as large as what is wanted, so that a short list takes one request. */
export const pageSize = ({ limit, all }: ListOptions) => (all ? 500 : Math.min(500, limit + 1))

async function take<Row>(rows: AsyncIterable<Row>, limit: number) {
  const taken: Row[] = []
  for await (const row of rows) {
    if (taken.length === limit) return { taken, more: true }
    taken.push(row)
  }
  return { taken, more: false }
}

/** Prints a list: a table for people, or the rows as the API gives them as one JSON array. */
export async function printRows<Row>(
  terminal: Terminal,
  options: ListOptions,
  columns: readonly Column<Row>[],
  rows: AsyncIterable<Row>,
) {
  const limit = options.all ? Number.POSITIVE_INFINITY : options.limit
  const { taken, more } = await take(rows, limit)
  if (options.json) say(terminal, JSON.stringify(taken, null, 2))
  else if (taken.length === 0) remark(terminal, 'No rows.')
  else say(terminal, toTable(columns, taken))
  if (more) remark(terminal, `There are more than ${limit} rows; --all shows them all.`)
}

import { Problem } from './problem.ts'

export type Page<Row> = { data: Row[]; next: string | null }

/** A keyset cursor is the sort key of the last row. It carries no right: the scope filter applies to what it finds. */
export const toCursor = (keys: readonly string[]): string => Buffer.from(JSON.stringify(keys)).toString('base64url')

/** Throws invalid_request for a cursor that this list did not make. */
export function fromCursor(cursor: string | undefined, length: number): string[] | null {
  if (cursor === undefined) return null
  const keys = parse(cursor)
  if (keys === null || keys.length !== length) throw cursorProblem()
  return keys
}

function parse(cursor: string): string[] | null {
  try {
    const keys: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    return Array.isArray(keys) && keys.every((key) => typeof key === 'string') ? keys : null
  } catch {
    return null
  }
}

const cursorProblem = () =>
  new Problem('invalid_request', {
    errors: [{ pointer: 'cursor', code: 'invalid_cursor', detail: 'This cursor was not made by this list.' }],
  })

/** Makes a page of `limit` rows out of the `limit + 1` that were asked for. */
export function toPage<Row>(rows: readonly Row[], limit: number, keysOf: (row: Row) => string[]): Page<Row> {
  const data = rows.slice(0, limit)
  const last = data.at(-1)
  return { data, next: rows.length > limit && last !== undefined ? toCursor(keysOf(last)) : null }
}

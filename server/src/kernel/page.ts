import { Problem } from './problem.ts'
import { toDay, toInstant } from './time.ts'

export type Page<Row> = { data: Row[]; next: string | null }

/** A keyset cursor is the sort key of the last row. It carries no right: the scope filter applies to what it finds. */
export const toCursor = (keys: readonly string[]): string => Buffer.from(JSON.stringify(keys)).toString('base64url')

/** What a key of a cursor is compared with: a value of another kind would be an error of the database, not an answer. */
export type KeyKind = 'text' | 'uuid' | 'day' | 'instant' | 'integer'

const isTime = (key: string, parse: (text: string) => unknown): boolean => {
  try {
    parse(key)
    return !key.startsWith('0000')
  } catch {
    return false
  }
}

const isOfKind: Record<KeyKind, (key: string) => boolean> = {
  text: (key) => !key.includes('\0'),
  uuid: (key) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(key),
  day: (key) => /^\d{4}-\d\d-\d\d$/.test(key) && isTime(key, toDay),
  instant: (key) => /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(key) && isTime(key, toInstant),
  integer: (key) => /^-?\d{1,9}$/.test(key),
}

/** The keys of a cursor, one of each kind. Throws invalid_request for a cursor that this list did not make. */
export function fromCursor(cursor: string | undefined, kinds: readonly KeyKind[]): string[] | null {
  if (cursor === undefined) return null
  const keys = parse(cursor)
  if (keys?.length !== kinds.length || !keys.every((key, index) => isOfKind[kinds[index]!](key))) throw cursorProblem()
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

/** All rows of a list, page by page: for exports and documents. */
export async function* walkPages<Row>(fetch: (cursor: string | undefined) => Promise<Page<Row>>): AsyncGenerator<Row> {
  let cursor: string | undefined
  do {
    const page = await fetch(cursor)
    yield* page.data
    cursor = page.next ?? undefined
  } while (cursor !== undefined)
}

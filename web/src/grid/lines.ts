import type { Pages } from '../api/pages.ts'

/** What a grid shows, line by line. Only the lines in sight are ever asked for. */
export type Lines<Row> = {
  count: number
  at: (index: number) => Row
  /** Told which lines are in sight, for those that are loaded when they are. */
  onWindow?: (first: number, last: number) => void
  /** Told apart by their places and not by their keys: a row that has moved may for a moment be on two of the pages that were loaded. */
  byPlace?: boolean
}

const loadAheadRows = 20

/** The lines of a list that grows by cursor pages: more are loaded ahead of the scroll. */
export const toLines = <Row>({ rows, loadMore }: Pages<Row>): Lines<Row> => ({
  count: rows.length,
  at: (index) => rows[index]!,
  onWindow: (_first, last) => {
    if (last >= rows.length - loadAheadRows) loadMore()
  },
})

import type { Pages } from '../api/pages.ts'
import classes from './ListCount.module.css'

type Props = { pages: Pages<unknown>; format: (count: number) => string }

/** How many rows there are; while more can be loaded only how many were. */
export function ListCount({ pages, format }: Props) {
  if (pages.isPending || pages.error) return <span className={classes.count} />
  return (
    <span className={classes.count} role="status">
      {pages.hasMore ? `The first ${format(pages.rows.length)}` : format(pages.rows.length)}
    </span>
  )
}

import type { ReactNode } from 'react'
import classes from './Empty.module.css'

/** An empty place says why in one sentence and offers the next action. */
export function Empty({ children, action }: { children: ReactNode; action?: ReactNode }) {
  return (
    <div className={classes.empty}>
      <p>{children}</p>
      {action}
    </div>
  )
}

import { Title } from '@mantine/core'
import { type ReactNode, useEffect } from 'react'
import classes from './PageHead.module.css'

type Props = { title: string; note?: ReactNode; above?: ReactNode; children?: ReactNode }

/** The heading of a page and its actions; also names the browser's tab. */
export function PageHead({ title, note, above, children }: Props) {
  useEffect(() => {
    document.title = `${title} · Tenantree`
  }, [title])
  return (
    <div className={classes.head}>
      <div className={classes.titles}>
        {above}
        <Title order={1}>{title}</Title>
        {note && <p className={classes.note}>{note}</p>}
      </div>
      {children && <div className={classes.actions}>{children}</div>}
    </div>
  )
}

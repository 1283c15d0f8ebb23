import { Title } from '@mantine/core'
import { type ReactNode, useEffect } from 'react'
import { ColorSchemeToggle } from '../../shell/ColorSchemeToggle.tsx'
import { Mark } from '../../shell/Mark.tsx'
import classes from './EntryFrame.module.css'

/** The frame of the pages before the console: the product, one panel, nothing else. */
export function EntryFrame({ title, note, children }: { title: string; note?: ReactNode; children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Tenantree`
  }, [title])
  return (
    <div className={classes.frame}>
      <header className={classes.top}>
        <span className={classes.product}>
          <Mark />
          Tenantree
        </span>
        <ColorSchemeToggle />
      </header>
      <main className={classes.main}>
        <Title order={1}>{title}</Title>
        {note && <p className={classes.note}>{note}</p>}
        {children}
      </main>
    </div>
  )
}

import { Title } from '@mantine/core'
import { type ReactNode, useId } from 'react'
import classes from './Panel.module.css'

type Props = { title?: string; note?: ReactNode; actions?: ReactNode; flush?: boolean; children: ReactNode }

/** A white panel with a line around it; a titled one is a region named by its title. `flush` lets rows reach its edges. */
export function Panel({ title, note, actions, flush, children }: Props) {
  const titleId = useId()
  return (
    <section className={classes.panel} aria-labelledby={title ? titleId : undefined} data-flush={flush || undefined}>
      {(title || actions) && (
        <div className={classes.head}>
          <div className={classes.heading}>
            {title && (
              <Title order={2} id={titleId}>
                {title}
              </Title>
            )}
            {note && <span className={classes.note}>{note}</span>}
          </div>
          {actions && <div className={classes.actions}>{actions}</div>}
        </div>
      )}
      {children}
    </section>
  )
}

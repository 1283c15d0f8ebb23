import type { ReactNode } from 'react'
import classes from './Facts.module.css'

/** Name and value pairs; an empty value is shown as a dash that screen readers call "not set". */
export function Facts({ facts }: { facts: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <dl className={classes.facts}>
      {facts.map(([name, value]) => (
        <div key={name} className={classes.fact}>
          <dt>{name}</dt>
          <dd>{isEmpty(value) ? <NotSet /> : value}</dd>
        </div>
      ))}
    </dl>
  )
}

const isEmpty = (value: ReactNode) => value === null || value === undefined || value === ''

export const NotSet = () => (
  <>
    <span aria-hidden className={classes.none}>
      –
    </span>
    <span className="visually-hidden">not set</span>
  </>
)

import { formatNumberOf } from '../../format/money.ts'
import classes from './DayStrip.module.css'

const cellPx = 7
const stepPx = 8
const heightPx = 14

type Props = { days: readonly number[]; chargedDays: readonly number[]; daysInMonth: number }

/** The days of a month as cells: active ones filled, those that a trial covers only outlined. */
export function DayStrip({ days, chargedDays, daysInMonth }: Props) {
  const active = new Set(days)
  const charged = new Set(chargedDays)
  const toneOf = (day: number) => (charged.has(day) ? 'charged' : active.has(day) ? 'free' : 'idle')
  return (
    <svg
      className={classes.strip}
      width={daysInMonth * stepPx}
      height={heightPx}
      role="img"
      aria-label={formatNumberOf(days.length, 'active day')}
    >
      <title>{days.length === 0 ? 'Not active' : `Active on ${days.join(', ')}`}</title>
      {Array.from({ length: daysInMonth }, (_, index) => (
        <rect
          // biome-ignore lint/suspicious/noArrayIndexKey: a day has no identity but its number
          key={index}
          x={index * stepPx + 0.5}
          y={0.5}
          width={cellPx - 1}
          height={heightPx - 1}
          rx={1.5}
          data-tone={toneOf(index + 1)}
        />
      ))}
    </svg>
  )
}

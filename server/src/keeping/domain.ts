import type { KeptFor } from '@tenantree/contract'
import { fieldProblem } from '../kernel/problem.ts'
import { dayOf, type Instant, type PlainDate, startOfDay, Temporal, toInstant, toInstantText } from '../kernel/time.ts'

const toDuration = ({ count, unit }: KeptFor) => Temporal.Duration.from({ [unit]: count })

/** When the time of something is over. Months and years are those of the calendar, in UTC. */
export const endOf = (since: Instant, kept: KeptFor): Instant =>
  since.toZonedDateTimeISO('UTC').add(toDuration(kept)).toInstant()

/** Since when something stands whose time is over at `end`. */
export const beginOf = (end: Temporal.ZonedDateTime, kept: KeptFor): string =>
  toInstantText(end.subtract(toDuration(kept)).toInstant())

/** What began at this moment or before goes on that day, at its first moment: no record is kept shorter than was said. */
export const cutoffOf = (day: PlainDate, kept: KeptFor): string =>
  toInstantText(startOfDay(day.subtract(toDuration(kept))))

/**
 * The day at whose first moment something goes: the first midnight (UTC) at or after the end of its time; at the end of a month that is shorter
 * than the one in which it began some days later, never earlier.
 */
export function goesOn(since: string, kept: KeptFor): PlainDate {
  let day = dayOf(endOf(toInstant(since), kept))
  while (since > cutoffOf(day, kept)) day = day.add({ days: 1 })
  return day
}

const reference = Temporal.PlainDate.from('2001-01-01')
const lengthOf = (kept: KeptFor): number => toDuration(kept).total({ unit: 'days', relativeTo: reference })

/** Never shorter than a clock allows: invoices ten years, everything else a day. R-KEEP-1. Throws kept_too_short. */
export function decideKeptFor(clock: { keptFor: KeptFor; atLeast: KeptFor }, count: number): KeptFor {
  const wanted = { count, unit: clock.keptFor.unit }
  if (lengthOf(wanted) < lengthOf(clock.atLeast))
    throw fieldProblem('kept_too_short', 'count', `At least ${toText(clock.atLeast)}.`)
  return wanted
}

/** "90 days", "1 month" */
export const toText = ({ count, unit }: KeptFor): string => `${count} ${count === 1 ? unit.slice(0, -1) : unit}`

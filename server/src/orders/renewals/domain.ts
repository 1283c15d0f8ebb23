import { type PlainDate, Temporal } from '../../kernel/time.ts'

/** Days before the first day of the new term on which a card is charged: 3, 1, and that day. R-LIC-5. */
const attemptDaysBefore = [3, 1, 0] as const
export const attempts = attemptDaysBefore.length

const renewalDay = (endsOn: PlainDate): PlainDate => endsOn.add({ days: 1 })

/** The attempts that are due on a day for licenses that end on another: 0 to 3. */
export const dueAttempts = (endsOn: PlainDate, today: PlainDate): number =>
  attemptDaysBefore.filter((days) => Temporal.PlainDate.compare(renewalDay(endsOn).subtract({ days }), today) <= 0)
    .length

/** The day of the attempt after the n-th one, or null after the last. */
export function nextAttemptOn(endsOn: PlainDate, attempt: number): PlainDate | null {
  const days = attemptDaysBefore[attempt]
  return days === undefined ? null : renewalDay(endsOn).subtract({ days })
}

export const firstAttemptDaysBefore = attemptDaysBefore[0]

type Attempt = { attempt: number; state: 'requested' | 'succeeded' | 'failed' }
export type RenewalStep =
  | { step: 'renew' }
  | { step: 'charge'; attempt: number }
  | { step: 'expire' }
  | { step: 'wait' }

/**
 * What is next for licenses that are paid by card. A charge that has succeeded is not repeated and renews on the day; attempts that fell into a
 * stop of the server are made up for by one. R-LIC-5.
 */
export function decideStep(
  made: readonly Attempt[],
  { endsOn, today }: { endsOn: PlainDate; today: PlainDate },
): RenewalStep {
  const isDay = Temporal.PlainDate.compare(today, endsOn) > 0
  if (made.some(({ state }) => state === 'succeeded')) return { step: isDay ? 'renew' : 'wait' }
  if (made.some(({ state }) => state === 'requested')) return { step: 'wait' }
  const due = dueAttempts(endsOn, today)
  const last = Math.max(0, ...made.map(({ attempt }) => attempt))
  if (last < due) return { step: 'charge', attempt: due }
  return { step: isDay ? 'expire' : 'wait' }
}

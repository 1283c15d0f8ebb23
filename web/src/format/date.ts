const dayFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' })
const shortDayFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' })
const momentFormat = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  timeZone: 'UTC',
})

/** The UTC day of a day or an instant: "1 Feb 2027". */
export const formatDay = (text: string) => dayFormat.format(new Date(text))
export const formatShortDay = (text: string) => shortDayFormat.format(new Date(text))
/** "1 Feb 2027, 02:00 UTC". */
export const formatMoment = (instant: string) => `${momentFormat.format(new Date(instant))} UTC`

const minuteMs = 60_000
const steps = [
  { unit: 'day', ms: 24 * 60 * minuteMs },
  { unit: 'hour', ms: 60 * minuteMs },
  { unit: 'minute', ms: minuteMs },
] as const
const relative = new Intl.RelativeTimeFormat('en-GB', { numeric: 'always' })

/** How long ago `instant` was at `now`: "3 hours ago"; under a minute "just now". */
export function formatAgo(instant: string, now: string): string {
  const ms = Date.parse(now) - Date.parse(instant)
  const step = steps.find((candidate) => ms >= candidate.ms)
  return step ? relative.format(-Math.floor(ms / step.ms), step.unit) : 'just now'
}

/** Months are UTC calendar months written YYYY-MM; they sort as text. */
const parts = (month: string) => {
  const [year = 0, number = 1] = month.split('-').map(Number)
  return { year, number }
}

/** The month an instant or a day (RFC 3339, UTC) falls in. */
export const monthOf = (instant: string) => instant.slice(0, 7)

/** The month `count` months later, or earlier where `count` is negative. */
export function addMonths(month: string, count: number): string {
  const { year, number } = parts(month)
  const index = year * 12 + (number - 1) + count
  const nextYear = Math.floor(index / 12)
  return `${String(nextYear).padStart(4, '0')}-${String(index - nextYear * 12 + 1).padStart(2, '0')}`
}

export function daysOf(month: string): number {
  const { year, number } = parts(month)
  return new Date(Date.UTC(year, number, 0)).getUTCDate()
}

/** The months from `latest` back, newest first. */
export const monthsBack = (latest: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => addMonths(latest, -index))

/** When a billing run of the month before may begin: the 1st of the month after `instant`, 02:00 UTC. */
export const startOfNextMonth = (instant: string) => `${addMonths(monthOf(instant), 1)}-01T02:00:00Z`

const monthName = new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' })
export const formatMonth = (month: string) => monthName.format(new Date(`${month}-01T00:00:00Z`))

export const isMonth = (text: unknown): text is string =>
  typeof text === 'string' && /^[0-9]{4}-(0[1-9]|1[0-2])$/.test(text)

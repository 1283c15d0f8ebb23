import { formatShortDay } from './date.ts'

type Division = { charged_days: number; of_days: number; moved_on: string[] }

/** "12 of 31 charged days, moved on 12 May": what part of a unit counts in the month of a move. R-BILL-9. */
export function formatDivision({ charged_days, of_days, moved_on }: Division): string {
  const part = `${charged_days} of ${of_days} charged days`
  return moved_on.length === 0 ? part : `${part}, moved on ${moved_on.map(formatShortDay).join(' and ')}`
}

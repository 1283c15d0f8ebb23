import { Temporal } from 'temporal-polyfill'

export { Temporal }
export type Instant = Temporal.Instant
export type PlainDate = Temporal.PlainDate
export type PlainYearMonth = Temporal.PlainYearMonth

/** Instants cross the wire and the database as RFC 3339 text in UTC with milliseconds: fixed width, so text order is time order. */
export const toInstantText = (instant: Instant): string =>
  instant.toString({ smallestUnit: 'millisecond', roundingMode: 'floor' })

export const toInstant = (text: string): Instant => Temporal.Instant.from(text)

/** Days and months are UTC. R-ACT-1. */
export const dayOf = (instant: Instant): PlainDate => instant.toZonedDateTimeISO('UTC').toPlainDate()
export const monthOf = (instant: Instant): PlainYearMonth => dayOf(instant).toPlainYearMonth()
export const toMonth = (text: string): PlainYearMonth => Temporal.PlainYearMonth.from(text)
export const toDay = (text: string): PlainDate => Temporal.PlainDate.from(text)

export const startOfDay = (day: PlainDate): Instant => day.toZonedDateTime('UTC').toInstant()
export const firstDay = (month: PlainYearMonth): PlainDate => month.toPlainDate({ day: 1 })
export const lastDay = (month: PlainYearMonth): PlainDate => month.toPlainDate({ day: month.daysInMonth })

export const isBefore = (left: Instant, right: Instant): boolean => Temporal.Instant.compare(left, right) < 0

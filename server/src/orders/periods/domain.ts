import type { ChargeModel, OfferTerm, PaymentMode } from '@tenantree/contract'
import { hasPeriod } from '../../catalog/index.ts'
import { type Fraction, multiply, toFraction } from '../../kernel/fraction.ts'
import { type PlainDate, Temporal } from '../../kernel/time.ts'
import { type Asking, ratePrices } from '../../pricing/index.ts'

/** Both end days counted; `wholeFrom` to `wholeTo` is the month or year that the price is for. R-BILL-3. */
export type Period = { from: PlainDate; to: PlainDate; wholeFrom: PlainDate; wholeTo: PlainDate }

/**
 * The day that is so many months later; where that month has no such day, the first of the next one, so that the day before the
 * anniversary of 29 February is 28 February. R-BILL-3.
 */
export function anniversaryOf(start: PlainDate, months: number): PlainDate {
  const month = start.toPlainYearMonth().add({ months })
  return start.day <= month.daysInMonth
    ? month.toPlainDate({ day: start.day })
    : month.add({ months: 1 }).toPlainDate({ day: 1 })
}

const dayBefore = (day: PlainDate): PlainDate => day.subtract({ days: 1 })
const earlier = (left: PlainDate, right: PlainDate): PlainDate =>
  Temporal.PlainDate.compare(left, right) <= 0 ? left : right
export const daysOf = (from: PlainDate, to: PlainDate): number => from.until(to, { largestUnit: 'day' }).days + 1

export const isMonthToMonth = (charge: { chargeModel: ChargeModel; months: number }): boolean =>
  charge.chargeModel === 'committed' && charge.months === 1

export type TermDates = { startsOn: PlainDate; endsOn: PlainDate; committedTo: PlainDate | null }

/**
 * From when to when a license of the term is valid: month to month to the end of its calendar month, a commitment and a prepaid term to the
 * day before the anniversary. `start` is where the counting of anniversaries begins, `terms` how many have gone by. R-LIC-5, R-LIC-7.
 */
export function termDates(
  charge: { chargeModel: ChargeModel; months: number },
  start: PlainDate,
  terms = 0,
): TermDates {
  if (isMonthToMonth(charge)) {
    const month = start.toPlainYearMonth().add({ months: terms })
    const endsOn = month.toPlainDate({ day: month.daysInMonth })
    return { startsOn: terms === 0 ? start : month.toPlainDate({ day: 1 }), endsOn, committedTo: endsOn }
  }
  const endsOn = dayBefore(anniversaryOf(start, charge.months * (terms + 1)))
  const startsOn = anniversaryOf(start, charge.months * terms)
  return { startsOn, endsOn, committedTo: charge.chargeModel === 'committed' ? endsOn : null }
}

/** The term that follows one that ends on a day: renewal is for the same term. R-LIC-5. */
export function nextTerm(
  charge: { chargeModel: ChargeModel; months: number },
  { start, endsOn }: { start: PlainDate; endsOn: PlainDate },
): TermDates {
  let terms = 0
  while (Temporal.PlainDate.compare(termDates(charge, start, terms).endsOn, endsOn) <= 0) terms += 1
  return termDates(charge, start, terms)
}

/** What is charged at once: the buyer's payment mode, but monthly where the term is not of whole years. R-BILL-3. */
export const modeOf = (term: Pick<OfferTerm, 'months'>, mode: PaymentMode): PaymentMode =>
  hasPeriod({ code: '', name: '', months: term.months }, mode) ? mode : 'monthly'

const monthOfDay = (from: PlainDate, until: PlainDate): Period => {
  const month = from.toPlainYearMonth()
  const wholeTo = month.toPlainDate({ day: month.daysInMonth })
  return { from, to: earlier(wholeTo, until), wholeFrom: month.toPlainDate({ day: 1 }), wholeTo }
}

/** From the start day to the day before its anniversary; counted from the anchor where `from` is one of its anniversaries. */
function yearOfDay(from: PlainDate, anchor: PlainDate, until: PlainDate): Period {
  const years = from.year - anchor.year
  const isAnniversary = years >= 0 && anniversaryOf(anchor, 12 * years).equals(from)
  const wholeTo = dayBefore(isAnniversary ? anniversaryOf(anchor, 12 * (years + 1)) : anniversaryOf(from, 12))
  return { from, to: earlier(wholeTo, until), wholeFrom: from, wholeTo }
}

/** The charged period of a committed license that begins on a day, cut where the commitment ends. R-BILL-3. */
export const periodFrom = (
  from: PlainDate,
  charge: { mode: PaymentMode; anchor: PlainDate; until: PlainDate },
): Period => (charge.mode === 'monthly' ? monthOfDay(from, charge.until) : yearOfDay(from, charge.anchor, charge.until))

/** The charged periods of a commitment, one after the other: every day of it stands in exactly one. R-BILL-3. */
export function periodsOf(charge: {
  mode: PaymentMode
  from: PlainDate
  anchor: PlainDate
  until: PlainDate
}): Period[] {
  const periods: Period[] = []
  for (
    let from = charge.from;
    Temporal.PlainDate.compare(from, charge.until) <= 0;
    from = periods.at(-1)!.to.add({ days: 1 })
  )
    periods.push(periodFrom(from, charge))
  return periods
}

/** What is charged first of a term, and how many prices of its mode it holds: a prepaid term is charged whole. */
export function firstPeriod(
  charge: { chargeModel: ChargeModel; months: number; mode: PaymentMode },
  { startsOn, endsOn }: TermDates,
): { period: Period; periods: number } {
  if (charge.chargeModel === 'prepaid')
    return {
      period: { from: startsOn, to: endsOn, wholeFrom: startsOn, wholeTo: endsOn },
      periods: charge.mode === 'annual' ? charge.months / 12 : charge.months,
    }
  return { period: periodFrom(startsOn, { mode: charge.mode, anchor: startsOn, until: endsOn }), periods: 1 }
}

/** The part of the whole that a period is: 6 days of November are 6/30. R-BILL-3. */
export const shareOf = (period: Period): Fraction =>
  toFraction(BigInt(daysOf(period.from, period.to)), BigInt(daysOf(period.wholeFrom, period.wholeTo)))

/** What is charged of the month or year that a price is for: 6/30 of November, or twelve months at once. R-BILL-3. */
export const partOf = ({ period, periods }: { period: Period; periods: number }): Fraction =>
  multiply(shareOf(period), toFraction(BigInt(periods)))

/** What a price makes of one license for a whole month or year, where nothing else is bought: to compare editions by. R-LIC-8. */
export const computeUnit = (asking: Asking): Fraction => ratePrices(asking, [{ key: 0, quantity: toFraction(1n) }]).unit

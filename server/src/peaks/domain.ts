import type { Offer, ReportedPeaks } from '@tenantree/contract'
import { type Fraction, multiply, toDecimalText, toFraction } from '../kernel/fraction.ts'
import {
  dayOf,
  firstDay,
  type Instant,
  lastDay,
  type PlainDate,
  type PlainYearMonth,
  Temporal,
} from '../kernel/time.ts'

export type Metric = NonNullable<Offer['metric']>
export const metrics = ['selected_size', 'used_storage', 'protected_users'] as const satisfies readonly Metric[]
export type PeakUnit = 'GB' | 'user'

/** A gigabyte is 10^9 bytes. R-ACT-7. */
const bytesOfGigabyte = 1_000_000_000n

export const unitOf = (metric: Metric): PeakUnit => (metric === 'protected_users' ? 'user' : 'GB')
/** How many of what is reported make one of what is charged. */
export const sizeOf = (metric: Metric): bigint => (unitOf(metric) === 'GB' ? bytesOfGigabyte : 1n)

/** What is charged of the month's highest value: not rounded. R-ACT-7, R-BILL-9. */
export const toQuantity = (metric: Metric, peak: bigint, part: Fraction): Fraction =>
  multiply(toFraction(peak, sizeOf(metric)), part)

/** Bytes need nine digits after the point. */
export const toQuantityText = (quantity: Fraction): string => toDecimalText(quantity, 9)

/** The values of a device and metric in a month: by day the highest, null where nothing was reported. */
export type MonthOfReports = { device_id: string; metric: Metric; month: string; highest: (bigint | null)[] }
type Signal = { device: { device_id: string }; at: Instant; peaks: ReportedPeaks }

/**
 * What reports say, by device, metric and month. The server's receive time decides the day; a day keeps its highest value, so any order and any
 * repetition give the same. R-ACT-1, R-ACT-2.
 */
export function gatherReports(signals: readonly Signal[]): MonthOfReports[] {
  const months = new Map<string, MonthOfReports>()
  for (const { device, at, peaks } of signals)
    for (const metric of metrics) {
      const value = peaks[metric]
      if (value === undefined) continue
      const day = dayOf(at)
      const month = firstDay(day.toPlainYearMonth()).toString()
      const key = `${device.device_id} ${metric} ${month}`
      const known = months.get(key) ?? { device_id: device.device_id, metric, month, highest: [] }
      known.highest = keepHighest(known.highest, day.day, BigInt(value))
      months.set(key, known)
    }
  return [...months.keys()].sort().map((key) => months.get(key)!)
}

function keepHighest(highest: readonly (bigint | null)[], day: number, value: bigint): (bigint | null)[] {
  const days = Array.from({ length: Math.max(highest.length, day) }, (_, index) => highest[index] ?? null)
  const known = days[day - 1] ?? null
  if (known === null || known < value) days[day - 1] = value
  return days
}

/** The last day of the month that has a value by now: in the running month nothing is told of days to come. */
export function lastKnownDay(month: PlainYearMonth, today: PlainDate): number {
  const last = lastDay(month)
  if (Temporal.PlainDate.compare(today, last) >= 0) return last.day
  return Temporal.PlainDate.compare(today, firstDay(month)) < 0 ? 0 : today.day
}

/** What a customer used of a peak offer on an edge, summed over its devices: what a line of an invoice is made of. */
export type PeakUse = {
  customer_id: string
  customer_name: string
  offer_id: string
  product: string
  edition: string
  charge_model: 'peak'
  /** What is charged per: not the offer's licensed unit. */
  unit: PeakUnit
  /** Exact: gigabytes or users, in the month of a move by parts. */
  quantity: Fraction
  /** Charged devices. */
  units: bigint
  active_days: bigint
  divided_units: number
  part_days: number
  of_days: number
  moved_on: string[]
}

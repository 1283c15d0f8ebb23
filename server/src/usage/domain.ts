import { type Fraction, isWhole, toFraction } from '../kernel/fraction.ts'
import { firstDay, type PlainYearMonth } from '../kernel/time.ts'

/** The least number that each count of days of a month divides: what parts of units are summed in, exactly, in SQL too. */
export const commonDays = 72_201_776_446_800n

/** Days as a map: bit d - 1 is day d. */
export const countDays = (map: number): number => {
  let count = 0
  for (let rest = map >>> 0; rest !== 0; rest &= rest - 1) count += 1
  return count
}

/** A unit on an edge in the month of a move: its charged days there, of its charged days in all chains. R-BILL-9. */
export type Division = { charged_days: number; of_days: number; moved_on: string[] }

/** What is used of a unit whose charged days are `charged`; `ofDays` is null where it never moved. */
export const toPart = (charged: number, ofDays: number | null): Fraction => {
  const days = countDays(charged)
  if (days === 0) return toFraction(0n)
  return ofDays === null ? toFraction(1n) : toFraction(BigInt(days), BigInt(ofDays))
}

/** How many whole units `sum` of the common days is, parts included. */
export const fromCommonDays = (sum: bigint): Fraction => toFraction(sum, commonDays)

type Stays = {
  charged_days: number
  of_days: number | null
  from_days: readonly string[] | null
  until_days: readonly (string | null)[] | null
}

/** How a unit is divided, or null where it is not: all its charged days are here, or none. */
export function toDivision(month: PlainYearMonth, stays: Stays): Division | null {
  const days = countDays(stays.charged_days)
  if (stays.of_days === null || days === 0 || isWhole(toPart(stays.charged_days, stays.of_days))) return null
  return {
    charged_days: days,
    of_days: stays.of_days,
    moved_on: toMoveDays(month, stays.from_days ?? [], stays.until_days ?? []),
  }
}

/** The days of the month on which something came to an edge or left it: where one stay there begins as another ends, nothing did. */
export function toMoveDays(
  month: PlainYearMonth,
  fromDays: readonly string[],
  untilDays: readonly (string | null)[],
): string[] {
  const came = new Set(fromDays)
  const left = new Set(untilDays.filter((day) => day !== null))
  const first = firstDay(month).toString()
  const next = firstDay(month.add({ months: 1 })).toString()
  const unpaired = [...[...came].filter((day) => !left.has(day)), ...[...left].filter((day) => !came.has(day))]
  return unpaired.filter((day) => day > first && day < next).sort()
}

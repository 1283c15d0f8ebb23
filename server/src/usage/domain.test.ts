import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addFractions, type Fraction, multiply, toFraction } from '../kernel/fraction.ts'
import { priceOfPart, toDecimal } from '../kernel/money.ts'
import { toMonth } from '../kernel/time.ts'
import { commonDays, countDays, fromCommonDays, toDivision, toMoveDays, toPart } from './domain.ts'

const may = toMonth('2027-05')

/** The day maps of a unit in each of its chains: each charged day stands in one of them. */
const chains = fc
  .tuple(
    fc.integer({ min: 1, max: 0x7fffffff }),
    fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 31, maxLength: 31 }),
  )
  .map(([charged, chainOf]) =>
    [0, 1, 2, 3].map((chain) =>
      chainOf.reduce((map, of, index) => (of === chain && charged & (1 << index) ? map | (1 << index) : map), 0),
    ),
  )
const sumOf = (parts: readonly Fraction[]) => parts.reduce(addFractions, toFraction(0n))
const totalDays = (maps: readonly number[]) => maps.reduce((days, map) => days + countDays(map), 0)

describe('R-BILL-9: the parts of a unit', () => {
  it('sum to exactly 1, however its charged days fall to its chains', () => {
    fc.assert(
      fc.property(chains, (maps) => {
        const parts = maps.map((map) => toPart(map, totalDays(maps)))
        expect(sumOf(parts)).toEqual(toFraction(1n))
      }),
    )
  })

  it('summed as SQL sums them, in common days, they are the same', () => {
    fc.assert(
      fc.property(fc.array(chains, { minLength: 1, maxLength: 20 }), (units) => {
        const ofChain = (chain: number) => units.map((maps) => [maps[chain] ?? 0, totalDays(maps)] as const)
        for (const chain of [0, 1, 2, 3]) {
          const sum = ofChain(chain).reduce(
            (days, [map, of]) => days + BigInt(countDays(map)) * (commonDays / BigInt(of)),
            0n,
          )
          expect(fromCommonDays(sum)).toEqual(sumOf(ofChain(chain).map(([map, of]) => toPart(map, of))))
        }
      }),
    )
  })

  it.each(Array.from({ length: 31 }, (_, index) => BigInt(index + 1)))('%d days divide the common days', (days) => {
    expect(commonDays % days).toBe(0n)
  })

  it('at equal prices the lines of all chains are what one would be, but for the one rounding of each line', () => {
    const price = fc.integer({ min: 0, max: 99_999_999 }).map((units) => toDecimal((units / 10_000).toFixed(4)))
    fc.assert(
      fc.property(fc.array(chains, { minLength: 1, maxLength: 30 }), price, (units, unitPrice) => {
        const quantities = [0, 1, 2, 3].map((chain) =>
          sumOf(units.map((maps) => toPart(maps[chain] ?? 0, totalDays(maps)))),
        )
        expect(sumOf(quantities)).toEqual(toFraction(BigInt(units.length)))
        const lines = quantities.map((quantity) => priceOfPart(quantity, unitPrice, 'EUR').minor)
        const exact = multiply(
          toFraction(BigInt(units.length)),
          toFraction(unitPrice.units * 100n, 10n ** BigInt(unitPrice.scale)),
        )
        const sum = lines.reduce((total, minor) => total + minor, 0n)
        const off = sum * exact.denominator - exact.numerator
        // Half a cent a line.
        expect((off < 0n ? -off : off) * 2n <= BigInt(lines.length) * exact.denominator).toBe(true)
      }),
    )
  })

  it('a day that no chain charges is no part of any; what never moved is whole', () => {
    expect(toPart(0, 0)).toEqual(toFraction(0n))
    expect(toPart(0, null)).toEqual(toFraction(0n))
    expect(toPart(0b1011, null)).toEqual(toFraction(1n))
    expect(toPart(0x7fffffff, 31)).toEqual(toFraction(1n))
  })
})

describe('how a division is explained', () => {
  const stays = (charged_days: number, of_days: number | null, from: string[], until: (string | null)[]) =>
    toDivision(may, { charged_days, of_days, from_days: from, until_days: until })

  it('the days here, of how many, and the day of the move for either chain', () => {
    const moved = { charged_days: 1, of_days: 3, moved_on: ['2027-05-12'] }
    expect(stays(0b1, 3, ['2027-05-01'], ['2027-05-12'])).toEqual(moved)
    expect(stays(0b1, 3, ['2027-05-12'], [null])).toEqual(moved)
  })
  it('null where all charged days are here, or none: there is nothing to explain', () => {
    expect(stays(0b111, 3, ['2027-05-12'], [null])).toBeNull()
    expect(stays(0, 3, ['2027-05-12'], [null])).toBeNull()
    expect(stays(0b111, null, [], [])).toBeNull()
  })
  it('away and back are two days; on the way through another place of the same edge nothing happened', () => {
    expect(toMoveDays(may, ['2027-05-01', '2027-05-20'], ['2027-05-10', null])).toEqual(['2027-05-10', '2027-05-20'])
    expect(toMoveDays(may, ['2027-05-01', '2027-05-05'], ['2027-05-05', '2027-05-10'])).toEqual(['2027-05-10'])
  })
  it('the first day of the month and any day after it are no moves in it', () => {
    expect(toMoveDays(may, ['2027-05-01'], ['2027-06-01'])).toEqual([])
    expect(toMoveDays(may, ['2027-05-02'], ['2027-05-31'])).toEqual(['2027-05-02', '2027-05-31'])
  })
})

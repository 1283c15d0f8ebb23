import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as fractions from '../../kernel/fraction.ts'
import { toDay } from '../../kernel/time.ts'
import {
  anniversaryOf,
  daysOf,
  firstPeriod,
  modeOf,
  nextTerm,
  type Period,
  periodFrom,
  periodsOf,
  shareOf,
  termDates,
} from './domain.ts'

const dayArb = fc.integer({ min: 0, max: 3000 }).map((days) => toDay('2027-01-01').add({ days }))
const mode = fc.constantFrom('monthly' as const, 'annual' as const)
const text = (period: Period) => `${period.from} ${period.to}`

describe('terms (R-BILL-3, R-LIC-7)', () => {
  it.each([
    ['2027-01-05', 12, '2028-01-05'],
    ['2028-02-29', 12, '2029-03-01'],
    ['2028-02-29', 48, '2032-02-29'],
    ['2027-01-31', 1, '2027-03-01'],
    ['2027-12-31', 2, '2028-03-01'],
  ])('the anniversary of %s after %s months is %s', (start, months, day) =>
    expect(anniversaryOf(toDay(start), months).toString()).toBe(day),
  )

  it.each([
    ['committed', 1, '2027-01-05', '2027-01-31', '2027-01-31'],
    ['committed', 12, '2027-01-05', '2028-01-04', '2028-01-04'],
    ['committed', 12, '2028-02-29', '2029-02-28', '2029-02-28'],
    ['committed', 36, '2028-02-29', '2031-02-28', '2031-02-28'],
    ['prepaid', 12, '2027-03-01', '2028-02-29', null],
    ['prepaid', 1, '2027-01-31', '2027-02-28', null],
  ] as const)('%s for %s months from %s ends on %s, committed to %s', (chargeModel, months, start, ends, committed) => {
    const dates = termDates({ chargeModel, months }, toDay(start))
    expect([dates.endsOn.toString(), dates.committedTo?.toString() ?? null]).toEqual([ends, committed])
  })

  it('a term begins the day after the one before it, however often it has renewed', () => {
    fc.assert(
      fc.property(
        dayArb,
        fc.constantFrom(1, 12, 36),
        fc.constantFrom('committed' as const, 'prepaid' as const),
        (start, months, chargeModel) => {
          const charge = { chargeModel, months }
          let dates = termDates(charge, start)
          for (let term = 0; term < 5; term += 1) {
            const next = nextTerm(charge, { start, endsOn: dates.endsOn })
            expect(next.startsOn.toString()).toBe(dates.endsOn.add({ days: 1 }).toString())
            dates = next
          }
        },
      ),
    )
  })

  it('month to month is always monthly, and so is a term that is not of whole years', () => {
    expect([1, 6, 12, 18, 36].map((months) => modeOf({ months }, 'annual'))).toEqual([
      'monthly',
      'monthly',
      'annual',
      'monthly',
      'annual',
    ])
  })
})

/** What the periods of a commitment have to keep. */
function holdsCover(periodsIn: typeof periodsOf): void {
  fc.assert(
    fc.property(dayArb, fc.constantFrom(1, 12, 24, 36), mode, (start, months, chosen) => {
      const { endsOn } = termDates({ chargeModel: 'committed', months }, start)
      const periods = periodsIn({ mode: modeOf({ months }, chosen), from: start, anchor: start, until: endsOn })
      expect(periods[0]!.from.equals(start)).toBe(true)
      expect(periods.at(-1)!.to.equals(endsOn)).toBe(true)
      for (const [index, period] of periods.entries())
        if (index > 0) expect(period.from.toString()).toBe(periods[index - 1]!.to.add({ days: 1 }).toString())
      const days = periods.reduce((total, { from, to }) => total + daysOf(from, to), 0)
      expect(days).toBe(daysOf(start, endsOn))
      for (const period of periods)
        expect(daysOf(period.from, period.to)).toBeLessThanOrEqual(daysOf(period.wholeFrom, period.wholeTo))
    }),
  )
}

describe('periods (R-BILL-3)', () => {
  it('every day of a commitment stands in exactly one', () => holdsCover(periodsOf))

  it('a year that is charged monthly: the parts of its months sum to twelve', () => {
    fc.assert(
      fc.property(dayArb, (start) => {
        const { endsOn } = termDates({ chargeModel: 'committed', months: 12 }, start)
        const periods = periodsOf({ mode: 'monthly', from: start, anchor: start, until: endsOn })
        const sum = periods.map(shareOf).reduce(fractions.addFractions, fractions.zero)
        // First and last day stand in the same month of two years: February alone may have a day more in one of them.
        if (start.month !== 2) expect(fractions.compare(sum, fractions.toFraction(12n))).toBe(0)
      }),
    )
  })

  it('a year that is charged at once is one whole, also from 29 February', () => {
    fc.assert(
      fc.property(dayArb, fc.constantFrom(12, 24, 36, 48), (start, months) => {
        const { endsOn } = termDates({ chargeModel: 'committed', months }, start)
        const periods = periodsOf({ mode: 'annual', from: start, anchor: start, until: endsOn })
        expect(periods.map((period) => shareOf(period))).toEqual(
          periods.map(() => ({ numerator: 1n, denominator: 1n })),
        )
        expect(periods).toHaveLength(months / 12)
      }),
    )
  })

  it('25 to 30 November is 6/30; the first and last month of a year are cut', () => {
    const november = periodFrom(toDay('2027-11-25'), {
      mode: 'monthly',
      anchor: toDay('2027-11-25'),
      until: toDay('2028-11-24'),
    })
    expect(shareOf(november)).toEqual({ numerator: 1n, denominator: 5n })
    const periods = periodsOf({
      mode: 'monthly',
      from: toDay('2027-11-25'),
      anchor: toDay('2027-11-25'),
      until: toDay('2028-11-24'),
    })
    expect(periods).toHaveLength(13)
    expect([text(periods[0]!), text(periods[3]!), text(periods[12]!)]).toEqual([
      '2027-11-25 2027-11-30',
      '2028-02-01 2028-02-29',
      '2028-11-01 2028-11-24',
    ])
  })

  it('after a change of the mode a year is counted from the day it begins, to the end of the commitment', () => {
    const year = periodFrom(toDay('2027-06-01'), {
      mode: 'annual',
      anchor: toDay('2027-01-05'),
      until: toDay('2028-01-04'),
    })
    expect([text(year), `${year.wholeTo}`]).toEqual(['2027-06-01 2028-01-04', '2028-05-31'])
  })

  it('prepaid is one period, the whole term: as many prices as it has months or years', () => {
    const dates = termDates({ chargeModel: 'prepaid', months: 36 }, toDay('2027-01-05'))
    expect(firstPeriod({ chargeModel: 'prepaid', months: 36, mode: 'annual' }, dates).periods).toBe(3)
    expect(firstPeriod({ chargeModel: 'prepaid', months: 36, mode: 'monthly' }, dates).periods).toBe(36)
  })

  it.each<[string, typeof periodsOf]>([
    ['leaves the last day out', (charge) => periodsOf({ ...charge, until: charge.until.subtract({ days: 1 }) })],
    [
      'counts the day of a border twice',
      (charge) =>
        periodsOf(charge).map((period, index) =>
          index === 0 ? period : { ...period, from: period.from.subtract({ days: 1 }) },
        ),
    ],
    ['does not cut the last one', (charge) => periodsOf(charge).map((period) => ({ ...period, to: period.wholeTo }))],
  ])('a planted splitting that %s is found', (_name, planted) => expect(() => holdsCover(planted)).toThrow())
})

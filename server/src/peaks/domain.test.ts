import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addFractions, toFraction } from '../kernel/fraction.ts'
import { toDay, toInstant, toMonth } from '../kernel/time.ts'
import { toPart } from '../usage/index.ts'
import { gatherReports, lastKnownDay, toQuantity, toQuantityText, unitOf } from './domain.ts'

const device_id = '01990000-0000-7000-8000-000000000001'
const report = (at: string, peaks: Record<string, number>) => ({ device: { device_id }, at: toInstant(at), peaks })

const reports = fc.array(
  fc.record({
    at: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 28 }), fc.integer({ min: 0, max: 23 })),
    peaks: fc.record(
      {
        used_storage: fc.maxSafeNat(),
        selected_size: fc.integer({ min: 0, max: 3 }),
        protected_users: fc.integer({ min: 0, max: 3 }),
      },
      { requiredKeys: [] },
    ),
  }),
  { maxLength: 30 },
)
const two = (n: number) => String(n).padStart(2, '0')
const toReports = (plan: { at: [number, number, number]; peaks: Record<string, number> }[]) =>
  plan.map(({ at: [month, day, hour], peaks }) =>
    report(`2027-${two(month)}-${two(day)}T${two(hour)}:30:00Z`, JSON.parse(JSON.stringify(peaks))),
  )

describe('R-ACT-2: the same as if each report came once', () => {
  it('in any order, any number of times', () => {
    fc.assert(
      fc.property(
        reports.chain((plan) => fc.tuple(fc.constant(plan), fc.shuffledSubarray([...plan, ...plan, ...plan]))),
        ([plan, again]) => {
          const once = toReports(plan)
          expect(gatherReports([...toReports(again), ...once])).toEqual(gatherReports(once))
        },
      ),
    )
  })

  it('a day has its highest; the day is that of UTC; nothing is made up for days without', () => {
    expect(
      gatherReports([
        report('2027-01-31T23:59:59.999Z', { used_storage: 7 }),
        report('2027-02-01T00:00:00Z', { used_storage: 5 }),
        report('2027-01-03T10:00:00Z', { used_storage: 0, protected_users: 2 }),
        report('2027-01-31T01:00:00Z', { used_storage: 9 }),
      ]).map(({ metric, month, highest }) => [
        metric,
        month,
        highest.map((value) => (value === null ? '-' : `${value}`)).join(''),
      ]),
    ).toEqual([
      ['protected_users', '2027-01-01', '--2'],
      ['used_storage', '2027-01-01', '--0---------------------------9'],
      ['used_storage', '2027-02-01', '5'],
    ])
  })
})

describe('R-ACT-7: what is charged of a value', () => {
  it('a gigabyte is 10^9 bytes, and none is rounded', () => {
    expect(toQuantityText(toQuantity('used_storage', 1_500_000_001n, toFraction(1n)))).toBe('1.500000001')
    expect(toQuantityText(toQuantity('selected_size', BigInt(Number.MAX_SAFE_INTEGER), toFraction(1n)))).toBe(
      '9007199.254740991',
    )
    expect(toQuantity('protected_users', 12n, toFraction(1n))).toEqual(toFraction(12n))
    expect([unitOf('used_storage'), unitOf('selected_size'), unitOf('protected_users')]).toEqual(['GB', 'GB', 'user'])
  })

  it('R-BILL-9: the parts of a peak sum to it, however its charged days fall to two chains', () => {
    const maps = fc.tuple(fc.integer({ min: 1, max: 0x7fffffff }), fc.integer({ min: 0, max: 0x7fffffff }))
    fc.assert(
      fc.property(maps, fc.maxSafeNat(), ([charged, chain], peak) => {
        const days = [charged & chain, charged & ~chain]
        const ofDays = days.reduce((sum, map) => sum + map.toString(2).replaceAll('0', '').length, 0)
        const parts = days.map((map) => toQuantity('used_storage', BigInt(peak), toPart(map, ofDays)))
        expect(parts.reduce(addFractions, toFraction(0n))).toEqual(toFraction(BigInt(peak), 1_000_000_000n))
      }),
    )
  })
})

it('of the running month nothing is told of days to come', () => {
  const may = toMonth('2027-05')
  const known = ['2027-04-30', '2027-05-01', '2027-05-30', '2027-05-31', '2027-06-01'].map((day) =>
    lastKnownDay(may, toDay(day)),
  )
  expect(known).toEqual([0, 1, 30, 31, 31])
})

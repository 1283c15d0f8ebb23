import type { PriceRate } from '@tenantree/contract'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addFractions, compare, type Fraction, multiply, toFraction, zero } from '../kernel/fraction.ts'
import { allocate, toAmountText } from '../kernel/money.ts'
import { type Asking, ratePrice, ratePrices, roundToMoney, type SharedRating } from './rating.ts'

const asking = (rate: PriceRate, minimum: string | null = null, currency = 'EUR'): Asking => ({
  rate,
  minimum,
  currency,
})
const whole = (quantity: number): Fraction => toFraction(BigInt(quantity))
const tiers = [
  { above: 0, up_to: 10, unit_price: '5' },
  { above: 10, up_to: 100, unit_price: '4' },
  { above: 100, up_to: null, unit_price: '3' },
]
const totalOf = (rate: PriceRate, quantity: number, minimum: string | null = null): string =>
  toAmountText(ratePrice(asking(rate, minimum), whole(quantity)).total)

describe('the models (R-PRICE-1)', () => {
  it.each<[PriceRate, [number, string][]]>([
    [
      { model: 'per_unit', unit_price: '1.7825' },
      [
        [0, '0.00'],
        [1, '1.78'],
        [2, '3.57'],
        [1000, '1782.50'],
      ],
    ],
    [
      { model: 'flat', amount: '49.9' },
      [
        [0, '0.00'],
        [1, '49.90'],
        [1000, '49.90'],
      ],
    ],
    [
      { model: 'graduated', tiers },
      [
        [10, '50.00'],
        [11, '54.00'],
        [100, '410.00'],
        [101, '413.00'],
      ],
    ],
    [
      { model: 'volume', tiers },
      [
        [10, '50.00'],
        [11, '44.00'],
        [100, '400.00'],
        [101, '303.00'],
      ],
    ],
    [
      { model: 'package', size: 5, package_price: '12' },
      [
        [0, '0.00'],
        [1, '12.00'],
        [5, '12.00'],
        [6, '24.00'],
      ],
    ],
  ])('%o', (rate, rows) => {
    expect(rows.map(([quantity]) => [quantity, totalOf(rate, quantity)])).toEqual(rows)
  })
  it('a minimum is asked with any quantity, and stands on a line of its own', () => {
    const rate: PriceRate = { model: 'per_unit', unit_price: '3' }
    expect([0, 1, 3, 4].map((quantity) => totalOf(rate, quantity, '10'))).toEqual(['0.00', '10.00', '10.00', '12.00'])
    expect(ratePrice(asking(rate, '10'), whole(3)).added).toEqual([
      { reason: 'minimum', amount: { minor: 100n, currency: 'EUR' } },
    ])
    expect(ratePrice(asking({ model: 'per_unit', unit_price: '5' }, '10'), whole(2)).added).toEqual([])
  })
  it('a package and a minimum both add their line', () => {
    const { amount, added, total } = ratePrice(
      asking({ model: 'package', size: 10, package_price: '12' }, '15'),
      whole(3),
    )
    expect([toAmountText(amount), ...added.map((line) => [line.reason, toAmountText(line.amount)])]).toEqual([
      '3.60',
      ['package', '8.40'],
      ['minimum', '3.00'],
    ])
    expect(toAmountText(total)).toBe('15.00')
  })
  it('a part of a unit is priced as that part: two thirds of it', () => {
    const parts = ratePrice(asking({ model: 'per_unit', unit_price: '4' }), toFraction(2n, 3n))
    expect(toAmountText(parts.total)).toBe('2.67')
    expect(toAmountText(ratePrice(asking({ model: 'graduated', tiers }), toFraction(31n, 3n)).total)).toBe('51.33')
  })
  it('a currency without minor units, and one with three', () => {
    const rate: PriceRate = { model: 'per_unit', unit_price: '100.5' }
    expect(toAmountText(ratePrice(asking(rate, null, 'JPY'), whole(1)).total)).toBe('101')
    expect(toAmountText(ratePrice(asking(rate, null, 'KWD'), whole(1)).total)).toBe('100.500')
  })
})

const price = fc
  .tuple(fc.integer({ min: 0, max: 99_999 }), fc.integer({ min: 0, max: 9_999 }))
  .map(([units, rest]) => `${units}.${String(rest).padStart(4, '0')}`)
const tierList = fc
  .tuple(
    fc.uniqueArray(fc.integer({ min: 1, max: 5000 }), { maxLength: 6 }),
    fc.array(price, { minLength: 7, maxLength: 7 }),
  )
  .map(([bounds, prices]) => {
    const ends = [...bounds.sort((left, right) => left - right), null]
    return ends.map((up_to, index) => ({ above: ends[index - 1] ?? 0, up_to, unit_price: prices[index]! }))
  })
const rates: fc.Arbitrary<PriceRate> = fc.oneof(
  price.map((unit_price) => ({ model: 'per_unit' as const, unit_price })),
  price.map((amount) => ({ model: 'flat' as const, amount })),
  tierList.map((list) => ({ model: 'graduated' as const, tiers: list })),
  tierList.map((list) => ({ model: 'volume' as const, tiers: list })),
  fc
    .tuple(fc.integer({ min: 1, max: 50 }), price)
    .map(([size, package_price]) => ({ model: 'package' as const, size, package_price })),
)
const quantity = fc
  .tuple(fc.integer({ min: 0, max: 20_000 }), fc.integer({ min: 1, max: 31 }))
  .map(([units, parts]) => toFraction(BigInt(units), BigInt(parts)))
const uses = fc
  .array(quantity, { maxLength: 12 })
  .map((quantities) => quantities.map((each, index) => ({ key: index, quantity: each })))
const cases = fc.record({
  rate: rates,
  minimum: fc.option(price, { nil: null }),
  currency: fc.constantFrom('EUR', 'JPY', 'KWD'),
})

/** What every sharing has to keep: the shares and what is added sum to the total, to the minor unit, and nobody is lost. */
function findFault(
  ask: Asking,
  list: { key: number; quantity: Fraction }[],
  shared: SharedRating<number>,
): string | null {
  const sumOf = (lines: readonly { amount: { minor: bigint } }[]) =>
    lines.reduce((sum, { amount }) => sum + amount.minor, 0n)
  if (sumOf(shared.shares) + sumOf(shared.added) !== shared.total.minor) return 'the parts do not sum to the whole'
  const asked = list.filter((use) => compare(use.quantity, zero) > 0).map(({ key }) => key)
  if (JSON.stringify(shared.shares.map(({ key }) => key)) !== JSON.stringify(asked)) return 'a customer is lost'
  if (shared.added.some(({ amount }) => amount.minor <= 0n)) return 'an added line takes away'
  const least =
    ask.minimum === null
      ? 0n
      : roundToMoney(toFraction(BigInt(ask.minimum.replace('.', '')), 10_000n), ask.currency).minor
  if (asked.length > 0 && shared.total.minor < least) return 'less than the minimum'
  return null
}

describe('sharing to the end customers (R-PRICE-1, R-PRICE-3)', () => {
  it('whatever the model and the parts, the shares and what is added sum to the total', () => {
    fc.assert(
      fc.property(cases, uses, (ask, list) => {
        expect(findFault(ask, list, ratePrices(ask, list))).toBeNull()
      }),
      { numRuns: 500 },
    )
  })
  it('the check finds a sharing that rounds each part by itself', () => {
    const ask = asking({ model: 'flat', amount: '10' })
    const list = [1, 1, 1].map((units, key) => ({ key, quantity: whole(units) }))
    const shared = ratePrices(ask, list)
    expect(shared.shares.map(({ amount }) => amount.minor)).toEqual([334n, 333n, 333n])
    const planted = shared.shares.map((share) => ({ ...share, amount: { minor: 333n, currency: 'EUR' } }))
    expect(findFault(ask, list, { ...shared, shares: planted })).toBe('the parts do not sum to the whole')
  })
  it('the same model shared or not asks the same, but for what is rounded per customer', () => {
    fc.assert(
      fc.property(cases, uses, (ask, list) => {
        fc.pre(ask.rate.model !== 'per_unit')
        const sum = list.reduce((total, use) => addFractions(total, use.quantity), zero)
        expect(ratePrices(ask, list).total).toEqual(ratePrice(ask, sum).total)
      }),
    )
  })
  it('per unit each customer has the amount that it would have alone', () => {
    fc.assert(
      fc.property(price, uses, (unit_price, list) => {
        const ask = asking({ model: 'per_unit', unit_price })
        for (const share of ratePrices(ask, list).shares)
          expect(share.amount).toEqual(ratePrice(ask, share.quantity).amount)
      }),
    )
  })
  it('the rows of the explanation sum to the exact amount', () => {
    fc.assert(
      fc.property(cases, quantity, (ask, each) => {
        const { parts, exact, amount } = ratePrice(ask, each)
        const sum = parts.reduce((total, part) => addFractions(total, part.amount), zero)
        expect(compare(sum, exact)).toBe(0)
        expect(roundToMoney(sum, ask.currency)).toEqual(amount)
      }),
    )
  })
})

describe('shapes', () => {
  const exactOf = (rate: PriceRate, each: Fraction) => ratePrice(asking(rate), each).exact
  const step = toFraction(1n, 1_000_000n)
  it('graduated is continuous: a millionth more never asks more than a millionth of the dearest unit', () => {
    fc.assert(
      fc.property(tierList, fc.integer({ min: 1, max: 6000 }), (list, at) => {
        const rate: PriceRate = { model: 'graduated', tiers: list }
        const more = exactOf(rate, addFractions(whole(at), step))
        const difference = addFractions(more, {
          ...exactOf(rate, whole(at)),
          numerator: -exactOf(rate, whole(at)).numerator,
        })
        const dearest = multiply(step, toFraction(100_000n))
        expect(compare(difference, zero)).toBeGreaterThanOrEqual(0)
        expect(compare(difference, dearest)).toBeLessThanOrEqual(0)
      }),
    )
  })
  it('volume may drop where a tier begins', () => {
    expect(totalOf({ model: 'volume', tiers }, 101)).toBe('303.00')
    expect(Number(totalOf({ model: 'volume', tiers }, 101))).toBeLessThan(
      Number(totalOf({ model: 'volume', tiers }, 100)),
    )
  })
  it('a package rounds up: never less than the part, less than one package more', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 5000 }), (size, units) => {
        const rate: PriceRate = { model: 'package', size, package_price: '7' }
        expect(ratePrice(asking(rate), whole(units)).total.minor).toBe(BigInt(Math.ceil(units / size)) * 700n)
      }),
    )
  })
  it('equal remainders are served in order, so that a month run again divides the same', () => {
    expect(allocate({ minor: 1n, currency: 'EUR' }, [1n, 1n]).map(({ minor }) => minor)).toEqual([1n, 0n])
  })
})

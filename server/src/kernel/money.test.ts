import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { allocate, divideRounded, isCurrency, priceOf, sum, toAmountText, toDecimal, toMoneyJson } from './money.ts'

const magnitude = (value: bigint): bigint => (value < 0n ? -value : value)
const weights = fc
  .array(fc.oneof(fc.constant(0n), fc.bigInt({ min: 0n, max: 10n ** 12n })), { minLength: 1, maxLength: 40 })
  .filter((all) => all.some((weight) => weight > 0n))
const minor = fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n })

type Allocate = typeof allocate
/** What a split has to keep, whatever is split. */
function holdsSplit(split: Allocate): void {
  fc.assert(
    fc.property(minor, weights, (total, by) => {
      const parts = split({ minor: total, currency: 'EUR' }, by)
      const weightSum = by.reduce((left, right) => left + right, 0n)
      expect(sum(parts, 'EUR').minor).toBe(total)
      for (const [index, part] of parts.entries()) {
        // Never a whole minor unit away from the exact share.
        expect(magnitude(part.minor * weightSum - total * by[index]!)).toBeLessThan(weightSum)
        if (by[index] === 0n) expect(part.minor).toBe(0n)
      }
    }),
    { endOnFailure: true },
  )
}

describe('allocate', () => {
  it('the parts always sum to the whole, each less than a minor unit from its share, nothing where the weight is zero', () =>
    holdsSplit(allocate))

  it.each<[string, bigint, bigint[], bigint[]]>([
    ['equal weights: the first parts carry the remainder', 100n, [1n, 1n, 1n], [34n, 33n, 33n]],
    ['negative: the same, the other way round', -100n, [1n, 1n, 1n], [-34n, -33n, -33n]],
    ['the largest remainder is served first (R-PRICE-3)', 10n, [1n, 1n, 7n], [1n, 1n, 8n]],
    ['a weight of zero gets nothing', 1n, [0n, 1n, 1n], [0n, 1n, 0n]],
    ['one part is the whole', 7n, [3n], [7n]],
    ['nothing is split into nothing', 0n, [1n, 2n], [0n, 0n]],
  ])('%s', (_name, total, by, parts) => {
    expect(allocate({ minor: total, currency: 'EUR' }, by).map((part) => part.minor)).toEqual(parts)
  })

  it('weights that sum to nothing are a bug', () => {
    expect(() => allocate({ minor: 1n, currency: 'EUR' }, [0n, 0n])).toThrow('more than zero')
    expect(() => allocate({ minor: 1n, currency: 'EUR' }, [])).toThrow('more than zero')
  })

  it.each<[string, Allocate]>([
    [
      'rounds each part by itself',
      (total, by) => {
        const all = by.reduce((left, right) => left + right, 0n)
        return by.map((weight) => ({ ...total, minor: divideRounded(total.minor * weight, all) }))
      },
    ],
    [
      'gives the remainder to the first',
      (total, by) => {
        const all = by.reduce((left, right) => left + right, 0n)
        const parts = by.map((weight) => (total.minor * weight) / all)
        const rest = total.minor - parts.reduce((left, right) => left + right, 0n)
        return parts.map((part, index) => ({ ...total, minor: index === 0 ? part + rest : part }))
      },
    ],
  ])('a planted split that %s is found', (_name, split) => {
    expect(() => holdsSplit(split)).toThrow()
  })
})

describe('rounding', () => {
  it.each<[bigint, bigint, bigint]>([
    [5n, 10n, 1n],
    [-5n, 10n, -1n],
    [49n, 100n, 0n],
    [-49n, 100n, 0n],
    [15n, 10n, 2n],
    [25n, 10n, 3n],
    [0n, 3n, 0n],
  ])('%s over %s is %s: half away from zero', (numerator, denominator, rounded) => {
    expect(divideRounded(numerator, denominator)).toBe(rounded)
  })

  it('is never more than half a unit away, and the same on both sides of zero', () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.bigInt({ min: 1n, max: 10n ** 20n }), (numerator, denominator) => {
        const rounded = divideRounded(numerator, denominator)
        expect(magnitude(rounded * denominator - numerator) * 2n).toBeLessThanOrEqual(denominator)
        expect(divideRounded(-numerator, denominator)).toBe(-rounded)
      }),
    )
  })

  it.each<[bigint, string, string, string]>([
    [3n, '4.10', 'EUR', '12.30'],
    [1n, '0.005', 'EUR', '0.01'],
    [1n, '0.00499999', 'EUR', '0.00'],
    [3n, '0.335', 'EUR', '1.01'],
    [7n, '12.5', 'JPY', '88'],
    [1n, '1.2345', 'BHD', '1.235'],
    [100_000n, '999999999.99999999', 'EUR', '100000000000000.00'],
  ])('%s times %s %s is %s', (quantity, unitPrice, currency, amount) => {
    expect(toAmountText(priceOf(quantity, toDecimal(unitPrice), currency))).toBe(amount)
  })
})

describe('text', () => {
  it('an amount reads back as it was, in currencies of no, two and three digits', () => {
    fc.assert(
      fc.property(minor, fc.constantFrom('EUR', 'JPY', 'BHD'), (value, currency) => {
        const { amount } = toMoneyJson({ minor: value, currency })
        expect(priceOf(1n, toDecimal(amount), currency)).toEqual({ minor: value, currency })
        expect(amount).toMatch(/^-?\d+(\.\d+)?$/)
      }),
    )
  })

  it.each<[bigint, string, string]>([
    [1234n, 'EUR', '12.34'],
    [-5n, 'EUR', '-0.05'],
    [0n, 'EUR', '0.00'],
    [7n, 'JPY', '7'],
    [7n, 'BHD', '0.007'],
  ])('%s minor units of %s are %s', (value, currency, text) => {
    expect(toAmountText({ minor: value, currency })).toBe(text)
  })

  it.each(['', '.5', '5.', '1,5', '1e3', '+1', ' 1', '0x1', '1.2.3'])('%j is no decimal', (text) => {
    expect(() => toDecimal(text)).toThrow('not a decimal')
  })

  it('amounts of two currencies are never added', () => {
    expect(() => sum([{ minor: 1n, currency: 'USD' }], 'EUR')).toThrow('never added')
    expect(sum([], 'EUR')).toEqual({ minor: 0n, currency: 'EUR' })
  })

  it.each([
    ['EUR', true],
    ['XXQ', false],
    ['eur', false],
  ])('%s is a currency: %s', (code, known) => {
    expect(isCurrency(code)).toBe(known)
  })
})

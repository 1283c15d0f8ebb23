import type { PriceRate } from '@tenantree/contract'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as fractions from '../../kernel/fraction.ts'
import { toDay } from '../../kernel/time.ts'
import type { Asking } from '../../pricing/index.ts'
import { periodFrom, shareOf } from '../periods/domain.ts'
import { type PeriodFact, rateMonth, toAddedCredits, toPeriodCharge } from './domain.ts'

const eur = (rate: PriceRate, minimum: string | null = null): Asking => ({ rate, minimum, currency: 'EUR' })
const perUnit = (unit_price: string) => eur({ model: 'per_unit', unit_price })
const packageOfTen = eur({ model: 'package', size: 10, package_price: '100' })
const graduated = eur({
  model: 'graduated',
  tiers: [
    { above: 0, up_to: 10, unit_price: '10' },
    { above: 10, up_to: null, unit_price: '5' },
  ],
})
const volume = eur({
  model: 'volume',
  tiers: [
    { above: 0, up_to: 10, unit_price: '10' },
    { above: 10, up_to: null, unit_price: '8' },
  ],
})

/** Licenses of one offer from a day to another of a month, by the month's price. */
function fact(id: string, quantity: number, from = '2027-11-01', to = '2027-11-30'): PeriodFact {
  const period = periodFrom(toDay(from), { mode: 'monthly', anchor: toDay(from), until: toDay(to) })
  return {
    id,
    root_id: id,
    credit_of: null,
    reason: 'period',
    order_id: `order of ${id}`,
    buyer_id: 'buyer',
    rated_month: `${from.slice(0, 7)}-01`,
    is_undone: false,
    customer_id: 'buyer',
    customer_name: 'Buyer',
    offer_id: 'offer',
    product: 'Backup',
    edition: 'Server',
    charge_model: 'committed',
    unit: 'device',
    term: 'monthly',
    payment_mode: 'monthly',
    periods: 1,
    from_day: from,
    to_day: to,
    whole_from: period.wholeFrom.toString(),
    whole_to: period.wholeTo.toString(),
    priced_on: from,
    quantity,
  }
}
const creditOf = (charged: PeriodFact, part: Partial<PeriodFact> = {}): PeriodFact => ({
  ...charged,
  id: `credit of ${charged.id}`,
  credit_of: charged.id,
  reason: 'withdrawal',
  quantity: -charged.quantity,
  ...part,
})
const centsOf = (facts: readonly PeriodFact[], asking: Asking) => {
  const rated = rateMonth(facts, asking)
  return {
    lines: facts.map((one) => toPeriodCharge(one, rated, 'buyer').amount.minor),
    added: rated.rating.added.map(({ reason, amount }) => [reason, amount.minor]),
    total: rated.rating.total.minor,
  }
}

describe('a period alone (R-BILL-3, R-PRICE-3)', () => {
  it.each([
    ['4.10', 5, '2027-11-25', '2027-11-30', 410n],
    ['10', 1, '2027-02-01', '2027-02-28', 1000n],
    ['10', 3, '2027-02-28', '2027-02-28', 107n],
    ['0.335', 1, '2027-01-01', '2027-01-31', 34n],
  ])('%s x %s from %s to %s is %s cents', (price, quantity, from, to, cents) => {
    expect(centsOf([fact('a', quantity, from, to)], perUnit(price))).toMatchObject({ lines: [cents], total: cents })
  })

  it('is never more than half a cent from its exact share', () => {
    fc.assert(
      fc.property(priceText, fc.integer({ min: 1, max: 100_000 }), days, (price, quantity, { from, to }) => {
        const one = fact('a', quantity, from, to)
        const share = shareOf(periodFrom(toDay(from), { mode: 'monthly', anchor: toDay(from), until: toDay(to) }))
        const exact = fractions.multiply(
          fractions.multiply(fractions.fromText(price), fractions.toFraction(BigInt(quantity))),
          share,
        )
        const off = fractions.subtract(fractions.toFraction(centsOf([one], perUnit(price)).total, 100n), exact)
        const size = { ...off, numerator: off.numerator < 0n ? -off.numerator : off.numerator }
        expect(fractions.compare(size, fractions.toFraction(1n, 200n))).toBeLessThanOrEqual(0)
      }),
    )
  })
})

const priceText = fc
  .integer({ min: 1, max: 99_999_999 })
  .map((units) => `${Math.floor(units / 10_000)}.${String(units % 10_000).padStart(4, '0')}`)
const days = fc
  .tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 0, max: 29 }))
  .map(([first, more]) => ({ first, last: Math.min(30, first + more) }))
  .map(({ first, last }) => ({
    from: `2027-11-${`${first}`.padStart(2, '0')}`,
    to: `2027-11-${`${last}`.padStart(2, '0')}`,
  }))

describe('the orders of an edge, offer and month are priced together (R-PRICE-1)', () => {
  it('graduated: the second order stands in the cheaper tier, and both share the sum', () => {
    expect(centsOf([fact('a', 10)], graduated).total).toBe(10_000n)
    expect(centsOf([fact('a', 10), fact('b', 10)], graduated)).toEqual({
      lines: [7_500n, 7_500n],
      added: [],
      total: 15_000n,
    })
  })
  it('volume: the last of a tier, and the first beyond it', () => {
    expect(centsOf([fact('a', 10)], volume).total).toBe(10_000n)
    expect(centsOf([fact('a', 10), fact('b', 1)], volume)).toMatchObject({ lines: [8_000n, 800n], total: 8_800n })
  })
  it('packages: what makes them whole stands apart, and grows smaller with the next order', () => {
    expect(centsOf([fact('a', 4)], packageOfTen)).toEqual({
      lines: [4_000n],
      added: [['package', 6_000n]],
      total: 10_000n,
    })
    expect(centsOf([fact('a', 4), fact('b', 6)], packageOfTen)).toEqual({
      lines: [4_000n, 6_000n],
      added: [],
      total: 10_000n,
    })
    expect(centsOf([fact('a', 11)], packageOfTen).added).toEqual([['package', 9_000n]])
  })
  it('a minimum is asked of the month: one cent below it, on it, beyond it', () => {
    const asking = { ...perUnit('10'), minimum: '50.01' }
    expect(centsOf([fact('a', 5)], asking)).toEqual({ lines: [5_000n], added: [['minimum', 1n]], total: 5_001n })
    expect(centsOf([fact('a', 5)], { ...asking, minimum: '50' }).added).toEqual([])
    expect(centsOf([fact('a', 4), fact('b', 2)], asking).added).toEqual([])
  })
  it('a flat amount is one, whatever is ordered', () => {
    const flat = eur({ model: 'flat', amount: '99.99' })
    expect(centsOf([fact('a', 1), fact('b', 2)], flat)).toMatchObject({ lines: [3_333n, 6_666n], total: 9_999n })
  })
  it('tiers go by the number of licenses, the amount by the days', () => {
    expect(centsOf([fact('a', 20, '2027-11-25')], graduated)).toMatchObject({ lines: [3_000n], total: 3_000n })
  })

  it('whatever is ordered when, the parts sum to the whole to the cent, and no order makes the month cheaper under a minimum', () => {
    fc.assert(
      fc.property(
        rates,
        fc.array(fc.tuple(fc.integer({ min: 1, max: 50 }), days), { minLength: 1, maxLength: 8 }),
        (asking, orders) => {
          const facts = orders.map(([quantity, { from, to }], index) => fact(`f${index}`, quantity, from, to))
          const rated = centsOf(facts, asking)
          const parts = [...rated.lines, ...rated.added.map(([, minor]) => minor as bigint)]
          expect(parts.reduce((total, minor) => total + minor, 0n)).toBe(rated.total)
          if (asking.rate.model === 'per_unit' && facts.length > 1)
            expect(rated.total).toBeGreaterThanOrEqual(centsOf(facts.slice(1), asking).total)
        },
      ),
    )
  })
})

const rates = fc
  .tuple(
    fc.constantFrom<PriceRate>(perUnit('4.1667').rate, graduated.rate, volume.rate, packageOfTen.rate, {
      model: 'flat',
      amount: '99.99',
    }),
    fc.constantFrom(null, '50'),
  )
  .map(([rate, minimum]) => eur(rate, minimum))

describe('credits (R-BUY-3, R-LIC-8)', () => {
  it('take back what was charged, to the cent, under every price', () => {
    fc.assert(
      fc.property(
        rates,
        fc.array(fc.tuple(fc.integer({ min: 1, max: 50 }), days), { minLength: 1, maxLength: 5 }),
        (asking, orders) => {
          const facts = orders.map(([quantity, { from, to }], index) => fact(`f${index}`, quantity, from, to))
          const rated = rateMonth(facts, asking)
          for (const one of facts) {
            const credit = toPeriodCharge(creditOf(one), rated, 'buyer')
            expect(toPeriodCharge(one, rated, 'buyer').amount.minor + credit.amount.minor).toBe(0n)
          }
        },
      ),
    )
  })
  it('of all that began in the month take back its packages and its minimum too; of a part, what is no longer asked', () => {
    const both = [fact('a', 4), fact('b', 7)]
    const rated = rateMonth(both, packageOfTen)
    const without = (...ids: string[]) =>
      rateMonth(
        both.filter(({ id }) => !ids.includes(id)),
        packageOfTen,
      )
    const credited = (...ids: string[]) =>
      toAddedCredits(rated, without(...ids)).map(({ kind, amount }) => [kind, amount.minor])
    expect(rated.rating.added).toMatchObject([{ amount: { minor: 9_000n } }])
    expect(credited('a', 'b')).toEqual([['package', -9_000n]])
    expect(credited('b')).toEqual([['package', -3_000n]])
    expect(credited('a')).toEqual([['package', -6_000n]])
    expect(credited()).toEqual([])
  })
  it('never charge more: a withdrawal that leaves more to the minimum credits its own amount alone', () => {
    const both = [fact('a', 4), fact('b', 1)]
    const asking = { ...perUnit('10'), minimum: '50' }
    expect(toAddedCredits(rateMonth(both, asking), rateMonth(both.slice(0, 1), asking))).toEqual([])
  })
  it('in the month itself what is withdrawn counts for no tier', () => {
    const undone = { ...fact('a', 10), is_undone: true }
    const rated = centsOf([undone, fact('b', 10)], graduated)
    expect(rated.total).toBe(10_000n)
    expect(rated.lines).toEqual([10_000n, 10_000n])
  })
  it('an edition that changes takes back its days at the price of its month', () => {
    const charged = fact('a', 20)
    const rated = rateMonth([charged], graduated)
    const part = creditOf(charged, { reason: 'edition_change', quantity: -1, from_day: '2027-11-16' })
    expect(toPeriodCharge(part, rated, 'buyer').amount.minor).toBe(-375n)
  })
})

it('R-TREE-10: an order is named to the ends of its own edge only', () => {
  const one = fact('a', 1)
  const rated = rateMonth([one], perUnit('1'))
  expect(toPeriodCharge(one, rated, 'buyer').basis?.order_id).toBe('order of a')
  expect(toPeriodCharge(one, rated, 'somebody above').basis?.order_id).toBeNull()
})

import type { Party } from '@tenantree/contract'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toFraction } from '../kernel/fraction.ts'
import { toInstant, toMonth } from '../kernel/time.ts'
import type { AskedInMonth } from '../pricing/index.ts'
import { closesAt, isOver, planInvoice, toInvoiceNumber, type Use } from './domain.ts'

const party = (name: string): Party => ({
  tenant_id: '01990000-0000-7000-8000-000000000000',
  name,
  legal_name: `${name} Ltd`,
  vat_number: null,
  street: '1 Main Street',
  postal_code: null,
  city: 'Bremen',
  country: 'DE',
})
const use = (quantity: bigint, offer_id = 'o'): Use => ({
  customer_id: 'c',
  customer_name: 'C',
  offer_id,
  product: 'Backup',
  edition: 'Server',
  charge_model: 'active_use',
  unit: 'device',
  quantity: toFraction(quantity),
  units: quantity,
  active_days: quantity,
  divided_units: 0,
  part_days: 0,
  of_days: 0,
  moved_on: [],
})
const ends = { seller: party('S'), buyer: party('B') }
const asked = (...prices: (string | null)[]) => ({
  prices: prices.flatMap((unit_price, index): AskedInMonth[] =>
    unit_price === null
      ? []
      : [{ offer_id: `o${index}`, currency: 'EUR', minimum: null, rate: { model: 'per_unit', unit_price } }],
  ),
  currency: 'EUR',
})
const plan = (pairs: readonly [bigint, string | null][], parties = ends) =>
  planInvoice(
    pairs.map(([quantity], index) => use(quantity, `o${index}`)),
    asked(...pairs.map(([, price]) => price)),
    parties,
  )

describe('R-BILL-1: when a month is over', () => {
  it('from 01:00 UTC on the 1st, not a millisecond before', () => {
    const january = toMonth('2027-01')
    expect(isOver(january, toInstant('2027-02-01T00:59:59.999Z'))).toBe(false)
    expect(isOver(january, toInstant('2027-02-01T01:00:00Z'))).toBe(true)
    expect(closesAt(toMonth('2028-02')).toString()).toBe('2028-03-01T01:00:00Z')
    expect(closesAt(toMonth('2026-12')).toString()).toBe('2027-01-01T01:00:00Z')
  })
})

describe('R-PRICE-3: a line is rounded once, half away from zero', () => {
  it.each([
    [1n, '0.005', 1n],
    [1n, '0.0049', 0n],
    [3n, '0.335', 101n],
    [7n, '8.5', 5950n],
    [1000n, '0.0000005', 0n],
    [10000n, '0.0000005', 1n],
  ])('%d x %s is %d cents', (quantity, price, cents) => {
    expect(plan([[quantity, price]])?.total?.minor).toBe(cents)
  })
  it('the total is the sum of the rounded lines, whatever the quantities', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.bigInt(1n, 100_000n), fc.integer({ min: 0, max: 99_999_999 })), { minLength: 1 }),
        (pairs) => {
          const planned = plan(pairs.map(([quantity, price]) => [quantity, (price / 10_000).toFixed(4)]))
          expect(planned?.total?.minor).toBe(planned?.lines.reduce((total, line) => total + line.amount.minor, 0n))
        },
      ),
    )
  })
})

describe('R-PRICE-1: tiers, packages and a minimum hold for the sum over all customers of the edge', () => {
  const ofCustomers = (quantities: readonly bigint[], price: Omit<AskedInMonth, 'offer_id' | 'currency'>) =>
    planInvoice(
      quantities.map((quantity, index) => ({
        ...use(quantity, 'o0'),
        customer_id: `c${index}`,
        customer_name: `C${index}`,
      })),
      { prices: [{ offer_id: 'o0', currency: 'EUR', ...price }], currency: 'EUR' },
      ends,
    )
  const linesOf = (...asked: Parameters<typeof ofCustomers>) =>
    ofCustomers(...asked)?.lines.map((line) => [line.kind, line.customer_id, line.amount.minor])

  it('graduated: shared by quantity, by largest remainder, and explained', () => {
    const tiers = [
      { above: 0, up_to: 10, unit_price: '10' },
      { above: 10, up_to: null, unit_price: '5' },
    ]
    const plan = ofCustomers([7n, 7n, 6n], { rate: { model: 'graduated', tiers }, minimum: null })
    expect(plan?.lines.map((line) => line.amount.minor)).toEqual([5_250n, 5_250n, 4_500n])
    expect(plan?.lines[0]).toMatchObject({
      unitPrice: null,
      pricing: {
        model: 'graduated',
        quantity: '20',
        parts: [
          { quantity: '10', unit_price: '10' },
          { quantity: '10', unit_price: '5' },
        ],
      },
    })
    expect(plan?.total?.minor).toBe(15_000n)
  })
  it('what a package and a minimum add stands on lines of its own, of no customer', () => {
    const rate = { model: 'package' as const, size: 10, package_price: '20' }
    expect(linesOf([1n, 2n], { rate, minimum: '25' })).toEqual([
      ['use', 'c0', 200n],
      ['use', 'c1', 400n],
      ['package', null, 1_400n],
      ['minimum', null, 500n],
    ])
    expect(linesOf([4n, 6n], { rate, minimum: '20' })).toHaveLength(2)
  })
  it('a minimum is asked with any use, and of nobody who used nothing', () => {
    expect(linesOf([1n], { rate: { model: 'per_unit', unit_price: '1' }, minimum: '30' })).toEqual([
      ['use', 'c0', 100n],
      ['minimum', null, 2_900n],
    ])
    expect(ofCustomers([], { rate: { model: 'per_unit', unit_price: '1' }, minimum: '30' })).toBeNull()
  })
})

describe('R-BILL-1: what stays a draft, with the reason', () => {
  it('a missing price, a missing address; the others are issued', () => {
    expect(plan([[1n, '1']])?.draftReason).toBeNull()
    expect(
      plan([
        [1n, '1'],
        [2n, null],
      ])?.draftReason,
    ).toBe('No price for Backup Server.')
    expect(plan([[1n, '1']], { ...ends, seller: { ...ends.seller, street: ' ' } })?.draftReason).toContain(
      'S is missing',
    )
    expect(planInvoice([], asked('1'), ends)).toBeNull()
  })
  it('an edge without any price is a draft, in the currency that its seller asks for or in none', () => {
    const uses = [use(1n)]
    const known = planInvoice(uses, { prices: [], currency: 'NOK' }, ends)
    expect(known).toEqual({
      lines: [],
      currency: 'NOK',
      total: { minor: 0n, currency: 'NOK' },
      draftReason: 'No price for Backup Server.',
    })
    expect(planInvoice(uses, { prices: [], currency: null }, ends)).toMatchObject({ currency: null, total: null })
  })
})

it('R-BILL-7: numbers have the year and at least five digits', () => {
  expect(toInvoiceNumber(2027, 1n)).toBe('INV-2027-00001')
  expect(toInvoiceNumber(2027, 123_456n)).toBe('INV-2027-123456')
})

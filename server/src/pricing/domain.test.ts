import { describe, expect, it } from 'vitest'
import { toDay } from '../kernel/time.ts'
import { decideCurrency, decideKey, decideRate, decideStart, refuseBadTiers } from './domain.ts'

type Refusal = { code: string; details: { errors?: { pointer: string; code: string }[] } }
const refusalOf = (run: () => unknown): Refusal | null => {
  try {
    run()
    return null
  } catch (error) {
    return error as Refusal
  }
}
const codeOf = (run: () => unknown) => refusalOf(run)?.code ?? null
const pointersOf = (run: () => unknown) =>
  refusalOf(run)?.details.errors?.map(({ pointer, code }) => `${pointer} ${code}`)
const today = toDay('2027-02-28')
const euro = (amount: string) => ({ amount, currency: 'EUR' })
const sent = { term: null, period: 'monthly' as const, service_type: null, minimum: null }

it('today is the first day a price may begin, yesterday is refused', () => {
  expect(decideStart('2027-02-28', today)).toBe('2027-02-28')
  expect(decideStart(undefined, today)).toBe('2027-02-28')
  expect(codeOf(() => decideStart('2027-02-27', today))).toBe('price_in_the_past')
})

it('422 currency_mismatch: a list has one currency', () => {
  expect(codeOf(() => decideRate({ currency: 'USD' }, { ...sent, unit_price: euro('1') }))).toBe('currency_mismatch')
})

it('422: letters that are no currency', () => {
  expect(decideCurrency('CHF')).toBe('CHF')
  expect(codeOf(() => decideCurrency('QQQ'))).toBe('invalid_request')
})

it('422: neither or both of unit_price and rate, a minimum of nothing', () => {
  const list = { currency: 'EUR' }
  const rate = { model: 'flat' as const, amount: '1' }
  expect(decideRate(list, { ...sent, unit_price: euro('3.50') }).rate).toEqual({
    model: 'per_unit',
    unit_price: '3.50',
  })
  expect(decideRate(list, { ...sent, rate, minimum: '0.01' })).toEqual({ rate, minimum: '0.01' })
  expect(codeOf(() => decideRate(list, sent))).toBe('invalid_request')
  expect(codeOf(() => decideRate(list, { ...sent, rate, unit_price: euro('1') }))).toBe('invalid_request')
  expect(codeOf(() => decideRate(list, { ...sent, rate, minimum: '0.00' }))).toBe('invalid_request')
})

describe('tiers (R-PRICE-1): every quantity stands in exactly one', () => {
  const tier = (above: number, up_to: number | null) => ({ above, up_to, unit_price: '1' })
  it('one open tier, and tiers that meet', () => {
    expect(codeOf(() => refuseBadTiers([tier(0, null)]))).toBeNull()
    expect(codeOf(() => refuseBadTiers([tier(0, 1), tier(1, 2), tier(2, null)]))).toBeNull()
  })
  it.each([
    ['a hole at the beginning', [tier(1, null)], ['/rate/tiers/0/above tier_hole']],
    ['a hole between', [tier(0, 10), tier(11, null)], ['/rate/tiers/1/above tier_hole']],
    ['a hole at the end', [tier(0, 10)], ['/rate/tiers/0/up_to tier_hole']],
    ['an overlap', [tier(0, 10), tier(9, null)], ['/rate/tiers/1/above tier_overlap']],
    ['nothing in it', [tier(0, 0), tier(0, null)], ['/rate/tiers/0/up_to tier_order']],
    ['the wrong order', [tier(0, 10), tier(10, 5), tier(5, null)], ['/rate/tiers/1/up_to tier_order']],
    ['one after an open one', [tier(0, null), tier(10, null)], ['/rate/tiers/1/above tier_overlap']],
    [
      'two faults, both told',
      [tier(1, 10), tier(20, null)],
      ['/rate/tiers/0/above tier_hole', '/rate/tiers/1/above tier_hole'],
    ],
  ])('422 tiers_invalid: %s', (_name, tiers, faults) => {
    expect(codeOf(() => refuseBadTiers(tiers))).toBe('tiers_invalid')
    expect(pointersOf(() => refuseBadTiers(tiers))).toEqual(faults)
  })
})

describe('what a price is for', () => {
  const terms = [
    { code: 'monthly', name: 'Month to month', months: 1 },
    { code: 'half', name: '18 months', months: 18 },
    { code: 'annual', name: '1 year', months: 12 },
  ]
  const committed = { charge_model: 'committed' as const, terms, metric: null }
  const used = { charge_model: 'active_use' as const, terms: [], metric: null }
  const storage = { charge_model: 'peak' as const, terms: [], metric: 'used_storage' as const }
  it('a term of the offer; a year only where the term is of whole years', () => {
    expect(decideKey(committed, { ...sent, term: 'annual', period: 'annual' })).toEqual({
      term: 'annual',
      period: 'annual',
      service_type: '',
    })
    for (const term of ['monthly', 'half'])
      expect(pointersOf(() => decideKey(committed, { ...sent, term, period: 'annual' }))).toEqual([
        '/period invalid_request',
      ])
    expect(codeOf(() => decideKey(committed, { ...sent, term: 'three_years' }))).toBe('price_term_unknown')
    expect(pointersOf(() => decideKey(committed, sent))).toEqual(['/term invalid_request'])
  })
  it('what is billed after use has neither term nor year', () => {
    expect(decideKey(used, sent)).toEqual({ term: '', period: 'monthly', service_type: '' })
    expect(codeOf(() => decideKey(used, { ...sent, term: 'annual' }))).toBe('price_term_unknown')
    expect(codeOf(() => decideKey(used, { ...sent, period: 'annual' }))).toBe('invalid_request')
  })
  it('a service type for used storage only', () => {
    expect(decideKey(storage, { ...sent, service_type: 'software_only' }).service_type).toBe('software_only')
    expect(codeOf(() => decideKey(used, { ...sent, service_type: 'software_only' }))).toBe('invalid_request')
  })
})

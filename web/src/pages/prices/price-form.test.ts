import { describe, expect, it } from 'vitest'
import type { Price } from '../../api/types.ts'
import { emptyPrice, exampleQuantities, fromPrice, type PriceForm, toRate } from './price-form.ts'

const form = (fields: Partial<PriceForm>): PriceForm => ({ ...emptyPrice('2027-01-05'), ...fields })
const tiers = (...rows: [string, string][]) => rows.map(([up_to, unit_price]) => ({ up_to, unit_price }))

describe('what the form says as a rate', () => {
  it('a tier begins where the one before ends, and the last is open whatever stands in it', () => {
    expect(toRate(form({ model: 'volume', tiers: tiers(['10', '5'], ['100', ' 4.50 '], ['7', '4']) }))).toEqual({
      model: 'volume',
      tiers: [
        { above: 0, up_to: 10, unit_price: '5' },
        { above: 10, up_to: 100, unit_price: '4.50' },
        { above: 100, up_to: null, unit_price: '4' },
      ],
    })
  })
  it('null while it is not whole: a price missing, a tier that ends where it begins, a comma', () => {
    for (const wrong of [tiers(['10', ''], ['', '4']), tiers(['0', '5'], ['', '4']), tiers(['10', '5,5'], ['', '4'])])
      expect(toRate(form({ model: 'graduated', tiers: wrong }))).toBeNull()
    expect(toRate(form({ model: 'graduated', tiers: tiers(['10', '5'], ['10', '4'], ['', '3']) }))).toBeNull()
    expect(toRate(form({ amount: '-1' }))).toBeNull()
    expect(toRate(form({ model: 'package', amount: '20', size: '0' }))).toBeNull()
  })
  it('prices stay the text that was typed', () => {
    expect(toRate(form({ amount: '0.10000000' }))).toEqual({ model: 'per_unit', unit_price: '0.10000000' })
    expect(toRate(form({ model: 'flat', amount: '999999999.99999999' }))).toMatchObject({
      amount: '999999999.99999999',
    })
  })
  it.each([
    { model: 'flat', amount: '49' },
    { model: 'package', size: 5, package_price: '20.00' },
    { model: 'graduated', tiers: [{ above: 0, up_to: null, unit_price: '4.10' }] },
  ] as const)('an earlier price opens as it was: %o', (rate) => {
    const price = {
      offer: { id: 'o' },
      term: null,
      period: 'monthly',
      service_type: null,
      rate,
      minimum: '5',
    } as unknown
    const opened = fromPrice(price as Price, '2027-01-05')
    expect(toRate(opened)).toEqual(rate)
    expect(opened).toMatchObject({ minimum: '5', valid_from: '2027-01-05' })
  })
  it('the examples stand at each bound and after it', () => {
    const rate = toRate(form({ model: 'volume', tiers: tiers(['10', '5'], ['', '4']) }))
    expect(rate && exampleQuantities(rate)).toEqual([1, 10, 11, 20])
  })
})

import { expect, it } from 'vitest'
import { toDay } from '../kernel/time.ts'
import { decideCurrency, decidePrice } from './domain.ts'

const codeOf = (run: () => unknown) => {
  try {
    return run()
  } catch (error) {
    return (error as { code: string }).code
  }
}
const today = toDay('2027-02-28')
const euro = (amount: string) => ({ amount, currency: 'EUR' })

it('today is the first day a price may begin, yesterday is refused', () => {
  const list = { currency: 'EUR' }
  expect(decidePrice(list, { unit_price: euro('3.5'), valid_from: '2027-02-28' }, today)).toEqual({
    amount: '3.5',
    validFrom: '2027-02-28',
  })
  expect(decidePrice(list, { unit_price: euro('3.5') }, today).validFrom).toBe('2027-02-28')
  expect(codeOf(() => decidePrice(list, { unit_price: euro('3.5'), valid_from: '2027-02-27' }, today))).toBe(
    'price_in_the_past',
  )
})

it('422 currency_mismatch: a list has one currency', () => {
  expect(codeOf(() => decidePrice({ currency: 'USD' }, { unit_price: euro('1') }, today))).toBe('currency_mismatch')
})

it('422: letters that are no currency', () => {
  expect(decideCurrency('CHF')).toBe('CHF')
  expect(codeOf(() => decideCurrency('QQQ'))).toBe('invalid_request')
})

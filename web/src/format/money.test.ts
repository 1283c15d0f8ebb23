import { describe, expect, it } from 'vitest'
import { formatMoney, formatNumberOf, formatQuantity, formatUnitPrice } from './money.ts'

describe('money', () => {
  it('formats what a float cannot hold, to the cent', () => {
    expect(formatMoney({ amount: '90071992547409.93', currency: 'EUR' })).toBe('€90,071,992,547,409.93')
  })

  it('uses the digits of the currency', () => {
    expect(formatMoney({ amount: '1200', currency: 'JPY' })).toBe('JP¥1,200')
    expect(formatMoney({ amount: '0.5', currency: 'EUR' })).toBe('€0.50')
    expect(formatMoney({ amount: '-12.34', currency: 'EUR' })).toBe('-€12.34')
  })

  it('keeps all digits of a unit price, and shows at least two', () => {
    expect(formatUnitPrice({ amount: '0.00415', currency: 'EUR' })).toBe('€0.00415')
    expect(formatUnitPrice({ amount: '4', currency: 'EUR' })).toBe('€4.00')
  })

  it('speaks of one and of many', () => {
    expect(formatNumberOf(1, 'device')).toBe('1 device')
    expect(formatNumberOf(1204, 'device')).toBe('1,204 devices')
    expect(formatNumberOf(0, 'entry', 'entries')).toBe('0 entries')
  })

  it('groups a quantity without cutting it', () => {
    expect(formatQuantity('1204.5')).toBe('1,204.5')
  })
})

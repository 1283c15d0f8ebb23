import type { InvoiceLine, LinePricing } from '@tenantree/contract'
import { describe, expect, it } from 'vitest'
import {
  computeTax,
  currencyDigits,
  groupByCustomer,
  isFormulaLike,
  subtractDecimals,
  toDayRanges,
  toDayText,
  toDecimal,
  toExplanation,
  toMoneyText,
  toMonthText,
  toPaymentRows,
  toPeriodText,
  toPlainText,
  toPriceText,
  toQuantityText,
  toUnitPriceText,
} from './domain.ts'
import { sampleInvoice, sampleLine } from './invoice.fixture.ts'

describe('money', () => {
  it.each([
    ['119', 'EUR', '€119.00'],
    ['-1234.5', 'EUR', '-€1,234.50'],
    ['306', 'JPY', '¥306'],
    ['1.234', 'KWD', 'KWD\u00a01.234'],
    ['999999999999999.99', 'EUR', '€999,999,999,999,999.99'],
    ['9007199254740993.01', 'USD', '$9,007,199,254,740,993.01'],
  ])('prints %s %s without a float', (amount, currency, text) => expect(toMoneyText(amount, currency)).toBe(text))

  it.each([
    ['8.5', 'EUR', '€8.50'],
    ['0.01234567', 'EUR', '€0.01234567'],
    ['10', 'JPY', '¥10'],
    ['0.5', 'JPY', '¥0.5'],
  ])('keeps the digits of the unit price %s %s', (price, currency, text) =>
    expect(toUnitPriceText(price, currency)).toBe(text),
  )

  it('prints quantities as they are', () => {
    expect(['14', '1234', '0.483870967741935'].map(toQuantityText)).toEqual(['14', '1,234', '0.483870967741935'])
  })

  it.each([
    ['119.00', '100.00', '19.00'],
    ['0.1', '0.30', '-0.20'],
    ['5', '5', '0'],
    ['-0.01', '-0.02', '0.01'],
    ['999999999999999.9999', '0.0001', '999999999999999.9998'],
  ])('%s - %s = %s', (left, right, difference) => expect(subtractDecimals(left, right)).toBe(difference))

  it('finds the tax between subtotal and total, and none where they are equal', () => {
    const total = { amount: '101.15', currency: 'EUR' }
    expect(computeTax(sampleInvoice(4, { total }))).toBe('16.15')
    expect(computeTax(sampleInvoice(4))).toBeNull()
  })

  it('knows the digits of a currency', () => {
    expect(['EUR', 'JPY', 'KWD'].map(currencyDigits)).toEqual([2, 0, 3])
  })

  it.each(['', '1e3', '1,5', ' 1', '.5', '0x10', 'NaN', '=1'])('refuses %j as a decimal', (text) => {
    expect(() => toDecimal(text)).toThrow('not a decimal')
  })
})

describe('time', () => {
  it('prints days, periods and months', () => {
    expect(toDayText('2026-09-01')).toBe('1 Sep 2026')
    expect(toPeriodText('2026-10-01', '2026-10-31')).toBe('1 Oct 2026 – 31 Oct 2026')
    expect(toPeriodText('2026-12-31', '2026-12-31')).toBe('31 Dec 2026')
    expect(toMonthText('2027-01')).toBe('January 2027')
  })

  it.each([
    [[], ''],
    [[9], '9'],
    [[3, 1, 2, 9, 9], '1–3, 9'],
    [[1, 3, 5, 6, 7, 31], '1, 3, 5–7, 31'],
  ])('prints the days %j as %j', (days, text) => expect(toDayRanges(days)).toBe(text))
})

describe('text', () => {
  it('groups lines by customer in order of first appearance', () => {
    const lines = [1, 7, 2, 13, 8].map(sampleLine)
    expect(groupByCustomer(lines).map((group) => group.map((line) => line.position))).toEqual([[1, 2], [7, 8], [13]])
  })

  it.each(['=1', '+1', '-1', '@a', '\ta', '\ra'])('R-ACT-6: %j is like a formula', (text) => {
    expect(isFormulaLike(text)).toBe(true)
  })

  it.each(['', '1', 'a=1', ' =1', "'=1", '–1'])('R-ACT-6: %j is not like a formula', (text) => {
    expect(isFormulaLike(text)).toBe(false)
  })

  it('makes one well-formed line of anything', () => {
    expect(toPlainText(' a\r\nb\u0000c\u2028d\ud800 ')).toBe('a b c d\ufffd')
  })
})

describe('R-BILL-6: what is behind a line', () => {
  const pricing: LinePricing = {
    model: 'graduated',
    quantity: '130',
    parts: [
      { above: 0, up_to: 100, quantity: '100', unit_price: '4.1', amount: '410' },
      { above: 100, up_to: null, quantity: '30', unit_price: '3.25', amount: '97.5' },
    ],
    package_size: null,
    minimum: null,
  }
  const line: InvoiceLine = { ...sampleLine(1), unit_price: null, pricing }
  it('tiers, a flat amount, one tier alone', () => {
    expect([toPriceText(line, 'EUR'), toExplanation(line, 'EUR')]).toEqual([
      'Tiers',
      '130 in all: 100 at €4.10, 30 at €3.25',
    ])
    const flat = {
      ...pricing,
      model: 'flat' as const,
      parts: [{ ...pricing.parts[0]!, unit_price: null, amount: '20' }],
    }
    expect(toExplanation({ ...line, pricing: flat }, 'EUR')).toBe('130 in all: €20.00')
    expect(toExplanation({ ...line, pricing: { ...pricing, parts: [pricing.parts[0]!] } }, 'EUR')).toBe(
      '130 in all at €4.10',
    )
  })
  it('part of a month, a credit, assigned days, whole packages', () => {
    const basis = {
      reason: 'withdrawal' as const,
      order_id: null,
      days: 6,
      whole_days: 30,
      periods: 1,
      payment_mode: 'monthly' as const,
      priced_on: '2026-10-25',
    }
    const plain = { ...line, unit_price: '4', pricing: null }
    expect(toExplanation({ ...plain, kind: 'period', basis }, 'EUR')).toBe('order withdrawn · 6 of 30 days')
    expect(toExplanation({ ...plain, kind: 'assigned', evidence: { units: 1, days: 1 } }, 'EUR')).toBe('1 assigned day')
    const packed = { ...pricing, model: 'package' as const, package_size: 10 }
    expect(toExplanation({ ...line, kind: 'package', pricing: packed }, 'EUR')).toBe('to whole packages of 10')
  })
  it('what was paid by card and what is left', () => {
    const money = (amount: string) => ({ amount, currency: 'EUR' })
    const payments = [{ on: '2026-10-25', method: 'card' as const, amount: money('4.10') }]
    expect(toPaymentRows(sampleInvoice(1))).toEqual([])
    expect(toPaymentRows(sampleInvoice(1, { payments, due: money('4.40') }))).toEqual([
      { label: 'Paid by card on 25 Oct 2026', amount: '-4.10' },
      { label: 'Due', amount: '4.40' },
    ])
  })
})

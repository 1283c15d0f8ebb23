import { expect, it } from 'vitest'
import { toDayCell, toDecimalCell } from './cells.ts'

it.each([
  ['8.5', 2, 8.5, '#,##0.00'],
  ['-1234.50', 2, -1234.5, '#,##0.00'],
  ['306', 0, 306, '#,##0'],
  ['0.01234567', 2, 0.01234567, '#,##0.00000000'],
  ['0.00', 2, 0, '#,##0.00'],
  ['9999999999999.99', 2, 9999999999999.99, '#,##0.00'],
])('%s is a number in Excel', (decimal, digits, number, format) => {
  expect(toDecimalCell(decimal, digits)).toEqual({ number, format })
})

it.each(['10000000000000.00', '-90071992547409.93', '999999999999999.9999'])('%s stays exact as text', (decimal) => {
  expect(toDecimalCell(decimal, 2)).toBe(decimal)
})

it('days count as Excel counts them', () => {
  expect(['1970-01-01', '2026-10-31'].map(toDayCell)).toEqual([
    { number: 25569, format: 'd mmm yyyy' },
    { number: 46326, format: 'd mmm yyyy' },
  ])
})

import { describe, expect, it } from 'vitest'
import { addMonths, daysOf, formatMonth, isMonth, monthOf, monthsBack, startOfNextMonth } from './month.ts'

describe('months', () => {
  it.each([
    ['2027-01', 1, '2027-02'],
    ['2027-12', 1, '2028-01'],
    ['2027-01', -1, '2026-12'],
    ['2027-03', -15, '2025-12'],
    ['2027-06', 0, '2027-06'],
  ])('%s moved by %i is %s', (month, count, expected) => {
    expect(addMonths(month, count)).toBe(expected)
  })

  it.each([
    ['2027-01', 31],
    ['2027-02', 28],
    ['2028-02', 29],
    ['2100-02', 28],
    ['2027-04', 30],
  ])('%s has %i days', (month, days) => {
    expect(daysOf(month)).toBe(days)
  })

  it('reads the month of an instant without moving it to another zone', () => {
    expect(monthOf('2027-01-31T23:59:59.999Z')).toBe('2027-01')
    expect(monthOf('2027-02-01')).toBe('2027-02')
  })

  it('goes to the start of the next month over the end of a year', () => {
    expect(startOfNextMonth('2026-12-31T23:59:59Z')).toBe('2027-01-01T02:00:00Z')
  })

  it('lists months newest first', () => {
    expect(monthsBack('2027-02', 3)).toEqual(['2027-02', '2027-01', '2026-12'])
  })

  it('names a month', () => {
    expect(formatMonth('2027-02')).toBe('February 2027')
  })

  it.each([
    ['2027-12', true],
    ['2027-13', false],
    ['2027-00', false],
    ['2027-1', false],
    [202701, false],
  ])('knows whether %s is a month', (text, expected) => {
    expect(isMonth(text)).toBe(expected)
  })
})

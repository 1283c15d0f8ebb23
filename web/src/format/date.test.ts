import { describe, expect, it } from 'vitest'
import { formatAgo, formatDay, formatMoment } from './date.ts'

describe('dates', () => {
  it('are UTC whatever the zone of the machine', () => {
    expect(formatDay('2027-02-01T00:00:00Z')).toBe('1 Feb 2027')
    expect(formatDay('2027-01-31')).toBe('31 Jan 2027')
    expect(formatMoment('2027-02-01T23:30:00Z')).toBe('1 Feb 2027, 23:30 UTC')
  })

  it.each([
    ['2027-01-01T00:00:00Z', '1 day ago'],
    ['2027-01-01T21:59:00Z', '2 hours ago'],
    ['2027-01-01T23:59:00Z', '1 minute ago'],
    ['2027-01-01T23:59:01Z', 'just now'],
    ['2027-01-02T00:00:05Z', 'just now'],
  ])('%s is %s', (instant, expected) => {
    expect(formatAgo(instant, '2027-01-02T00:00:00Z')).toBe(expected)
  })
})

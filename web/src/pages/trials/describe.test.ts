import { expect, it } from 'vitest'
import { describeDaysLeft, describeEnd, isEndingSoon } from './describe.ts'

it.each([
  ['2027-02-05T00:00:00.000Z', '2027-02-04T10:00:00Z', 'ends tonight'],
  ['2027-02-06T00:00:00.000Z', '2027-02-04T23:59:59Z', 'ends in 2 days'],
  ['2027-03-04T00:00:00.000Z', '2027-02-01T00:00:00Z', 'ends in 31 days'],
])('%s at %s: %s', (end, now, expected) => {
  expect(describeDaysLeft(end, now)).toBe(expected)
})

it('soon is within seven days', () => {
  expect(isEndingSoon('2027-02-08T00:00:00Z', '2027-02-01T00:00:00Z')).toBe(true)
  expect(isEndingSoon('2027-02-08T00:00:00Z', '2027-01-31T23:59:59Z')).toBe(false)
})

it('what happens then is said in the words of the kind', () => {
  expect(describeEnd({ kind: 'customer', at_end: 'convert' })).toBe('Goes into production')
  expect(describeEnd({ kind: 'device', at_end: 'deactivate' })).toBe('Is deactivated')
})

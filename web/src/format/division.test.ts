import { expect, it } from 'vitest'
import { formatDivision } from './division.ts'

it('says the days here, of how many, and when it moved', () => {
  const division = { charged_days: 12, of_days: 31 }
  expect(formatDivision({ ...division, moved_on: ['2027-05-12'] })).toBe('12 of 31 charged days, moved on 12 May')
  expect(formatDivision({ ...division, moved_on: ['2027-05-12', '2027-05-20'] })).toBe(
    '12 of 31 charged days, moved on 12 May and 20 May',
  )
  expect(formatDivision({ ...division, moved_on: [] })).toBe('12 of 31 charged days')
})

import { expect, it } from 'vitest'
import { toInstant } from '../kernel/time.ts'
import { dayBit, daysOf, mapFrom, toShownState } from './domain.ts'

it('a device is active until 15 minutes after its last signal and offline from then on', () => {
  const seen = '2027-01-01T00:00:00.000Z'
  expect(toShownState('active', seen, toInstant('2027-01-01T00:14:59.999Z'))).toBe('active')
  expect(toShownState('active', seen, toInstant('2027-01-01T00:15:00Z'))).toBe('offline')
  expect(toShownState('active', null, toInstant('2027-01-01T00:00:00Z'))).toBe('offline')
  expect(toShownState('uninstalled', seen, toInstant('2027-01-01T00:00:00Z'))).toBe('uninstalled')
})

it('day maps hold all 31 days without a sign', () => {
  const whole = Array.from({ length: 31 }, (_, index) => index + 1)
  const map = whole.reduce((bits, day) => bits | dayBit(day), 0)
  expect(map).toBe(0x7fffffff)
  expect(daysOf(map)).toEqual(whole)
  expect(daysOf(dayBit(31))).toEqual([31])
})

it('the days from one on: the first, the last, and none', () => {
  expect(daysOf(mapFrom(1))).toHaveLength(31)
  expect(daysOf(mapFrom(31))).toEqual([31])
  expect(mapFrom(32)).toBe(0)
  expect(mapFrom(-5)).toBe(0x7fffffff)
})

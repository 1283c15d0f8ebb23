import { expect, it } from 'vitest'
import { computeHeartbeatWaitMs, computeRetryWaitMs, parseRetryAfterMs } from './backoff.ts'

const least = () => 0
const most = () => 1

it.each([
  [300, 300_000, 330_000],
  [0, 1000, 1000],
  [10 ** 9, 86_400_000, 86_400_000],
])('the server says %i s: waits %i to %i ms', (seconds, from, to) => {
  expect([computeHeartbeatWaitMs(seconds, least), computeHeartbeatWaitMs(seconds, most)]).toEqual([from, to])
})

it.each([
  [1, 5000],
  [2, 10_000],
  [8, 640_000],
  [9, 900_000],
  [10_000, 900_000],
])('failure %i: from 1 s to %i ms', (failures, to) => {
  expect([computeRetryWaitMs(failures, null, least), computeRetryWaitMs(failures, null, most)]).toEqual([1000, to])
})

it('Retry-After is never undercut, and a mad one ends after a day', () => {
  expect(computeRetryWaitMs(1, 120_000, least)).toBe(120_000)
  expect(computeRetryWaitMs(9, 120_000, most)).toBe(132_000)
  expect(computeRetryWaitMs(1, 10 ** 12, least)).toBe(86_400_000)
})

it.each([
  [null, null],
  ['120', 120_000],
  ['0', 0],
  ['Sat, 01 Mar 2031 00:02:00 GMT', 120_000],
  ['Sat, 01 Mar 2031 00:00:00 GMT', 0],
  ['Fri, 28 Feb 2031 23:59:00 GMT', 0],
  ['soon', null],
])('Retry-After %j at midnight is %j ms', (header, ms) => {
  expect(parseRetryAfterMs(header, new Date('2031-03-01T00:00:00Z'))).toBe(ms)
})

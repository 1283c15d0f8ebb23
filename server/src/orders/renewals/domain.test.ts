import { describe, expect, it } from 'vitest'
import { toDay } from '../../kernel/time.ts'
import { decideStep, dueAttempts, nextAttemptOn } from './domain.ts'

const endsOn = toDay('2027-06-30')
const on = (day: string) => ({ endsOn, today: toDay(day) })
const failed = (attempt: number) => ({ attempt, state: 'failed' as const })

describe('renewal by card (R-LIC-5): 3 days before, 1 day before, at expiry', () => {
  it.each([
    ['2027-06-27', 0],
    ['2027-06-28', 1],
    ['2027-06-29', 1],
    ['2027-06-30', 2],
    ['2027-07-01', 3],
    ['2027-08-01', 3],
  ])('on %s %s attempts are due', (day, count) => expect(dueAttempts(endsOn, toDay(day))).toBe(count))

  it('names the day of the next attempt, and none after the last', () =>
    expect([0, 1, 2, 3].map((attempt) => nextAttemptOn(endsOn, attempt)?.toString() ?? null)).toEqual([
      '2027-06-28',
      '2027-06-30',
      '2027-07-01',
      null,
    ]))

  it.each([
    ['waits before the first', '2027-06-27', [], { step: 'wait' }],
    ['charges once on the day', '2027-06-28', [], { step: 'charge', attempt: 1 }],
    ['waits after a failure for the next day', '2027-06-29', [failed(1)], { step: 'wait' }],
    ['charges again', '2027-06-30', [failed(1)], { step: 'charge', attempt: 2 }],
    ['does not renew before the day', '2027-06-30', [{ attempt: 1, state: 'succeeded' as const }], { step: 'wait' }],
    ['renews on the day', '2027-07-01', [{ attempt: 1, state: 'succeeded' as const }], { step: 'renew' }],
    [
      'waits while the outcome is unknown',
      '2027-07-01',
      [failed(1), { attempt: 3, state: 'requested' as const }],
      { step: 'wait' },
    ],
    ['makes one attempt for those that fell into a stop', '2027-07-05', [], { step: 'charge', attempt: 3 }],
    ['expires when the last has failed', '2027-07-01', [failed(1), failed(2), failed(3)], { step: 'expire' }],
  ])('%s', (_name, day, made, step) => expect(decideStep(made, on(day))).toEqual(step))
})

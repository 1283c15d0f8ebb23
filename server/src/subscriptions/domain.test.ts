import { describe, expect, it } from 'vitest'
import { Problem } from '../kernel/problem.ts'
import { toInstant } from '../kernel/time.ts'
import { atPresent, decideState, decideTrial, refuseRepeated, type SubscriptionFacts, trialEndOf } from './domain.ts'

const at = (text: string) => toInstant(text)
const codeOf = (act: () => unknown): string => {
  try {
    act()
    return 'ok'
  } catch (error) {
    if (error instanceof Problem) return error.code
    throw error
  }
}
const began = at('2027-01-31T10:00:00Z')
const trial = (policy: 'convert' | 'deactivate'): SubscriptionFacts => ({
  ...decideTrial({ trial_days: 30, trial_end_policy: policy }, began),
  started_on: '2027-01-31',
})
const end = '2027-03-03T00:00:00.000Z'

describe('the end of a trial is 00:00 UTC so many whole days after the day that it begins on', () => {
  it.each([
    ['2027-01-31T00:00:00Z', 30, '2027-03-03T00:00:00Z'],
    ['2027-01-31T23:59:59.999Z', 30, '2027-03-03T00:00:00Z'],
    ['2027-02-28T12:00:00Z', 15, '2027-03-16T00:00:00Z'],
    ['2028-02-29T12:00:00Z', 1, '2028-03-02T00:00:00Z'],
  ])('%s and %i days: %s', (now, days, expected) => {
    expect(trialEndOf(days, at(now)).equals(at(expected))).toBe(true)
  })
})

it('a trial knows from its beginning which days it covers, whoever ends it and when', () => {
  expect(trial('convert')).toMatchObject({
    state: 'in_trial',
    trial_ends_at: end,
    charged_from: '2027-03-03',
    ends_before: null,
  })
  expect(trial('deactivate')).toMatchObject({ charged_from: '2027-03-03', ends_before: '2027-03-03' })
  expect(codeOf(() => decideTrial({ trial_days: null, trial_end_policy: null }, began))).toBe('trial_not_offered')
  expect(codeOf(() => decideTrial({ trial_days: 30, trial_end_policy: 'take_from_pool' }, began))).toBe(
    'trial_not_offered',
  )
})

it.each(['convert', 'deactivate'] as const)(
  '%s: in trial to its last instant, ended as its offer says from the next',
  (policy) => {
    const before = at('2027-03-02T23:59:59.999Z')
    expect(atPresent(trial(policy), before).state).toBe('in_trial')
    expect(atPresent(trial(policy), at(end)).state).toBe(policy === 'convert' ? 'active' : 'ended')
    expect(atPresent(trial(policy), at('2030-01-01T00:00:00Z'))).toEqual(atPresent(trial(policy), at(end)))
  },
)

describe('states: domain, section 13', () => {
  const now = at('2027-02-05T23:59:59Z')
  const of = (state: SubscriptionFacts['state']): SubscriptionFacts => ({ ...trial('deactivate'), state })
  it.each([
    ['in_trial', 'active', { state: 'active', charged_from: '2027-02-05', ends_before: null }],
    ['in_trial', 'ended', { state: 'ended', ends_before: '2027-02-06', ended_at: '2027-02-05T23:59:59.000Z' }],
    ['active', 'ended', { state: 'ended', ends_before: '2027-02-06' }],
    ['in_trial', 'in_trial', null],
    ['active', 'active', null],
    ['ended', 'ended', null],
  ] as const)('%s -> %s', (from, to, change) => {
    const decided = decideState(of(from), to, now)
    if (change === null) expect(decided).toBeNull()
    else expect(decided).toMatchObject(change)
  })
  it.each([
    ['active', 'in_trial'],
    ['ended', 'in_trial'],
    ['ended', 'active'],
  ] as const)('409 state_conflict: %s -> %s', (from, to) => {
    expect(codeOf(() => decideState(of(from), to, now))).toBe('state_conflict')
  })
})

it('the same trial again: refused on the 179th day after its first, allowed from the 180th on (R-TRIAL-5)', () => {
  expect(codeOf(() => refuseRepeated('2027-01-01', at('2027-06-29T23:59:59.999Z')))).toBe('trial_repeated')
  expect(codeOf(() => refuseRepeated('2027-01-01', at('2027-06-30T00:00:00Z')))).toBe('ok')
  expect(codeOf(() => refuseRepeated(null, began))).toBe('ok')
})

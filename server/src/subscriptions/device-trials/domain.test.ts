import { describe, expect, it } from 'vitest'
import { Problem } from '../../kernel/problem.ts'
import { toInstant } from '../../kernel/time.ts'
import {
  atPresent,
  decideMayTry,
  decideSwitch,
  decideTrial,
  type EndPolicy,
  isPaid,
  type TrialFacts,
} from './domain.ts'

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
const began = at('2027-01-05T10:00:00Z')
const end = at('2027-02-05T00:00:00Z')
const offer = (policy: EndPolicy | null, charge_model: 'active_use' | 'committed' = 'active_use') => ({
  charge_model,
  assignable_to: ['device'] as const,
  trial_days: policy === null ? null : 30,
  trial_end_policy: policy,
})
const trial = (policy: EndPolicy, model?: 'active_use' | 'committed'): TrialFacts =>
  decideTrial(offer(policy, model), began)

it('a trial covers its days; one that stops the device, every day until someone pays', () => {
  expect(trial('convert')).toMatchObject({ ends_at: '2027-02-05T00:00:00.000Z', charged_from: '2027-02-05' })
  expect(trial('deactivate').charged_from).toBeNull()
  expect(trial('take_from_pool', 'committed').charged_from).toBe('2027-02-05')
  // without a license nothing of a pool is paid
  expect(trial('convert', 'committed').end_policy).toBe('take_from_pool')
  expect(codeOf(() => decideTrial(offer(null), began))).toBe('trial_not_offered')
  expect(codeOf(() => decideTrial({ ...offer('convert'), assignable_to: ['subscriber'] }, began))).toBe(
    'holder_kind_mismatch',
  )
})

it.each([
  ['convert', 'converted'],
  ['deactivate', 'deactivated'],
  ['take_from_pool', 'unlicensed'],
] as const)('%s: running to the last instant, %s from the next', (policy, outcome) => {
  expect(atPresent(trial(policy), end.subtract({ milliseconds: 1 })).outcome).toBe('running')
  expect(atPresent(trial(policy), end)).toMatchObject({ outcome, ended_at: '2027-02-05T00:00:00.000Z' })
  expect(atPresent(atPresent(trial(policy), end), end.add({ hours: 999 }))).toEqual(atPresent(trial(policy), end))
})

describe('R-DEV-9: to paid', () => {
  const now = at('2027-01-20T23:59:59Z')
  it('from the day of the switch on, once', () => {
    const change = decideSwitch(trial('deactivate'), now)
    expect(change).toMatchObject({
      outcome: 'converted',
      charged_from: '2027-01-20',
      switched_at: '2027-01-20T23:59:59.000Z',
    })
    expect(decideSwitch({ ...trial('deactivate'), ...change }, now)).toBeNull()
  })
  it('after the end: what the trial has ended as stays', () => {
    const stopped = atPresent(trial('deactivate'), end)
    const change = decideSwitch(stopped, end)
    expect(change).toMatchObject({ outcome: 'deactivated', ended_at: stopped.ended_at, charged_from: '2027-02-05' })
    expect(isPaid({ ...stopped, ...change })).toBe(true)
    expect(decideSwitch(atPresent(trial('convert'), end), end)).toBeNull()
    expect(decideSwitch({ ...trial('take_from_pool'), outcome: 'taken_from_pool' }, end)).toBeNull()
    expect(decideSwitch(atPresent(trial('take_from_pool'), end), end)).toMatchObject({ outcome: 'unlicensed' })
  })
})

it.each([
  ['active', null, 'ok'],
  ['pending', null, 'ok'],
  ['uninstalled', null, 'state_conflict'],
  ['deactivated', null, 'state_conflict'],
  ['active', trial('convert'), 'state_conflict'],
  ['active', atPresent(trial('convert'), end), 'ok'],
  ['active', atPresent(trial('take_from_pool'), end), 'ok'],
  ['deactivated', atPresent(trial('deactivate'), end), 'state_conflict'],
  ['active', atPresent(trial('deactivate'), end), 'state_conflict'],
] as const)('a device %s, after %o: %s', (state, last, expected) => {
  expect(codeOf(() => decideMayTry(state, last))).toBe(expected)
})

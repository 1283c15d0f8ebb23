import type { LicenseState } from '@tenantree/contract'
import { describe, expect, it } from 'vitest'
import { Problem } from '../kernel/problem.ts'
import { toInstant } from '../kernel/time.ts'
import {
  computeTrial,
  decideAutoRenew,
  decideCancel,
  decideEdition,
  decideFree,
  decideHolderKind,
  decideRestore,
  decideWhen,
  isLive,
  mayHold,
  toShownState,
  trialAgainFrom,
} from './domain.ts'

const states: LicenseState[] = ['unassigned', 'assigned', 'pending_cancel', 'expired', 'withdrawn', 'ended']
const lastDay = '2027-11-24'
const dayAfter = '2027-11-25'

type License = Parameters<typeof decideAutoRenew>[0]

const license = (fields: Partial<License> = {}): License => ({
  state: 'unassigned',
  ends_on: lastDay,
  auto_renew: true,
  is_trial: false,
  holder_id: null,
  charge_model: 'committed',
  committed_to: lastDay,
  ...fields,
})

function refusalOf(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    if (error instanceof Problem) return `${error.code} ${error.details.params?.state ?? ''}`.trim()
    throw error
  }
  return 'done'
}

describe('trials (R-LIC-9)', () => {
  it.each([
    // the day of the first assignment, and so many after it
    ['2027-01-05T00:00:00Z', 15, '2027-01-20', '2027-01-21T00:00:00.000Z'],
    ['2027-01-05T23:59:59.999Z', 15, '2027-01-20', '2027-01-21T00:00:00.000Z'],
    ['2027-01-06T00:00:00Z', 15, '2027-01-21', '2027-01-22T00:00:00.000Z'],
    ['2028-02-28T12:00:00Z', 1, '2028-02-29', '2028-03-01T00:00:00.000Z'],
    ['2027-12-31T12:00:00Z', 30, '2028-01-30', '2028-01-31T00:00:00.000Z'],
  ])('assigned at %s for %i days: to the end of %s', (now, days, endsOn, endsAt) => {
    expect(computeTrial(days, toInstant(now))).toEqual({ endsOn, endsAt })
  })

  it('again after 180 days', () => {
    expect(trialAgainFrom(toInstant('2027-01-05T23:59:59.999Z')).toString()).toBe('2027-07-04')
  })
})

describe('what a license is at a day (R-LIC-4)', () => {
  it.each<[string, Partial<License>, LicenseState]>([
    ['a license that renews stays', {}, 'unassigned'],
    ['one that does not has expired', { auto_renew: false }, 'expired'],
    ['held or not', { auto_renew: false, state: 'assigned' }, 'expired'],
    ['a trial never renews', { is_trial: true }, 'expired'],
    ['a cancelled one has ended', { state: 'pending_cancel', auto_renew: false }, 'ended'],
    ['a cancelled one has ended, whatever its mark says', { state: 'pending_cancel' }, 'ended'],
    ['a trial that nobody has used has no last day', { is_trial: true, ends_on: null }, 'unassigned'],
    ['what is over stays over', { state: 'withdrawn' }, 'withdrawn'],
  ])('%s', (_name, fields, after) => {
    const one = license(fields)
    expect(toShownState(one, lastDay)).toBe(one.state)
    expect(toShownState(one, dayAfter)).toBe(after)
  })

  it('three states are live', () => {
    expect(states.filter(isLive)).toEqual(['unassigned', 'assigned', 'pending_cancel'])
  })
})

describe('who may hold it (R-LIC-1)', () => {
  const kinds = ['subscriber', 'device', 'gateway', 'domain', 'tenant'] as const
  it.each([
    [{ unit: 'device', assignable_to: ['device'] }, ['device']],
    [{ unit: 'user', assignable_to: ['subscriber', 'device'] }, ['subscriber', 'device']],
    [{ unit: 'gateway', assignable_to: ['gateway'] }, ['gateway']],
    [{ unit: 'domain', assignable_to: ['domain'] }, ['domain']],
    // a tenant holds what is counted by tenant, and nothing else does
    [{ unit: 'tenant', assignable_to: ['device'] }, ['tenant']],
    [{ unit: 'device', assignable_to: ['device', 'tenant'] }, ['device', 'tenant']],
  ])('%o: %j', (offer, fitting) => {
    expect(kinds.filter((kind) => mayHold(offer, kind))).toEqual(fitting)
    for (const kind of kinds)
      expect(refusalOf(() => decideHolderKind(offer, kind))).toBe(
        fitting.includes(kind) ? 'done' : 'holder_kind_mismatch',
      )
  })

  it('the refusal names what fits', () => {
    const offer = { unit: 'user', assignable_to: ['subscriber', 'device'] }
    expect(() => decideHolderKind(offer, 'gateway')).toThrow('It is assigned to a subscriber or a device.')
  })

  it.each<[string, Partial<License>, string, string]>([
    ['unassigned', {}, 'done', 'done'],
    ['held', { state: 'assigned', holder_id: 'h' }, 'license_in_use', 'license_in_use'],
    ['cancelled and free: paid to its end', { state: 'pending_cancel' }, 'done', 'state_conflict ended'],
    ['cancelled and held', { state: 'pending_cancel', holder_id: 'h' }, 'license_in_use', 'state_conflict ended'],
    ['not renewed', { auto_renew: false }, 'done', 'state_conflict expired'],
    ['withdrawn', { state: 'withdrawn' }, 'state_conflict withdrawn', 'state_conflict withdrawn'],
  ])('free to be assigned: %s', (_name, fields, onLastDay, after) => {
    expect(refusalOf(() => decideFree(license(fields), lastDay))).toBe(onLastDay)
    expect(refusalOf(() => decideFree(license(fields), dayAfter))).toBe(after)
  })
})

describe('cancelling and taking it back (R-LIC-5, R-LIC-7)', () => {
  it('409 state_conflict: from every state but unassigned and assigned', () => {
    for (const state of states) {
      const act = () => decideCancel(license({ state }), lastDay)
      if (state === 'unassigned' || state === 'assigned')
        expect(act()).toEqual({ state: 'pending_cancel', auto_renew: false })
      else expect(refusalOf(act)).toBe(`state_conflict ${state}`)
    }
    expect(refusalOf(() => decideCancel(license({ is_trial: true }), lastDay))).toBe('state_conflict unassigned')
    expect(refusalOf(() => decideCancel(license({ auto_renew: false }), dayAfter))).toBe('state_conflict expired')
  })

  it('409 state_conflict: taken back from pending cancel only, to its last day; the holder tells which state', () => {
    for (const state of states) {
      const act = () => decideRestore(license({ state, auto_renew: false }), lastDay)
      if (state === 'pending_cancel') expect(act()).toEqual({ state: 'unassigned', auto_renew: true })
      else expect(refusalOf(act)).toBe(`state_conflict ${state}`)
    }
    const held = license({ state: 'pending_cancel', auto_renew: false, holder_id: 'h' })
    expect(decideRestore(held, lastDay)).toEqual({ state: 'assigned', auto_renew: true })
    expect(refusalOf(() => decideRestore(held, dayAfter))).toBe('state_conflict ended')
  })

  it.each<[string, Partial<License>, boolean, ReturnType<typeof decideAutoRenew>]>([
    ['on stays on', {}, true, null],
    ['off stays off', { charge_model: 'prepaid', auto_renew: false }, false, null],
    ['off cancels a committed one', {}, false, { state: 'pending_cancel', auto_renew: false }],
    ['off marks a prepaid one', { charge_model: 'prepaid' }, false, { state: 'unassigned', auto_renew: false }],
    [
      'on marks a prepaid one',
      { charge_model: 'prepaid', auto_renew: false, state: 'assigned', holder_id: 'h' },
      true,
      { state: 'assigned', auto_renew: true },
    ],
    [
      'on takes a cancellation back',
      { state: 'pending_cancel', auto_renew: false, holder_id: 'h' },
      true,
      { state: 'assigned', auto_renew: true },
    ],
  ])('auto-renew: %s', (_name, fields, wanted, change) => {
    expect(decideAutoRenew(license(fields), wanted, lastDay)).toEqual(change)
  })

  it('409 state_conflict: auto-renew of a trial, and of what is over', () => {
    expect(refusalOf(() => decideAutoRenew(license({ is_trial: true }), true, lastDay))).toMatch(/^state_conflict/)
    for (const wanted of [true, false]) {
      const over = license({ auto_renew: !wanted, state: 'pending_cancel' })
      expect(refusalOf(() => decideAutoRenew(over, wanted, dayAfter))).toBe('state_conflict ended')
    }
  })
})

describe('another edition (R-LIC-8)', () => {
  const core = { id: 'core', product_key: 'edge', unit: 'user', charge_model: 'committed' }
  it('422 invalid_request: of the same product, counted and charged alike, and not the same', () => {
    expect(refusalOf(() => decideEdition(core, { ...core, id: 'plus' }))).toBe('done')
    for (const other of [
      core,
      { ...core, id: 'plus', product_key: 'backup' },
      { ...core, id: 'plus', unit: 'device' },
      { ...core, id: 'plus', charge_model: 'prepaid' },
    ])
      expect(refusalOf(() => decideEdition(core, other))).toBe('invalid_request')
  })

  it.each([
    ['dearer: at once', lastDay, { from: 1, to: 2 }, lastDay, 'now'],
    ['as dear: at once', lastDay, { from: 2, to: 2 }, lastDay, 'now'],
    ['cheaper on the last day of the commitment: at its end', lastDay, { from: 2, to: 1 }, lastDay, 'at_end'],
    ['cheaper the day after: at once', lastDay, { from: 2, to: 1 }, dayAfter, 'now'],
    ['cheaper without a commitment: at once', null, { from: 2, to: 1 }, lastDay, 'now'],
  ])('%s', (_name, committed_to, prices, today, when) => {
    expect(decideWhen({ committed_to }, prices, today)).toBe(when)
  })
})

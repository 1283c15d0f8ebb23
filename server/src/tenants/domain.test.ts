import { type Level, levels } from '@tenantree/contract'
import { describe, expect, it } from 'vitest'
import { toInstant } from '../kernel/time.ts'
import { decideLevel, decideServiceTypes, decideTrial, type Parent, toNameKey } from './domain.ts'

const codeOf = (run: () => unknown) => {
  try {
    return run()
  } catch (error) {
    return (error as { code: string }).code
  }
}

describe('R-TREE-1: levels and parents', () => {
  const allowed = new Set([
    'distributor<vendor',
    'sub_distributor<distributor',
    'reseller<vendor',
    'reseller<distributor',
    'reseller<sub_distributor',
    'end_customer<reseller',
    'site<end_customer',
  ])
  const pairs = levels.flatMap((level) => levels.map((parent) => [level, parent] as [Level, Level]))
  it.each(pairs)('%s under %s', (level, parent) => {
    const expected = allowed.has(`${level}<${parent}`) ? level : 'parent_level_invalid'
    expect(codeOf(() => decideLevel(parent, level))).toBe(expected)
  })
})

describe('R-TREE-4: service types', () => {
  const reseller: Parent = {
    level: 'reseller',
    service_type: 'all_inclusive',
    provided_service_types: ['all_inclusive'],
  }
  const customer: Parent = { level: 'end_customer', service_type: 'software_only', provided_service_types: [] }

  it('422 service_type_not_offered: what the parent does not provide', () => {
    const input = { level: 'end_customer', service_type: 'software_only', provided_service_types: undefined } as const
    expect(codeOf(() => decideServiceTypes(reseller, input))).toBe('service_type_not_offered')
  })
  it('a site inherits and may not differ', () => {
    const site = { level: 'site', provided_service_types: undefined } as const
    expect(decideServiceTypes(customer, { ...site, service_type: undefined })).toEqual({
      own: 'software_only',
      provided: [],
    })
    expect(codeOf(() => decideServiceTypes(customer, { ...site, service_type: 'all_inclusive' }))).toBe(
      'service_type_not_offered',
    )
  })
  it('a partner provides at most what its parent provides, and all of it unless told', () => {
    const distributor: Parent = { ...reseller, level: 'distributor' }
    const input = { level: 'reseller', service_type: 'all_inclusive' } as const
    expect(decideServiceTypes(distributor, { ...input, provided_service_types: undefined }).provided).toEqual([
      'all_inclusive',
    ])
    expect(codeOf(() => decideServiceTypes(distributor, { ...input, provided_service_types: ['software_only'] }))).toBe(
      'service_type_not_offered',
    )
    expect(codeOf(() => decideServiceTypes(distributor, { ...input, provided_service_types: [] }))).toBe(
      'invalid_request',
    )
  })
  it('422 provided_types_for_partners: an end customer provides nothing', () => {
    const input = {
      level: 'end_customer',
      service_type: 'all_inclusive',
      provided_service_types: ['all_inclusive'],
    } as const
    expect(
      codeOf(() =>
        decideServiceTypes(reseller, { ...input, provided_service_types: [...input.provided_service_types] }),
      ),
    ).toBe('provided_types_for_partners')
  })
})

describe('R-TRIAL-1: a trial covers the day it begins and 30 more', () => {
  it('ends at 00:00 UTC of the creation day + 31 days, whatever the hour', () => {
    for (const at of ['2027-01-31T00:00:00Z', '2027-01-31T10:00:00Z', '2027-01-31T23:59:59.999Z']) {
      expect(decideTrial('end_customer', true, toInstant(at)).trialEndsAt).toBe('2027-03-03T00:00:00.000Z')
    }
  })
  it('422 trial_for_end_customers: nobody else', () => {
    for (const level of ['reseller', 'site', 'distributor'] as const) {
      expect(codeOf(() => decideTrial(level, true, toInstant('2027-01-31T10:00:00Z')))).toBe('trial_for_end_customers')
    }
    expect(decideTrial('site', false, toInstant('2027-01-31T10:00:00Z')).state).toBe('production')
  })
})

it('R-TREE-5: names fold letter case and width', () => {
  expect(toNameKey('ÅNGSTRÖM Ltd')).toBe(toNameKey('ångström ltd'))
  expect(toNameKey('ＡＢＣ')).toBe('abc')
})

import type { License, LicenseType } from '@tenantree/sdk'
import { expect, it } from 'vitest'
import type { Pages } from '../../api/pages.ts'
import { countOf, isSelected, keyOf, nothingSelected, toggle, toLines } from './license-rows.ts'

const type = (id: string, total: number) => ({ offer: { id }, total }) as LicenseType
const license = (id: string, offerId = 'a') => ({ id, offer: { id: offerId } }) as License
const pages = (rows: License[], rest: Partial<Pages<License>> = {}) =>
  ({ rows, isPending: false, hasMore: false, error: null, ...rest }) as Pages<License>
const keys = (...given: Parameters<typeof toLines>) => toLines(...given).map(keyOf)

it('shows the head of each type, and the licenses of those that are open', () => {
  expect(keys([type('a', 2), type('b', 1)], new Set(['a']), { a: pages([license('1'), license('2')]) })).toEqual([
    'type a',
    '1',
    '2',
    'type b',
  ])
})

it('an open type without a license stays closed', () => {
  expect(keys([type('a', 0)], new Set(['a']), {})).toEqual(['type a'])
})

it('says that more is to come: nothing loaded yet, a further page, a page that failed', () => {
  const types = [type('a', 3)]
  const open = new Set(['a'])
  expect(keys(types, open, {})).toEqual(['type a', 'more a'])
  expect(keys(types, open, { a: pages([license('1')], { hasMore: true }) })).toEqual(['type a', '1', 'more a'])
  const broken = toLines(types, open, { a: pages([license('1')], { error: new Error('lost') }) }).at(-1)
  expect(broken).toEqual({ kind: 'more', offerId: 'a', isBroken: true })
})

it('ticks and unticks one license', () => {
  const one = toggle(nothingSelected, '1')
  expect([countOf(one), isSelected(one, license('1')), isSelected(one, license('2'))]).toEqual([1, true, false])
  expect(countOf(toggle(one, '1'))).toBe(0)
})

it('a whole type holds each of its licenses and none of another; ticking one begins anew', () => {
  const whole = { ids: new Set<string>(), all: { offerId: 'a', count: 868 } }
  expect([countOf(whole), isSelected(whole, license('1')), isSelected(whole, license('2', 'b'))]).toEqual([
    868,
    true,
    false,
  ])
  expect([...toggle(whole, '1').ids]).toEqual(['1'])
  expect(isSelected({ ...whole, all: { offerId: null, count: 900 } }, license('2', 'b'))).toBe(true)
})

import type { License, LicenseType } from '@tenantree/sdk'
import { expect, it } from 'vitest'
import {
  countLines,
  countOf,
  isSelected,
  nothingSelected,
  pagesInSight,
  sectionAt,
  toggle,
  toSections,
} from './license-rows.ts'

const type = (id: string, total: number) => ({ offer: { id }, total }) as LicenseType
const license = (id: string, offerId = 'a') => ({ id, offer: { id: offerId } }) as License

it('an open type has room for each of its licenses, loaded or not; one without a license stays closed', () => {
  const sections = toSections([type('a', 2), type('b', 0), type('c', 100_000), type('d', 5)], new Set(['a', 'b', 'c']))
  expect(sections.map(({ from, rows, isOpen }) => [from, rows, isOpen])).toEqual([
    [0, 2, true],
    [3, 0, false],
    [4, 100_000, true],
    [100_005, 0, false],
  ])
  expect(countLines(sections)).toBe(100_006)
  expect(countLines([])).toBe(0)
})

it('finds the section of a line: its head, its first and its last license, the next head', () => {
  const sections = toSections([type('a', 3), type('b', 2)], new Set(['a', 'b']))
  expect([0, 1, 3, 4, 5, 6].map((line) => sectionAt(sections, line)?.type.offer.id)).toEqual([
    'a',
    'a',
    'a',
    'b',
    'b',
    'b',
  ])
  expect(sectionAt([], 0)).toBeUndefined()
})

it('asks for the pages in sight and one more to each side, of no type out of sight', () => {
  const sections = toSections([type('a', 1000), type('b', 1000), type('c', 9)], new Set(['a', 'b']))
  const pages = (first: number, last: number) =>
    pagesInSight(sections, { first, last }, 100).map(({ offerId, page }) => `${offerId}${page}`)
  expect(pages(0, 0)).toEqual([])
  expect(pages(0, 1)).toEqual(['a0', 'a1'])
  expect(pages(0, 100)).toEqual(['a0', 'a1'])
  expect(pages(0, 101)).toEqual(['a0', 'a1', 'a2'])
  expect(pages(501, 530)).toEqual(['a4', 'a5', 'a6'])
  expect(pages(990, 1010)).toEqual(['a8', 'a9', 'b0', 'b1'])
  expect(pages(2001, 2002)).toEqual(['b8', 'b9'])
  expect(pages(2002, 2002)).toEqual([])
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

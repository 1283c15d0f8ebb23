import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { problemCodes } from '@tenantree/contract/problems'
import { expect, it } from 'vitest'

/** Every refusal of the catalog has a test, and every one of what is sold and licensed a test that nothing was stored. */
const server = new URL('..', import.meta.url).pathname
const itself = 'refusals.test.ts'

const files = ['src', 'test']
  .flatMap((folder) =>
    readdirSync(join(server, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(server, folder, name)),
  )
  .filter((path) => path.endsWith('.test.ts') && !path.endsWith(itself))
  .map((path) => readFileSync(path, 'utf8'))

/** The codes of each section of the catalog, by its comment. */
function readSections(catalog: string): Record<string, string[]> {
  const sections: Record<string, string[]> = {}
  let section = ''
  for (const line of catalog.split('\n')) {
    section = /^ {2}\/\/ (.+)$/.exec(line)?.[1] ?? section
    const code = /^ {2}([a-z_]+): \{/.exec(line)?.[1]
    if (code !== undefined && section !== '') sections[section] = [...(sections[section] ?? []), code]
  }
  return sections
}
const sections = readSections(readFileSync(join(server, '../contract/src/problems.ts'), 'utf8'))

/** Sections whose refusals store nothing, and the codes that are refused in another way. */
const storing = ['catalog and prices', 'orders', 'pools, licenses and their holders', 'trials and file policies']
const otherwise: Record<string, string> = {
  purchase_not_allowed: 'is noted in the audit log though it is refused',
  payment_event_refused: 'is for the payment provider: a test of the event tells that the order stays as it was',
}

const names = (text: string, code: string): boolean => new RegExp(`\\b${code}\\b`).test(text)

/** The tests of a file, each from its `it` to the next one. */
const toTests = (text: string): string[] => text.split(/^(?= *it(?:\.each)?\()/m).slice(1)
/** A helper of the file that runs an act and fails if it wrote. */
const helperOf = (text: string): string | null =>
  /const (\w+) = [^\n]*(?:\n {2}[^\n]*){0,3}writesNothing\(/.exec(text)?.[1] ?? null

const isHeld = (test: string, helper: string | null): boolean =>
  test.includes('writesNothing(') || (helper !== null && test.includes(`${helper}(`))

const findUnnamed = (codes: readonly string[], texts: readonly string[]): string[] =>
  codes.filter((code) => !texts.some((text) => names(text, code)))

/** Codes that no test with a real server names beside a check that nothing was written. */
const findUnheld = (codes: readonly string[], texts: readonly string[]): string[] => {
  const held = texts
    .filter((text) => text.includes('openWorld('))
    .flatMap((text) => toTests(text).filter((test) => isHeld(test, helperOf(text))))
  return codes.filter((code) => !held.some((test) => names(test, code)))
}

it('every code of the catalog is named by a test', () => {
  expect(files.length).toBeGreaterThan(80)
  expect(findUnnamed(problemCodes, files)).toEqual([])
})

it('every refusal of what is sold and licensed has a test that nothing was stored', () => {
  const codes = storing.flatMap((section) => sections[section] ?? [])
  expect(codes.length).toBeGreaterThan(40)
  expect(problemCodes).toEqual(expect.arrayContaining(codes))
  expect(Object.keys(otherwise).filter((code) => !codes.includes(code))).toEqual([])
  expect(findUnheld(codes, files).filter((code) => !(code in otherwise))).toEqual([])
})

it('planted: a code without a test, and one whose test looks at nothing, are found', () => {
  const text = (test: string) => `openWorld()\nconst refused = (act) => writesNothing(world, act)\n${test}`
  const holding = text("it('409 planted_code', () => refused(() => act()))")
  const looking = text("it('409 planted_code', () => act())\nit('other', () => refused(() => act()))")
  expect(findUnnamed(['planted_code'], [text("it('409 planted_codes')")])).toEqual(['planted_code'])
  expect(findUnnamed(['planted_code'], [looking])).toEqual([])
  expect(findUnheld(['planted_code'], [looking])).toEqual(['planted_code'])
  expect(findUnheld(['planted_code'], [holding.replace('openWorld', 'pure')])).toEqual(['planted_code'])
  expect(findUnheld(['planted_code'], [holding])).toEqual([])
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type File, findDeciding, matchesHost, matchesType, missingFeatures, type Policy } from './domain.ts'

const all = new Set(['zero_trust_files', 'sandbox'])

describe('web sites', () => {
  it.each([
    ['example.com', 'example.com', true],
    ['example.com', 'www.example.com', false],
    ['*.example.com', 'example.com', true],
    ['*.example.com', 'a.b.example.com', true],
    ['*.example.com', 'badexample.com', false],
    ['*.example.com', 'example.com.evil.test', false],
    ['*', 'anything.test', true],
  ])('%s and %s: %s', (pattern, host, expected) => expect(matchesHost(pattern, host)).toBe(expected))
})

describe('MIME types', () => {
  it.each([
    ['image/png', 'image/png', true],
    ['image/png', 'image/png; charset=x', true],
    ['image/png', 'image/png2', false],
    ['image/*', 'image/svg+xml', true],
    ['image/*', 'imagery/png', false],
    ['*/*', 'application/pdf', true],
  ])('%s and %s: %s', (pattern, type, expected) => expect(matchesType(pattern, type)).toBe(expected))
})

const policy = (action: Policy['action'], fields: Partial<Policy> = {}): Policy => ({
  direction: 'upload',
  web_sites: ['*'],
  mime_types: ['*/*'],
  action,
  ...fields,
})
const file: File = { direction: 'upload', host: 'www.example.com', mime_type: 'application/pdf' }

it('R-POL-1: the first that matches wins; none lets the file pass', () => {
  const [block, allow, sandbox] = [policy('block'), policy('allow'), policy('sandbox')]
  expect(findDeciding([allow, block], file, all)).toBe(allow)
  expect(findDeciding([block, allow], file, all)).toBe(block)
  const other = policy('block', { web_sites: ['example.com'] })
  expect(findDeciding([other, sandbox], file, all)).toBe(sandbox)
  expect(findDeciding([policy('block', { direction: 'download' })], file, all)).toBeNull()
  expect(findDeciding([], file, all)).toBeNull()
})

it('after a downgrade a policy is kept and not applied', () => {
  const [sandbox, block] = [policy('sandbox'), policy('block')]
  expect(missingFeatures(sandbox, new Set(['zero_trust_files']))).toEqual(['sandbox'])
  expect(findDeciding([sandbox, block], file, new Set(['zero_trust_files']))).toBe(block)
  expect(findDeciding([sandbox, block], file, new Set())).toBeNull()
})

it('no policy behind the one that decides changes the answer, and one before it that does not match neither', () => {
  const policies = fc.array(
    fc.record({
      direction: fc.constantFrom('upload' as const, 'download' as const),
      web_sites: fc.subarray(['example.com', '*.example.com', 'other.test', '*'], { minLength: 1 }),
      mime_types: fc.subarray(['application/pdf', 'image/*', '*/*'], { minLength: 1 }),
      action: fc.constantFrom('allow' as const, 'block' as const, 'sandbox' as const),
    }),
    { maxLength: 8 },
  )
  fc.assert(
    fc.property(policies, policies, (some, more) => {
      const deciding = findDeciding(some, file, all)
      if (deciding === null) expect(findDeciding([...some, ...more], file, all)).toBe(findDeciding(more, file, all))
      else expect(findDeciding([...some, ...more], file, all)).toBe(deciding)
    }),
  )
})

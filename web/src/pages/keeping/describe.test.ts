import { expect, it } from 'vitest'
import { formatKeptFor } from './describe.ts'

it.each([
  [{ count: 1, unit: 'days' }, '1 day'],
  [{ count: 90, unit: 'days' }, '90 days'],
  [{ count: 1, unit: 'months' }, '1 month'],
  [{ count: 1200, unit: 'years' }, '1,200 years'],
] as const)('%j is %s', (kept, text) => expect(formatKeptFor(kept)).toBe(text))

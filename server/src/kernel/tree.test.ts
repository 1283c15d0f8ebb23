import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ancestorPaths, isWithin, parentPath, segmentWidth, toBounds, toSegment, vendorPath } from './tree.ts'

const counter = fc.bigInt({ min: 1n, max: 36n ** 4n - 1n })
const path = fc.array(counter, { maxLength: 6 }).map((counters) => vendorPath + counters.map(toSegment).join(''))
/** As PostgreSQL compares under "C". */
const isInBounds = (value: string, { lo, hi }: { lo: string; hi: string }): boolean =>
  Buffer.compare(Buffer.from(value), Buffer.from(lo)) >= 0 && Buffer.compare(Buffer.from(value), Buffer.from(hi)) < 0

describe('segments', () => {
  it.each<[bigint, string]>([
    [1n, '0001'],
    [35n, '000z'],
    [36n, '0010'],
    [1_679_615n, 'zzzz'],
  ])('child %s is %s', (number, segment) => expect(toSegment(number)).toBe(segment))

  it.each([0n, -1n, 1_679_616n])('child %s is refused', (number) => expect(() => toSegment(number)).toThrow('children'))

  it('text order under "C" is the order of the children', () => {
    fc.assert(
      fc.property(counter, counter, (left, right) => {
        expect(Buffer.compare(Buffer.from(toSegment(left)), Buffer.from(toSegment(right)))).toBe(
          left < right ? -1 : left > right ? 1 : 0,
        )
        expect(toSegment(left)).toMatch(/^[0-9a-z]{4}$/)
      }),
    )
  })
})

/** What bounds have to keep: exactly the tenant and everything below it lie within. */
function holdsBounds(boundsOf: typeof toBounds): void {
  fc.assert(
    fc.property(path, path, (top, other) => {
      expect(isInBounds(other, boundsOf(top))).toBe(isWithin(other, top))
      expect(isInBounds(top, boundsOf(top))).toBe(true)
      expect(isInBounds(top + toSegment(1n), boundsOf(top))).toBe(true)
      expect(isInBounds(`${top}zzzzzzzz`, boundsOf(top))).toBe(true)
      const next = parentPath(top)
      if (next !== null) expect(isInBounds(next, boundsOf(top))).toBe(false)
    }),
  )
}

describe('bounds', () => {
  it('hold exactly the subtree', () => holdsBounds(toBounds))

  it.each<[string, typeof toBounds]>([
    ['end at the last segment', (top) => ({ lo: top, hi: `${top}zzzz` })],
    ['leave out the tenant itself', (top) => ({ lo: `${top}0`, hi: `${top}~` })],
    ['begin at the parent', (top) => ({ lo: parentPath(top) ?? top, hi: `${top}~` })],
  ])('planted bounds that %s are found', (_name, boundsOf) => {
    expect(() => holdsBounds(boundsOf)).toThrow()
  })
})

describe('ancestors', () => {
  it('run from the vendor down to the parent', () => {
    expect(ancestorPaths('000000010002')).toEqual(['0000', '00000001'])
    expect(ancestorPaths(vendorPath)).toEqual([])
    expect(parentPath(vendorPath)).toBeNull()
  })

  it('hold the path, each a segment longer, and end at the parent', () => {
    fc.assert(
      fc.property(path, (of) => {
        const above = ancestorPaths(of)
        expect(above.map((one) => one.length)).toEqual(above.map((_, index) => segmentWidth * (index + 1)))
        expect(above.every((one) => isWithin(of, one))).toBe(true)
        expect(above.at(-1) ?? null).toBe(parentPath(of))
      }),
    )
  })
})

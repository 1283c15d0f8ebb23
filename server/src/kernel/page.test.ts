import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromCursor, type KeyKind, toCursor, toPage } from './page.ts'
import { Problem } from './problem.ts'
import { toDay } from './time.ts'

const keyOf: Record<KeyKind, fc.Arbitrary<string>> = {
  text: fc.string({ unit: 'grapheme', maxLength: 40 }).filter((text) => !text.includes('\0')),
  uuid: fc.uuid(),
  day: fc.integer({ min: 0, max: 100_000 }).map((days) => toDay('1970-01-01').add({ days }).toString()),
  instant: fc
    .date({ min: new Date('1970-01-01Z'), max: new Date('9999-12-31Z'), noInvalidDate: true })
    .map((date) => date.toISOString()),
  integer: fc.integer({ min: -999_999_999, max: 999_999_999 }).map(String),
}
const kinds = fc.array(fc.constantFrom<KeyKind>('text', 'uuid', 'day', 'instant', 'integer'), {
  minLength: 1,
  maxLength: 4,
})
const keysOf = (of: readonly KeyKind[]) => fc.tuple(...of.map((kind) => keyOf[kind]))

describe('cursors', () => {
  it('come back as the keys that they were made of', () => {
    fc.assert(
      fc.property(
        kinds.chain((of) => fc.tuple(fc.constant(of), keysOf(of))),
        ([of, keys]) => {
          expect(fromCursor(toCursor(keys), of)).toEqual(keys)
        },
      ),
    )
  })

  it('none is no cursor', () => expect(fromCursor(undefined, ['uuid'])).toBeNull())

  it('422 invalid_request: whatever is sent, it is refused or fits the list', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json().map((text) => Buffer.from(text).toString('base64url')),
        ),
        kinds,
        (cursor, of) => {
          try {
            expect(fromCursor(cursor, of)).toHaveLength(of.length)
          } catch (error) {
            expect(error instanceof Problem && error.code).toBe('invalid_request')
          }
        },
      ),
    )
  })

  const someId = '0190a000-0000-7000-8000-000000000000'
  it.each<[KeyKind, string, string[]]>([
    ['text', 'any text', ['a\0b']],
    ['uuid', someId, ['', 'x', `${someId}0`, someId.toUpperCase(), someId.replaceAll('-', '')]],
    ['day', '2028-02-29', ['2027-02-29', '2027-13-01', '0000-01-01', '27-01-01', '+002027-01-01', '2027-01-01T00:00Z']],
    [
      'instant',
      '2027-01-01T00:00:00.000Z',
      ['2027-01-01', '2027-01-01T25:00:00Z', '2027-01-01T00:00:00+01:00', 'infinity'],
    ],
    ['integer', '-12', ['', '1.5', '1e3', '2147483648', 'NaN', ' 1']],
  ])('a key of the kind %s: %s is taken, what only looks like it refused', (kind, sound, others) => {
    expect(fromCursor(toCursor([sound]), [kind])).toEqual([sound])
    for (const other of others) expect(() => fromCursor(toCursor([other]), [kind]), other).toThrow(Problem)
  })
})

describe('pages', () => {
  const rows = (count: number) => Array.from({ length: count }, (_, index) => ({ id: `${index}` }))
  const keysOfRow = ({ id }: { id: string }) => [id]

  it('the last row shown is the cursor, only where there are more', () => {
    expect(toPage(rows(0), 2, keysOfRow)).toEqual({ data: [], next: null })
    expect(toPage(rows(2), 2, keysOfRow)).toEqual({ data: rows(2), next: null })
    expect(toPage(rows(3), 2, keysOfRow)).toEqual({ data: rows(2), next: toCursor(['1']) })
  })

  it('page after page reads every row once', () => {
    fc.assert(
      fc.property(fc.nat(40), fc.integer({ min: 1, max: 12 }), (count, limit) => {
        const all = rows(count)
        const read: typeof all = []
        let next: string | undefined
        do {
          const after = Number(fromCursor(next, ['integer'])?.[0] ?? -1)
          const page = toPage(all.slice(after + 1, after + 2 + limit), limit, keysOfRow)
          read.push(...page.data)
          next = page.next ?? undefined
        } while (next !== undefined)
        expect(read).toEqual(all)
      }),
    )
  })
})

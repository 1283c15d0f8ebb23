import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  canonicalJson,
  emptyTree,
  grow,
  leafHash,
  nodeHash,
  personalHash,
  rootOf,
  type SealedEntry,
  separatePersonal,
} from './domain.ts'

const sha256 = (...parts: Uint8Array[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest()
const leaves = Array.from({ length: 71 }, (_, index) => sha256(Uint8Array.of(0), Buffer.from(`leaf ${index}`)))

/** RFC 9162, 2.1.1, word for word: split at the largest power of two below the size. */
function merkleTreeHash(of: readonly Buffer[]): Buffer {
  if (of.length === 0) return sha256()
  if (of.length === 1) return of[0]!
  let split = 1
  while (split * 2 < of.length) split *= 2
  return sha256(Uint8Array.of(1), merkleTreeHash(of.slice(0, split)), merkleTreeHash(of.slice(split)))
}

const rootAfter = (count: number, growBy: typeof grow = grow): Buffer =>
  rootOf(leaves.slice(0, count).reduce(growBy, emptyTree))

describe('the tree of RFC 9162', () => {
  it('grown leaf by leaf has the root of the recursive definition, for sizes 0 to 70', () => {
    for (let size = 0; size <= 70; size += 1)
      expect(rootAfter(size), `size ${size}`).toEqual(merkleTreeHash(leaves.slice(0, size)))
  })

  it('keeps one root for every one of its size in binary', () => {
    let tree = emptyTree
    for (const leaf of leaves) {
      tree = grow(tree, leaf)
      expect(tree.frontier).toHaveLength([...tree.size.toString(2)].filter((bit) => bit === '1').length)
    }
    expect(tree.size).toBe(71n)
  })

  it.each<[string, typeof grow]>([
    ['never merges', (tree, leaf) => ({ size: tree.size + 1n, frontier: [...tree.frontier, leaf] })],
    [
      'merges the other way round',
      (tree, leaf) =>
        tree.size % 2n === 1n
          ? { size: tree.size + 1n, frontier: [...tree.frontier.slice(0, -1), nodeHash(leaf, tree.frontier.at(-1)!)] }
          : grow(tree, leaf),
    ],
  ])('a planted tree that %s has another root', (_name, planted) => {
    expect(rootAfter(6, planted)).not.toEqual(merkleTreeHash(leaves.slice(0, 6)))
  })

  it('the known roots: of nothing, and of one empty leaf', () => {
    expect(rootOf(emptyTree).toString('hex')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
    const empty = sha256(Uint8Array.of(0))
    expect(empty.toString('hex')).toBe('6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d')
    expect(rootOf(grow(emptyTree, empty))).toEqual(empty)
  })

  it('a leaf and a node of the same bytes differ', () => {
    const [left, right] = [leaves[0]!, leaves[1]!]
    expect(nodeHash(left, right)).not.toEqual(sha256(Uint8Array.of(0), left, right))
  })
})

describe('canonicalJson', () => {
  it.each<[string, unknown, string]>([
    [
      'keys in order, at any depth',
      { b: 1, a: { d: [2, { f: 3, e: 4 }], c: null } },
      '{"a":{"c":null,"d":[2,{"e":4,"f":3}]},"b":1}',
    ],
    ['lists keep theirs', [3, 1, 2], '[3,1,2]'],
    ['what is undefined is left out', { a: undefined, b: 1 }, '{"b":1}'],
    ['nothing is null', undefined, 'null'],
    ['text is escaped as in JSON', { 'a"b': 'ü\n' }, '{"a\\"b":"ü\\n"}'],
    ['keys by code units, capitals first', { a: 1, B: 2, ä: 3 }, '{"B":2,"a":1,"ä":3}'],
  ])('%s', (_name, value, text) => expect(canonicalJson(value)).toBe(text))

  it('does not depend on the order in which the keys came, and reads back as the value', () => {
    const object = fc.dictionary(
      fc.string(),
      fc.jsonValue().filter((value) => !Object.is(value, -0)),
    )
    fc.assert(
      fc.property(object, (value) => {
        const reversed = Object.fromEntries(Object.entries(value).reverse())
        expect(canonicalJson(reversed)).toBe(canonicalJson(value))
        expect(canonicalJson(JSON.parse(canonicalJson(value)))).toBe(canonicalJson(value))
      }),
    )
  })
})

describe('leafHash', () => {
  const entry: SealedEntry = {
    realm_id: '1',
    id: 'i',
    at: '2027-01-01T00:00:00.000Z',
    actor_kind: 'user',
    actor_id: null,
    request_id: 'r',
    address: 'sha256:0',
    action: 'tenant.created',
    object_kind: 'tenant',
    object_id: null,
    before: null,
    after: { name: 'A' },
  }

  it('is SHA-256 of a zero byte and the canonical entry in the first version', () => {
    const leaf = { entry, private: true, version: null }
    expect(leafHash(leaf)).toEqual(sha256(Uint8Array.of(0), Buffer.from(canonicalJson(entry))))
    expect(leafHash({ ...leaf, private: false })).toEqual(leafHash(leaf))
  })

  it('is that of an envelope in the second: the hash of the entry, and whether it is private', () => {
    const content = `sha256:${sha256(Buffer.from(canonicalJson(entry))).toString('hex')}`
    const envelope = `{"content":"${content}","private":true,"version":2}`
    expect(leafHash({ entry, private: true, version: 2 })).toEqual(sha256(Uint8Array.of(0), Buffer.from(envelope)))
    expect(leafHash({ entry, private: false, version: 2 })).not.toEqual(leafHash({ entry, private: true, version: 2 }))
  })

  it.each(Object.keys(entry))('changes with %s', (field) => {
    for (const version of [null, 2] as const) {
      const hashOf = (of: SealedEntry) => leafHash({ entry: of, private: false, version })
      expect(hashOf({ ...entry, [field]: 'changed' })).not.toEqual(hashOf(entry))
    }
  })
})

describe('separatePersonal', () => {
  const salt = Buffer.from('salt')
  const entry = {
    before: { email: 'old@example.com', role: 'manager' },
    after: { email: 'new@example.com', role: 'manager' },
  }

  it('takes the values out, and leaves their salted hash', () => {
    const { before, after, personal } = separatePersonal(entry, ['/before/email', '/after/email'], () => salt)
    expect(personal.map(({ pointer, value }) => [pointer, value])).toEqual([
      ['/before/email', 'old@example.com'],
      ['/after/email', 'new@example.com'],
    ])
    expect([before, after]).toEqual([
      { email: personalHash(salt, 'old@example.com'), role: 'manager' },
      { email: personalHash(salt, 'new@example.com'), role: 'manager' },
    ])
    expect(JSON.stringify([before, after])).not.toContain('example.com')
    expect(entry.after.email).toBe('new@example.com')
  })

  it('the same value with another salt is another hash', () => {
    expect(personalHash(Buffer.from('1'), 'a')).not.toBe(personalHash(Buffer.from('2'), 'a'))
    expect(personalHash(salt, 'a')).toBe(`sha256:${sha256(salt, Buffer.from('a')).toString('hex')}`)
  })

  it.each(['/after/missing', '/after/role2', '/before/email'])('%s of what is not there takes nothing', (pointer) => {
    const created = { before: null, after: { email: null, role: 'manager' } }
    expect(separatePersonal(created, [pointer], () => salt)).toEqual({ ...created, personal: [] })
  })
})

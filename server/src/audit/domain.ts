import { createHash } from 'node:crypto'
import { invariant } from '../kernel/problem.ts'

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** JSON with sorted keys and no spaces: the same entry gives the same bytes wherever it is computed (RFC 8785 for our values). */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`)
    return `{${members.join(',')}}`
  }
  return JSON.stringify(value ?? null)
}

const sha256 = (...parts: readonly Uint8Array[]): Buffer => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

/** What is sealed of an entry. The path is left out: it follows the tenant when it moves. */
export type SealedEntry = {
  realm_id: string
  id: string
  at: string
  actor_kind: string
  actor_id: string | null
  request_id: string
  address: string
  action: string
  object_kind: string
  object_id: string | null
  before: unknown
  after: unknown
}

/** RFC 9162, 2.1.1: leaves and nodes are hashed with different first bytes. */
const toLeaf = (sealed: unknown): Buffer => sha256(Uint8Array.of(0), Buffer.from(canonicalJson(sealed)))

/**
 * What is sealed since version 2: the entry as its hash, and beside it who may read it. So whoever may not read an entry can still prove
 * that it was sealed as one that they may not read. R-TREE-10.
 */
export type Envelope = { version: 2; private: boolean; content: string }
export const toEnvelope = (entry: SealedEntry, isPrivate: boolean): Envelope => ({
  version: 2,
  private: isPrivate,
  content: `sha256:${sha256(Buffer.from(canonicalJson(entry))).toString('hex')}`,
})

/** null is the first version: the entry itself was the leaf, without a word of who may read it. */
export type Leaf = { entry: SealedEntry; private: boolean; version: 2 | null }

export const leafHash = ({ entry, private: isPrivate, version }: Leaf): Buffer =>
  toLeaf(version === 2 ? toEnvelope(entry, isPrivate) : entry)
export const nodeHash = (left: Uint8Array, right: Uint8Array): Buffer => sha256(Uint8Array.of(1), left, right)

/** A tree as the roots of its full subtrees, largest first: enough to grow it and to know its root. */
export type Tree = { size: bigint; frontier: readonly Buffer[] }

export const emptyTree: Tree = { size: 0n, frontier: [] }

/** Adds a leaf: as many subtrees merge as the old size has ones at its end in binary. */
export function grow(tree: Tree, leaf: Buffer): Tree {
  const frontier = [...tree.frontier]
  let node = leaf
  for (let rest = tree.size; rest % 2n === 1n; rest /= 2n) {
    const left = frontier.pop()
    invariant(left !== undefined, 'the frontier has a root for every one of the size')
    node = nodeHash(left, node)
  }
  return { size: tree.size + 1n, frontier: [...frontier, node] }
}

/** The Merkle tree hash, RFC 9162, 2.1.1. */
export function rootOf(tree: Tree): Buffer {
  const last = tree.frontier.at(-1)
  if (last === undefined) return sha256()
  return tree.frontier.slice(0, -1).reduceRight((right: Buffer, left) => nodeHash(left, right), last)
}

/** A value that is erased by deleting its row in audit_personal: the entry keeps only this hash of it. */
export const personalHash = (salt: Uint8Array, value: string): string =>
  `sha256:${sha256(salt, Buffer.from(value)).toString('hex')}`

/** Replaces what stands at the pointers (such as `/after/email`) by its hash; answers the values that were there. */
export function separatePersonal(
  entry: { before: Json; after: Json },
  pointers: readonly string[],
  saltOf: (pointer: string) => Buffer,
): { before: Json; after: Json; personal: { pointer: string; salt: Buffer; value: string }[] } {
  const copy = structuredClone(entry) as { before: Json; after: Json }
  const personal: { pointer: string; salt: Buffer; value: string }[] = []
  for (const pointer of pointers) {
    const [side, field] = pointer.slice(1).split('/') as ['before' | 'after', string]
    const holder = copy[side] as Record<string, Json> | null
    const value = holder?.[field]
    if (holder === null || typeof value !== 'string') continue
    const salt = saltOf(pointer)
    holder[field] = personalHash(salt, value)
    personal.push({ pointer, salt, value })
  }
  return { ...copy, personal }
}

const hashBytes = 32

/**
 * All levels of the tree over `leaves` (hashes one after the other), the leaves first and the root last. A node without a neighbor
 * stands for itself one level up, which is the tree of RFC 9162.
 */
export function toLevels(leaves: Buffer): Buffer[] {
  const levels = [leaves]
  for (let level = leaves; level.length > hashBytes; levels.push(level)) level = levelAbove(level)
  return levels
}

function levelAbove(level: Buffer): Buffer {
  const above: Buffer[] = []
  for (let at = 0; at < level.length; at += 2 * hashBytes) {
    const left = level.subarray(at, at + hashBytes)
    const right = level.subarray(at + hashBytes, at + 2 * hashBytes)
    above.push(right.length === 0 ? left : nodeHash(left, right))
  }
  return Buffer.concat(above)
}

/** The neighbors on the way from a leaf to the root: RFC 9162, 2.1.3.1. */
export function toProof(levels: readonly Buffer[], index: number): Buffer[] {
  const proof: Buffer[] = []
  let position = index
  for (const level of levels.slice(0, -1)) {
    const at = (position ^ 1) * hashBytes
    if (at < level.length) proof.push(level.subarray(at, at + hashBytes))
    position >>= 1
  }
  return proof
}

/** Values that an entry holds in place of personal ones. */
const hashed = /^sha256:[0-9a-f]{64}$/

type Fields = Record<string, unknown> | null

/** Puts the personal values back where they still are, and says which were erased. */
export function withPersonal(
  entry: { before: Fields; after: Fields },
  personal: ReadonlyMap<string, string>,
): { before: Fields; after: Fields; erased: string[] } {
  const erased: string[] = []
  const fill = (side: 'before' | 'after', fields: Fields): Fields => {
    if (fields === null) return null
    const filled = Object.entries(fields).map(([name, value]) => {
      const pointer = `/${side}/${name}`
      if (typeof value !== 'string' || !hashed.test(value)) return [name, value]
      const kept = personal.get(pointer)
      if (kept === undefined) erased.push(pointer)
      return [name, kept ?? null]
    })
    return Object.fromEntries(filled)
  }
  const before = fill('before', entry.before)
  return { before, after: fill('after', entry.after), erased }
}

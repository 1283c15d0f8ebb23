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
export const leafHash = (entry: SealedEntry): Buffer => sha256(Uint8Array.of(0), Buffer.from(canonicalJson(entry)))
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

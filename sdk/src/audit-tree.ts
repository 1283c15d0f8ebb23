/** What the verifier needs of a machine's cryptography: handed in, so that nothing here depends on a runtime. */
export type AuditCrypto = {
  sha256: (...parts: Uint8Array[]) => Uint8Array
  /** Ed25519, with the 32 raw bytes of the public key. */
  verify: (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean
}

export const toBytes = (text: string): Uint8Array => new TextEncoder().encode(text)
export const fromBase64 = (text: string): Uint8Array => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
export const toHex = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
export const isEqual = (left: Uint8Array, right: Uint8Array): boolean =>
  left.length === right.length && left.every((byte, index) => byte === right[index])

/** JSON with sorted keys and no spaces (RFC 8785 for what entries hold): the bytes that were sealed. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1))
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(',')}}`
}

/** RFC 9162, 2.1.1: leaves and nodes are hashed with different first bytes. */
export const hashLeaf = ({ sha256 }: AuditCrypto, entry: unknown): Uint8Array =>
  sha256(Uint8Array.of(0), toBytes(canonicalJson(entry)))
/** What is sealed since version 2: the hash of the entry, and whether only its own tenant may read it. */
export const toEnvelope = ({ sha256 }: AuditCrypto, entry: unknown, isPrivate: unknown) => ({
  version: 2,
  private: isPrivate,
  content: `sha256:${toHex(sha256(toBytes(canonicalJson(entry))))}`,
})
const hashNode = ({ sha256 }: AuditCrypto, left: Uint8Array, right: Uint8Array): Uint8Array =>
  sha256(Uint8Array.of(1), left, right)

/** The roots of the full subtrees of a growing tree, largest first. */
export function grow(crypto: AuditCrypto, frontier: readonly Uint8Array[], size: number, leaf: Uint8Array) {
  const roots = [...frontier]
  let node = leaf
  for (let rest = size; rest % 2 === 1; rest = Math.floor(rest / 2)) {
    const left = roots.pop()
    if (left !== undefined) node = hashNode(crypto, left, node)
  }
  return [...roots, node]
}

/** The Merkle tree hash, RFC 9162, 2.1.1. */
export function rootOf(crypto: AuditCrypto, frontier: readonly Uint8Array[]): Uint8Array {
  const last = frontier.at(-1)
  if (last === undefined) return crypto.sha256()
  return frontier.slice(0, -1).reduceRight((right, left) => hashNode(crypto, left, right), last)
}

type Place = { leaf: Uint8Array; index: number; size: number; proof: readonly Uint8Array[] }

/** The root that a proof of inclusion leads to, or null where it has the wrong length. RFC 9162, 2.1.3.2. */
export function rootByProof(crypto: AuditCrypto, { leaf, index, size, proof }: Place): Uint8Array | null {
  let place = { position: index, last: size - 1 }
  let node = leaf
  for (const sibling of proof) {
    if (place.last === 0) return null
    const isRight = place.position % 2 === 1 || place.position === place.last
    node = isRight ? hashNode(crypto, sibling, node) : hashNode(crypto, node, sibling)
    place = above(isRight ? skipLonely(place) : place)
  }
  return place.last === 0 ? node : null
}

type Level = { position: number; last: number }

const above = ({ position, last }: Level): Level => ({ position: Math.floor(position / 2), last: Math.floor(last / 2) })

/** A node without a neighbor stands for itself one level up. */
function skipLonely(level: Level): Level {
  let at = level
  while (at.position % 2 === 0 && at.position !== 0) at = above(at)
  return at
}

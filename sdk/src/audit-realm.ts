import type { Checkpoint } from './audit-note.ts'
import {
  type AuditCrypto,
  fromBase64,
  grow,
  hashLeaf,
  isEqual,
  rootByProof,
  rootOf,
  toBytes,
  toEnvelope,
  toHex,
} from './audit-tree.ts'

export type AuditFinding = {
  code:
    | 'unreadable'
    | 'checkpoint_invalid'
    | 'entry_missing'
    | 'entry_out_of_order'
    | 'entry_changed'
    | 'personal_value_changed'
    | 'history_changed'
    | 'tail_cut'
    | 'file_changed'
  detail: string
  /** Of the file, from 1; null for what stands in no line. */
  line: number | null
  realmId: string | null
  /** From 0, in the order of sealing. */
  leafIndex: number | null
  entryId: string | null
}

export type LeafLine = {
  leaf_index: string
  proof: string[]
  /** 2: sealed under an envelope; left out: the entry itself was sealed. */
  version?: number
  private?: boolean
  entry?: { id: string; address: string; before: unknown; after: unknown }
  leaf_hash?: string
  /** Of a withheld entry: the envelope it was sealed under. */
  envelope?: { version: number; private: boolean; content: string }
  personal?: { pointer: string; salt: string; value: string }[]
}

/**
 * What is known of one realm after the lines so far. A whole log is grown anew and held against every checkpoint; of a part each
 * entry is held against the newest one by its proof. Where the log itself has a hole every proof fails: what failed is then a
 * suspect only, which the next checkpoint clears or not.
 */
export type RealmState = {
  crypto: AuditCrypto
  newest: Checkpoint
  isWhole: boolean
  outside: readonly Checkpoint[]
  next: number
  entries: number
  frontier: readonly Uint8Array[]
  checkedTo: number
  hasProven: boolean
  hasEnvelopes: boolean
  suspect: AuditFinding | null
  finding: AuditFinding | null
}

export const openRealm = (known: Pick<RealmState, 'crypto' | 'newest' | 'isWhole' | 'outside'>): RealmState => ({
  ...known,
  next: 0,
  entries: 0,
  frontier: [],
  checkedTo: 0,
  hasProven: false,
  hasEnvelopes: false,
  suspect: null,
  finding: null,
})

type Where = { index: number; line: number | null; entryId?: string | null }

const toFinding = (state: RealmState, code: AuditFinding['code'], detail: string, where: Where): AuditFinding => ({
  code,
  detail,
  line: where.line,
  realmId: state.newest.realmId,
  leafIndex: where.index,
  entryId: where.entryId ?? null,
})

/** What is wrong for certain; a suspect before it counts once other proofs have held. */
function find(state: RealmState, code: AuditFinding['code'], detail: string, where: Where): void {
  const certain = state.hasProven ? state.suspect : null
  state.finding ??= certain ?? toFinding(state, code, detail, where)
}

export function takeLeaf(state: RealmState, leafLine: LeafLine, line: number): void {
  const index = Number(leafLine.leaf_index)
  const where = { index, line, entryId: leafLine.entry?.id ?? null }
  checkOrder(state, where)
  checkVersion(state, leafLine, where)
  if (state.finding !== null) return
  const leaf = toLeaf(state.crypto, leafLine)
  checkProof(state, leaf, leafLine.proof, where)
  checkPersonal(state, leafLine, where)
  state.frontier = state.isWhole ? grow(state.crypto, state.frontier, index, leaf) : []
  state.next = index + 1
  state.entries += 1
  if (!state.isWhole) return
  for (const checkpoint of state.outside) if (checkpoint.size === state.next) compare(state, checkpoint, line)
}

function toLeaf(crypto: AuditCrypto, line: LeafLine): Uint8Array {
  const { entry, envelope } = line
  if (entry !== undefined) return hashLeaf(crypto, line.version === 2 ? toEnvelope(crypto, entry, line.private) : entry)
  return envelope === undefined ? fromBase64(line.leaf_hash ?? '') : hashLeaf(crypto, envelope)
}

function checkOrder(state: RealmState, where: Where): void {
  const isBeside = where.index < state.next || where.index >= state.newest.size
  if (isBeside) find(state, 'entry_out_of_order', 'stands where it was not sealed', where)
  else if (state.isWhole && where.index > state.next)
    find(state, 'entry_missing', 'is missing', { index: state.next, line: where.line })
}

/** Envelopes came with a release: what is sealed without one after them was made to look older, to hide who may read it. */
function checkVersion(state: RealmState, { version, envelope }: LeafLine, where: Where): void {
  const hasEnvelope = version === 2 || envelope !== undefined
  if (state.hasEnvelopes && !hasEnvelope) find(state, 'entry_changed', 'was changed after it was sealed', where)
  state.hasEnvelopes ||= hasEnvelope
}

function checkProof(state: RealmState, leaf: Uint8Array, proof: readonly string[], where: Where): void {
  const { crypto, newest } = state
  const root = rootByProof(crypto, { leaf, index: where.index, size: newest.size, proof: proof.map(fromBase64) })
  if (root !== null && isEqual(root, newest.root)) state.hasProven = true
  else state.suspect ??= toFinding(state, 'entry_changed', 'was changed after it was sealed', where)
  if (state.hasProven || !state.isWhole) state.finding ??= state.suspect
}

function checkPersonal(state: RealmState, { entry, personal = [] }: LeafLine, where: Where): void {
  for (const { pointer, salt, value } of personal) {
    const hash = `sha256:${toHex(state.crypto.sha256(fromBase64(salt), toBytes(value)))}`
    if (valueAt(entry, pointer) !== hash)
      find(state, 'personal_value_changed', `has another value at ${pointer} than was sealed`, where)
  }
}

function valueAt(entry: LeafLine['entry'], pointer: string): unknown {
  const [, side, field] = pointer.split('/')
  if (side === 'address') return entry?.address
  const holder = side === 'before' ? entry?.before : entry?.after
  return typeof holder === 'object' && holder !== null ? (holder as Record<string, unknown>)[field ?? ''] : undefined
}

/** Of a whole log: what was grown so far against what the server signed when it had as many entries. */
function compare(state: RealmState, checkpoint: Checkpoint, line: number | null): void {
  if (!isEqual(rootOf(state.crypto, state.frontier), checkpoint.root)) {
    const detail = `does not fit a signed checkpoint, or one after it up to number ${state.next - 1}`
    state.finding ??= state.suspect ?? toFinding(state, 'history_changed', detail, { index: state.checkedTo, line })
  } else if (!state.hasProven) state.suspect = null
  state.checkedTo = state.next
}

export function takeCheckpoint(state: RealmState, checkpoint: Checkpoint, line: number): void {
  if (state.finding !== null) return
  if (state.next === checkpoint.size) compare(state, checkpoint, line)
  else find(state, 'entry_missing', 'is missing', { index: state.next, line })
}

export function endRealm(state: RealmState): void {
  if (state.finding !== null) return
  const { newest, outside } = state
  if (state.isWhole) endWhole(state)
  const longest = Math.max(...outside.map((checkpoint) => checkpoint.size), 0)
  if (longest > newest.size) {
    const detail = `is missing: a checkpoint that was kept outside covers ${longest} entries`
    find(state, 'tail_cut', detail, { index: newest.size, line: null })
  }
  const kept = outside.find((checkpoint) => checkpoint.size === newest.size)
  if (kept !== undefined && !isEqual(kept.root, newest.root))
    find(state, 'history_changed', 'or a later one is not what a checkpoint kept outside says', {
      index: 0,
      line: null,
    })
}

function endWhole(state: RealmState): void {
  const { next, newest } = state
  if (next < newest.size)
    find(state, 'tail_cut', `and all after it up to number ${newest.size - 1} are missing`, { index: next, line: null })
  else compare(state, newest, null)
}

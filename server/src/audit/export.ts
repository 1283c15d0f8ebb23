import type { KeyObject } from 'node:crypto'
import type { CallContext } from '../kernel/context.ts'
import { toInstantText } from '../kernel/time.ts'
import type { Database } from '../platform/database.ts'
import { sha256 } from '../platform/ids.ts'
import { type Leaf, leafHash, toEnvelope, toLevels, toProof } from './domain.ts'
import * as readings from './export-repository.ts'
import { signNote, toVerifierKey } from './notes.ts'
import { sealRealm } from './sealer.ts'

const leavesAPage = 1000

/**
 * The entries of the caller's scope in the order of sealing, line by line, with all that a verifier without a server needs. R-AUDIT-2.
 * Whoever is at or above the root of a realm gets its whole log, in which what it may not read (R-TREE-10) is its hash alone;
 * anyone else the own entries, each with its proof of inclusion in the newest checkpoint, and nothing of others.
 */
export async function* exportAudit(db: Database, call: CallContext, key: KeyObject): AsyncGenerator<string> {
  const realms = await readings.listRealms(db, call)
  for (const realm of realms) await sealRealm(db, call, key, realm.id)
  let digest = Buffer.alloc(0)
  let count = 0
  const toLine = (value: object): string => {
    const line = JSON.stringify(value)
    digest = sha256(Buffer.concat([digest, sha256(line)])) as Buffer<ArrayBuffer>
    count += 1
    return `${line}\n`
  }
  yield toLine({
    type: 'export',
    version: 2,
    tenant_id: call.scope.tenantId,
    exported_at: toInstantText(call.now),
    key: toVerifierKey(key),
  })
  for (const realm of realms) for await (const value of exportRealm(db, call, realm)) yield toLine(value)
  const note = signNote(key, `tenantree/audit/export\n${count}\n${digest.toString('base64')}\n`)
  yield `${JSON.stringify({ type: 'end', note })}\n`
}

async function* exportRealm(db: Database, call: CallContext, realm: readings.Realm): AsyncGenerator<object> {
  const checkpoints = await readings.listCheckpoints(db, call, realm.id)
  const newest = checkpoints.at(-1)
  if (newest === undefined) return
  yield { type: 'realm', realm_id: `${realm.id}`, size: `${newest.size}`, complete: realm.isWhole, note: newest.note }
  const size = Number(newest.size)
  const levels = toLevels(await readLeaves(db, call, realm.id, size))
  const older = realm.isWhole ? checkpoints.slice(0, -1) : []
  const notes = new Map(older.map((checkpoint) => [Number(checkpoint.size), checkpoint.note]))
  for (let from = 0; from < size; from += leavesAPage) {
    const page = { realmId: realm.id, from, to: Math.min(from + leavesAPage, size) }
    yield* toLines({ page, levels, notes, leaves: await readPage(db, call, page, realm.isWhole) })
  }
}

type ReadPage = {
  page: readings.LeafRange
  levels: readonly Buffer[]
  /** Earlier checkpoints by the number of entries that they cover. */
  notes: ReadonlyMap<number, string>
  leaves: ReadonlyMap<number, Line>
}

function* toLines({ page, levels, notes, leaves }: ReadPage): Generator<object> {
  for (let index = page.from; index < page.to; index += 1) {
    const leaf = leaves.get(index)
    if (leaf !== undefined) yield toLeafLine(leaf, levels, index)
    const note = notes.get(index + 1)
    if (note !== undefined) yield { type: 'checkpoint', note }
  }
}

type Line = readings.ExportedEntry | { withheld: Leaf }

/** What stands at each place: an entry, one that the caller may not read, or nothing where the database has a hole. */
async function readPage(
  db: Database,
  call: CallContext,
  page: readings.LeafRange,
  isWhole: boolean,
): Promise<Map<number, Line>> {
  const lines = new Map<number, Line>()
  if (isWhole)
    for (const { index, leaf } of await readings.listPresent(db, call, page)) lines.set(index, { withheld: leaf })
  for (const entry of await readings.listEntries(db, call, page)) lines.set(Number(entry.leaf_index), entry)
  return lines
}

function toLeafLine(line: Line, levels: readonly Buffer[], index: number): object {
  const proof = toProof(levels, index).map((hash) => hash.toString('base64'))
  if ('withheld' in line)
    return { type: 'withheld', leaf_index: `${index}`, ...withhold(line.withheld, levels, index), proof }
  const { personal, leaf, leaf_index } = line
  // Of the first version nothing is said of who may read it: it was not sealed.
  const seal = leaf.version === 2 ? { version: 2, private: leaf.private } : {}
  return { type: 'entry', leaf_index, ...seal, entry: leaf.entry, personal, proof }
}

/** Computed anew from the row, so that one that was changed past the application shows to whoever may not read it, too. */
function withhold({ entry, private: isPrivate, version }: Leaf, levels: readonly Buffer[], index: number): object {
  if (version === 2) return { envelope: toEnvelope(entry, isPrivate) }
  return { leaf_hash: levels[0]?.subarray(index * 32, index * 32 + 32).toString('base64') }
}

/** The hashes of all leaves. One that is gone is left as zeros: then no proof holds, and the verifier finds the hole. */
async function readLeaves(db: Database, call: CallContext, realmId: bigint, size: number): Promise<Buffer> {
  const leaves = Buffer.alloc(size * 32)
  const found = new Set<number>()
  for (const { leaf_index, hash } of await readings.listLeaves(db, call, realmId)) {
    const index = Number(leaf_index)
    if (index < size) hash.copy(leaves, index * 32)
    found.add(index)
  }
  if (found.size >= size) return leaves
  // Sealed before leaves were kept: computed from the entry.
  for (const { index, leaf } of await readings.listWithoutLeaf(db, call, realmId))
    leafHash(leaf).copy(leaves, index * 32)
  return leaves
}

import { type Checkpoint, openCheckpoint, openNote, parseVerifierKey, type VerifierKey } from './audit-note.ts'
import type { AuditFinding, LeafLine, RealmState } from './audit-realm.ts'
import * as realm from './audit-realm.ts'
import { type AuditCrypto, fromBase64, isEqual, toBytes } from './audit-tree.ts'

export type { AuditFinding } from './audit-realm.ts'
export type { AuditCrypto } from './audit-tree.ts'

export type AuditReport = {
  /** The first thing that is wrong, or null. */
  finding: AuditFinding | null
  /** `isWhole`: the whole log of the realm; else the entries that whoever exported may see, each with its proof. */
  realms: { realmId: string; entries: number; size: number; isWhole: boolean }[]
  exportedAt: string | null
}

export type AuditVerifier = { add: (line: string) => void; end: () => AuditReport }

type Options = {
  /** The audit key that you trust, kept from before: `tenantree-audit+...`. */
  key: string
  crypto: AuditCrypto
  /** Lines of a file of checkpoints that was kept outside of the server. */
  checkpoints?: readonly string[]
}

type ExportLine =
  | { type: 'export'; exported_at: string }
  | { type: 'realm'; complete: boolean; note: string }
  | { type: 'checkpoint'; note: string }
  | ({ type: 'entry' | 'withheld' } & LeafLine)
  | { type: 'end'; note: string }

type Outside = Checkpoint & { sealedAt: string }

/** The digest of all lines so far: one after the other, so that a file of any length is read once. */
const chain = ({ sha256 }: AuditCrypto, digest: Uint8Array, line: string) => sha256(digest, sha256(toBytes(line)))

function readOutside(crypto: AuditCrypto, key: VerifierKey, lines: readonly string[]): Outside[] {
  return lines.flatMap(parseOutside).map(({ note, sealed_at }) => {
    const checkpoint = openCheckpoint(crypto, key, note)
    if (checkpoint === null) throw new Error('a checkpoint that was kept outside is not signed by this key')
    return { ...checkpoint, sealedAt: sealed_at }
  })
}

/** A line that a crash cut short holds nothing signed. */
function parseOutside(line: string): { note: string; sealed_at: string }[] {
  try {
    return [JSON.parse(line) as { note: string; sealed_at: string }]
  } catch {
    return []
  }
}

type Reading = {
  crypto: AuditCrypto
  key: VerifierKey
  outside: readonly Outside[]
  realms: RealmState[]
  finding: AuditFinding | null
  exportedAt: string | null
  digest: Uint8Array
  lines: number
  hasEnded: boolean
}

/**
 * Verifies an export of the audit log without a server: takes its lines in order, then says what is wrong first. Finds an entry that
 * was edited, deleted, inserted, swapped or cut off, in the file as in the database that it came from. R-AUDIT-2.
 * Throws a plain Error for a key or outside checkpoints that cannot be used.
 */
export function createAuditVerifier({ key: keyText, crypto, checkpoints = [] }: Options): AuditVerifier {
  const key = parseVerifierKey(crypto, keyText)
  const reading: Reading = {
    crypto,
    key,
    outside: readOutside(crypto, key, checkpoints),
    realms: [],
    finding: null,
    exportedAt: null,
    digest: new Uint8Array(),
    lines: 0,
    hasEnded: false,
  }
  return {
    add: (line) => addLine(reading, line),
    end() {
      if (!reading.hasEnded && reading.finding === null) {
        endLastRealm(reading)
        fail(reading, 'tail_cut', 'the end of the file is missing')
      }
      const { finding, exportedAt, realms } = reading
      return { finding, exportedAt, realms: realms.map(toSummary) }
    },
  }
}

const toSummary = ({ newest, entries, isWhole }: RealmState) => ({
  realmId: newest.realmId,
  entries,
  size: newest.size,
  isWhole,
})

function fail(reading: Reading, code: AuditFinding['code'], detail: string): void {
  reading.finding ??= { code, detail, line: reading.lines, realmId: null, leafIndex: null, entryId: null }
}

function addLine(reading: Reading, text: string): void {
  reading.lines += 1
  if (reading.finding !== null) return
  if (reading.hasEnded) {
    fail(reading, 'file_changed', 'there are lines after the end')
    return
  }
  try {
    take(reading, JSON.parse(text) as ExportLine)
  } catch {
    fail(reading, 'unreadable', 'this is not a line of an audit export')
  }
  const last = reading.realms.at(-1)
  reading.finding ??= last?.finding ?? null
  reading.digest = chain(reading.crypto, reading.digest, text)
}

function take(reading: Reading, line: ExportLine): void {
  if (line.type === 'export') reading.exportedAt = line.exported_at
  else if (line.type === 'realm') openRealm(reading, line)
  else if (line.type === 'checkpoint') takeCheckpoint(reading, line.note)
  else if (line.type === 'end') takeEnd(reading, line.note)
  else realm.takeLeaf(getLastRealm(reading), line, reading.lines)
}

function getLastRealm({ realms }: Reading): RealmState {
  const last = realms.at(-1)
  if (last === undefined) throw new Error('an entry stands before its realm')
  return last
}

/** Checkpoints that were kept outside count if they are older than the export: it cannot hold what came later. */
function openRealm(reading: Reading, { complete, note }: Extract<ExportLine, { type: 'realm' }>): void {
  endLastRealm(reading)
  const { crypto, key, exportedAt } = reading
  const newest = openCheckpoint(crypto, key, note)
  if (newest === null) fail(reading, 'checkpoint_invalid', 'the checkpoint is not signed by this key')
  else {
    const outside = reading.outside.filter(
      ({ realmId, sealedAt }) => realmId === newest.realmId && (exportedAt === null || sealedAt <= exportedAt),
    )
    reading.realms.push(realm.openRealm({ crypto, newest, isWhole: complete, outside }))
  }
}

function endLastRealm(reading: Reading): void {
  const last = reading.realms.at(-1)
  if (last === undefined) return
  realm.endRealm(last)
  reading.finding ??= last.finding
}

function takeCheckpoint(reading: Reading, note: string): void {
  const checkpoint = openCheckpoint(reading.crypto, reading.key, note)
  const last = getLastRealm(reading)
  if (checkpoint?.realmId === last.newest.realmId) realm.takeCheckpoint(last, checkpoint, reading.lines)
  else fail(reading, 'checkpoint_invalid', 'the checkpoint is not signed by this key for this realm')
}

/** What was taken away or added between the entries shows at the end, where the server signed the digest of all lines. */
function takeEnd(reading: Reading, note: string): void {
  endLastRealm(reading)
  reading.hasEnded = true
  const [origin, count, digest = ''] = openNote(reading.crypto, reading.key, note)?.split('\n') ?? []
  const isIntact =
    origin === 'tenantree/audit/export' &&
    Number(count) === reading.lines - 1 &&
    isEqual(fromBase64(digest), reading.digest)
  if (!isIntact) fail(reading, 'file_changed', 'the file is not as the server wrote it')
}

import { type AuditCrypto, fromBase64, isEqual, toBytes, toHex } from './audit-tree.ts'

/** The public key of an audit log, out of `name+id+key` (C2SP signed-note). */
export type VerifierKey = { name: string; id: Uint8Array; publicKey: Uint8Array }

/** Throws a plain Error with one line for what is not a verifier key. */
export function parseVerifierKey(crypto: AuditCrypto, text: string): VerifierKey {
  const match = /^([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/.exec(text.trim())
  const [, name = '', id = '', encoded = ''] = match ?? []
  const bytes = match === null ? new Uint8Array() : fromBase64(encoded)
  const publicKey = bytes.slice(1)
  const keyId = crypto.sha256(toBytes(`${name}\n`), bytes).slice(0, 4)
  if (bytes[0] !== 1 || publicKey.length !== 32 || toHex(keyId) !== id)
    throw new Error('this is not an audit key, which looks like tenantree-audit+1a2b3c4d+AQ...')
  return { name, id: keyId, publicKey }
}

/** The text that the note says, if the key has signed it; else null. */
export function openNote(crypto: AuditCrypto, key: VerifierKey, note: string): string | null {
  const end = note.lastIndexOf('\n\n')
  if (end < 0) return null
  const text = note.slice(0, end + 1)
  const isSigned = note
    .slice(end + 2)
    .split('\n')
    .some((line) => isSignature(crypto, key, text, line))
  return isSigned ? text : null
}

function isSignature(crypto: AuditCrypto, key: VerifierKey, text: string, line: string): boolean {
  const [mark, name, encoded] = line.split(' ')
  if (mark !== '\u2014' || name !== key.name || encoded === undefined) return false
  try {
    const bytes = fromBase64(encoded)
    return isEqual(bytes.slice(0, 4), key.id) && crypto.verify(key.publicKey, toBytes(text), bytes.slice(4))
  } catch {
    return false
  }
}

export type Checkpoint = { realmId: string; size: number; root: Uint8Array }

const origin = 'tenantree/audit/realm/'

/** A signed checkpoint (C2SP tlog-checkpoint), or null where the key has not signed it. */
export function openCheckpoint(crypto: AuditCrypto, key: VerifierKey, note: string): Checkpoint | null {
  const [from = '', size = '', root = ''] = openNote(crypto, key, note)?.split('\n') ?? []
  if (!from.startsWith(origin) || !/^\d+$/.test(size)) return null
  return { realmId: from.slice(origin.length), size: Number(size), root: fromBase64(root) }
}

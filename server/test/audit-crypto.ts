import { createHash, createPublicKey, verify } from 'node:crypto'
import { type AuditCrypto, type AuditReport, createAuditVerifier } from '../../sdk/src/audit-verify.ts'

const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex')

/** What the verifier of the SDK needs of this machine. */
export const auditCrypto: AuditCrypto = {
  sha256: (...parts) => {
    const hash = createHash('sha256')
    for (const part of parts) hash.update(part)
    return hash.digest()
  },
  verify: (publicKey, message, signature) => {
    const key = createPublicKey({ key: Buffer.concat([spkiPrefix, publicKey]), format: 'der', type: 'spki' })
    return verify(null, message, key, signature)
  },
}

/** Verifies the lines of an export as someone with nothing but the public key. */
export function verifyLines(
  lines: readonly string[],
  options: { key: string; checkpoints?: readonly string[] },
): AuditReport {
  const verifier = createAuditVerifier({ ...options, crypto: auditCrypto })
  for (const line of lines) verifier.add(line)
  return verifier.end()
}

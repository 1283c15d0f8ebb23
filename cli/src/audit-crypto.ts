import { createHash, createPublicKey, verify } from 'node:crypto'
import type { AuditCrypto } from '@tenantree/sdk'

/** What stands before the 32 bytes of an Ed25519 key in a SubjectPublicKeyInfo (RFC 8410). */
const keyPrefix = Buffer.from('302a300506032b6570032100', 'hex')

/** The cryptography of this machine, for the verifier of the SDK. */
export const auditCrypto: AuditCrypto = {
  sha256: (...parts) => {
    const hash = createHash('sha256')
    for (const part of parts) hash.update(part)
    return hash.digest()
  },
  verify: (publicKey, message, signature) => {
    const key = createPublicKey({ key: Buffer.concat([keyPrefix, publicKey]), format: 'der', type: 'spki' })
    return verify(null, message, key, signature)
  },
}

import { createHash, randomBytes } from 'node:crypto'

/** A UUID of version 7 (RFC 9562): 48 bits of real time, so that index pages fill in order. Ids use real time, never the test clock. */
export function newId(): string {
  const bytes = randomBytes(16)
  bytes.writeUIntBE(performance.timeOrigin + performance.now(), 0, 6)
  bytes[6] = (bytes[6]! & 0x0f) | 0x70
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** A secret of 192 bits with a prefix that says what it is, such as `tts_`. */
export const newSecret = (prefix: string): string => `${prefix}_${randomBytes(24).toString('base64url')}`

/** Secrets are long and random, so a plain hash is enough to store them. */
export const hashSecret = (secret: string): Buffer => createHash('sha256').update(secret).digest()

export const sha256 = (data: string | Uint8Array): Buffer => createHash('sha256').update(data).digest()

import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

/** An authenticator that signs whatever it is told to: also what a browser would never let it sign. */
export type SoftAuthenticator = {
  credentialId: string
  /** The answer to options for a new passkey. */
  register(options: Options, how?: How): Record<string, unknown>
  /** The answer to options for a sign-in. */
  sign(options: Options, how?: How): Record<string, unknown>
}
// biome-ignore lint/suspicious/noExplicitAny: WebAuthn options as they come
type Options = any
type How = {
  origin?: string
  rpId?: string
  challenge?: string
  isVerified?: boolean
  userHandle?: string
  counter?: number
}

const sha256 = (data: string | Buffer): Buffer => createHash('sha256').update(data).digest()
const base64url = (data: string | Buffer): string => Buffer.from(data).toString('base64url')

/** CBOR (RFC 8949) of what an attestation holds: small integers, bytes, text and maps. */
function toCbor(value: number | Buffer | string | Map<unknown, unknown>): Buffer {
  const head = (major: number, length: number): Buffer =>
    length < 24
      ? Buffer.from([(major << 5) | length])
      : length < 256
        ? Buffer.from([(major << 5) | 24, length])
        : Buffer.from([(major << 5) | 25, length >> 8, length & 255])
  if (typeof value === 'number') return value >= 0 ? head(0, value) : head(1, -1 - value)
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)])
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value])
  const pairs = [...value].flatMap(([key, entry]) => [toCbor(key as number), toCbor(entry as number)])
  return Buffer.concat([head(5, value.size), ...pairs])
}

/** The key as COSE has it: ES256 on P-256. */
function toCose(publicKey: KeyObject): Buffer {
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  const key: [number, number | Buffer][] = [
    [1, 2],
    [3, -7],
    [-1, 1],
    [-2, Buffer.from(x, 'base64url')],
    [-3, Buffer.from(y, 'base64url')],
  ]
  return toCbor(new Map(key))
}

const present = 0x01
const verified = 0x04
const attested = 0x40

/** `origin` is the console's; whatever else it is told to say is said with `how`. */
export function createAuthenticator(origin: string): SoftAuthenticator {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const id = randomBytes(16)
  let counter = 0
  let user = ''
  const clientData = (type: string, options: Options, how: How) =>
    Buffer.from(
      JSON.stringify({
        type,
        challenge: how.challenge ?? options.challenge,
        origin: how.origin ?? origin,
        crossOrigin: false,
      }),
    )
  const authenticatorData = (rpId: string, flags: number, rest: Buffer, count: number) => {
    const number = Buffer.alloc(4)
    number.writeUInt32BE(count)
    return Buffer.concat([sha256(rpId), Buffer.from([flags]), number, rest])
  }
  const credential = { id: base64url(id), rawId: base64url(id), type: 'public-key', clientExtensionResults: {} }
  return {
    credentialId: base64url(id),
    register(options, how = {}) {
      user = options.user.id
      const length = Buffer.from([0, id.length])
      const rest = Buffer.concat([Buffer.alloc(16), length, id, toCose(publicKey)])
      const flags = present | attested | (how.isVerified === false ? 0 : verified)
      const authData = authenticatorData(how.rpId ?? options.rp.id, flags, rest, counter)
      const attestation = new Map<string, unknown>([
        ['fmt', 'none'],
        ['attStmt', new Map()],
        ['authData', authData],
      ])
      return {
        ...credential,
        response: {
          clientDataJSON: base64url(clientData('webauthn.create', options, how)),
          attestationObject: base64url(toCbor(attestation)),
          transports: ['internal'],
        },
      }
    },
    sign(options, how = {}) {
      counter = how.counter ?? counter + 1
      const data = clientData('webauthn.get', options, how)
      const flags = present | (how.isVerified === false ? 0 : verified)
      const authData = authenticatorData(how.rpId ?? options.rpId, flags, Buffer.alloc(0), counter)
      return {
        ...credential,
        response: {
          clientDataJSON: base64url(data),
          authenticatorData: base64url(authData),
          signature: base64url(sign('sha256', Buffer.concat([authData, sha256(data)]), privateKey)),
          userHandle: how.userHandle ?? user,
        },
      }
    },
  }
}

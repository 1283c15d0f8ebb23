import { createHash, createPublicKey, type KeyObject, sign } from 'node:crypto'

const keyName = 'tenantree-audit'
/** The kind of key in C2SP signed-note: Ed25519. */
const ed25519 = Uint8Array.of(1)

const rawPublicKey = (key: KeyObject): Buffer =>
  createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32)

const keyId = (key: KeyObject): Buffer =>
  createHash('sha256').update(`${keyName}\n`).update(ed25519).update(rawPublicKey(key)).digest().subarray(0, 4)

/** The public key in the form `name+id+key` that verifiers of C2SP signed notes take. */
export const toVerifierKey = (key: KeyObject): string =>
  `${keyName}+${keyId(key).toString('hex')}+${Buffer.concat([ed25519, rawPublicKey(key)]).toString('base64')}`

/** A signed note (C2SP): the text, and an Ed25519 signature with its key's id before it. */
export function signNote(key: KeyObject, text: string): string {
  const signature = Buffer.concat([keyId(key), sign(null, Buffer.from(text), key)])
  return `${text}\n\u2014 ${keyName} ${signature.toString('base64')}\n`
}

/** C2SP tlog-checkpoint: origin, size, root. */
export const signCheckpoint = (key: KeyObject, checkpoint: { origin: string; size: bigint; root: Buffer }): string =>
  signNote(key, `${checkpoint.origin}\n${checkpoint.size}\n${checkpoint.root.toString('base64')}\n`)

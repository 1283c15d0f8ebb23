import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { prepareDataFolder, writeOnce } from './secrets.ts'
import { StartFailure } from './start-failure.ts'

const keyBytes = 32
const nonceBytes = 12
const tagBytes = 16
/** Says how it was sealed, so that another way can be told apart one day. */
const version = 'v1.'

/** Seals secrets that have to be read again, such as those of authenticators and identity providers. AES-256-GCM, a new nonce each time. */
export type Vault = {
  /** `about` says whose secret it is. It is not kept: what is opened as another's does not open. */
  seal(text: string, about: string): string
  /** Throws where the key is another one, or the text was changed or moved to someone else. */
  open(sealed: string, about: string): string
  isSealed(text: string): boolean
}

export function createVault(key: Uint8Array): Vault {
  if (key.length !== keyBytes) throw new Error(`the key of the vault has to have ${keyBytes} bytes`)
  return {
    seal(text, about) {
      const nonce = randomBytes(nonceBytes)
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(about))
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return version + Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url')
    },
    open(sealed, about) {
      const bytes = Buffer.from(sealed.slice(version.length), 'base64url')
      const body = nonceBytes + tagBytes
      if (!sealed.startsWith(version) || bytes.length < body) throw new Error(`the secret of ${about} is not sealed`)
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes })
        .setAAD(Buffer.from(about))
        .setAuthTag(bytes.subarray(nonceBytes, body))
      return Buffer.concat([decipher.update(bytes.subarray(body)), decipher.final()]).toString('utf8')
    },
    isSealed: (text) => text.startsWith(version),
  }
}

/** The key of the vault: made at the first start, kept in the data folder. Throws StartFailure for a file that holds none. */
export async function readVaultKey(dataDir: string): Promise<Buffer> {
  await prepareDataFolder(dataDir)
  const path = join(dataDir, 'secrets', 'vault.key')
  const key = Buffer.from(await writeOnce(path, randomBytes(keyBytes).toString('base64url')), 'base64url')
  if (key.length === keyBytes) return key
  throw new StartFailure(
    `${path} does not hold a key`,
    'Put the file of a back-up there; a new key opens nothing that is stored',
  )
}

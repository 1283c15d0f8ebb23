import { randomBytes } from 'node:crypto'
import { link, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { codeOf, StartFailure } from './start-failure.ts'

/**
 * Makes the data folder and its `secrets`, readable by this user alone. Throws StartFailure when that is not permitted.
 * A folder that is there already keeps its mode: its owner may have opened it on purpose.
 */
export async function prepareDataFolder(dataDir: string): Promise<void> {
  try {
    await makeFolder(join(dataDir, 'secrets'))
    const probe = join(dataDir, 'secrets', `.probe-${process.pid}-${randomBytes(4).toString('hex')}`)
    await writeFile(probe, '', { mode: 0o600 })
    await rm(probe)
  } catch (error) {
    throw explainFolderError(error, dataDir)
  }
}

/** With those above it. Not mkdir's own `recursive`: under /proc, where nothing can be made, that never ends. */
async function makeFolder(path: string, isSecondTry = false): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 })
  } catch (error) {
    if (codeOf(error) === 'EEXIST' && (await stat(path)).isDirectory()) return
    if (codeOf(error) !== 'ENOENT' || isSecondTry) throw error
    await makeFolder(dirname(path))
    await makeFolder(path, true)
  }
}

export function explainFolderError(error: unknown, dataDir: string): unknown {
  const reasons: Record<string, string> = {
    EACCES: 'this user may not write there',
    EPERM: 'this user may not write there',
    EROFS: 'the disk is mounted read-only',
    ENOSPC: 'the disk is full',
    EDQUOT: 'the disk quota is used up',
    ENOTDIR: 'a part of the path is a file, not a folder',
    EEXIST: 'there is a file of that name',
    ENOENT: 'the path cannot be made',
  }
  const reason = reasons[codeOf(error)]
  if (!reason) return error
  return new StartFailure(
    `The data folder ${dataDir} cannot be used: ${reason}`,
    'Choose a folder that this user can write with DATA_DIR, or correct its owner',
    { cause: error },
  )
}

/** The secret of that name in the data folder; made at first use, 0600. Of two that make it at once both get the same. */
export async function getOrCreateSecret(dataDir: string, name: string): Promise<string> {
  await prepareDataFolder(dataDir)
  return writeOnce(join(dataDir, 'secrets', name), randomBytes(24).toString('base64url'))
}

export async function findSecret(dataDir: string, name: string): Promise<string | null> {
  return readOrNull(join(dataDir, 'secrets', name))
}

/** Writes the file unless it is there, and answers what it holds. Never seen half-written: a link either is there or is not. */
export async function writeOnce(path: string, content: string): Promise<string> {
  const present = await readOrNull(path)
  if (present !== null) return present
  const draft = join(dirname(path), `.draft-${process.pid}-${randomBytes(4).toString('hex')}`)
  await writeFile(draft, `${content}\n`, { mode: 0o600, flush: true })
  try {
    await link(draft, path)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  } finally {
    await rm(draft, { force: true })
  }
  return (await readFile(path, 'utf8')).trim()
}

async function readOrNull(path: string): Promise<string | null> {
  try {
    return (await readFile(path, 'utf8')).trim()
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw new StartFailure(
      `${path} cannot be read by this user`,
      `Start as the user who owns it (${await ownerOf(path)}), or choose another folder with DATA_DIR`,
      { cause: error },
    )
  }
}

async function ownerOf(path: string): Promise<string> {
  try {
    return `user number ${(await stat(path)).uid}`
  } catch {
    return 'another user'
  }
}

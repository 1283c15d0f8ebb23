import { randomUUID } from 'node:crypto'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { AgentError, systemCodeOf } from './errors.ts'

/** The file's text, or null where there is none. Throws state_unreadable. */
export async function readPrivate(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    const code = systemCodeOf(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    const advice = 'Run as the user that enrolled, or give another --state-dir'
    throw new AgentError('state_unreadable', `Cannot read ${file} (${code}). ${advice}.`, { cause: error })
  }
}

/**
 * Writes a file of mode 0600 so that after a crash there is the old text or the new one, never a part.
 * A folder that is missing is made with mode 0700. Throws state_unwritable.
 */
export async function writePrivate(file: string, text: string): Promise<void> {
  await withAdvice(file, async () => {
    await makeFolder(path.dirname(file))
    // The random name and `wx`: in a folder that others write to, nobody lays a link where we are going to write.
    const draft = `${file}.${randomUUID()}.tmp`
    try {
      await writeThrough(draft, text)
      await rename(draft, file)
    } catch (error) {
      await rm(draft, { force: true })
      throw error
    }
    await syncFolder(path.dirname(file))
  })
}

/** Throws state_unwritable. */
export const removePrivate = (file: string): Promise<void> => withAdvice(file, () => rm(file, { force: true }))

/** Not mkdir's `recursive`: under /proc, which answers ENOENT to any mkdir, Node 20 and 24 never come back from it. */
async function makeFolder(folder: string): Promise<void> {
  const make = () =>
    mkdir(folder, 0o700).catch((error: unknown) => {
      if (systemCodeOf(error) !== 'EEXIST') throw error
    })
  await make().catch(async (error: unknown) => {
    if (systemCodeOf(error) !== 'ENOENT' || path.dirname(folder) === folder) throw error
    await makeFolder(path.dirname(folder))
    await make()
  })
}

async function writeThrough(file: string, text: string): Promise<void> {
  const handle = await open(file, 'wx', 0o600)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** The new name is on disk only when its folder is; Windows has no such call and does not need it. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  await handle.sync().finally(() => handle.close())
}

async function withAdvice(file: string, write: () => Promise<void>): Promise<void> {
  try {
    await write()
  } catch (error) {
    const advice = 'Make the folder writable for this user, or give another --state-dir'
    const why = systemCodeOf(error) ?? 'unknown reason'
    throw new AgentError('state_unwritable', `Cannot write in ${path.dirname(file)} (${why}). ${advice}.`, {
      cause: error,
    })
  }
}

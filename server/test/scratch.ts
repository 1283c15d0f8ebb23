import { statfsSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { freemem, tmpdir } from 'node:os'
import { join } from 'node:path'

const memoryFolder = '/dev/shm'
const tmpfs = 0x01021994
const neededBytes = 2 * 1024 ** 3

/**
 * Where databases of tests stand, which are gone at the end: in memory where there is plenty of it, since copying one takes a disk
 * up to a second. Every folder that may have been used by an earlier run is in `scratchFolders`.
 */
export const scratchFolder: string = hasRoomInMemory() ? memoryFolder : tmpdir()
export const scratchFolders: readonly string[] = [...new Set([tmpdir(), scratchFolder])]

export const makeScratch = (prefix: string): Promise<string> => mkdtemp(join(scratchFolder, prefix))

function hasRoomInMemory(): boolean {
  try {
    const { type, bavail, bsize } = statfsSync(memoryFolder)
    return type === tmpfs && bavail * bsize > neededBytes && freemem() > 2 * neededBytes
  } catch {
    return false
  }
}

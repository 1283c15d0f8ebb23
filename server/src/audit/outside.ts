import { open, readFile } from 'node:fs/promises'
import type { Database } from '../platform/database.ts'
import type { DueTask } from '../platform/due.ts'
import { codeOf, StartFailure } from '../platform/start-failure.ts'
import { listNewestCheckpoints } from './export-repository.ts'

type Kept = { realm_id: string; size: string }

/**
 * Keeps the newest checkpoint of each realm in a file outside of the database too, so that a log whose tail and checkpoints were cut
 * off is found. Only appended to, flushed to the disk. Throws StartFailure where the file cannot be used.
 */
export async function openOutsideCheckpoints(db: Database, path: string): Promise<DueTask> {
  const kept = new Map<string, bigint>()
  for (const { realm_id, size } of await readKept(path)) kept.set(realm_id, BigInt(size))
  return {
    name: 'audit.checkpoints_outside',
    async run(call) {
      const newest = await listNewestCheckpoints(db, call)
      const missing = newest.filter(({ realm_id, size }) => size > (kept.get(`${realm_id}`) ?? 0n))
      if (missing.length === 0) return
      const lines = missing.map((row) =>
        JSON.stringify({ realm_id: `${row.realm_id}`, size: `${row.size}`, sealed_at: row.sealed_at, note: row.note }),
      )
      await appendFlushed(path, `${lines.join('\n')}\n`)
      for (const { realm_id, size } of missing) kept.set(`${realm_id}`, size)
    },
  }
}

async function appendFlushed(path: string, text: string): Promise<void> {
  const file = await open(path, 'a', 0o600)
  try {
    await file.write(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** A line that was cut short by a crash holds nothing signed: it is ended and left behind. */
async function readKept(path: string): Promise<Kept[]> {
  try {
    await appendFlushed(path, '')
    const text = await readFile(path, 'utf8')
    if (text !== '' && !text.endsWith('\n')) await appendFlushed(path, '\n')
    return text.split('\n').flatMap(parseKept)
  } catch (error) {
    throw new StartFailure(
      `AUDIT_CHECKPOINT_FILE ${path} cannot be used (${codeOf(error)})`,
      'Name a file that this user can read and append to',
      { cause: error },
    )
  }
}

function parseKept(line: string): Kept[] {
  try {
    return [JSON.parse(line) as Kept]
  } catch {
    return []
  }
}

import type { CallContext } from '../../kernel/context.ts'
import { type Instant, toInstantText } from '../../kernel/time.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import type { DueTask } from '../../platform/due.ts'
import { newId } from '../../platform/ids.ts'
import { insertAccesses, type NewAccess } from './repository.ts'

type Seen = Omit<NewAccess, 'id' | 'at' | 'user_agent'> & { user_agent?: string | undefined }

const toAccess = (now: Instant, seen: Seen): NewAccess => ({
  ...seen,
  id: newId(),
  at: toInstantText(now),
  user_agent: seen.user_agent ?? '',
})

/** Notes a sign-in in its own transaction, inside the scope of who has signed in. */
export const noteSignIn = (
  tx: Transaction,
  call: CallContext,
  { userId, how, userAgent }: { userId: string; how: string; userAgent?: string | undefined },
): Promise<void> =>
  insertAccesses(tx, [
    toAccess(call.now, {
      actor_kind: 'user',
      actor_id: userId,
      how,
      refused: false,
      address: call.address,
      user_agent: userAgent,
    }),
  ])

const gathered = new WeakMap<Database, Map<string, NewAccess>>()
const mostGathered = 10_000

/**
 * Gathers in memory what is written within a minute: uses of API keys, which must not cost each request a write, and refused sign-ins,
 * whose answer must not take longer where the address is known. A crash loses at most that minute.
 */
export function gatherAccess(db: Database, now: Instant, seen: Seen): void {
  const waiting = gathered.get(db) ?? new Map<string, NewAccess>()
  gathered.set(db, waiting)
  const access = toAccess(now, seen)
  const day = access.at.slice(0, 10)
  const key = seen.actor_kind === 'key' ? `${seen.actor_id} ${seen.address} ${day}` : access.id
  if (waiting.size < mostGathered && !waiting.has(key)) waiting.set(key, access)
}

/** A sign-in that failed at the door of a known user; of an address that nobody has there is nobody to tell. */
export function gatherRefused(db: Database, call: CallContext, userId: string | undefined, how: string): void {
  if (userId === undefined) return
  const { address, now } = call
  gatherAccess(db, now, { actor_kind: 'user', actor_id: userId, how, refused: true, address })
}

/** Writes what was gathered. What cannot be written is tried again with the next round. */
export async function writeAccesses(db: Database): Promise<void> {
  const waiting = gathered.get(db)
  if (waiting === undefined || waiting.size === 0) return
  gathered.delete(db)
  try {
    await db.work(await db.systemCall('accesses'), (tx) => insertAccesses(tx, [...waiting.values()]))
  } catch (error) {
    gathered.set(db, new Map([...waiting, ...(gathered.get(db) ?? [])]))
    throw error
  }
}

export const accessWriter = (db: Database): DueTask => ({ name: 'identity.accesses', run: () => writeAccesses(db) })

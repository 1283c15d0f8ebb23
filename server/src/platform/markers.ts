import { sql } from 'kysely'
import type { CallContext } from '../kernel/context.ts'
import { type Instant, toInstant, toInstantText } from '../kernel/time.ts'
import type { Database } from './database.ts'

/** When something that is done once in the life of a database was done; null if it was not. */
export async function findMarker(db: Database, name: string): Promise<Instant | null> {
  const { rows } = await sql<{ at: string }>`select at from app.markers where name = ${name}`.execute(db.worker)
  return rows[0] ? toInstant(rows[0].at) : null
}

export const setMarker = (db: Database, call: CallContext, name: string): Promise<void> =>
  db.work(call, async (tx) => {
    await sql`insert into app.markers (name, at) values (${name}, ${toInstantText(call.now)}) on conflict do nothing`.execute(
      tx.tables(),
    )
  })

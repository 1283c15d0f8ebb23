import { sql } from 'kysely'
import { toInstantText } from '../../kernel/time.ts'
import { realNow } from '../../platform/clock.ts'
import type { Database } from '../../platform/database.ts'
import type { DueTask } from '../../platform/due.ts'

const rememberedMinutes = 15

/**
 * Brings home the rows of transactions that had read the old place of a tenant before its move and wrote after it. No tenant ever gets an
 * old place again, so doing it twice changes nothing. In real time: it is about transactions, not about business.
 */
export const strays = (db: Database): DueTask => ({
  name: 'tenants.strays',
  run: (call) =>
    db.work(call, async (tx) => {
      const before = toInstantText(realNow().subtract({ minutes: rememberedMinutes }))
      await sql`delete from app.moves where at < ${before}`.execute(tx.tables())
      const { rows } = await sql<{ from_path: string; to_path: string }>`
        select from_path, to_path from app.moves order by at`.execute(tx.tables())
      for (const { from_path, to_path } of rows)
        await sql`select app.rewrite_paths(${from_path}, ${to_path})`.execute(tx.tables())
    }),
})

import { sql } from 'kysely'
import type { CallContext } from '../../kernel/context.ts'
import { dayOf } from '../../kernel/time.ts'
import type { Database } from '../../platform/database.ts'
import type { DueTask } from '../../platform/due.ts'
import { expireDue, isDueSql } from './end.ts'

const batchSize = 500

/**
 * Stores the end of licenses that are past their last day and are not renewed: once, whoever runs it. What they are is told from the clock before
 * that. What renews is left to the orders, but for owners that are closed. R-LIC-4, R-LIC-5, R-TREE-7.
 */
export const expiry = (db: Database): DueTask => ({
  name: 'licenses.expiry',
  async run(call) {
    while ((await expireSome(db, call)) > 0);
  },
})

const expireSome = (db: Database, call: CallContext): Promise<number> =>
  db.work(call, async (tx) => {
    const { rows } = await sql<{ realm_id: bigint; id: string }>`
      select l.realm_id, l.id from licenses l where ${isDueSql(dayOf(call.now).toString())}
      order by l.ends_on, l.realm_id, l.id limit ${batchSize} for update skip locked`.execute(tx.tables())
    for (const [realmId, due] of Map.groupBy(rows, ({ realm_id }) => realm_id))
      await expireDue(tx, call, { realmId, ids: due.map(({ id }) => id) })
    return rows.length
  })

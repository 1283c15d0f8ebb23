import { sql } from 'kysely'
import { firstDay, monthOf } from '../kernel/time.ts'
import type { Database } from '../platform/database.ts'
import type { DueTask } from '../platform/due.ts'

/** Makes the partitions of this month and the next two before a signal needs them. */
export const monthKeeper = (db: Database): DueTask => ({
  name: 'activity.months',
  run: (call) =>
    db.work(call, async (tx) => {
      await sql`select app.ensure_months('device_months', ${firstDay(monthOf(call.now)).toString()}::date, 2)`.execute(
        tx.tables(),
      )
    }),
})

import { sql } from 'kysely'
import { aDay, type Due, type KeepingClock, type Place, type Standing } from '../keeping/index.ts'
import type { Transaction } from '../platform/database.ts'

/** A month is over at its end, and waits until it is rated: what is charged of it stands in its rated units from then on. */
const isOver = (until: string) => sql`
  m.month <= ((${until}::timestamptz at time zone 'UTC')::date - interval '1 month')
  and exists (select 1 from rated_months r where r.realm_id = m.realm_id and r.month = m.month)`

/** The days on which devices were alive, month by month. R-KEEP-1. */
export const signals: KeepingClock = {
  kind: 'signals',
  title: 'Days of activity',
  erases: 'The days on which each device was alive in that month. What was charged of them stays with the invoices.',
  keptFor: { count: 13, unit: 'months' },
  atLeast: aDay,
  standing: (until) => sql<Standing>`
    select m.realm_id, m.path, m.device_id as id, d.host_name as name, (m.month + interval '1 month') at time zone 'UTC' as since
    from device_months m left join devices d on d.realm_id = m.realm_id and d.id = m.device_id
    where ${isOver(until)}`,
  erase: eraseMonths,
  sweep: dropEmptyMonths,
}

async function eraseMonths(tx: Transaction, { until, places }: Due): Promise<Place[]> {
  const { rows } = await sql<Place>`
    delete from device_months m where m.path = any (${places.map(({ path }) => path)}) and ${isOver(until)}
    returning m.realm_id, m.path`.execute(tx.tables())
  return rows
}

/** The partitions that are left behind, unless something in one of them waits for its rating. */
async function dropEmptyMonths(tx: Transaction, until: string): Promise<void> {
  const month = sql`date_trunc('month', ${until}::timestamptz at time zone 'UTC')::date`
  const { rows } = await sql`select 1 from device_months m where m.month < ${month} limit 1`.execute(tx.tables())
  if (rows.length === 0) await sql`select app.drop_months('device_months', ${month})`.execute(tx.tables())
}

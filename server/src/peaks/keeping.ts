import { sql } from 'kysely'
import { aDay, type Due, type KeepingClock, type Place, type Standing } from '../keeping/index.ts'
import type { Transaction } from '../platform/database.ts'

/** A month is over at its end, and waits until it is rated, and until the month is that its last value is carried into. The last value of a device that may still be carried stays with the device. */
const isOver = (until: string) => sql`
  m.month <= ((${until}::timestamptz at time zone 'UTC')::date - interval '1 month')
  and exists (select 1 from rated_months r where r.realm_id = m.realm_id and r.month = m.month)
  and (m.is_uninstalled or m.deleted_on is not null or not exists (select 1 from devices d where d.realm_id = m.realm_id and d.id = m.device_id)
    or exists (select 1 from device_peaks n where n.realm_id = m.realm_id and n.device_id = m.device_id and n.metric = m.metric
      and n.month > m.month and exists (select 1 from rated_months r where r.realm_id = n.realm_id and r.month = n.month)))`

/** The values that devices reported, month by month. R-KEEP-1. */
export const reportedValues: KeepingClock = {
  kind: 'reported_values',
  title: 'Reported values',
  erases:
    'The sizes and numbers of users that each device reported in that month. What was charged of them stays with the invoices, and the last value of a device with the device.',
  keptFor: { count: 13, unit: 'months' },
  atLeast: aDay,
  standing: (until) => sql<Standing>`
    select m.realm_id, m.path, m.device_id as id, d.host_name as name, (m.month + interval '1 month') at time zone 'UTC' as since
    from device_peaks m left join devices d on d.realm_id = m.realm_id and d.id = m.device_id
    where ${isOver(until)}`,
  erase: eraseMonths,
}

async function eraseMonths(tx: Transaction, { until, places }: Due): Promise<Place[]> {
  const { rows } = await sql<Place>`
    delete from device_peaks m where m.path = any (${places.map(({ path }) => path)}) and ${isOver(until)}
    returning m.realm_id, m.path`.execute(tx.tables())
  return rows
}

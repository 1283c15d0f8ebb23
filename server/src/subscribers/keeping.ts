import { sql } from 'kysely'
import * as audit from '../audit/index.ts'
import { aDay, type Due, days, type KeepingClock, type Place, type Standing } from '../keeping/index.ts'
import type { CallContext } from '../kernel/context.ts'
import type { HolderHooks } from '../networks/index.ts'
import type { Transaction } from '../platform/database.ts'

const isOver = (until: string) => sql`s.state in ('removed', 'withdrawn') and s.removed_at <= ${until}::timestamptz`

/** Until then an invitation brings a removed one back, with the same id; afterwards the same address is a new person. R-KEEP-1, R-SUB-2. */
export const releasedSubscribers = (hooks: HolderHooks): KeepingClock => ({
  kind: 'released_subscribers',
  title: 'Released subscribers',
  erases:
    'The name and address of the person, also in the audit log. What was charged, and the history of licenses, keep the random id.',
  keptFor: days(90),
  atLeast: aDay,
  standing: (until) => sql<Standing>`
    select s.realm_id, s.path, s.id, p.name, s.removed_at as since from subscribers s
    left join subscriber_persons p on p.realm_id = s.realm_id and p.subscriber_id = s.id where ${isOver(until)}`,
  erase: (tx, due, call) => eraseSubscribers(tx, call, hooks, due),
})

type Erased = Place & { id: string }

async function eraseSubscribers(
  tx: Transaction,
  call: CallContext,
  hooks: HolderHooks,
  { until, places }: Due,
): Promise<Place[]> {
  const { rows } = await sql<Erased>`
    select s.realm_id, s.path, s.id from subscribers s
    where s.path = any (${places.map(({ path }) => path)}) and ${isOver(until)} order by s.id for update`.execute(
    tx.tables(),
  )
  if (rows.length === 0) return []
  for (const row of rows) for (const hook of hooks.beforeRemove) await hook(tx, call, { ...row, kind: 'subscriber' })
  const ids = rows.map(({ id }) => id)
  await sql`delete from subscriber_persons where subscriber_id = any (${ids}::uuid[])`.execute(tx.tables())
  await sql`delete from subscribers where id = any (${ids}::uuid[])`.execute(tx.tables())
  await audit.erasePersonal(tx, ids)
  return rows
}

import { sql } from 'kysely'
import * as audit from '../../audit/index.ts'
import { aDay, type Due, days, type KeepingClock, type Place, type Standing } from '../../keeping/index.ts'
import type { Transaction } from '../../platform/database.ts'
import { eraseAccesses, eraseAccessesOf } from './repository.ts'

/** Sign-ins and uses of API keys. R-KEEP-1. */
export const accessLog: KeepingClock = {
  kind: 'accesses',
  title: 'Access log',
  erases: 'That somebody signed in or an API key was used, when and from where.',
  keptFor: days(90),
  atLeast: aDay,
  standing: (until) => sql<Standing>`
    select a.realm_id, a.path, a.id, a.address as name, a.at as since from accesses a where a.at <= ${until}::timestamptz`,
  erase: eraseAccesses,
}

/** Of whom was removed the log still says the name and the address: until then. */
const isNamed = sql`e.action = 'user.removed' and exists (
  select 1 from audit_personal p where p.realm_id = e.realm_id and p.entry_id = e.id and p.pointer = '/before/email')`

/** Users who were removed: what is left of them are names in the audit log and their sign-ins. R-KEEP-2. */
export const removedUsers: KeepingClock = {
  kind: 'removed_users',
  title: 'Removed users',
  erases: 'Their names and addresses in the audit log and in the access log. What they did stays, by a random id.',
  keptFor: days(90),
  atLeast: aDay,
  standing: (until) => sql<Standing>`
    select e.realm_id, e.path, e.object_id as id, n.value as name, e.at as since from audit_entries e
    left join audit_personal n on n.realm_id = e.realm_id and n.entry_id = e.id and n.pointer = '/before/name'
    where e.at <= ${until}::timestamptz and ${isNamed}`,
  erase: eraseUsers,
}

async function eraseUsers(tx: Transaction, { until, places }: Due): Promise<Place[]> {
  const { rows } = await sql<Place & { id: string }>`
    select e.realm_id, e.path, e.object_id as id from audit_entries e
    where e.path = any (${places.map(({ path }) => path)}) and e.at <= ${until}::timestamptz and ${isNamed}`.execute(
    tx.tables(),
  )
  const ids = rows.map(({ id }) => id)
  await audit.erasePersonal(tx, ids)
  await eraseAccessesOf(tx, ids)
  return rows
}

import { sql } from 'kysely'
import type { Due, Place } from '../../keeping/index.ts'
import type { Transaction } from '../../platform/database.ts'

/** An access that is noted: who it was is known by id, and where that stands is read when it is written. */
export type NewAccess = {
  id: string
  at: string
  actor_kind: 'user' | 'key'
  actor_id: string
  how: string
  refused: boolean
  address: string
  user_agent: string
}

/** Writes accesses of users and keys that there still are; of a key the first one from an address each UTC day. */
export async function insertAccesses(tx: Transaction, accesses: readonly NewAccess[]): Promise<void> {
  await sql`
    insert into accesses (realm_id, id, path, tenant_id, at, actor_kind, actor_id, how, refused, address, user_agent)
    select o.realm_id, a.id, o.path, o.tenant_id, a.at, a.actor_kind, a.actor_id, a.how, a.refused, a.address, left(a.user_agent, 300)
    from jsonb_to_recordset(${JSON.stringify(accesses)}::jsonb) as a
      (id uuid, at timestamptz, actor_kind text, actor_id uuid, how text, refused boolean, address text, user_agent text)
    join lateral (
      select u.realm_id, u.path, u.tenant_id from users u where a.actor_kind = 'user' and u.id = a.actor_id
      union all
      select k.realm_id, k.path, k.tenant_id from api_keys k where a.actor_kind = 'key' and k.id = a.actor_id
    ) o on true
    on conflict do nothing`.execute(tx.tables())
}

export async function eraseAccesses(tx: Transaction, { until, places }: Due): Promise<Place[]> {
  const { rows } = await sql<Place>`
    delete from accesses where path = any (${places.map(({ path }) => path)}) and at <= ${until}::timestamptz
    returning realm_id, path`.execute(tx.tables())
  return rows
}

export const eraseAccessesOf = (tx: Transaction, actorIds: readonly string[]) =>
  sql`delete from accesses where actor_id = any (${[...actorIds]}::uuid[])`.execute(tx.tables())

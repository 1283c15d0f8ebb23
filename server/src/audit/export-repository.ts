import { sql } from 'kysely'
import type { CallContext } from '../kernel/context.ts'
import type { Database } from '../platform/database.ts'
import type { Leaf, SealedEntry } from './domain.ts'
import { actorIsKnown, isReadable } from './scope.ts'

export type Realm = { id: bigint; isWhole: boolean }
export type LeafRange = { realmId: bigint; from: number; to: number }
export type ExportedEntry = {
  leaf_index: string
  leaf: Leaf
  personal: { pointer: string; salt: string; value: string }[]
}

/** The realms that hold entries of the scope. An entry stays in its realm when its tenant moves into another. */
export const listRealms = (db: Database, call: CallContext): Promise<Realm[]> =>
  db.transaction(call, async (tx) => {
    const { rows } = await sql<{ id: bigint; path: string | null }>`
      select r.id, t.path from (select distinct e.realm_id as id from audit_entries e where ${isReadable(call.scope)}) r
      left join realms t on t.id = r.id and t.path >= ${call.scope.lo} and t.path < ${call.scope.hi} order by r.id`.execute(
      tx.tables(),
    )
    return rows.map(({ id, path }) => ({ id, isWhole: path !== null }))
  })

const sealedColumns = sql`e.realm_id::text, e.id, e.at, e.actor_kind, e.actor_id, e.request_id, e.address, e.action, e.object_kind,
  e.object_id, e.before, e.after, e.leaf_index, e.private, e.leaf_version`

type Row = SealedEntry & { leaf_index: bigint; private: boolean; leaf_version: 2 | null }

const toLeaf = ({ leaf_index: _index, private: isPrivate, leaf_version, ...entry }: Row): Leaf => ({
  entry,
  private: isPrivate,
  version: leaf_version,
})

export const listEntries = (db: Database, call: CallContext, range: LeafRange): Promise<ExportedEntry[]> =>
  db.transaction(call, async (tx) => {
    const { rows } = await sql<Row & { knows_actor: boolean }>`
      select ${sealedColumns}, ${actorIsKnown(call.scope)} as knows_actor from audit_entries e
      where e.realm_id = ${range.realmId} and e.leaf_index >= ${range.from} and e.leaf_index < ${range.to}
        and ${isReadable(call.scope)}`.execute(tx.tables())
    const { rows: values } = await sql<{ entry_id: string; pointer: string; salt: Buffer; value: string }>`
      select p.entry_id, p.pointer, p.salt, p.value from audit_personal p
      where p.realm_id = ${range.realmId} and p.entry_id = any (${rows.map((row) => row.id)}::uuid[])
        and p.path >= ${call.scope.lo} and p.path < ${call.scope.hi} order by p.pointer`.execute(tx.tables())
    const byEntry = Map.groupBy(values, (value) => value.entry_id)
    return rows.map(({ knows_actor, ...row }) => ({
      leaf_index: `${row.leaf_index}`,
      leaf: toLeaf(row),
      personal: (byEntry.get(row.id) ?? [])
        .filter((value) => knows_actor || value.pointer !== '/address')
        .map(({ pointer, salt, value }) => ({ pointer, salt: salt.toString('base64'), value })),
    }))
  })

/** All entries of the range, whether the caller may read them or not: of what it may not read only hashes leave the server. */
export const listPresent = (
  db: Database,
  call: CallContext,
  { realmId, from, to }: LeafRange,
): Promise<{ index: number; leaf: Leaf }[]> =>
  db.work(call, async (tx) => {
    const { rows } = await sql<Row>`
      select ${sealedColumns} from audit_entries e
      where e.realm_id = ${realmId} and e.leaf_index >= ${from} and e.leaf_index < ${to}`.execute(tx.tables())
    return rows.map((row) => ({ index: Number(row.leaf_index), leaf: toLeaf(row) }))
  })

export const listCheckpoints = (db: Database, call: CallContext, realmId: bigint) =>
  db.work(call, async (tx) => {
    const { rows } = await sql<{ size: bigint; note: string }>`
      select size, note from audit_checkpoints where realm_id = ${realmId} order by size`.execute(tx.tables())
    return rows
  })

export const listLeaves = (db: Database, call: CallContext, realmId: bigint) =>
  db.work(call, async (tx) => {
    const { rows } = await sql<{ leaf_index: bigint; hash: Buffer }>`
      select leaf_index, hash from audit_leaves where realm_id = ${realmId}`.execute(tx.tables())
    return rows
  })

export const listWithoutLeaf = (db: Database, call: CallContext, realmId: bigint) =>
  db.work(call, async (tx) => {
    const { rows } = await sql<Row>`
      select ${sealedColumns} from audit_entries e
      where e.realm_id = ${realmId} and e.leaf_index is not null and not exists (
        select 1 from audit_leaves l where l.realm_id = e.realm_id and l.leaf_index = e.leaf_index)`.execute(
      tx.tables(),
    )
    return rows.map((row) => ({ index: Number(row.leaf_index), leaf: toLeaf(row) }))
  })

/** The newest checkpoint of each realm. */
export const listNewestCheckpoints = (db: Database, call: CallContext) =>
  db.work(call, async (tx) => {
    const { rows } = await sql<{ realm_id: bigint; size: bigint; note: string; sealed_at: string }>`
      select distinct on (realm_id) realm_id, size, note, sealed_at from audit_checkpoints order by realm_id, size desc`.execute(
      tx.tables(),
    )
    return rows
  })

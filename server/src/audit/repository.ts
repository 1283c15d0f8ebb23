import { type RawBuilder, sql } from 'kysely'
import type { Transaction } from '../platform/database.ts'
import type { SealedEntry, Tree } from './domain.ts'

type AuditTables = {
  audit_entries: {
    realm_id: bigint
    id: string
    path: string
    at: string
    actor_kind: string
    actor_id: string | null
    request_id: string
    address: string
    action: string
    object_kind: string
    object_id: string | null
    private: boolean
    before: string | null
    after: string | null
  }
  audit_personal: { realm_id: bigint; entry_id: string; pointer: string; path: string; salt: Buffer; value: string }
  audit_trees: { realm_id: bigint; size: bigint; frontier: Buffer[] }
  audit_checkpoints: { realm_id: bigint; size: bigint; root: Buffer; note: string; sealed_at: string }
}

export type NewEntry = Omit<AuditTables['audit_entries'], 'after'> & { after: string | null | RawBuilder<string> }
export type PersonalValue = AuditTables['audit_personal']

/** Sent, not waited for: the commit tells. */
export function insertEntries(tx: Transaction, entries: readonly NewEntry[], personal: readonly PersonalValue[]): void {
  const tables = tx.tables<AuditTables>()
  tx.later(tables.insertInto('audit_entries').values([...entries]))
  if (personal.length > 0) tx.later(tables.insertInto('audit_personal').values([...personal]))
}

export async function listRealmsToSeal(tx: Transaction): Promise<bigint[]> {
  const { rows } = await sql<{ realm_id: bigint }>`
    select r.id as realm_id from realms r
    where exists (select 1 from audit_entries e where e.realm_id = r.id and e.leaf_index is null) order by r.id`.execute(
    tx.tables(),
  )
  return rows.map((row) => row.realm_id)
}

/** Locks the tree of a realm: two sealers never number the same leaves. */
export async function lockTree(tx: Transaction, realmId: bigint): Promise<Tree> {
  const tables = tx.tables<AuditTables>()
  await tables
    .insertInto('audit_trees')
    .values({ realm_id: realmId, size: 0n, frontier: [] })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  return tables
    .selectFrom('audit_trees')
    .select(['size', 'frontier'])
    .where('realm_id', '=', realmId)
    .forUpdate()
    .executeTakeFirstOrThrow()
}

export async function listUnsealed(
  tx: Transaction,
  realmId: bigint,
  limit: number,
): Promise<{ entry: SealedEntry; private: boolean }[]> {
  const { rows } = await sql<SealedEntry & { private: boolean }>`
    select realm_id::text, id, at, actor_kind, actor_id, request_id, address, action, object_kind, object_id, before, after, private
    from audit_entries where realm_id = ${realmId} and leaf_index is null order by id limit ${limit}`.execute(
    tx.tables(),
  )
  return rows.map(({ private: isPrivate, ...entry }) => ({ entry, private: isPrivate }))
}

/** Numbers entries in the order of their sealing, and keeps their hashes apart from them. */
export async function numberLeaves(
  tx: Transaction,
  realmId: bigint,
  leaves: readonly { id: string; hash: Buffer }[],
  first: bigint,
): Promise<void> {
  const ids = leaves.map((leaf) => leaf.id)
  await sql`
    update audit_entries e set leaf_index = n.leaf_index, leaf_version = 2
    from (select id, ${first}::bigint + ordinality - 1 as leaf_index from unnest(${ids}::uuid[]) with ordinality as u (id)) n
    where e.realm_id = ${realmId} and e.id = n.id`.execute(tx.tables())
  await sql`
    insert into audit_leaves (realm_id, leaf_index, hash)
    select ${realmId}, ${first}::bigint + ordinality - 1, hash
    from unnest(${leaves.map((leaf) => leaf.hash)}::bytea[]) with ordinality as u (hash)`.execute(tx.tables())
}

export async function saveCheckpoint(
  tx: Transaction,
  checkpoint: { realmId: bigint; tree: Tree; root: Buffer; note: string; sealedAt: string },
): Promise<void> {
  const { realmId, tree, root, note, sealedAt } = checkpoint
  const tables = tx.tables<AuditTables>()
  await tables
    .updateTable('audit_trees')
    .set({ size: tree.size, frontier: [...tree.frontier] })
    .where('realm_id', '=', realmId)
    .execute()
  await tables
    .insertInto('audit_checkpoints')
    .values({ realm_id: realmId, size: tree.size, root, note, sealed_at: sealedAt })
    .execute()
}

/**
 * Erases for good what the log holds of persons or machines: their values in changes of them, and where they came from. The entries keep
 * the hashes, so every seal holds. R-KEEP-2.
 */
export async function erasePersonal(tx: Transaction, subjects: readonly string[]): Promise<void> {
  const ids = sql`${[...subjects]}::uuid[]`
  await sql`
    delete from audit_personal p using audit_entries e
    where e.realm_id = p.realm_id and e.id = p.entry_id
      and ((e.object_id = any (${ids}) and (p.pointer <> '/address' or e.actor_id is null))
        or (e.actor_id = any (${ids}) and p.pointer = '/address'))`.execute(tx.tables())
}

import type { Machine } from '@tenantree/contract'
import { type RawBuilder, sql } from 'kysely'
import { type Instant, toInstantText } from '../kernel/time.ts'
import type { ClockReading } from '../platform/clock.ts'
import { type Database, inScope, type Transaction } from '../platform/database.ts'
import type { Owned } from '../tenants/index.ts'
import type { StoredState } from './domain.ts'

export type DeviceRecord = Owned & {
  id: string
  machine_id: string
  host_name: string
  host_name_key: string
  os: Machine['os']
  os_version: string
  architecture: Machine['architecture']
  machine_kind: Machine['machine_kind']
  agent_version: string
  state: StoredState
  enrolled_at: string
  last_seen_at: string | null
  /** From then on it is refused: a trial that nobody has switched to paid. R-TRIAL-2. */
  deactivates_at?: string | null | undefined
  /** When it was uninstalled or deleted: from then on its time runs. R-KEEP-1. */
  ended_at?: string | null | undefined
}
export type DeviceTables = {
  devices: DeviceRecord
  device_keys: { key_hash: Buffer; realm_id: bigint; device_id: string }
  install_tokens: Owned & { token_hash: Buffer; hint: string; created_at: string }
  install_token_hashes: { token_hash: Buffer; realm_id: bigint; tenant_id: string }
}

/** The device that a key belongs to. */
export type DeviceOwner = {
  realm_id: bigint
  device_id: string
  tenant_id: string
  path: string
  state: StoredState
  deactivates_at?: string | null | undefined
  tenant_state: string
}
export type TokenOwner = ClockReading & {
  realm_id: bigint
  tenant_id: string
  tenant_name: string
  path: string
  tenant_state: string
}

/** By exact key, before there is a scope. A tenant is inactive too where one above it is. R-TREE-7. */
export const findDeviceByKey = async (db: Database, hash: Buffer): Promise<DeviceOwner | null> =>
  (
    await db.lookUp(sql<DeviceOwner>`
      select d.*, case when app.is_closed(d.path) then 'inactive' else d.tenant_state end as tenant_state,
        app.deactivates_at(d.realm_id, d.device_id) as deactivates_at
      from app.device_of(${hash}) d`)
  )[0] ?? null

/** Goes up when access has ended somewhere: what is kept in memory is read anew then. */
export const readRevocations = async (db: Database): Promise<bigint> =>
  (await db.lookUp(sql<{ epoch: bigint }>`select epoch from app.revocations where id = 1`))[0]?.epoch ?? 0n

/** By exact key, before there is a scope. */
export const findTenantByToken = async (db: Database, hash: Buffer): Promise<TokenOwner | null> =>
  (
    await db.lookUp(sql<TokenOwner>`
      select t.*, case when app.is_closed(t.path) then 'inactive' else t.tenant_state end as tenant_state from app.install_token_of(${hash}) t`)
  )[0] ?? null

export async function findByMachine(
  tx: Transaction,
  owner: TokenOwner,
  machineId: string,
): Promise<DeviceRecord | null> {
  const query = tx
    .tables<DeviceTables>()
    .selectFrom('devices')
    .selectAll()
    .where('realm_id', '=', owner.realm_id)
    .where('tenant_id', '=', owner.tenant_id)
    .where('machine_id', '=', machineId)
  return (await query.forUpdate().executeTakeFirst()) ?? null
}

/** Inserts the device unless the machine is enrolled at that tenant; answers whether it was new. */
export async function insertDevice(tx: Transaction, device: DeviceRecord): Promise<boolean> {
  const inserted = await tx
    .tables<DeviceTables>()
    .insertInto('devices')
    .values(device)
    .onConflict((conflict) => conflict.columns(['realm_id', 'tenant_id', 'machine_id']).doNothing())
    .returning('id')
    .executeTakeFirst()
  return inserted !== undefined
}

type MachineFacts = Pick<
  DeviceRecord,
  | 'host_name'
  | 'host_name_key'
  | 'os'
  | 'os_version'
  | 'architecture'
  | 'machine_kind'
  | 'agent_version'
  | 'state'
  | 'deactivates_at'
>

/** Answers whether it was there: not where it has moved since the realm was read. */
export async function saveDevice(
  tx: Transaction,
  realmId: bigint,
  id: string,
  facts: Partial<MachineFacts>,
): Promise<boolean> {
  const saved = await tx
    .tables<DeviceTables>()
    .updateTable('devices')
    .set(facts.state === undefined ? facts : { ...facts, ended_at: endedAt(tx, facts.state) })
    .where('realm_id', '=', realmId)
    .where('id', '=', id)
    .executeTakeFirst()
  return saved.numUpdatedRows > 0n
}

const endedAt = (tx: Transaction, state: StoredState) =>
  state === 'uninstalled' || state === 'deleted'
    ? sql<string>`coalesce(ended_at, ${toInstantText(tx.now)}::timestamptz)`
    : null

/** A device that is not deleted; the row stays locked, so that nobody gives it a license meanwhile. */
export async function lockDevice(tx: Transaction, id: string): Promise<DeviceRecord | null> {
  const { rows } = await sql<DeviceRecord>`
    select d.* from devices d where d.id = ${id} and ${inScope(tx.scope, 'd')} and d.state <> 'deleted' for update`.execute(
    tx.tables(),
  )
  return rows[0] ?? null
}

/** A trial has stopped it; what is gone stays gone. */
export async function deactivate(tx: Transaction, realmId: bigint, id: string): Promise<void> {
  await tx
    .tables<DeviceTables>()
    .updateTable('devices')
    .set({ state: 'deactivated' })
    .where('realm_id', '=', realmId)
    .where('id', '=', id)
    .where('state', 'in', ['pending', 'active'])
    .execute()
}

/** The stored state of a device `d` at the moment: stopped by a trial that has passed, whatever has run since. R-TRIAL-3. */
export const presentState = (now: Instant): RawBuilder<StoredState> => sql<StoredState>`
  case when d.deactivates_at <= ${toInstantText(now)}::timestamptz and d.state in ('pending', 'active') then 'deactivated' else d.state end`

/** Keys that are kept in memory anywhere are read anew within a second. */
export async function endAccess(tx: Transaction): Promise<void> {
  await sql`update app.revocations set epoch = epoch + 1 where id = 1`.execute(tx.tables())
}

/** One device, one key: a new one ends the former. */
export async function replaceKey(tx: Transaction, realmId: bigint, deviceId: string, hash: Buffer): Promise<void> {
  const tables = tx.tables<DeviceTables>()
  await tables.deleteFrom('device_keys').where('device_id', '=', deviceId).execute()
  await tables.insertInto('device_keys').values({ key_hash: hash, realm_id: realmId, device_id: deviceId }).execute()
}

/** A tenant has one install token: a new one ends the former, also the one that another request has just made. R-DEV-1. */
export async function replaceToken(tx: Transaction, token: DeviceTables['install_tokens']): Promise<void> {
  const tables = tx.tables<DeviceTables>()
  const inserted = await tables
    .insertInto('install_tokens')
    .values(token)
    .onConflict((conflict) => conflict.columns(['realm_id', 'tenant_id']).doNothing())
    .returning('tenant_id')
    .executeTakeFirst()
  if (inserted === undefined) await endFormerToken(tx, token)
  const { token_hash, realm_id, tenant_id } = token
  await tables.insertInto('install_token_hashes').values({ token_hash, realm_id, tenant_id }).execute()
}

async function endFormerToken(tx: Transaction, token: DeviceTables['install_tokens']): Promise<void> {
  const tables = tx.tables<DeviceTables>()
  const former = await tables
    .selectFrom('install_tokens')
    .select('token_hash')
    .where('realm_id', '=', token.realm_id)
    .where('tenant_id', '=', token.tenant_id)
    .forUpdate()
    .executeTakeFirstOrThrow()
  await tables.deleteFrom('install_token_hashes').where('token_hash', '=', former.token_hash).execute()
  await tables
    .updateTable('install_tokens')
    .set({ token_hash: token.token_hash, hint: token.hint, created_at: token.created_at })
    .where('realm_id', '=', token.realm_id)
    .where('tenant_id', '=', token.tenant_id)
    .execute()
}

type Seen = { realm_id: bigint; id: string; at: string }

/**
 * Writes when devices were last seen, many at once, and so holds them where they are until the end of the transaction. What is kept in memory may
 * be from before a move: a device that is not found in its realm is looked for by its id.
 */
export async function saveSeen(tx: Transaction, seen: readonly Seen[]): Promise<void> {
  const saved = await saveSeenIn(tx, seen)
  if (saved.size === seen.length) return
  const missing = seen.filter(({ id }) => !saved.has(id))
  const { rows } = await sql<{ realm_id: bigint; id: string }>`
    select realm_id, id from devices where id = any(${missing.map(({ id }) => id)}::uuid[])`.execute(tx.tables())
  const realmOf = new Map(rows.map(({ realm_id, id }) => [id, realm_id]))
  await saveSeenIn(
    tx,
    missing.flatMap((row) => {
      const realm_id = realmOf.get(row.id)
      return realm_id === undefined ? [] : [{ ...row, realm_id }]
    }),
  )
}

/** Answers the ids of those that were there. */
async function saveSeenIn(tx: Transaction, seen: readonly Seen[]): Promise<Set<string>> {
  const realms = seen.map((row) => String(row.realm_id))
  const ids = seen.map((row) => row.id)
  const moments = seen.map((row) => row.at)
  const { rows } = await sql<{ id: string }>`
    update devices d set last_seen_at = greatest(d.last_seen_at, s.at)
    from unnest(${realms}::bigint[], ${ids}::uuid[], ${moments}::timestamptz[]) as s (realm_id, id, at)
    where d.realm_id = s.realm_id and d.id = s.id returning d.id`.execute(tx.tables())
  return new Set(rows.map(({ id }) => id))
}

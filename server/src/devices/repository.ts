import type { Machine } from '@tenantree/contract'
import { sql } from 'kysely'
import type { ClockReading } from '../platform/clock.ts'
import type { Database, Transaction } from '../platform/database.ts'
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
      select d.*, case when app.is_closed(d.path) then 'inactive' else d.tenant_state end as tenant_state from app.device_of(${hash}) d`)
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
  'host_name' | 'host_name_key' | 'os' | 'os_version' | 'architecture' | 'machine_kind' | 'agent_version' | 'state'
>

export async function saveDevice(
  tx: Transaction,
  realmId: bigint,
  id: string,
  facts: Partial<MachineFacts>,
): Promise<void> {
  await tx
    .tables<DeviceTables>()
    .updateTable('devices')
    .set(facts)
    .where('realm_id', '=', realmId)
    .where('id', '=', id)
    .execute()
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

/** Writes when devices were last seen, many at once. */
export async function saveSeen(
  tx: Transaction,
  seen: readonly { realm_id: bigint; id: string; at: string }[],
): Promise<void> {
  const realms = seen.map((row) => String(row.realm_id))
  const ids = seen.map((row) => row.id)
  const moments = seen.map((row) => row.at)
  await sql`
    update devices d set last_seen_at = greatest(d.last_seen_at, s.at)
    from unnest(${realms}::bigint[], ${ids}::uuid[], ${moments}::timestamptz[]) as s (realm_id, id, at)
    where d.realm_id = s.realm_id and d.id = s.id`.execute(tx.tables())
}

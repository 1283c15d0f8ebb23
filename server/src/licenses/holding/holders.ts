import type { Level, LicenseHolderKind } from '@tenantree/contract'
import { type RawBuilder, sql } from 'kysely'
import type { Scope } from '../../kernel/context.ts'
import { Problem } from '../../kernel/problem.ts'
import { inScope, type Transaction } from '../../platform/database.ts'
import { customerIdOf } from '../../tenants/index.ts'

export type Holder = {
  realm_id: bigint
  kind: LicenseHolderKind
  id: string
  /** Of its tenant. */
  path: string
  tenant_id: string
  tenant_level: Level
  parent_id: string | null
  customer_id: string | null
  /** What a device says of its machine. */
  machine: { os: 'windows' | 'macos' | 'linux' | 'other'; os_version: string } | null
}
type Row = Omit<Holder, 'kind' | 'id' | 'customer_id' | 'machine'> & {
  state: string
  tenant_state: string
  os: NonNullable<Holder['machine']>['os'] | null
  os_version: string | null
}

/** Where each kind stands, and in which states it may be given a license. */
const registers: Record<LicenseHolderKind, { table: string; states: readonly string[] }> = {
  subscriber: { table: 'subscribers', states: ['invited', 'activated'] },
  device: { table: 'devices', states: ['pending', 'active'] },
  gateway: { table: 'gateways', states: ['active'] },
  domain: { table: 'domains', states: ['active'] },
  tenant: { table: 'tenants', states: ['in_trial', 'production'] },
}

/**
 * A holder of the scope. Its row is locked against removal until the transaction ends: what is removed at the same time has either its license taken
 * back, or gets none. Throws not_found, state_conflict for one that may be given nothing.
 */
export async function getHolder(tx: Transaction, scope: Scope, kind: LicenseHolderKind, id: string): Promise<Holder> {
  const [row] = await select(tx, kind, sql`h.id = ${id} and ${inScope(scope, 'h')}`)
  if (row === undefined || row.tenant_state === 'deleted') throw new Problem('not_found')
  if (!registers[kind].states.includes(row.state)) {
    // What was removed is not there any more.
    if (row.state === 'deleted' || row.state === 'removed' || row.state === 'withdrawn') throw new Problem('not_found')
    throw new Problem('state_conflict', { params: { state: row.state } })
  }
  return toHolder(row, kind, id)
}

/** By exact key, for what was done to its tenant, and for jobs; null where it may be given nothing. */
export async function findHolder(
  tx: Transaction,
  { realm_id, kind, id }: { realm_id: bigint; kind: LicenseHolderKind; id: string },
): Promise<Holder | null> {
  const [row] = await select(tx, kind, sql`h.realm_id = ${realm_id} and h.id = ${id}`)
  const isThere = row !== undefined && row.tenant_state !== 'deleted' && registers[kind].states.includes(row.state)
  return isThere ? toHolder(row, kind, id) : null
}

function toHolder(row: Row, kind: LicenseHolderKind, id: string): Holder {
  const { os, os_version, state: _state, tenant_state: _tenantState, ...facts } = row
  return {
    ...facts,
    kind,
    id,
    customer_id: customerIdOf({ id: row.tenant_id, level: row.tenant_level, parent_id: row.parent_id }),
    machine: os === null || os_version === null ? null : { os, os_version },
  }
}

function select(tx: Transaction, kind: LicenseHolderKind, condition: RawBuilder<unknown>) {
  const isTenant = kind === 'tenant'
  const machine = kind === 'device' ? sql`h.os, h.os_version` : sql`null as os, null as os_version`
  return tx.send(sql<Row>`
    select h.realm_id, h.path, t.id as tenant_id, t.level as tenant_level, t.parent_id, h.state, t.state as tenant_state, ${machine}
    from ${sql.table(registers[kind].table)} h
    join tenants t on t.realm_id = h.realm_id and t.id = ${isTenant ? sql`h.id` : sql`h.tenant_id`}
    where ${condition} for share of h`)
}

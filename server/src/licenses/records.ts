import type { LicenseHolderKind } from '@tenantree/contract'
import { sql } from 'kysely'
import * as audit from '../audit/index.ts'
import type { CallContext } from '../kernel/context.ts'
import { toInstantText } from '../kernel/time.ts'
import type { Transaction } from '../platform/database.ts'
import { newId } from '../platform/ids.ts'
import { publishAll } from '../platform/outbox.ts'
import { addToNumbers, type NumbersChange, type PoolNumbers } from './pools/numbers.ts'
import type { LicenseRecord } from './repository.ts'

type Details = Readonly<Record<string, string | number | boolean | null>>

/** One act on some licenses, as it is kept: each with its holder at that time, the pools' numbers changed by it. */
export type Act = {
  /** The word of the history and of the audit log: `license.assigned`. */
  what: string
  licenses: readonly LicenseRecord[]
  /** How the numbers of pools change. */
  numbers: readonly NumbersChange[]
  details?: (license: LicenseRecord) => Details
  before?: (license: LicenseRecord) => Details
  /** What only the owner may read. */
  ownerDetails?: (license: LicenseRecord) => Details
}

/**
 * Writes what an act leaves behind: the history, the pools' numbers, the audit log (the owner's entry with the numbers after the change, the holder's
 * tenant's without) and the outbox. The last step of each command: the rows of numbers are locked until the commit. R-AUDIT-1.
 */
export async function keep(tx: Transaction, call: CallContext, act: Act): Promise<void> {
  if (act.licenses.length === 0) return
  await insertEvents(tx, call, act)
  const numbers = await addToNumbers(tx, act.numbers, act.licenses)
  await audit.appendAll(
    tx,
    call,
    act.licenses.flatMap((license) => toEntries(act, license, numbers)),
  )
  await publishAll(
    tx,
    act.licenses.map((license) => ({
      realmId: license.realm_id,
      topic: `license.${act.what}`,
      path: license.path,
      payload: { license_id: license.id, holder_kind: license.holder_kind, holder_id: license.holder_id },
    })),
  )
}

function toEntries(act: Act, license: LicenseRecord, numbers: PoolNumbers): audit.AuditEntry[] {
  const entry = {
    action: `license.${act.what}`,
    realmId: license.realm_id,
    object: { kind: 'license', id: license.id },
    before: act.before?.(license) ?? null,
  }
  const after = { ...act.details?.(license), ...toHolder(license) }
  const owners = {
    ...entry,
    path: license.owner_path,
    after: { ...after, ...act.ownerDetails?.(license), pool_id: license.pool_id, ...numbers.of(license) },
  }
  if (license.path === license.owner_path) return [owners]
  return [owners, { ...entry, path: license.path, after }]
}

const toHolder = ({ holder_kind, holder_id, offer_id }: LicenseRecord): Details =>
  holder_id === null ? { offer_id } : { offer_id, holder_kind, holder_id }

/** The history of each license, in one statement. */
async function insertEvents(tx: Transaction, call: CallContext, { what, licenses, details }: Act): Promise<void> {
  const { actor } = call.scope
  const rows = licenses.map((license) => ({
    realm_id: String(license.realm_id),
    id: newId(),
    path: license.path,
    license_id: license.id,
    details: { ...details?.(license), ...toHolder(license) },
  }))
  await sql`
    insert into license_events (realm_id, id, path, license_id, at, what, actor_kind, actor_id, details)
    select r.realm_id, r.id, r.path, r.license_id, ${toInstantText(call.now)}, ${what}, ${actor.kind}, ${actor.id}, r.details
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (realm_id bigint, id uuid, path text, license_id uuid, details jsonb)`.execute(
    tx.tables(),
  )
}

/** From now on the holders have them: days below the buyer are charged by this. R-BILL-2. */
export async function openHoldings(
  tx: Transaction,
  call: CallContext,
  licenses: readonly LicenseRecord[],
  customerId: string | null,
): Promise<void> {
  const rows = licenses.map((license) => ({ ...license, realm_id: String(license.realm_id), holding_id: newId() }))
  await sql`
    insert into license_holdings (realm_id, id, path, license_id, offer_id, owner_id, owner_path, holder_kind, holder_id, tenant_id, customer_id, is_trial, from_at)
    select r.realm_id, r.holding_id, r.path, r.id, r.offer_id, r.owner_id, r.owner_path, r.holder_kind, r.holder_id, r.holder_tenant_id, ${customerId},
      r.is_trial, ${toInstantText(call.now)}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (realm_id bigint, holding_id uuid, path text, id uuid, offer_id uuid, owner_id uuid,
      owner_path text, holder_kind text, holder_id uuid, holder_tenant_id uuid, is_trial boolean)`.execute(tx.tables())
}

type Held = Pick<LicenseRecord, 'realm_id' | 'id'>

export async function closeHoldings(tx: Transaction, call: CallContext, licenses: readonly Held[]): Promise<void> {
  const realmId = licenses[0]?.realm_id
  if (realmId === undefined) return
  await sql`update license_holdings set to_at = ${toInstantText(call.now)}
    where realm_id = ${realmId} and license_id = any (${licenses.map(({ id }) => id)}::uuid[]) and to_at is null`.execute(
    tx.tables(),
  )
}

/** The same holders have another edition from now on. */
export async function changeHoldings(
  tx: Transaction,
  call: CallContext,
  licenses: readonly LicenseRecord[],
): Promise<void> {
  const held = licenses.filter(({ holder_id }) => holder_id !== null)
  const [first] = held
  if (first === undefined) return
  const { rows } = await sql<{ license_id: string; customer_id: string | null }>`
    select license_id, customer_id from license_holdings
    where realm_id = ${first.realm_id} and license_id = any (${held.map(({ id }) => id)}::uuid[]) and to_at is null`.execute(
    tx.tables(),
  )
  await closeHoldings(tx, call, held)
  for (const [customerId, group] of Map.groupBy(
    held,
    ({ id }) => rows.find((row) => row.license_id === id)?.customer_id ?? null,
  ))
    await openHoldings(tx, call, group, customerId)
}

type Refused = { realm_id: bigint; kind: LicenseHolderKind; id: string; product_key: string; path: string }

/** From whom a license was taken takes none by itself. R-LIC-3. */
export async function refuse(tx: Transaction, call: CallContext, holders: readonly Refused[]): Promise<void> {
  const rows = holders.map((holder) => ({ ...holder, realm_id: String(holder.realm_id) }))
  await sql`
    insert into license_refusals (realm_id, holder_kind, holder_id, product_key, path, at)
    select r.realm_id, r.kind, r.id, r.product_key, r.path, ${toInstantText(call.now)}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (realm_id bigint, kind text, id uuid, product_key text, path text)
    on conflict do nothing`.execute(tx.tables())
}

/** Being given one ends that. */
export async function forgive(
  tx: Transaction,
  holder: { realm_id: bigint; kind: LicenseHolderKind; id: string },
  productKey: string,
): Promise<void> {
  await sql`delete from license_refusals where realm_id = ${holder.realm_id} and holder_kind = ${holder.kind}
    and holder_id = ${holder.id} and product_key = ${productKey}`.execute(tx.tables())
}

export async function isRefused(
  tx: Transaction,
  holder: { realm_id: bigint; kind: LicenseHolderKind; id: string },
  productKey: string,
): Promise<boolean> {
  const { rows } =
    await sql`select 1 from license_refusals where realm_id = ${holder.realm_id} and holder_kind = ${holder.kind}
    and holder_id = ${holder.id} and product_key = ${productKey}`.execute(tx.tables())
  return rows.length > 0
}

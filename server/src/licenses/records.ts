import type { LicenseHolderKind } from '@tenantree/contract'
import { type RawBuilder, sql } from 'kysely'
import * as audit from '../audit/index.ts'
import type { CallContext } from '../kernel/context.ts'
import { dayOf, toInstantText } from '../kernel/time.ts'
import type { Transaction } from '../platform/database.ts'
import { newId } from '../platform/ids.ts'
import { publishAll } from '../platform/outbox.ts'
import { trialPauseDays } from './domain.ts'
import { addToNumbers, changeOne, type NumbersChange } from './pools/numbers.ts'
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
  insertEvents(tx, call, act)
  const entries = await changeNumbers(tx, act)
  await audit.appendAll(tx, call, entries)
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

/** Changes the numbers, and answers what goes into the audit log. One license is the usual act, many at once wait for each other's pools anyway. */
async function changeNumbers(tx: Transaction, act: Act): Promise<audit.AuditEntry[]> {
  const { licenses, numbers } = act
  const [license, change] = licenses.length === 1 && numbers.length === 1 ? [licenses[0], numbers[0]] : []
  if (license !== undefined && change?.total === 0) return toEntries(act, license, { afterSql: changeOne(tx, change) })
  const known = await addToNumbers(tx, numbers, licenses)
  return licenses.flatMap((one) => toEntries(act, one, { after: known.of(one) }))
}

type Numbers = { after: Record<string, number> } | { afterSql: RawBuilder<unknown> }

function toEntries(act: Act, license: LicenseRecord, numbers: Numbers): audit.AuditEntry[] {
  const entry = {
    action: `license.${act.what}`,
    realmId: license.realm_id,
    object: { kind: 'license', id: license.id },
    before: act.before?.(license) ?? null,
  }
  const after = { ...act.details?.(license), ...toHolder(license) }
  const owners = {
    ...entry,
    ...numbers,
    path: license.owner_path,
    after: {
      ...after,
      ...act.ownerDetails?.(license),
      pool_id: license.pool_id,
      ...('after' in numbers ? numbers.after : {}),
    },
  }
  if (license.path === license.owner_path) return [owners]
  return [owners, { ...entry, path: license.path, after }]
}

const toHolder = ({ holder_kind, holder_id, offer_id }: LicenseRecord): Details =>
  holder_id === null ? { offer_id } : { offer_id, holder_kind, holder_id }

/** The history of each license, in one statement. */
function insertEvents(tx: Transaction, call: CallContext, { what, licenses, details }: Act): void {
  const { actor } = call.scope
  const rows = licenses.map((license) => ({
    realm_id: String(license.realm_id),
    id: newId(),
    path: license.path,
    license_id: license.id,
    details: { ...details?.(license), ...toHolder(license) },
  }))
  tx.later(sql`
    insert into license_events (realm_id, id, path, license_id, at, what, actor_kind, actor_id, details)
    select r.realm_id, r.id, r.path, r.license_id, ${toInstantText(call.now)}, ${what}, ${actor.kind}, ${actor.id}, r.details
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (realm_id bigint, id uuid, path text, license_id uuid, details jsonb)`)
}

/** From now on the holders have them: days below the buyer are charged by this. R-BILL-2. */
export function openHoldings(
  tx: Transaction,
  call: CallContext,
  licenses: readonly LicenseRecord[],
  customerId: string | null,
): void {
  const rows = licenses.map((license) => ({ ...license, realm_id: String(license.realm_id), holding_id: newId() }))
  tx.later(sql`
    insert into license_holdings (realm_id, id, path, license_id, offer_id, owner_id, owner_path, holder_kind, holder_id, tenant_id, customer_id, is_trial, term, from_at)
    select r.realm_id, r.holding_id, r.path, r.id, r.offer_id, r.owner_id, r.owner_path, r.holder_kind, r.holder_id, r.holder_tenant_id, ${customerId},
      r.is_trial, r.term, ${toInstantText(call.now)}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (realm_id bigint, holding_id uuid, path text, id uuid, offer_id uuid, owner_id uuid,
      owner_path text, holder_kind text, holder_id uuid, holder_tenant_id uuid, is_trial boolean, term text)`)
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
    openHoldings(tx, call, group, customerId)
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
export function forgive(
  tx: Transaction,
  holder: { realm_id: bigint; kind: LicenseHolderKind; id: string },
  productKey: string,
): void {
  tx.later(sql`delete from license_refusals where realm_id = ${holder.realm_id} and holder_kind = ${holder.kind}
    and holder_id = ${holder.id} and product_key = ${productKey}`)
}

export async function isRefused(
  tx: Transaction,
  holder: { realm_id: bigint; kind: LicenseHolderKind; id: string },
  productKey: string,
): Promise<boolean> {
  const rows =
    await tx.send(sql`select 1 from license_refusals where realm_id = ${holder.realm_id} and holder_kind = ${holder.kind}
    and holder_id = ${holder.id} and product_key = ${productKey}`)
  return rows.length > 0
}

/** Whether the holder has had another trial license of the product within 180 days. R-TRIAL-5. */
export async function hasHadTrial(
  tx: Transaction,
  call: CallContext,
  holder: { realm_id: bigint; id: string },
  { productKey, but = null }: { productKey: string; but?: string | null },
): Promise<boolean> {
  const since = dayOf(call.now).subtract({ days: trialPauseDays }).toString()
  const { rows } = await sql`
    select 1 from license_holdings h join offers o on o.id = h.offer_id
    where h.realm_id = ${holder.realm_id} and h.holder_id = ${holder.id} and h.is_trial and o.product_key = ${productKey}
      and (h.from_at at time zone 'UTC')::date > ${since}::date and h.license_id is distinct from ${but}::uuid limit 1`.execute(
    tx.tables(),
  )
  return rows.length > 0
}

import type { LicenseHolderKind, LicenseState } from '@tenantree/contract'
import type { ProblemCode } from '@tenantree/contract/problems'
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { inScope, type Transaction } from '../platform/database.ts'

export type LicenseRecord = {
  realm_id: bigint
  id: string
  path: string
  owner_id: string
  owner_path: string
  pool_id: string
  pool_path: string
  set_aside_for: string | null
  order_id: string | null
  order_line_id: string | null
  offer_id: string
  product_key: string
  unit: 'user' | 'device' | 'gateway' | 'domain' | 'tenant'
  charge_model: 'committed' | 'prepaid'
  state: LicenseState
  holder_kind: LicenseHolderKind | null
  holder_id: string | null
  holder_tenant_id: string | null
  assigned_at: string | null
  term: string | null
  starts_on: string
  ends_on: string | null
  committed_to: string | null
  auto_renew: boolean
  renewal_failures: number
  is_trial: boolean
  trial_ends_at: string | null
  next_offer_id: string | null
  created_at: string
  removed_at: string | null
  version: number
}
export type LicenseTables = { licenses: LicenseRecord }

export const constraints: Record<string, ProblemCode> = { licenses_holder_product: 'already_licensed' }

/** Live rows: what counts in the numbers of a pool, and may be held. */
export const isLiveSql = (alias: string): RawBuilder<SqlBool> =>
  sql<SqlBool>`${sql.ref(`${alias}.state`)} in ('unassigned', 'assigned', 'pending_cancel')`

/** Valid at a day, told from the dates: an expiry that no job has stored yet counts. R-LIC-4. */
export const isValidSql = (alias: string, today: string): RawBuilder<SqlBool> => {
  const column = (name: string) => sql.ref(`${alias}.${name}`)
  return sql<SqlBool>`(${isLiveSql(alias)} and (${column('ends_on')} is null or ${column('ends_on')} >= ${today}::date
    or (${column('auto_renew')} and not ${column('is_trial')} and ${column('state')} <> 'pending_cancel')))`
}

/** Null where it does not exist or lies outside the scope. The row stays locked where it is found. */
export async function lockLicense(tx: Transaction, id: string): Promise<LicenseRecord | null> {
  const [found] = await lockLicenses(tx, [id])
  return found ?? null
}

/** Those of the scope, locked in the order of their ids, so that two acts on the same ones wait for each other and never both. */
export async function lockLicenses(tx: Transaction, ids: readonly string[]): Promise<LicenseRecord[]> {
  const { rows } = await sql<LicenseRecord>`
    select l.* from licenses l where l.id = any (${[...ids]}::uuid[]) and ${inScope(tx.scope, 'l')} and l.removed_at is null
    order by l.id for update`.execute(tx.tables())
  return rows
}

/** By exact realm and a condition of the caller's making; without a scope, for acts on the owner's side and for jobs. */
export async function lockWhere(
  tx: Transaction,
  realmId: bigint,
  condition: RawBuilder<unknown>,
): Promise<LicenseRecord[]> {
  const { rows } = await sql<LicenseRecord>`
    select l.* from licenses l where l.realm_id = ${realmId} and ${condition} order by l.id for update`.execute(
    tx.tables(),
  )
  return rows
}

type Change = Partial<Omit<LicenseRecord, 'realm_id' | 'id' | 'version'>>

/** Writes the same change into all of them; the rows are locked by the caller. */
export async function saveLicenses(
  tx: Transaction,
  licenses: readonly Pick<LicenseRecord, 'realm_id' | 'id'>[],
  change: Change,
): Promise<LicenseRecord[]> {
  const first = licenses[0]
  if (first === undefined) return []
  const columns = Object.entries(change).map(([name, value]) => sql`${sql.ref(name)} = ${value}`)
  return update(tx, licenses, first.realm_id, sql.join([...columns, sql`version = l.version + 1`]))
}

/** Takes them from their holders: each stands with its owner again. */
export const clearHolders = (
  tx: Transaction,
  licenses: readonly Pick<LicenseRecord, 'realm_id' | 'id'>[],
): Promise<LicenseRecord[]> => {
  const first = licenses[0]
  if (first === undefined) return Promise.resolve([])
  return update(
    tx,
    licenses,
    first.realm_id,
    sql`state = case when l.state = 'assigned' then 'unassigned' else l.state end, path = l.owner_path,
      holder_kind = null, holder_id = null, holder_tenant_id = null, assigned_at = null, version = l.version + 1`,
  )
}

async function update(
  tx: Transaction,
  licenses: readonly Pick<LicenseRecord, 'id'>[],
  realmId: bigint,
  assignments: RawBuilder<unknown>,
): Promise<LicenseRecord[]> {
  const { rows } = await sql<LicenseRecord>`
    update licenses l set ${assignments} where l.realm_id = ${realmId} and l.id = any (${licenses.map(({ id }) => id)}::uuid[])
    returning l.*`.execute(tx.tables())
  return rows.sort((left, right) => (left.id < right.id ? -1 : 1))
}

export type Claim = {
  realmId: bigint
  poolId: string
  offerId: string
  isTrial: boolean
  /** null: only what is kept for nobody. */
  setAsideFor: string | null
  today: string
  at: string
  holder: { kind: LicenseHolderKind; id: string; tenant_id: string; path: string }
  trial: { endsOn: string; endsAt: string }
}

/** What a claim may take. */
const isFree = ({ realmId, poolId, offerId, isTrial, setAsideFor, today }: Claim): RawBuilder<SqlBool> => {
  const kept = setAsideFor === null ? sql`f.set_aside_for is null` : sql`f.set_aside_for = ${setAsideFor}`
  return sql<SqlBool>`f.realm_id = ${realmId} and f.pool_id = ${poolId} and f.offer_id = ${offerId} and f.is_trial = ${isTrial} and ${kept}
    and f.holder_id is null and f.state in ('unassigned', 'pending_cancel') and ${isValidSql('f', today)}`
}

/**
 * Takes one free license of a pool and gives it to the holder, in one statement: of many at once each takes another row, passing by what others are
 * taking. Null where nothing else is left; what the others are taking they may still give back. R-LIC-2.
 */
export async function claim(tx: Transaction, wanted: Claim): Promise<LicenseRecord | null> {
  const { holder, trial } = wanted
  const [license] = await tx.send(sql<LicenseRecord>`
    update licenses l set state = case when l.state = 'unassigned' then 'assigned' else l.state end, path = ${holder.path},
      holder_kind = ${holder.kind}, holder_id = ${holder.id}, holder_tenant_id = ${holder.tenant_id}, assigned_at = ${wanted.at},
      ends_on = coalesce(l.ends_on, case when l.is_trial then ${trial.endsOn}::date end),
      trial_ends_at = coalesce(l.trial_ends_at, case when l.is_trial then ${trial.endsAt}::timestamptz end), version = l.version + 1
    where (l.realm_id, l.id) = (
      select f.realm_id, f.id from licenses f where ${isFree(wanted)} order by f.id limit 1 for update skip locked)
    returning l.*`)
  return license ?? null
}

/**
 * Takes the first that is free, in the order of what is wanted, and waits for what others are taking before it says that there is none. `left` is what
 * listLeft has just answered, if it was asked. R-LIC-2.
 */
export async function claimFirst(
  tx: Transaction,
  { wanted, left = wanted }: { wanted: readonly Claim[]; left?: readonly Claim[] },
): Promise<LicenseRecord | null> {
  for (let some = left; some.length > 0; some = await listLeft(tx, wanted))
    for (const one of some) {
      const license = await claim(tx, one)
      if (license !== null) return license
    }
  return null
}

/**
 * Which are not all taken, told once those that were taking them have ended. The locks are let go at once: whoever kept them while it waits for another
 * could be waited for by it, since a row that was passed by stays locked, too.
 */
export async function listLeft(tx: Transaction, wanted: readonly Claim[]): Promise<Claim[]> {
  tx.later(sql`savepoint look`)
  const looks = wanted.map((one) =>
    tx.send(sql`select 1 from licenses f where ${isFree(one)} order by f.id limit 1 for share`),
  )
  tx.later(sql`rollback to savepoint look`)
  const found = await Promise.all(looks)
  return wanted.filter((_, at) => (found[at]?.length ?? 0) > 0)
}

/** Gives one that is named and locked to the holder. */
export async function giveTo(
  tx: Transaction,
  license: LicenseRecord,
  { holder, at, trial }: Pick<Claim, 'holder' | 'at' | 'trial'>,
): Promise<LicenseRecord> {
  const [saved] = await saveLicenses(tx, [license], {
    state: license.state === 'unassigned' ? 'assigned' : license.state,
    path: holder.path,
    holder_kind: holder.kind,
    holder_id: holder.id,
    holder_tenant_id: holder.tenant_id,
    assigned_at: at,
    ends_on: license.ends_on ?? (license.is_trial ? trial.endsOn : null),
    trial_ends_at: license.trial_ends_at ?? (license.is_trial ? trial.endsAt : null),
  })
  if (saved === undefined) throw new Error('the license is locked and gone')
  return saved
}

/** The live license that the holder has of a product. */
export async function findHeld(
  tx: Transaction,
  holder: { realm_id: bigint; kind: LicenseHolderKind; id: string },
  productKey: string,
): Promise<LicenseRecord | null> {
  const [held] = await tx.send(sql<LicenseRecord>`
    select l.* from licenses l where l.realm_id = ${holder.realm_id} and l.holder_kind = ${holder.kind} and l.holder_id = ${holder.id}
      and l.product_key = ${productKey} and l.state in ('assigned', 'pending_cancel')`)
  return held ?? null
}

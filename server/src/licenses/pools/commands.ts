import type {
  moveLicenses as moveSchema,
  Pool,
  poolSettings,
  setAside as setAsideSchema,
  setPoolSettings as setSchema,
} from '@tenantree/contract'
import { sql } from 'kysely'
import type * as z from 'zod'
import * as audit from '../../audit/index.ts'
import type { CallContext } from '../../kernel/context.ts'
import { fieldProblem, Problem } from '../../kernel/problem.ts'
import { dayOf } from '../../kernel/time.ts'
import { isWithin } from '../../kernel/tree.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import * as tenants from '../../tenants/index.ts'
import { decideFree } from '../domain.ts'
import { knowsOffer } from '../grid/filter.ts'
import { getOffer } from '../holding/offers.ts'
import { requireOwner } from '../life/change.ts'
import { keep } from '../records.ts'
import { isValidSql, type LicenseRecord, lockLicenses, lockWhere, saveLicenses } from '../repository.ts'
import { come, gone } from './numbers.ts'
import { readPool } from './queries.ts'
import { readSettings, saveSettings } from './settings.ts'

type Settings = z.infer<typeof poolSettings>

/** Says where the holders of a tenant get licenses from, and whether they take by themselves. R-POOL-2. Throws not_found, stale_version. */
export const setPoolSettings = (
  db: Database,
  call: CallContext,
  input: { id: string; version: number; change: z.infer<typeof setSchema> },
): Promise<Settings> =>
  db.transaction(call, async (tx) => {
    const tenant = await tenants.getTenant(tx, call.scope, input.id)
    if (tenant.level === 'vendor' || tenant.level === 'site')
      throw fieldProblem(
        'parent_level_invalid',
        'id',
        'Partners and end customers have pools; a site has that of its customer.',
      )
    const before = await readSettings(tx, tenant)
    if (before.version !== input.version) throw new Problem('stale_version', { params: { version: before.version } })
    const change = Object.fromEntries(Object.entries(input.change).filter(([, value]) => value !== undefined))
    const after = { ...before, ...change, version: before.version + 1 }
    if (!(await saveSettings(tx, tenant, after))) throw new Problem('stale_version')
    const { tenant_id: _id, ...fields } = after
    const { tenant_id: _beforeId, ...former } = before
    await audit.append(tx, call, {
      action: 'pool_settings.updated',
      realmId: tenant.realm_id,
      path: tenant.path,
      object: { kind: 'tenant', id: tenant.id },
      before: former,
      after: fields,
    })
    return after
  })

/** Puts unassigned licenses into another pool of the same owner: its own, or that of a company below it. R-LIC-3. All or none.
 * Throws not_found, not_allowed, license_in_use, state_conflict, insufficient_unassigned, pool_not_serving. */
export const moveLicenses = (db: Database, call: CallContext, input: z.infer<typeof moveSchema>): Promise<number> =>
  db.transaction(call, async (tx) => {
    const pool = await tenants.getTenant(tx, call.scope, input.pool_id)
    const licenses = await (input.ids === undefined ? lockSome(tx, call, input) : lockNamed(tx, call, input.ids))
    for (const license of licenses) decideMovable(license, pool, call)
    await moveAll(
      tx,
      call,
      licenses.filter(({ pool_id }) => pool_id !== pool.id),
      pool,
    )
    return licenses.length
  })

async function lockNamed(tx: Transaction, call: CallContext, ids: readonly string[]): Promise<LicenseRecord[]> {
  const wanted = [...new Set(ids)]
  const licenses = await lockLicenses(tx, wanted)
  if (licenses.length < wanted.length) throw new Problem('not_found')
  for (const license of licenses) requireOwner(license, call)
  return licenses
}

async function lockSome(
  tx: Transaction,
  call: CallContext,
  input: z.infer<typeof moveSchema>,
): Promise<LicenseRecord[]> {
  const { from_pool_id: fromId = '', offer_id: offerId = '', quantity = 0 } = input
  const from = await tenants.getTenant(tx, call.scope, fromId)
  if (call.scope.reach !== 'vendor' && !(await knowsOffer(tx, call.scope, [offerId]))) throw new Problem('not_found')
  const today = dayOf(call.now).toString()
  const { rows } = await sql<{ id: string }>`
    select l.id from licenses l where l.realm_id = ${from.realm_id} and l.pool_id = ${from.id} and l.offer_id = ${offerId}
      and l.owner_path >= ${call.scope.lo} and not l.is_trial and l.set_aside_for is null and l.holder_id is null
      and l.state in ('unassigned', 'pending_cancel') and ${isValidSql('l', today)}
    order by l.id limit ${quantity} for update skip locked`.execute(tx.tables())
  if (rows.length < quantity) throw new Problem('insufficient_unassigned', { params: { unassigned: rows.length } })
  return lockWhere(tx, from.realm_id, sql`l.id = any (${rows.map(({ id }) => id)}::uuid[])`)
}

function decideMovable(license: LicenseRecord, pool: tenants.TenantRecord, call: CallContext): void {
  decideFree(license, dayOf(call.now).toString())
  const isOwnersSide = license.realm_id === pool.realm_id && isWithin(pool.path, license.owner_path)
  if (!isOwnersSide || pool.level === 'site' || pool.state === 'deleted') throw new Problem('pool_not_serving')
}

/** Locked and free: into another pool, kept for nobody. Inside the owners' scope. */
export async function moveAll(
  tx: Transaction,
  call: CallContext,
  licenses: readonly LicenseRecord[],
  pool: { id: string; path: string },
): Promise<void> {
  const saved = await saveLicenses(tx, licenses, { pool_id: pool.id, pool_path: pool.path, set_aside_for: null })
  await keep(tx, call, {
    what: 'moved',
    licenses: saved,
    numbers: [...licenses.map(gone), ...saved.map((license) => come(license))],
    before: ({ id }) => ({ pool_id: licenses.find((former) => former.id === id)?.pool_id ?? null }),
  })
}

/** As keepFor, and answers the seller's pool. */
export const setAside = (db: Database, call: CallContext, input: Parameters<typeof keepFor>[2]): Promise<Pool> =>
  db.transaction(call, async (tx) => readPool(tx, call, await keepFor(tx, call, input)))

/**
 * Keeps so many licenses of the seller's pool for a company, those it uses counted: by name, so that the sum never exceeds what there is. R-POOL-2.
 * Throws not_found, not_allowed, parent_level_invalid, insufficient_unassigned, license_in_use.
 */
async function keepFor(
  tx: Transaction,
  call: CallContext,
  { id, input }: { id: string; input: z.infer<typeof setAsideSchema> },
): Promise<string> {
  const company = await tenants.getTenant(tx, call.scope, id)
  const isKnown = call.scope.reach === 'vendor' || (await knowsOffer(tx, call.scope, [input.offer_id]))
  if (!isKnown) throw new Problem('not_found')
  if (company.level !== 'end_customer')
    throw fieldProblem('parent_level_invalid', 'id', 'Licenses are kept for end customers.')
  const seller = await tenants.findTenant(tx, call.scope, company.parent_id ?? '')
  if (seller === null) throw new Problem('not_allowed', { detail: 'Only the seller keeps licenses for a company.' })
  await getOffer(tx, input.offer_id)
  await lockCompany(tx, company)
  await changeKept(tx, call, { seller, company, offerId: input.offer_id, number: input.number })
  return seller.id
}

/** One change of what is kept for a company goes on at a time. */
const lockCompany = (tx: Transaction, company: tenants.TenantRecord) =>
  sql`select 1 from tenants where realm_id = ${company.realm_id} and id = ${company.id} for no key update`.execute(
    tx.tables(),
  )

type Kept = { seller: tenants.TenantRecord; company: tenants.TenantRecord; offerId: string; number: number }

async function changeKept(
  tx: Transaction,
  call: CallContext,
  { seller, company, offerId, number }: Kept,
): Promise<void> {
  const today = dayOf(call.now).toString()
  const inPool = sql`l.pool_id = ${seller.id} and l.offer_id = ${offerId} and not l.is_trial and ${isValidSql('l', today)}`
  const kept = await lockWhere(tx, seller.realm_id, sql`${inPool} and l.set_aside_for = ${company.id}`)
  const missing = number - kept.length
  const changed =
    missing > 0
      ? await lockFree(tx, seller, inPool, missing)
      : kept.filter(({ holder_id }) => holder_id === null).slice(0, -missing)
  if (missing > 0 && changed.length < missing)
    throw new Problem('insufficient_unassigned', { params: { unassigned: changed.length } })
  if (missing < 0 && changed.length < -missing)
    throw new Problem('license_in_use', { detail: `The company uses ${kept.length - changed.length} of them.` })
  const saved = await saveLicenses(tx, changed, { set_aside_for: missing > 0 ? company.id : null })
  await keep(tx, call, {
    what: 'set_aside',
    licenses: saved,
    numbers: [],
    before: () => ({ set_aside_for: missing > 0 ? null : company.id }),
    ownerDetails: ({ set_aside_for }) => ({ set_aside_for }),
  })
}

async function lockFree(
  tx: Transaction,
  seller: tenants.TenantRecord,
  inPool: ReturnType<typeof sql>,
  limit: number,
): Promise<LicenseRecord[]> {
  const { rows } = await sql<LicenseRecord>`
    select l.* from licenses l where l.realm_id = ${seller.realm_id} and ${inPool} and l.set_aside_for is null and l.holder_id is null
    order by l.id limit ${limit} for update skip locked`.execute(tx.tables())
  return rows
}

import type { MoveFinding } from '@tenantree/contract'
import { sql } from 'kysely'
import type { CallContext } from '../../kernel/context.ts'
import { Problem } from '../../kernel/problem.ts'
import { dayOf } from '../../kernel/time.ts'
import { parentPath } from '../../kernel/tree.ts'
import type { Transaction } from '../../platform/database.ts'
import type { Moving, TenantRecord } from '../../tenants/index.ts'
import { findHolder } from '../holding/holders.ts'
import { listOffersOf } from '../holding/offers.ts'
import { atOwners } from '../holding/sources.ts'
import { tryTake } from '../holding/take.ts'
import { isValidSql, type LicenseRecord } from '../repository.ts'
import { giveBack, type Leaving, listHeldAway } from './back.ts'

type Edge = { tenant: TenantRecord; parent: TenantRecord }

const toLeaving = ({ tenant, parent }: Edge): Leaving => ({
  realmId: tenant.realm_id,
  path: tenant.path,
  keptAbove: parent.path,
})

type Need = { productKey: string; product: string; needed: number }

/**
 * Who would be left without a license: what its holders have of owners no longer above is taken anew where it will stand. R-TREE-6. A count by product
 * of what is free there; the move itself takes them one by one.
 */
export async function checkLicenses(tx: Transaction, call: CallContext, edge: Edge): Promise<MoveFinding[]> {
  const { tenant } = edge
  const held = await atOwners(tx, 'return_to_pool', tenant.path, (wide) => listHeldAway(wide, toLeaving(edge)))
  const findings: MoveFinding[] = []
  for (const need of await sumUp(tx, held)) {
    const missing = need.needed - (await countThere(tx, call, edge, need.productKey))
    if (missing <= 0) continue
    const who = missing === 1 ? 'One holder' : `${missing} holders`
    findings.push({
      code: 'licenses_missing',
      detail: `${who} of ${need.product} would be left without a license.`,
      refuses: true,
    })
  }
  return findings
}

async function sumUp(tx: Transaction, held: readonly LicenseRecord[]): Promise<Need[]> {
  const live = held.filter(({ state }) => state === 'assigned' || state === 'pending_cancel')
  const needs: Need[] = []
  for (const [productKey, licenses] of Map.groupBy(live, ({ product_key }) => product_key)) {
    const [offer] = await listOffersOf(tx, productKey)
    needs.push({ productKey, product: offer?.product ?? productKey, needed: licenses.length })
  }
  return needs.sort((left, right) => (left.productKey < right.productKey ? -1 : 1))
}

/** Free licenses of the product in the pool that will serve them: of the new seller, or what the company keeps in its own. */
async function countThere(
  tx: Transaction,
  call: CallContext,
  { tenant, parent }: Edge,
  productKey: string,
): Promise<number> {
  const poolPath = tenant.level === 'site' ? parentPath(parent.path) : parent.path
  return atOwners(tx, 'take_from_pool', parent.path, async (wide) => {
    const { rows } = await sql<{ n: number }>`
      select count(*)::int as n from licenses l
      left join pool_settings s on s.realm_id = ${tenant.level === 'site' ? parent.realm_id : tenant.realm_id}
        and s.tenant_id = ${tenant.level === 'site' ? parent.id : tenant.id}
      where l.product_key = ${productKey} and l.holder_id is null and l.state in ('unassigned', 'pending_cancel')
        and l.set_aside_for is null and ${isValidSql('l', dayOf(call.now).toString())}
        and case when coalesce(s.source, 'global_pool') = 'company_pool'
          then l.pool_id = coalesce(s.tenant_id, ${tenant.id}) and l.owner_path = l.pool_path
          else l.pool_path = ${poolPath} end`.execute(wide.tables())
    return rows[0]?.n ?? 0
  })
}

/**
 * Before a move: what comes from pools no longer above goes back to them. The answer is done after it: holders take anew where they stand now.
 * R-TREE-6. That throws licenses_missing where one is left without and the caller has not allowed it.
 */
export async function leavePools(
  tx: Transaction,
  call: CallContext,
  edge: Edge,
): Promise<(moved: Moving) => Promise<void>> {
  const left = await atOwners(tx, 'return_to_pool', edge.tenant.path, (wide) =>
    giveBack(wide, call, toLeaving(edge), 'tenant_moved'),
  )
  return ({ tenant, allowUnlicensed }) => takeAnew(tx, call, { tenant, left, allowUnlicensed })
}

type Anew = { tenant: TenantRecord; left: readonly LicenseRecord[]; allowUnlicensed: boolean }

async function takeAnew(tx: Transaction, call: CallContext, { tenant, left, allowUnlicensed }: Anew): Promise<void> {
  const missing: string[] = []
  for (const license of left)
    if (!(await takeOne(tx, call, tenant.realm_id, license)) && license.holder_id !== null)
      missing.push(license.holder_id)
  if (missing.length > 0 && !allowUnlicensed)
    throw new Problem('licenses_missing', { params: { holders: missing.slice(0, 100), count: missing.length } })
}

/** The same edition before another of the product. */
async function takeOne(tx: Transaction, call: CallContext, realmId: bigint, license: LicenseRecord): Promise<boolean> {
  const { holder_kind, holder_id, product_key, offer_id } = license
  if (holder_kind === null || holder_id === null) return true
  const holder = await findHolder(tx, { realm_id: realmId, kind: holder_kind, id: holder_id })
  if (holder === null) return true
  const offers = (await listOffersOf(tx, product_key)).sort(
    (left, right) => Number(right.id === offer_id) - Number(left.id === offer_id),
  )
  return atOwners(tx, 'take_from_pool', holder.path, async (wide) => {
    try {
      return (await tryTake(wide, call, { holder, offers, why: 'tenant_moved' })) !== null
    } catch (error) {
      if (error instanceof Problem) return false
      throw error
    }
  })
}

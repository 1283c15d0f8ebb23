import { sql } from 'kysely'
import type * as catalog from '../../catalog/index.ts'
import type { CallContext } from '../../kernel/context.ts'
import { Problem } from '../../kernel/problem.ts'
import { dayOf } from '../../kernel/time.ts'
import { parentPath } from '../../kernel/tree.ts'
import type { Transaction } from '../../platform/database.ts'
import type { TenantRecord } from '../../tenants/index.ts'
import { mayHold } from '../domain.ts'
import { findHolder, type Holder } from '../holding/holders.ts'
import { listOffersOf } from '../holding/offers.ts'
import { anchorPath, atOwners, readSupply, readSupplyUnder, type Supply } from '../holding/sources.ts'
import { type Choice, toChoices, tryTake } from '../holding/take.ts'
import { hasHadTrial } from '../records.ts'
import { isValidSql, type LicenseRecord } from '../repository.ts'
import { isEmptied, type Leaving } from './back.ts'

export type Edge = { tenant: TenantRecord; parent: TenantRecord }

export const toLeaving = ({ tenant, parent }: Edge): Leaving => ({
  realmId: tenant.realm_id,
  path: tenant.path,
  keptAbove: parent.path,
})

/** Who had a license that goes back, and what it may have instead: the same edition before another of the product. Null where nothing is left to serve. */
async function findFormer(
  tx: Transaction,
  realmId: bigint,
  { holder_kind, holder_id, product_key, offer_id }: LicenseRecord,
): Promise<{ holder: Holder; offers: catalog.OfferRecord[] } | null> {
  if (holder_kind === null || holder_id === null) return null
  const holder = await findHolder(tx, { realm_id: realmId, kind: holder_kind, id: holder_id })
  if (holder === null) return null
  const offers = (await listOffersOf(tx, product_key)).filter((offer) => mayHold(offer, holder.kind))
  return { holder, offers: offers.sort((left, right) => Number(right.id === offer_id) - Number(left.id === offer_id)) }
}

/** Takes another for the holder where it stands now, if take is automatic there. R-POOL-2, R-TREE-6. False where it is left without. */
export async function takeOne(
  tx: Transaction,
  call: CallContext,
  realmId: bigint,
  license: LicenseRecord,
): Promise<boolean> {
  const former = await findFormer(tx, realmId, license)
  if (former === null) return true
  const { holder, offers } = former
  return atOwners(tx, 'take_from_pool', holder.path, async (wide) => {
    const { take } = await readSupply(wide, { ...holder, level: holder.tenant_level })
    if (take !== 'automatic') return false
    try {
      return (await tryTake(wide, call, { holder, offers, why: 'tenant_moved' })) !== null
    } catch (error) {
      if (error instanceof Problem) return false
      throw error
    }
  })
}

/** How many free licenses a pool has for a choice: counted once, then taken one by one. */
type Stock = (choice: Choice) => Promise<{ left: number }>

/** Those of the licenses whose holders would be left without at the new place: told the way in which the move takes them, and nothing is changed. */
export async function listMissing(
  tx: Transaction,
  call: CallContext,
  edge: Edge,
  licenses: readonly LicenseRecord[],
): Promise<LicenseRecord[]> {
  const missing: LicenseRecord[] = []
  await atOwners(tx, 'take_from_pool', edge.parent.path, async (wide) => {
    const stock = openStock(wide, call, edge)
    for (const license of licenses) if (!(await wouldTake(wide, call, edge, { license, stock }))) missing.push(license)
  })
  return missing
}

async function wouldTake(
  tx: Transaction,
  call: CallContext,
  edge: Edge,
  { license, stock }: { license: LicenseRecord; stock: Stock },
): Promise<boolean> {
  const former = await findFormer(tx, edge.tenant.realm_id, license)
  if (former === null) return true
  const { holder, offers } = former
  const { take, sources } = await readSupplyThere(tx, edge, holder)
  if (take !== 'automatic') return false
  for (const choice of await findChoices(tx, holder, offers, sources)) {
    const pool = await stock(choice)
    if (pool.left === 0) continue
    if (choice.isTrial && (await hasHadTrial(tx, call, holder, { productKey: license.product_key }))) continue
    pool.left -= 1
    return true
  }
  return false
}

/** None where no edition fits the machine. */
async function findChoices(
  tx: Transaction,
  holder: Holder,
  offers: readonly catalog.OfferRecord[],
  sources: Supply['sources'],
): Promise<Choice[]> {
  try {
    return await toChoices(tx, holder, offers, sources)
  } catch (error) {
    if (error instanceof Problem) return []
    throw error
  }
}

/** What serves the holder after the move: a site has another customer, a customer another seller, what is further below what it has now. */
function readSupplyThere(tx: Transaction, { tenant, parent }: Edge, holder: Holder): Promise<Supply> {
  const isSite = tenant.level === 'site'
  if (!isSite && anchorPath({ path: holder.path, level: holder.tenant_level }) !== tenant.path)
    return readSupply(tx, { ...holder, level: holder.tenant_level })
  const own = isSite ? parent : tenant
  return readSupplyUnder(tx, { own, seller: isSite ? { ...parent, path: parentPath(parent.path) ?? '' } : parent })
}

function openStock(tx: Transaction, call: CallContext, edge: Edge): Stock {
  const counted = new Map<string, { left: number }>()
  return async ({ source, offer, isTrial }) => {
    const key = `${source.poolId} ${offer.id} ${isTrial} ${source.setAsideFor ?? ''}`
    const known = counted.get(key)
    if (known !== undefined) return known
    const { rows } = await sql<{ left: number }>`
      select count(*)::int as left from licenses l
      where l.pool_id = ${source.poolId} and l.offer_id = ${offer.id} and l.is_trial = ${isTrial}
        and l.set_aside_for is not distinct from ${source.setAsideFor}::uuid and l.holder_id is null
        and l.state in ('unassigned', 'pending_cancel') and ${isValidSql('l', dayOf(call.now).toString())}
        and not ${isEmptied(toLeaving(edge))}`.execute(tx.tables())
    const found = { left: rows[0]?.left ?? 0 }
    counted.set(key, found)
    return found
  }
}

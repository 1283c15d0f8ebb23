import { type RawBuilder, type SqlBool, sql } from 'kysely'
import type { CallContext } from '../../kernel/context.ts'
import { ancestorPaths, toBounds } from '../../kernel/tree.ts'
import type { Transaction } from '../../platform/database.ts'
import { isLive } from '../domain.ts'
import { releaseAll } from '../holding/release.ts'
import { moveAll } from '../pools/commands.ts'
import { clearHolders, type LicenseRecord, lockWhere, saveLicenses } from '../repository.ts'

export type Leaving = {
  realmId: bigint
  /** Of the tenant that leaves, with everything below it. */
  path: string
  /** The tenant that it will stand under: owners from there up stay above it. null: nobody does. */
  keptAbove: string | null
}

/** Licenses of owners that are above the tenant now and will not be. */
const ownedAway = ({ path, keptAbove }: Leaving): RawBuilder<SqlBool> => {
  const { lo, hi } = toBounds(path)
  const staying = keptAbove === null ? [] : [...ancestorPaths(keptAbove), keptAbove]
  return sql<SqlBool>`not (l.owner_path >= ${lo} and l.owner_path < ${hi}) and not (l.owner_path = any (${staying}))`
}

/** Licenses from pools, or kept for companies, that are neither below the tenant nor above its new place. */
const pooledAway = ({ path, keptAbove }: Leaving): RawBuilder<SqlBool> => {
  const { lo, hi } = toBounds(path)
  const staying = keptAbove === null ? [] : [...ancestorPaths(keptAbove), keptAbove]
  return sql<SqlBool>`(not (l.pool_path >= ${lo} and l.pool_path < ${hi}) and not (l.pool_path = any (${staying}))
    or l.set_aside_for is not null and not exists (select 1 from tenants t where t.realm_id = l.realm_id and t.id = l.set_aside_for
      and (t.path >= ${lo} and t.path < ${hi} or t.path = any (${staying}))))`
}

/** What the tenant and everything below it hold of owners, or from pools, that will no longer be above. */
export const listHeldAway = (tx: Transaction, leaving: Leaving): Promise<LicenseRecord[]> => {
  const { lo, hi } = toBounds(leaving.path)
  return lockWhere(
    tx,
    leaving.realmId,
    sql`l.path >= ${lo} and l.path < ${hi} and l.holder_id is not null and (${ownedAway(leaving)} or ${pooledAway(leaving)})`,
  )
}

/** What is in pools below the tenant, or kept for a company there, and will be its owner's above again. */
export const isEmptied = (leaving: Leaving): RawBuilder<SqlBool> => {
  const { lo, hi } = toBounds(leaving.path)
  return sql<SqlBool>`(((l.pool_path >= ${lo} and l.pool_path < ${hi}) or l.set_aside_for in (
      select t.id from tenants t where t.realm_id = ${leaving.realmId} and t.path >= ${lo} and t.path < ${hi})) and ${ownedAway(leaving)})`
}

/**
 * Gives licenses back to owners that will no longer be above: from holders to their pools, from companies' pools to the owner's own, and what was kept for
 * a company is kept for nobody. R-TREE-6, R-TREE-8. Answers those that were held and live. Inside the owners' scope.
 */
export async function giveBack(
  tx: Transaction,
  call: CallContext,
  leaving: Leaving,
  why: string,
): Promise<LicenseRecord[]> {
  const held = await listHeldAway(tx, leaving)
  const live = held.filter(({ state }) => isLive(state))
  await releaseAll(tx, call, live, { why, refuses: false })
  // Of what is over the grid still showed who had it: now the owner alone sees it.
  await clearHolders(
    tx,
    held.filter(({ state }) => !isLive(state)),
  )
  await emptyPools(tx, call, leaving)
  return live
}

async function emptyPools(tx: Transaction, call: CallContext, leaving: Leaving): Promise<void> {
  const inPools = await lockWhere(tx, leaving.realmId, isEmptied(leaving))
  for (const group of Map.groupBy(inPools, ({ owner_id }) => owner_id).values()) {
    const [first] = group
    if (first === undefined) continue
    const home = { id: first.owner_id, path: first.owner_path }
    await moveAll(
      tx,
      call,
      group.filter(({ state }) => isLive(state)),
      home,
    )
    const over = group.filter(({ state }) => !isLive(state))
    await saveLicenses(tx, over, { pool_id: home.id, pool_path: home.path, set_aside_for: null })
  }
}

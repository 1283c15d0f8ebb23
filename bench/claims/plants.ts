import { sql } from 'kysely'
import { claim, type LicenseRecord } from '../../server/src/licenses/repository.ts'
import type { Transaction } from '../../server/src/platform/database.ts'
import { type Claimer, ours } from './ours.ts'

/** How claims are made: ours, or one of the ways in which it is done wrongly. */
export type Plant = { claim: Claimer; afterwards(tx: Transaction, license: LicenseRecord): Promise<void> }

const nothing = async (): Promise<void> => {}

/** Locks the pool and counts in one statement: after the wait the count is still that of before it, and a license is given twice. */
const oversell: Claimer = async (tx, { realmId, poolId, offerId, holder, at }) => {
  const { rows } = await sql<{ used: number; free: number }>`
    select (select count(holder_id)::int from licenses l where l.pool_id = n.pool_id and l.offer_id = ${offerId}) as used,
      (select count(*)::int from licenses l where l.pool_id = n.pool_id and l.offer_id = ${offerId} and l.holder_id is null) as free
    from pool_numbers n where n.realm_id = ${realmId} and n.pool_id = ${poolId} for update`.execute(tx.tables())
  const [pool] = rows
  if (pool === undefined || pool.free === 0) return null
  const { rows: taken } = await sql<LicenseRecord>`
    update licenses set state = 'assigned', holder_kind = ${holder.kind}, holder_id = ${holder.id}, holder_tenant_id = ${holder.tenant_id},
      path = ${holder.path}, assigned_at = ${at}
    where realm_id = ${realmId} and id = (select id from licenses where pool_id = ${poolId} and offer_id = ${offerId} order by id offset ${pool.used} limit 1)
    returning *`.execute(tx.tables())
  const [license] = taken
  if (license === undefined) return null
  // Closed first, or the unique index of open holdings would refuse the second one by luck.
  await sql`update license_holdings set to_at = ${at} where realm_id = ${realmId} and license_id = ${license.id} and to_at is null`.execute(
    tx.tables(),
  )
  return license
}

/** Passes by what others are taking and never looks again: what they give back stays free, and who came for it was refused. */
const short: Claimer = (tx, wanted) => claim(tx, wanted)

/** Reads the pool's numbers, and writes what it made of them without having locked them in between: of two at once one is lost. */
function loseNumbers(): Plant {
  const readBefore = new Map<string, number>()
  return {
    async claim(tx, wanted) {
      const [pool] = await tx.send(sql<{ unassigned: number }>`
        select unassigned from pool_numbers where realm_id = ${wanted.realmId} and pool_id = ${wanted.poolId} and unit = 'device'`)
      const license = await ours(tx, wanted)
      if (license !== null) readBefore.set(license.id, pool?.unassigned ?? 0)
      return license
    },
    async afterwards(tx, { realm_id, pool_id, unit, id }) {
      tx.later(sql`update pool_numbers set unassigned = ${(readBefore.get(id) ?? 0) - 1}
        where realm_id = ${realm_id} and pool_id = ${pool_id} and unit = ${unit}`)
    },
  }
}

export const plants: Record<string, Plant> = {
  none: { claim: ours, afterwards: nothing },
  oversell: { claim: oversell, afterwards: nothing },
  short: { claim: short, afterwards: nothing },
  numbers: loseNumbers(),
}

import { type RawBuilder, sql } from 'kysely'
import type { Transaction } from '../../platform/database.ts'
import type { LicenseRecord } from '../repository.ts'

type Pool = Pick<LicenseRecord, 'realm_id' | 'pool_id' | 'pool_path' | 'unit'>
export type NumbersChange = Pool & { total: number; unassigned: number }

/** What the pools have after a change: `of` gives them for the audit log, user and gateway always. R-AUDIT-1. */
export type PoolNumbers = { of(license: Pick<Pool, 'pool_id' | 'unit'>): Record<string, number> }

type Row = { pool_id: string; unit: string; total: number; unassigned: number }

const keyOf = ({ realm_id, pool_id, unit }: Pool): string => `${pool_id} ${unit} ${realm_id}`

/** Changes of the same pool and unit as one, in the order of their keys: whoever changes several locks them in that order. */
function sumUp(changes: readonly NumbersChange[]): NumbersChange[] {
  const sums = new Map<string, NumbersChange>()
  for (const change of changes) {
    const known = sums.get(keyOf(change))
    sums.set(keyOf(change), {
      ...change,
      total: change.total + (known?.total ?? 0),
      unassigned: change.unassigned + (known?.unassigned ?? 0),
    })
  }
  return [...sums].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, change]) => change)
}

/** Writes the changes, and answers the numbers of all pools that the licenses are in. */
export async function addToNumbers(
  tx: Transaction,
  changes: readonly NumbersChange[],
  licenses: readonly Pool[],
): Promise<PoolNumbers> {
  const isNew = sumUp(changes)
    .filter(({ total, unassigned }) => total !== 0 || unassigned !== 0)
    .map(async (change) => ((await addToOne(tx, change)) ? [] : [change]))
  const pools = [...new Set(licenses.map(({ pool_id }) => pool_id))]
  const realmId = licenses[0]?.realm_id ?? 0n
  // Sent right behind the changes, but a statement of its own: what it reads is of after the wait for the lock.
  const read = () =>
    tx.send(sql<Row>`
      select pool_id, unit, total, unassigned from pool_numbers where realm_id = ${realmId} and pool_id = any (${pools}::uuid[])`)
  const [rows, ...fresh] = await Promise.all([read(), ...isNew])
  for (const change of fresh.flat()) addFirst(tx, change)
  const known = fresh.flat().length === 0 ? rows : await read()
  return { of: ({ pool_id, unit }) => toDetails(known, pool_id, unit) }
}

/**
 * The same for one license that changes hands in a pool that is there: nothing is waited for. Whoever writes the answered numbers does it in the
 * transaction, behind this: the pool's row is locked from here to the commit, which may be sent together. R-AUDIT-1.
 */
export function changeOne(tx: Transaction, change: NumbersChange): RawBuilder<unknown> {
  const { realm_id, pool_id, unit } = change
  tx.later(updateOf(change))
  return sql`(select jsonb_object_agg(u.unit || '_total', coalesce(n.total, 0)) || jsonb_object_agg(u.unit || '_unassigned', coalesce(n.unassigned, 0))
    from unnest(${unitsOf(unit)}::text[]) as u (unit)
    left join pool_numbers n on n.realm_id = ${realm_id} and n.pool_id = ${pool_id} and n.unit = u.unit)`
}

const updateOf = ({ realm_id, pool_id, unit, total, unassigned }: NumbersChange) => sql`
  update pool_numbers n set total = n.total + ${total}, unassigned = n.unassigned + ${unassigned}
  where realm_id = ${realm_id} and pool_id = ${pool_id} and unit = ${unit} returning 1`

/** User and gateway always, and the unit itself. */
const unitsOf = (unit: string): string[] => [...new Set(['user', 'gateway', unit])]

/** Answers false where the pool has had none of the unit yet. */
async function addToOne(tx: Transaction, change: NumbersChange): Promise<boolean> {
  const rows = await tx.send(updateOf(change))
  return rows.length > 0
}

function addFirst(tx: Transaction, { realm_id, pool_id, pool_path, unit, total, unassigned }: NumbersChange): void {
  tx.later(sql`
    insert into pool_numbers (realm_id, pool_id, unit, path, total, unassigned)
    values (${realm_id}, ${pool_id}, ${unit}, ${pool_path}, ${total}, ${unassigned})
    on conflict (realm_id, pool_id, unit) do update set total = pool_numbers.total + excluded.total,
      unassigned = pool_numbers.unassigned + excluded.unassigned`)
}

function toDetails(rows: readonly Row[], poolId: string, unit: string): Record<string, number> {
  return Object.fromEntries(
    unitsOf(unit).flatMap((name) => {
      const row = rows.find((known) => known.pool_id === poolId && known.unit === name)
      return [
        [`${name}_total`, row?.total ?? 0],
        [`${name}_unassigned`, row?.unassigned ?? 0],
      ]
    }),
  )
}

const toChange = ({ realm_id, pool_id, pool_path, unit }: Pool, total: number, unassigned: number): NumbersChange => ({
  realm_id,
  pool_id,
  pool_path,
  unit,
  total,
  unassigned,
})

export const nowHeld = (license: Pool): NumbersChange => toChange(license, 0, -1)
export const nowFree = (license: Pool): NumbersChange => toChange(license, 0, 1)
/** It counts no more: it has ended, or left the pool. */
export const gone = (license: Pool & { holder_id: string | null }): NumbersChange =>
  toChange(license, -1, license.holder_id === null ? -1 : 0)
export const come = (license: Pool, count = 1): NumbersChange => toChange(license, count, count)

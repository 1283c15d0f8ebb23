import { sql } from 'kysely'
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
  for (const change of sumUp(changes)) if (change.total !== 0 || change.unassigned !== 0) await addToOne(tx, change)
  const pools = [...new Set(licenses.map(({ pool_id }) => pool_id))]
  const realmId = licenses[0]?.realm_id ?? 0n
  const { rows } = await sql<Row>`
    select pool_id, unit, total, unassigned from pool_numbers where realm_id = ${realmId} and pool_id = any (${pools}::uuid[])`.execute(
    tx.tables(),
  )
  return { of: ({ pool_id, unit }) => toDetails(rows, pool_id, unit) }
}

async function addToOne(tx: Transaction, change: NumbersChange): Promise<void> {
  const { realm_id, pool_id, pool_path, unit, total, unassigned } = change
  const { rows } = await sql`
    update pool_numbers n set total = n.total + ${total}, unassigned = n.unassigned + ${unassigned}
    where realm_id = ${realm_id} and pool_id = ${pool_id} and unit = ${unit} returning 1`.execute(tx.tables())
  if (rows.length > 0) return
  await sql`
    insert into pool_numbers (realm_id, pool_id, unit, path, total, unassigned)
    values (${realm_id}, ${pool_id}, ${unit}, ${pool_path}, ${total}, ${unassigned})
    on conflict (realm_id, pool_id, unit) do update set total = pool_numbers.total + excluded.total,
      unassigned = pool_numbers.unassigned + excluded.unassigned`.execute(tx.tables())
}

function toDetails(rows: readonly Row[], poolId: string, unit: string): Record<string, number> {
  const units = [...new Set(['user', 'gateway', unit])]
  return Object.fromEntries(
    units.flatMap((name) => {
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

import type { KeptFor } from '@tenantree/contract'
import { sql } from 'kysely'
import type { Transaction } from '../platform/database.ts'
import type { KeepingClock, Place } from './clocks.ts'

type Setting = { kind: string; count: number; version: number }
type KeepingTables = { kept_for: Setting }
export type Settings = ReadonlyMap<string, Setting>

export async function readSettings(tx: Transaction): Promise<Settings> {
  const rows = await tx.tables<KeepingTables>().selectFrom('kept_for').selectAll().execute()
  return new Map(rows.map((row) => [row.kind, row]))
}

export const keptForOf = (clock: Pick<KeepingClock, 'kind' | 'keptFor'>, settings: Settings): KeptFor => ({
  ...clock.keptFor,
  count: settings.get(clock.kind)?.count ?? clock.keptFor.count,
})

/** How long such records are kept: as the vendor has set it, else by default. */
export const readKeptFor = async (tx: Transaction, clock: Pick<KeepingClock, 'kind' | 'keptFor'>): Promise<KeptFor> =>
  keptForOf(clock, await readSettings(tx))

/** Saves how long, if it still has the version that was read: 0 where nothing was ever set. Answers whether it had. */
export async function saveKeptFor(tx: Transaction, { kind, count, version }: Setting): Promise<boolean> {
  const tables = tx.tables<KeepingTables>()
  const saved =
    version === 0
      ? await tables
          .insertInto('kept_for')
          .values({ kind, count, version: 1 })
          .onConflict((conflict) => conflict.doNothing())
          .returning('version')
          .executeTakeFirst()
      : await tables
          .updateTable('kept_for')
          .set({ count, version: version + 1 })
          .where('kind', '=', kind)
          .where('version', '=', version)
          .returning('version')
          .executeTakeFirst()
  return saved !== undefined
}

/** Where something is due, in the order of paths, after `after`. */
export async function listDuePlaces(
  tx: Transaction,
  clock: KeepingClock,
  { until, after, limit }: { until: string; after: string; limit: number },
): Promise<Place[]> {
  const { rows } = await sql<Place>`
    select distinct s.path, s.realm_id from (${clock.standing(until)}) s
    where s.path in (
      select distinct d.path from (${clock.standing(until)}) d where d.path > ${after} order by d.path limit ${limit})
    order by s.path, s.realm_id`.execute(tx.tables())
  return rows
}

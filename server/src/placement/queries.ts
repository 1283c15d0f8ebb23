import type { CallContext } from '../kernel/context.ts'
import type { Database, Transaction } from '../platform/database.ts'
import type { StorageLocation } from './domain.ts'

type PlacementTables = { storage_locations: StorageLocation }

/** All locations by name, the withdrawn ones too: tenants may still have them. R-PLACE-1. */
export const listLocations = (tx: Transaction): Promise<StorageLocation[]> =>
  tx.tables<PlacementTables>().selectFrom('storage_locations').selectAll().orderBy('name').execute()

export const listStorageLocations = (db: Database, call: CallContext) =>
  db.transaction(call, async (tx) => ({
    data: (await listLocations(tx)).map(({ code, name, country, withdrawn }) => ({
      code,
      name,
      country,
      offered: !withdrawn,
    })),
    next: null,
  }))

import * as audit from '../../audit/index.ts'
import * as keeping from '../../keeping/index.ts'
import { toInstantText } from '../../kernel/time.ts'
import { parentPath } from '../../kernel/tree.ts'
import type { Database } from '../../platform/database.ts'
import type { DueTask } from '../../platform/due.ts'
import { deletedTenants } from './keeping.ts'
import * as repository from './repository.ts'

/** Erases what was deleted 30 days ago (as the vendor has set it), one tenant with all below it in a transaction. R-TREE-8, R-KEEP-1. */
export const purge = (db: Database): DueTask => ({
  name: 'tenants.purge',
  async run(call) {
    const due = await db.work(call, async (tx) => {
      const { count } = await keeping.readKeptFor(tx, deletedTenants)
      return repository.listToPurge(tx, toInstantText(call.now.subtract({ hours: count * 24 })))
    })
    for (const tenant of due)
      await db.work(call, async (tx) => {
        await repository.purge(tx, tenant)
        // Noted where the tenant stood: its own path is gone.
        await audit.append(tx, call, {
          action: 'tenant.purged',
          realmId: tenant.realm_id,
          path: parentPath(tenant.path) ?? tenant.path,
          object: { kind: 'tenant', id: tenant.id },
          before: { state: 'deleted' },
          after: null,
        })
      })
  },
})

import type { Tenant } from '@tenantree/contract'
import { sql } from 'kysely'
import * as audit from '../../audit/index.ts'
import type { CallContext } from '../../kernel/context.ts'
import { fieldProblem, Problem } from '../../kernel/problem.ts'
import * as placement from '../../placement/index.ts'
import type { Database } from '../../platform/database.ts'
import { refuseDeleted } from '../domain.ts'
import { readTenant } from '../queries.ts'
import { getTenant } from '../repository.ts'

/**
 * Gives a tenant another storage location: vendor support alone, with a reason. R-PLACE-3. The runtime role has no right to the column; the
 * function that has it refuses without a reason. Throws not_found, contact_support, location_unknown, state_conflict.
 */
export const setStorageLocation = (
  db: Database,
  call: CallContext,
  { id, location, reason }: { id: string; location: string; reason: string },
): Promise<Tenant> =>
  db.transaction(call, async (tx) => {
    const tenant = await getTenant(tx, call.scope, id)
    if (!call.may.has('tenants.relocate')) throw new Problem('contact_support')
    refuseDeleted(tenant)
    const offered = (await placement.listLocations(tx)).some((known) => known.code === location && !known.withdrawn)
    if (!offered) throw fieldProblem('location_unknown', 'storage_location')

    await sql`select app.override_storage_location(${tenant.realm_id}, ${tenant.id}, ${location}, ${reason})`.execute(
      tx.tables(),
    )
    await audit.append(tx, call, {
      action: 'tenant.relocated',
      realmId: tenant.realm_id,
      path: tenant.path,
      object: { kind: 'tenant', id: tenant.id },
      before: { storage_location: tenant.storage_location },
      after: { storage_location: location, reason },
    })
    return readTenant(tx, call, id)
  })

import { sql } from 'kysely'
import type { DeviceHooks } from '../../devices/index.ts'
import type { CallContext } from '../../kernel/context.ts'
import { Problem } from '../../kernel/problem.ts'
import { dayOf } from '../../kernel/time.ts'
import { toBounds } from '../../kernel/tree.ts'
import type { HolderHooks, Leaving } from '../../networks/index.ts'
import type { Transaction } from '../../platform/database.ts'
import type { TenantHooks, TenantRecord } from '../../tenants/index.ts'
import { releaseAll } from '../holding/release.ts'
import { atOwners } from '../holding/sources.ts'
import { isLiveSql, lockWhere } from '../repository.ts'
import { giveBack } from './back.ts'
import { checkLicenses, leavePools } from './moves.ts'

type Hooks = { tenants: TenantHooks; holders: HolderHooks; devices: DeviceHooks }

/** What happens to licenses when tenants and holders change. */
export function joinTree(hooks: Hooks): void {
  hooks.holders.beforeRemove.push(releaseHolder)
  hooks.tenants.beforeDelete.push(leaveDeleted)
  hooks.tenants.checkMove.push(checkLicenses)
  hooks.tenants.beforeMove.push(leavePools)
  // A device that is silent keeps its license, and the license keeps the device. R-KEEP-1.
  hooks.devices.keepsSilent.push(sql`exists (
    select 1 from licenses l where l.realm_id = d.realm_id and l.holder_kind = 'device' and l.holder_id = d.id and ${isLiveSql('l')})`)
}

/** A holder that is removed leaves its licenses to their pools. R-SUB-7. */
export const releaseHolder = (tx: Transaction, call: CallContext, holder: Leaving): Promise<void> =>
  atOwners(tx, 'return_to_pool', holder.path, async (wide) => {
    const held = await lockWhere(
      wide,
      holder.realm_id,
      sql`l.holder_kind = ${holder.kind} and l.holder_id = ${holder.id} and ${isLiveSql('l')}`,
    )
    await releaseAll(wide, call, held, { why: 'holder_removed', refuses: false })
  })

/**
 * No tenant is deleted whose commitment runs; what its holders, or those below, have of owners above goes back. R-TREE-8. Throws commitment_running.
 */
async function leaveDeleted(tx: Transaction, call: CallContext, tenant: TenantRecord): Promise<void> {
  const { lo, hi } = toBounds(tenant.path)
  const { rows } = await sql`
    select 1 from licenses l where l.realm_id = ${tenant.realm_id} and l.owner_path >= ${lo} and l.owner_path < ${hi}
      and l.charge_model = 'committed' and not l.is_trial and ${isLiveSql('l')} and l.committed_to >= ${dayOf(call.now).toString()}::date
    limit 1`.execute(tx.tables())
  if (rows.length > 0) throw new Problem('commitment_running')
  await atOwners(tx, 'return_to_pool', tenant.path, (wide) =>
    giveBack(wide, call, { realmId: tenant.realm_id, path: tenant.path, keptAbove: null }, 'tenant_deleted'),
  )
}

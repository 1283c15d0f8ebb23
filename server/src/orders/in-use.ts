import { sql } from 'kysely'
import type { CallContext } from '../kernel/context.ts'
import { Problem } from '../kernel/problem.ts'
import { toBounds } from '../kernel/tree.ts'
import type { Transaction } from '../platform/database.ts'
import type { TenantRecord } from '../tenants/index.ts'

/** An offer of which the buyer, or anyone below it, has bought licenses stays enabled until they end. R-TREE-4. Throws in_use_below. */
export async function refuseOwned(
  tx: Transaction,
  _call: CallContext,
  { buyer, offerId }: { buyer: TenantRecord; offerId: string },
): Promise<void> {
  const { lo, hi } = toBounds(buyer.path)
  const { rows } = await sql`
    select 1 from licenses l
    where l.owner_path >= ${lo} and l.owner_path < ${hi} and l.path >= ${lo} and l.path < ${hi} and l.offer_id = ${offerId} and not l.is_trial
      and l.state in ('unassigned', 'assigned', 'pending_cancel') limit 1`.execute(tx.tables())
  if (rows.length > 0) throw new Problem('in_use_below', { detail: 'Licenses of it were bought and have not ended.' })
}

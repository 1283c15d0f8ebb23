import type { billingRun } from '@tenantree/contract'
import type * as z from 'zod'
import * as audit from '../audit/index.ts'
import type { CallContext } from '../kernel/context.ts'
import { Problem } from '../kernel/problem.ts'
import { firstDay, toInstantText, toMonth } from '../kernel/time.ts'
import type { Database } from '../platform/database.ts'
import { newId } from '../platform/ids.ts'
import { enqueue } from '../platform/jobs.ts'
import { isOver } from './domain.ts'
import { readRun } from './queries.ts'
import * as repository from './repository.ts'

/** Asks for the run of a month, again if it has run: what stayed a draft is tried anew. Throws month_not_over. R-BILL-1, R-BILL-5. */
export const requestRun = (db: Database, call: CallContext, month: string): Promise<z.infer<typeof billingRun>> =>
  db.transaction(call, async (tx) => {
    const wanted = toMonth(month)
    if (!isOver(wanted, call.now)) throw new Problem('month_not_over')
    const run = await repository.openRun(tx, {
      realm_id: 0n,
      id: newId(),
      path: call.scope.lo,
      month: firstDay(wanted).toString(),
      state: 'running',
      started_at: toInstantText(call.now),
      finished_at: null,
    })
    await enqueue(tx, 'billing.run', { month }, `billing.run:${month}`)
    await audit.append(tx, call, {
      action: 'billing_run.requested',
      realmId: 0n,
      path: call.scope.lo,
      object: { kind: 'billing_run', id: run.id },
      before: null,
      after: { month },
    })
    return readRun(tx, run.id)
  })

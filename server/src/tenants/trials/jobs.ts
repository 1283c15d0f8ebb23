import * as audit from '../../audit/index.ts'
import type { CallContext } from '../../kernel/context.ts'
import { toInstant, toInstantText } from '../../kernel/time.ts'
import type { Database } from '../../platform/database.ts'
import type { DueTask } from '../../platform/due.ts'
import * as repository from './repository.ts'

const batchSize = 500

/**
 * Takes customers whose trial is over into production, noted at the instant of its end. What is shown and charged does not wait for it: it is
 * told from the stored end. R-TRIAL-1, R-TRIAL-3.
 */
export const trialEnds = (db: Database): DueTask => ({
  name: 'tenants.trials',
  async run(call) {
    while ((await endTrials(db, call)) === batchSize);
  },
})

const endTrials = (db: Database, call: CallContext): Promise<number> =>
  db.work(call, async (tx) => {
    const ended = await repository.endTrials(tx, toInstantText(call.now), batchSize)
    for (const tenant of ended) {
      await audit.append(
        tx,
        { ...call, now: toInstant(tenant.trial_ends_at) },
        {
          action: 'tenant.trial_ended',
          realmId: tenant.realm_id,
          path: tenant.path,
          object: { kind: 'tenant', id: tenant.id },
          before: { state: 'in_trial' },
          after: { state: 'production' },
        },
      )
    }
    return ended.length
  })

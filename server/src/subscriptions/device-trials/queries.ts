import type { DeviceTrial } from '@tenantree/contract'
import { sql } from 'kysely'
import * as catalog from '../../catalog/index.ts'
import type { CallContext } from '../../kernel/context.ts'
import { Problem } from '../../kernel/problem.ts'
import { type Database, inScope } from '../../platform/database.ts'
import { atPresent, isPaid } from './domain.ts'
import type { TrialRecord } from './repository.ts'

/** The last trial of a device, or null. Throws not_found. */
export const getTrial = (
  db: Database,
  call: CallContext,
  deviceId: string,
): Promise<{ device_id: string; trial: DeviceTrial | null }> =>
  db.transaction(call, async (tx) => {
    const { rows } = await sql<TrialRecord & { id: string | null }>`
      select t.* from devices d
      left join lateral (
        select * from device_trials t where t.realm_id = d.realm_id and t.device_id = d.id
        order by t.started_at desc, t.id desc limit 1) t on true
      where d.id = ${deviceId} and ${inScope(call.scope, 'd')} and d.state <> 'deleted'`.execute(tx.tables())
    const trial = rows[0]
    if (trial === undefined) throw new Problem('not_found')
    const offer = trial.id === null ? null : await catalog.findOffer(tx, trial.offer_id)
    return { device_id: deviceId, trial: offer === null ? null : toTrial(atPresent(trial, call.now), offer) }
  })

export const toTrial = (trial: TrialRecord, offer: catalog.OfferRecord): DeviceTrial => ({
  device_id: trial.device_id,
  offer: catalog.toOfferRef(offer),
  started_at: trial.started_at,
  ends_at: trial.ends_at,
  end_policy: trial.end_policy,
  outcome: trial.outcome,
  ended_at: trial.ended_at,
  switched_at: trial.switched_at,
  is_paid: isPaid(trial),
})

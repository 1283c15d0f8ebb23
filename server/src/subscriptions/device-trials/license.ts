import type { CallContext } from '../../kernel/context.ts'
import * as licenses from '../../licenses/index.ts'
import type { Transaction } from '../../platform/database.ts'
import type { TrialRecord } from './repository.ts'

const toHolder = ({ realm_id, device_id }: TrialRecord) => ({ realm_id, kind: 'device' as const, id: device_id })

/** A free license of the trial's offer for its device. Throws insufficient_unassigned, edition_os_mismatch. R-DEV-9. */
export async function takeByHand(tx: Transaction, call: CallContext, trial: TrialRecord): Promise<void> {
  await licenses.takeLicense(tx, call, { holder: toHolder(trial), offerId: trial.offer_id, by: 'hand' })
}

/** As takeByHand, where the tenant's setting is automatic. Answers whether there was one. R-POOL-2, R-TRIAL-2. */
export const takeAutomatically = (tx: Transaction, call: CallContext, trial: TrialRecord): Promise<boolean> =>
  licenses.takeLicense(tx, call, { holder: toHolder(trial), offerId: trial.offer_id, by: 'automatic' })

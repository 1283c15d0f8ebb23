import type { CallContext } from '../../kernel/context.ts'
import { Problem } from '../../kernel/problem.ts'
import type { Transaction } from '../../platform/database.ts'
import { isLive } from '../domain.ts'
import { nowFree } from '../pools/numbers.ts'
import { closeHoldings, keep, refuse } from '../records.ts'
import { clearHolders, type LicenseRecord } from '../repository.ts'

type Release = {
  /** For the history. */
  why: string
  /** Whether the former holder takes none by itself until it is given one. R-LIC-3. */
  refuses: boolean
}

/**
 * Takes locked licenses from their holders, back to the pools that they came from; all or none. R-LIC-3. Inside the owners' scope.
 * Throws state_conflict for one that nobody holds.
 */
export async function releaseAll(
  tx: Transaction,
  call: CallContext,
  licenses: readonly LicenseRecord[],
  { why, refuses }: Release,
): Promise<LicenseRecord[]> {
  if (licenses.length === 0) return []
  const unheld = licenses.find(({ holder_id, state }) => holder_id === null || !isLive(state))
  if (unheld !== undefined) throw new Problem('state_conflict', { params: { state: unheld.state } })
  const saved = await clearHolders(tx, licenses)
  await closeHoldings(tx, call, licenses)
  if (refuses) await refuse(tx, call, licenses.flatMap(toRefused))
  // The records as they were: the history stands with the holder, who sees it go.
  await keep(tx, call, { what: 'released', licenses, numbers: licenses.map(nowFree), details: () => ({ why }) })
  return saved
}

function toRefused(license: LicenseRecord) {
  const { realm_id, holder_kind, holder_id, product_key, path } = license
  if (holder_id === null || (holder_kind !== 'device' && holder_kind !== 'subscriber')) return []
  return [{ realm_id, kind: holder_kind, id: holder_id, product_key, path }]
}

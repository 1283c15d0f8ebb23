import type { Retention } from '@tenantree/contract'
import * as audit from '../audit/index.ts'
import type { CallContext } from '../kernel/context.ts'
import { Problem } from '../kernel/problem.ts'
import { vendorPath } from '../kernel/tree.ts'
import type { Database } from '../platform/database.ts'
import type { KeepingClock } from './clocks.ts'
import { decideKeptFor, toText } from './domain.ts'
import { readRetention } from './queries.ts'
import * as repository from './repository.ts'

/** Sets how long a kind of record is kept, for the whole tree. R-KEEP-1. Throws not_found, stale_version, kept_too_short. */
export const setRetention = (
  db: Database,
  call: CallContext,
  clocks: readonly KeepingClock[],
  { kind, count, version }: { kind: string; count: number; version: number },
): Promise<Retention> =>
  db.transaction(call, async (tx) => {
    const clock = getClock(clocks, kind)
    const settings = await repository.readSettings(tx)
    const current = settings.get(kind)?.version ?? 0
    if (current !== version) throw new Problem('stale_version', { params: { version: current } })
    const kept = decideKeptFor(clock, count)
    const before = repository.keptForOf(clock, settings)

    if (!(await repository.saveKeptFor(tx, { kind, count, version }))) throw new Problem('stale_version')
    await audit.append(tx, call, {
      action: 'retention.updated',
      realmId: 0n,
      path: vendorPath,
      object: { kind: 'retention', id: null },
      before: { kind, kept_for: toText(before) },
      after: { kind, kept_for: toText(kept) },
    })
    return readRetention(tx, call, clock, { lo: call.scope.lo, hi: call.scope.hi })
  })

/** Throws not_found for a kind that no slice has declared. */
export function getClock(clocks: readonly KeepingClock[], kind: string): KeepingClock {
  const clock = clocks.find((known) => known.kind === kind)
  if (clock === undefined) throw new Problem('not_found')
  return clock
}

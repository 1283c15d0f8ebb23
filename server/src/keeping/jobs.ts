import * as audit from '../audit/index.ts'
import type { CallContext } from '../kernel/context.ts'
import { dayOf } from '../kernel/time.ts'
import type { Database, Transaction } from '../platform/database.ts'
import type { DueTask } from '../platform/due.ts'
import type { KeepingClock, Place } from './clocks.ts'
import { cutoffOf, toText } from './domain.ts'
import * as repository from './repository.ts'

const placesAtOnce = 100

/**
 * Erases what is due, once a UTC day and after each change of how long something is kept. Run again it finds nothing; killed on the way
 * it goes on where it was. Independent of billing and of what state a tenant is in. R-KEEP-1.
 */
export function keeper(db: Database, clocks: readonly KeepingClock[]): DueTask {
  let done = ''
  return {
    name: 'keeping.erase',
    async run(call) {
      const settings = await db.work(call, (tx) => repository.readSettings(tx))
      // What is due is the same all day: records begin to stand at the present moment, never in the past.
      const turn = JSON.stringify([dayOf(call.now), [...settings.values()]])
      if (turn === done) return
      const outcomes = []
      for (const clock of clocks) outcomes.push(await settle(eraseDue(db, call, clock, settings)))
      const failed = outcomes.find((outcome) => outcome.status === 'rejected')
      if (failed !== undefined) throw failed.reason
      done = turn
    },
  }
}

/** One clock that cannot erase does not hold up the others; it is tried again with the next round. */
const settle = async (work: Promise<void>) => (await Promise.allSettled([work]))[0]

async function eraseDue(
  db: Database,
  call: CallContext,
  clock: KeepingClock,
  settings: repository.Settings,
): Promise<void> {
  const kept = repository.keptForOf(clock, settings)
  const until = cutoffOf(dayOf(call.now), kept)
  const { erase, sweep } = clock
  if (erase === null) return
  let after = ''
  for (;;) {
    const range = { until, after, limit: placesAtOnce }
    const places = await db.work(call, (tx) => repository.listDuePlaces(tx, clock, range))
    const last = places.at(-1)
    if (last === undefined) break
    await db.work(call, async (tx) => {
      const erased = await erase(tx, { until, places }, call)
      await noteErased(tx, call, clock, { erased, keptFor: toText(kept) })
    })
    after = last.path
  }
  if (sweep) await db.work(call, (tx) => sweep(tx, until))
}

/** One entry for each tenant: how many, and never what. */
async function noteErased(
  tx: Transaction,
  call: CallContext,
  clock: KeepingClock,
  { erased, keptFor }: { erased: readonly Place[]; keptFor: string },
): Promise<void> {
  const byPlace = Map.groupBy(erased, ({ realm_id, path }) => `${realm_id} ${path}`)
  for (const [first, ...others] of byPlace.values()) {
    if (first === undefined) continue
    await audit.append(tx, call, {
      action: 'records.erased',
      realmId: first.realm_id,
      path: first.path,
      object: { kind: 'records', id: null },
      before: null,
      after: { kind: clock.kind, count: 1 + others.length, kept_for: keptFor },
      private: clock.isPrivate ?? false,
    })
  }
}

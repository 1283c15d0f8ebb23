import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { atInstant, type CallContext } from '../../kernel/context.ts'
import { Problem } from '../../kernel/problem.ts'
import { dayOf, isBefore, startOfDay, toDay, toInstantText } from '../../kernel/time.ts'
import type { Transaction } from '../../platform/database.ts'
import { findHolder } from '../holding/holders.ts'
import { getOffer } from '../holding/offers.ts'
import { readSupply } from '../holding/sources.ts'
import { keepTaken, trialOf, tryTake } from '../holding/take.ts'
import { gone } from '../pools/numbers.ts'
import { changeHoldings, closeHoldings, keep } from '../records.ts'
import { claim, isLiveSql, type LicenseRecord, lockWhere, saveLicenses } from '../repository.ts'

type Ended = 'expired' | 'ended' | 'withdrawn'
type Named = { realmId: bigint; ids: readonly string[] }

export const byIds = (ids: readonly string[]): RawBuilder<unknown> => sql`l.id = any (${[...ids]}::uuid[])`

/**
 * Ends locked, live licenses. Their holders have them no more; who it was stays on the row, so that the grid can show whose license has expired.
 * Inside the owners' scope.
 */
export async function endAll(
  tx: Transaction,
  call: CallContext,
  licenses: readonly LicenseRecord[],
  state: Ended,
): Promise<void> {
  if (licenses.length === 0) return
  await saveLicenses(tx, licenses, { state, auto_renew: false })
  // What ends at midnight was held on the day before, and not on this one.
  const lastHeld = state === 'withdrawn' ? call.now : call.now.subtract({ milliseconds: 1 })
  await closeHoldings(tx, { ...call, now: lastHeld }, licenses)
  await keep(tx, call, { what: state, licenses, numbers: licenses.map(gone) })
}

/** Ends all licenses of an order at once, assigned or not. Answers how many. R-BUY-3. */
export async function withdrawLicenses(
  tx: Transaction,
  call: CallContext,
  { realmId, orderId }: { realmId: bigint; orderId: string },
): Promise<number> {
  const licenses = await lockWhere(tx, realmId, sql`l.order_id = ${orderId} and ${isLiveSql('l')}`)
  await endAll(tx, call, licenses, 'withdrawn')
  return licenses.length
}

/** Gives them their next term; the state stays. R-LIC-5. A cheaper edition that waited for the end begins with it. R-LIC-8. */
export async function renewLicenses(
  tx: Transaction,
  call: CallContext,
  { realmId, ids, endsOn, committedTo }: Named & { endsOn: string; committedTo: string | null },
): Promise<LicenseRecord[]> {
  const licenses = await lockWhere(tx, realmId, sql`${byIds(ids)} and ${isLiveSql('l')}`)
  const saved: LicenseRecord[] = []
  for (const group of Map.groupBy(licenses, ({ next_offer_id }) => next_offer_id).values()) {
    const next = group[0]?.next_offer_id ?? null
    const edition = next === null ? {} : { offer_id: next, next_offer_id: null }
    const dates = { ends_on: endsOn, committed_to: committedTo, renewal_failures: 0 }
    const renewed = await saveLicenses(tx, group, { ...dates, ...edition })
    if (next !== null) await changeHoldings(tx, call, renewed)
    saved.push(...renewed)
  }
  await keep(tx, call, {
    what: 'renewed',
    licenses: saved,
    numbers: [],
    details: () => ({ valid_until: endsOn }),
  })
  return saved
}

/**
 * Ends what was not renewed. Where the pool's setting says so, or `exchange` of a charge that failed asks for it and the setting allows it, a holder
 * gets another free license of the edition from the same pool. R-LIC-5. A trial's holder gets a commercial one where its offer says so. R-TRIAL-2.
 */
export async function expireLicenses(
  tx: Transaction,
  call: CallContext,
  { realmId, ids }: Named & { exchange?: boolean },
): Promise<void> {
  await expireAll(tx, call, await lockWhere(tx, realmId, sql`${byIds(ids)} and ${isLiveSql('l')}`))
}

/** As expireLicenses, of those that are past their last day still when they are locked: of two that run at once one stores it. */
export async function expireDue(tx: Transaction, call: CallContext, { realmId, ids }: Named): Promise<void> {
  await expireAll(
    tx,
    call,
    await lockWhere(tx, realmId, sql`${byIds(ids)} and ${isDueSql(dayOf(call.now).toString())}`),
  )
}

/** Past the last day, and not to be renewed; what renews is left to the orders, but for owners that are closed. R-LIC-4, R-LIC-5, R-TREE-7. */
export const isDueSql = (
  today: string,
): RawBuilder<SqlBool> => sql<SqlBool>`(${isLiveSql('l')} and l.ends_on < ${today}::date
  and not (l.auto_renew and not l.is_trial and l.state <> 'pending_cancel' and l.order_line_id is not null and not app.is_closed(l.owner_path)))`

/** Each at the end of its last day, whenever that is stored. R-LIC-4, R-TRIAL-3. */
async function expireAll(tx: Transaction, call: CallContext, licenses: readonly LicenseRecord[]): Promise<void> {
  const byDay = [...Map.groupBy(licenses, ({ ends_on }) => ends_on ?? dayOf(call.now).toString())]
  for (const [endsOn, group] of byDay.sort(([left], [right]) => (left < right ? -1 : 1)))
    await expireAt(tx, atEndOf(call, endsOn), group)
}

const atEndOf = (call: CallContext, day: string): CallContext => {
  const end = startOfDay(toDay(day).add({ days: 1 }))
  return isBefore(call.now, end) ? call : atInstant(call, toInstantText(end))
}

async function expireAt(tx: Transaction, call: CallContext, licenses: readonly LicenseRecord[]): Promise<void> {
  await endAll(
    tx,
    call,
    licenses.filter(({ state }) => state === 'pending_cancel'),
    'ended',
  )
  const expired = licenses.filter(({ state }) => state !== 'pending_cancel')
  await endAll(tx, call, expired, 'expired')
  for (const license of expired) {
    if (license.holder_id === null) continue
    if (license.is_trial) await endTrial(tx, call, license)
    else await exchange(tx, call, license)
  }
}

/** Another free license of the same edition and pool, where the pool exchanges. */
async function exchange(tx: Transaction, call: CallContext, license: LicenseRecord): Promise<void> {
  const holder = await holderOf(tx, license)
  if (holder === null || !(await exchanges(tx, license))) return
  const offer = await getOffer(tx, license.offer_id)
  const taken = await claim(tx, {
    realmId: license.realm_id,
    poolId: license.pool_id,
    offerId: license.offer_id,
    isTrial: false,
    setAsideFor: license.set_aside_for,
    today: dayOf(call.now).toString(),
    at: toInstantText(call.now),
    holder,
    trial: trialOf(offer, call),
  })
  if (taken !== null) await keepTaken(tx, call, { holder, license: taken, why: 'exchanged' })
}

async function exchanges(tx: Transaction, { realm_id, pool_id }: LicenseRecord): Promise<boolean> {
  const { rows } = await sql`
    select 1 from pool_settings where realm_id = ${realm_id} and tenant_id = ${pool_id} and exchange_expired`.execute(
    tx.tables(),
  )
  return rows.length > 0
}

type TrialOutcome = 'taken_from_pool' | 'deactivated' | 'unlicensed'

/** What a trial that somebody held has come to, as its offer says. R-TRIAL-2. */
async function endTrial(tx: Transaction, call: CallContext, license: LicenseRecord): Promise<void> {
  const { trial_end_policy: policy } = await getOffer(tx, license.offer_id)
  const outcome: TrialOutcome =
    policy === 'deactivate'
      ? 'deactivated'
      : (await takeCommercial(tx, call, license))
        ? 'taken_from_pool'
        : 'unlicensed'
  await keep(tx, call, { what: 'trial_ended', licenses: [license], numbers: [], details: () => ({ outcome }) })
}

/** A commercial license of the edition where take is automatic. Nothing of a pool is charged without one: `convert` takes one, too. */
async function takeCommercial(tx: Transaction, call: CallContext, license: LicenseRecord): Promise<boolean> {
  const offer = await getOffer(tx, license.offer_id)
  const holder = await holderOf(tx, license)
  if (holder === null || offer.trial_end_policy === null) return false
  const { take } = await readSupply(tx, { ...holder, level: holder.tenant_level })
  if (take !== 'automatic') return false
  try {
    return (await tryTake(tx, call, { holder, offers: [offer], why: 'trial_ended', commercialOnly: true })) !== null
  } catch (error) {
    // What may not be taken leaves the holder without: the end itself stands.
    if (error instanceof Problem) return false
    throw error
  }
}

function holderOf(tx: Transaction, { realm_id, holder_kind, holder_id }: LicenseRecord) {
  return holder_kind === null || holder_id === null
    ? Promise.resolve(null)
    : findHolder(tx, { realm_id, kind: holder_kind, id: holder_id })
}

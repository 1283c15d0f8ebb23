import { type RawBuilder, sql } from 'kysely'
import type { CallContext } from '../../kernel/context.ts'
import { Problem } from '../../kernel/problem.ts'
import { dayOf } from '../../kernel/time.ts'
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
  await closeHoldings(tx, call, licenses)
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
  const licenses = await lockWhere(tx, realmId, sql`${byIds(ids)} and ${isLiveSql('l')}`)
  const cancelled = licenses.filter(({ state }) => state === 'pending_cancel')
  await endAll(tx, call, cancelled, 'ended')
  const expired = licenses.filter(({ state }) => state !== 'pending_cancel')
  await endAll(tx, call, expired, 'expired')
  for (const license of expired) {
    if (license.holder_id === null) continue
    if (license.is_trial) await followTrial(tx, call, license)
    else await exchange(tx, call, license)
  }
}

/** Another free license of the same edition and pool, where the pool exchanges. */
async function exchange(tx: Transaction, call: CallContext, license: LicenseRecord): Promise<void> {
  const holder = await holderOf(tx, license)
  if (holder === null || !(await exchanges(tx, license))) return
  const offer = await getOffer(tx, license.offer_id)
  const taken = await claim(
    tx,
    {
      realmId: license.realm_id,
      poolId: license.pool_id,
      offerId: license.offer_id,
      isTrial: false,
      setAsideFor: license.set_aside_for,
      today: dayOf(call.now).toString(),
      at: call.now.toString(),
      holder,
      trial: trialOf(offer, call),
    },
    false,
  )
  if (taken !== null) await keepTaken(tx, call, { holder, license: taken, why: 'exchanged' })
}

async function exchanges(tx: Transaction, { realm_id, pool_id }: LicenseRecord): Promise<boolean> {
  const { rows } = await sql`
    select 1 from pool_settings where realm_id = ${realm_id} and tenant_id = ${pool_id} and exchange_expired`.execute(
    tx.tables(),
  )
  return rows.length > 0
}

/** At the end of a trial: a commercial license of the edition, where the offer says so and take is automatic; else the holder has none. */
async function followTrial(tx: Transaction, call: CallContext, license: LicenseRecord): Promise<void> {
  const offer = await getOffer(tx, license.offer_id)
  const holder = await holderOf(tx, license)
  if (holder === null || offer.trial_end_policy !== 'take_from_pool') return
  const { take } = await readSupply(tx, { ...holder, level: holder.tenant_level })
  if (take !== 'automatic') return
  try {
    await tryTake(tx, call, { holder, offers: [offer], why: 'trial_ended', commercialOnly: true })
  } catch (error) {
    // What may not be taken leaves the holder without: the end itself stands.
    if (!(error instanceof Problem)) throw error
  }
}

function holderOf(tx: Transaction, { realm_id, holder_kind, holder_id }: LicenseRecord) {
  return holder_kind === null || holder_id === null
    ? Promise.resolve(null)
    : findHolder(tx, { realm_id, kind: holder_kind, id: holder_id })
}

import type { changeEdition as changeSchema, License } from '@tenantree/contract'
import type * as z from 'zod'
import * as catalog from '../../catalog/index.ts'
import type { CallContext } from '../../kernel/context.ts'
import { Problem } from '../../kernel/problem.ts'
import { dayOf } from '../../kernel/time.ts'
import { isWithin } from '../../kernel/tree.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import { decideCancel, decideEdition, decideRestore, decideWhen, isLive, toShownState } from '../domain.ts'
import { readLicense } from '../grid/queries.ts'
import { findHolder } from '../holding/holders.ts'
import { getOffer } from '../holding/offers.ts'
import { requireFit } from '../holding/take.ts'
import type { EditionChange, LicenseHooks } from '../hooks.ts'
import { changeHoldings, keep } from '../records.ts'
import { type LicenseRecord, lockLicense, saveLicenses } from '../repository.ts'

/** A license that the caller's tenant, or one below it, has bought; others may be seen, and not be changed. Throws not_found, not_allowed. */
async function lockOwned(tx: Transaction, call: CallContext, id: string): Promise<LicenseRecord> {
  const license = await lockLicense(tx, id)
  if (license === null) throw new Problem('not_found')
  requireOwner(license, call)
  return license
}

export function requireOwner(license: LicenseRecord, call: CallContext): void {
  if (!isWithin(license.owner_path, call.scope.lo))
    throw new Problem('not_allowed', { detail: 'Only who has bought the license may do this.' })
}

const todayOf = (call: CallContext): string => dayOf(call.now).toString()

/** Ends a license with its term: until then it stays with its holder, and is charged. R-LIC-7. Throws not_found, not_allowed, state_conflict. */
export const cancelLicense = (db: Database, call: CallContext, id: string): Promise<License> =>
  db.transaction(call, async (tx) => {
    const license = await lockOwned(tx, call, id)
    const change = decideCancel(license, todayOf(call))
    const saved = await saveLicenses(tx, [license], change)
    await keepChange(tx, call, 'cancelled', license, saved)
    return readLicense(tx, call, id)
  })

/** Takes the cancellation back. R-LIC-7. Throws not_found, not_allowed, state_conflict. */
export const restoreLicense = (db: Database, call: CallContext, id: string): Promise<License> =>
  db.transaction(call, async (tx) => {
    const license = await lockOwned(tx, call, id)
    const change = decideRestore(license, todayOf(call))
    const saved = await saveLicenses(tx, [license], change)
    await keepChange(tx, call, 'restored', license, saved)
    return readLicense(tx, call, id)
  })

const keepChange = (
  tx: Transaction,
  call: CallContext,
  what: 'cancelled' | 'restored',
  before: LicenseRecord,
  licenses: readonly LicenseRecord[],
): Promise<void> =>
  keep(tx, call, {
    what,
    licenses,
    numbers: [],
    before: () => ({ state: before.state }),
    details: ({ state, ends_on }) => ({ state, valid_until: ends_on }),
  })

/**
 * Makes another edition of a license. It counts from today, but for a cheaper one inside a commitment, which waits for its end. Term and last day stay.
 * R-LIC-8. Throws not_found, not_allowed, state_conflict, invalid_request, offer_withdrawn, offer_not_offered, edition_os_mismatch.
 */
export const changeEdition = (
  db: Database,
  hooks: LicenseHooks,
  call: CallContext,
  { id, to }: { id: string; to: z.infer<typeof changeSchema> },
): Promise<License> =>
  db.transaction(call, async (tx) => {
    const license = await lockOwned(tx, call, id)
    const offer = await catalog.getOfferOf(tx, call.scope.lo, call.scope.reach === 'vendor', to.offer_id)
    await decideSibling(tx, call, license, offer)
    await requireHolderFits(tx, license, offer)
    const change = { license, to: { offer_id: offer.id }, day: todayOf(call) }
    const prices = await Promise.all(hooks.comparePrices.map((compare) => compare(tx, call, change)))
    const when = decideWhen(license, { from: 0, to: Math.min(0, ...prices) }, todayOf(call))
    if (when === 'at_end') await setForEnd(tx, call, license, offer)
    else await changeNow(tx, hooks, call, { ...change, from: { offer_id: license.offer_id } })
    return readLicense(tx, call, id)
  })

/** Throws state_conflict, invalid_request, offer_withdrawn, offer_not_offered. */
async function decideSibling(
  tx: Transaction,
  call: CallContext,
  license: LicenseRecord,
  offer: catalog.OfferRecord,
): Promise<void> {
  const state = toShownState(license, todayOf(call))
  if (license.is_trial || !isLive(state)) throw new Problem('state_conflict', { params: { state } })
  decideEdition(await getOffer(tx, license.offer_id), offer)
  catalog.decideOnSale(offer)
  if ((await catalog.findEnabled(tx, license.owner_path, offer.id)) === null) throw new Problem('offer_not_offered')
}

async function requireHolderFits(tx: Transaction, license: LicenseRecord, offer: catalog.OfferRecord): Promise<void> {
  const { realm_id, holder_kind, holder_id } = license
  if (holder_kind === null || holder_id === null) return
  const holder = await findHolder(tx, { realm_id, kind: holder_kind, id: holder_id })
  if (holder !== null) await requireFit(tx, holder, offer, 'monthly')
}

async function setForEnd(
  tx: Transaction,
  call: CallContext,
  license: LicenseRecord,
  offer: catalog.OfferRecord,
): Promise<void> {
  const saved = await saveLicenses(tx, [license], { next_offer_id: offer.id })
  await keep(tx, call, {
    what: 'edition_changed',
    licenses: saved,
    numbers: [],
    ownerDetails: () => ({ next_offer_id: offer.id }),
  })
}

async function changeNow(
  tx: Transaction,
  hooks: LicenseHooks,
  call: CallContext,
  change: EditionChange,
): Promise<void> {
  const { license, to } = change
  const saved = await saveLicenses(tx, [license], { offer_id: to.offer_id, next_offer_id: null })
  await changeHoldings(tx, call, saved)
  for (const hook of hooks.afterEditionChange) await hook(tx, call, change)
  await keep(tx, call, {
    what: 'edition_changed',
    licenses: saved,
    numbers: [],
    before: () => ({ offer_id: license.offer_id }),
    details: () => ({ former_offer_id: license.offer_id }),
  })
}

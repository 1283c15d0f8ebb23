import type { grantedLicense } from '@tenantree/contract'
import type * as z from 'zod'
import * as catalog from '../../catalog/index.ts'
import type { CallContext } from '../../kernel/context.ts'
import { Problem } from '../../kernel/problem.ts'
import { dayOf } from '../../kernel/time.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import { toNameKey } from '../../tenants/index.ts'
import { isLive, mayHold, toShownState } from '../domain.ts'
import type { LicenseHooks } from '../hooks.ts'
import { expireDue } from '../life/end.ts'
import { isRefused } from '../records.ts'
import { findHeld, type LicenseRecord } from '../repository.ts'
import { findHolder, type Holder } from './holders.ts'
import { listOffersOf } from './offers.ts'
import { atOwners, readSupply } from './sources.ts'
import { takeFree, tryTake } from './take.ts'

type Granted = z.infer<typeof grantedLicense>
type Device = { realm_id: bigint; device_id: string }

/**
 * What an agent asks before a job: whether its device has a license of the product. Where the tenant's setting lets it, the device takes a free one now;
 * one from which a license was taken does not. R-LIC-1, R-LIC-3, R-POOL-2. Throws no_license.
 */
export const askLicense = (
  db: Database,
  hooks: LicenseHooks,
  caller: Omit<CallContext, 'now'>,
  { device, product }: { device: Device; product: string },
): Promise<Granted> =>
  db.transactionNow(caller, async (tx, call) => {
    const productKey = toNameKey(product)
    const key = { realm_id: device.realm_id, kind: 'device' as const, id: device.device_id }
    const [held, inTrial] = await Promise.all([
      findValid(tx, call, key, productKey),
      isInTrial(tx, hooks, { ...device, product_key: productKey }),
    ])
    if (held !== null) return toGranted(held, await catalog.findOffer(tx, held.offer_id), false)
    if (inTrial) return onTrial(product)
    const taken = await takeByItself(tx, call, key, productKey)
    if (taken === null) throw new Problem('no_license')
    return toGranted(taken.license, taken.offer, true)
  })

async function isInTrial(
  tx: Transaction,
  hooks: LicenseHooks,
  device: Device & { product_key: string },
): Promise<boolean> {
  for (const ask of hooks.isInTrial) if (await ask(tx, device)) return true
  return false
}

/** What it holds at this moment: what has passed is ended first, as the job would, and what follows a trial is taken. R-TRIAL-3, R-LIC-4. */
async function findValid(
  tx: Transaction,
  call: CallContext,
  key: Pick<Holder, 'realm_id' | 'kind' | 'id'>,
  productKey: string,
): Promise<LicenseRecord | null> {
  const held = await findHeld(tx, key, productKey)
  if (held === null || isValid(held, call)) return held
  await atOwners(tx, 'return_to_pool', held.path, (wide) =>
    expireDue(wide, call, { realmId: held.realm_id, ids: [held.id] }),
  )
  const next = await findHeld(tx, key, productKey)
  return next !== null && next.id !== held.id ? findValid(tx, call, key, productKey) : null
}

const isValid = (license: LicenseRecord, call: CallContext): boolean =>
  isLive(toShownState(license, dayOf(call.now).toString()))

const onTrial = (product: string): Granted => ({
  license_id: null,
  product,
  edition: null,
  kind: 'trial',
  valid_until: null,
  taken: false,
})

const toGranted = (license: LicenseRecord, offer: catalog.OfferRecord | null, taken: boolean): Granted => ({
  license_id: license.id,
  product: offer?.product ?? '',
  edition: offer?.edition ?? '',
  kind: license.is_trial ? 'trial' : 'commercial',
  valid_until: license.ends_on,
  taken,
})

type Key = Pick<Holder, 'realm_id' | 'kind' | 'id'>

/** Null where the holder may not take one by itself, or there is none that it may have. */
async function takeByItself(
  tx: Transaction,
  call: CallContext,
  key: Key,
  productKey: string,
  only?: { offers: readonly catalog.OfferRecord[] },
): Promise<{ license: LicenseRecord; offer: catalog.OfferRecord | null } | null> {
  const [holder, refused, all] = await Promise.all([
    findHolder(tx, key),
    isRefused(tx, key, productKey),
    only?.offers ?? listOffersOf(tx, productKey),
  ])
  const offers = all.filter((offer) => mayHold(offer, key.kind))
  if (holder === null || refused || offers.length === 0) return null
  const license = await atOwners(tx, 'take_from_pool', holder.path, async (wide) => {
    const supply = await readSupply(wide, { ...holder, level: holder.tenant_level })
    if (supply.take === 'manual') return null
    const wanted = { holder, offers, why: 'taken_by_itself', commercialOnly: only !== undefined, supply }
    return unlessRefused(() => tryTake(wide, call, wanted))
  })
  return license && { license, offer: offers.find(({ id }) => id === license.offer_id) ?? null }
}

/** An edition that does not fit the machine, or a license taken by another request meanwhile: nothing is taken here. */
async function unlessRefused<T>(act: () => Promise<T>): Promise<T | null> {
  try {
    return await act()
  } catch (error) {
    if (error instanceof Problem) return null
    throw error
  }
}

export type TakeInput = {
  holder: Pick<Holder, 'realm_id' | 'kind' | 'id'>
  offerId: string
  /** By hand it throws where there is none; automatically it takes one only where the tenant's setting lets it. */
  by: 'hand' | 'automatic'
}

/**
 * Takes a free commercial license of an offer for a holder that the caller has found already, also as tt_worker. R-POOL-2. False where nothing was taken
 * automatically. By hand it throws not_found, already_licensed, insufficient_unassigned, edition_os_mismatch, holder_kind_mismatch.
 */
export async function takeLicenseFor(
  tx: Transaction,
  call: CallContext,
  { holder: key, offerId, by }: TakeInput,
): Promise<boolean> {
  const offer = await catalog.findOffer(tx, offerId)
  if (by === 'automatic')
    return offer !== null && (await takeByItself(tx, call, key, offer.product_key, { offers: [offer] })) !== null
  const holder = await findHolder(tx, key)
  if (holder === null || offer === null) throw new Problem('not_found')
  await takeFree(tx, call, { holder, offers: [offer], why: 'taken', commercialOnly: true })
  return true
}

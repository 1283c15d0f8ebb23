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
  call: CallContext,
  { device, product }: { device: Device; product: string },
): Promise<Granted> =>
  db.transaction(call, async (tx) => {
    const productKey = toNameKey(product)
    const key = { realm_id: device.realm_id, kind: 'device' as const, id: device.device_id }
    const held = await findHeld(tx, key, productKey)
    if (held !== null && isValid(held, call)) return toGranted(tx, held, false)
    if (await isInTrial(tx, hooks, { ...device, product_key: productKey })) return onTrial(product)
    const holder = held === null ? await findHolder(tx, key) : null
    const taken = holder && (await takeByItself(tx, call, holder, productKey))
    if (taken === null) throw new Problem('no_license')
    return toGranted(tx, taken, true)
  })

async function isInTrial(
  tx: Transaction,
  hooks: LicenseHooks,
  device: Device & { product_key: string },
): Promise<boolean> {
  for (const ask of hooks.isInTrial) if (await ask(tx, device)) return true
  return false
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

async function toGranted(tx: Transaction, license: LicenseRecord, taken: boolean): Promise<Granted> {
  const offer = await catalog.findOffer(tx, license.offer_id)
  return {
    license_id: license.id,
    product: offer?.product ?? '',
    edition: offer?.edition ?? '',
    kind: license.is_trial ? 'trial' : 'commercial',
    valid_until: license.ends_on,
    taken,
  }
}

/** Null where the holder may not take one by itself, or there is none that it may have. */
async function takeByItself(
  tx: Transaction,
  call: CallContext,
  holder: Holder,
  productKey: string,
  only?: { offers: readonly catalog.OfferRecord[] },
): Promise<LicenseRecord | null> {
  if (await isRefused(tx, holder, productKey)) return null
  const offers = (only?.offers ?? (await listOffersOf(tx, productKey))).filter((offer) => mayHold(offer, holder.kind))
  if (offers.length === 0) return null
  return atOwners(tx, 'take_from_pool', holder.path, async (wide) => {
    const { take } = await readSupply(wide, { ...holder, level: holder.tenant_level })
    if (take === 'manual') return null
    const wanted = { holder, offers, why: 'taken_by_itself', commercialOnly: only !== undefined }
    return unlessRefused(() => tryTake(wide, call, wanted))
  })
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
  const holder = await findHolder(tx, key)
  const offer = await catalog.findOffer(tx, offerId)
  if (holder === null || offer === null) {
    if (by === 'automatic') return false
    throw new Problem('not_found')
  }
  if (by === 'automatic') return (await takeByItself(tx, call, holder, offer.product_key, { offers: [offer] })) !== null
  await takeFree(tx, call, { holder, offers: [offer], why: 'taken', commercialOnly: true })
  return true
}

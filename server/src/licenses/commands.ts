import type { assignLicense as assignSchema, License, takeLicense as takeSchema } from '@tenantree/contract'
import { sql } from 'kysely'
import type * as z from 'zod'
import * as catalog from '../catalog/index.ts'
import type { CallContext } from '../kernel/context.ts'
import { fieldProblem, Problem } from '../kernel/problem.ts'
import { dayOf, toInstantText } from '../kernel/time.ts'
import type { Database, Transaction } from '../platform/database.ts'
import { toNameKey } from '../tenants/index.ts'
import { decideFree, decideHolderKind } from './domain.ts'
import { knowsOffer } from './grid/filter.ts'
import { readLicense } from './grid/queries.ts'
import { getHolder, type Holder } from './holding/holders.ts'
import { getOffer, listOffersOf } from './holding/offers.ts'
import { releaseAll } from './holding/release.ts'
import { atOwners, readSupply, serves } from './holding/sources.ts'
import { claimFree, keepTaken, requireFit, trialOf, type Wanted } from './holding/take.ts'
import { hasHadTrial } from './records.ts'
import * as repository from './repository.ts'

/**
 * Assigns the license that is named. R-LIC-1, R-OFFER-3, R-POOL-2. Throws not_found, holder_kind_mismatch, edition_os_mismatch, pool_not_serving,
 * license_in_use, already_licensed, trial_repeated, state_conflict.
 */
export const assignLicense = (
  db: Database,
  call: CallContext,
  { id, to }: { id: string; to: z.infer<typeof assignSchema> },
): Promise<License> =>
  db.transaction(call, async (tx) => {
    const holder = await getHolder(tx, call.scope, to.holder_kind, to.holder_id)
    const license = await repository.lockLicense(tx, id)
    if (license === null) throw new Problem('not_found')
    await atOwners(tx, 'take_from_pool', holder.path, (wide) => assign(wide, call, license, holder))
    return readLicense(tx, call, id)
  })

async function assign(
  tx: Transaction,
  call: CallContext,
  license: repository.LicenseRecord,
  holder: Holder,
): Promise<void> {
  const offer = await getOffer(tx, license.offer_id)
  decideHolderKind(offer, holder.kind)
  await requireFit(tx, holder, offer, await readMode(tx, license))
  if (license.realm_id !== holder.realm_id || !(await isServed(tx, license, holder)))
    throw new Problem('pool_not_serving')
  decideFree(license, dayOf(call.now).toString())
  if ((await repository.findHeld(tx, holder, license.product_key)) !== null) throw new Problem('already_licensed')
  const trial = { productKey: license.product_key, but: license.id }
  if (license.is_trial && (await hasHadTrial(tx, call, holder, trial))) throw new Problem('trial_repeated')
  const given = { holder, at: toInstantText(call.now), trial: trialOf(offer, call) }
  const saved = await repository.giveTo(tx, license, given)
  await keepTaken(tx, call, { holder, license: saved, why: 'assigned' })
}

const isServed = async (tx: Transaction, license: repository.LicenseRecord, holder: Holder): Promise<boolean> =>
  serves(license, await readSupply(tx, { ...holder, level: holder.tenant_level }))

/** The payment mode of the buyer; until an order has fixed one, the one that is not a year. R-BUY-2. */
async function readMode(tx: Transaction, license: repository.LicenseRecord): Promise<'monthly' | 'annual'> {
  const { rows } = await sql<{ mode: 'monthly' | 'annual' }>`
    select mode from payment_modes where realm_id = ${license.realm_id} and buyer_id = ${license.owner_id}`.execute(
    tx.tables(),
  )
  return rows[0]?.mode ?? 'monthly'
}

/**
 * Takes a free license for a holder: of one offer, or of the lowest edition of a product that fits and is there. R-LIC-2, R-POOL-2.
 * Throws not_found, offer_not_offered, holder_kind_mismatch, edition_os_mismatch, already_licensed, insufficient_unassigned.
 */
export const takeLicense = (db: Database, call: CallContext, input: z.infer<typeof takeSchema>): Promise<License> =>
  db.transaction(call, async (tx) => {
    const [holder, offers] = await Promise.all([
      getHolder(tx, call.scope, input.holder_kind, input.holder_id),
      listWanted(tx, input),
    ])
    if (offers.length === 0 || !(await isKnown(tx, call, holder, offers))) throw new Problem('not_found')
    if (!offers.every(isLicensed))
      throw fieldProblem('offer_not_offered', 'offer_id', 'It is billed after use; there are no licenses of it.')
    return takeAndRead(tx, call, { holder, offers, why: 'taken' })
  })

/** What is answered is read before the numbers of the pool are locked: others wait for them. Throws insufficient_unassigned and those of claimFree. */
async function takeAndRead(tx: Transaction, call: CallContext, wanted: Wanted): Promise<License> {
  const { holder, why } = wanted
  const taken = await atOwners(tx, 'take_from_pool', holder.path, (wide) => claimFree(wide, call, wanted))
  if (taken === null) throw new Problem('insufficient_unassigned')
  const answer = await readLicense(tx, call, taken.id)
  await atOwners(tx, 'take_from_pool', holder.path, (wide) => keepTaken(wide, call, { holder, license: taken, why }))
  return answer
}

const isLicensed = ({ charge_model }: catalog.OfferRecord): boolean =>
  charge_model === 'committed' || charge_model === 'prepaid'

async function listWanted(tx: Transaction, input: z.infer<typeof takeSchema>): Promise<catalog.OfferRecord[]> {
  if (input.product !== undefined) return listOffersOf(tx, toNameKey(input.product))
  const offer = input.offer_id === undefined ? null : await catalog.findOffer(tx, input.offer_id)
  return offer === null ? [] : [offer]
}

/** An offer that the caller may sell or use, has licenses of, or may take from a pool; any other does not exist for it. R-TREE-9. */
async function isKnown(
  tx: Transaction,
  call: CallContext,
  holder: Holder,
  offers: readonly catalog.OfferRecord[],
): Promise<boolean> {
  const ids = offers.map(({ id }) => id)
  if (call.scope.reach === 'vendor' || (await knowsOffer(tx, call.scope, ids))) return true
  return atOwners(tx, 'take_from_pool', holder.path, async (wide) => {
    const { sources } = await readSupply(wide, { ...holder, level: holder.tenant_level })
    const { rows } = await sql`
      select 1 from licenses l where l.realm_id = ${holder.realm_id} and l.offer_id = any (${ids}::uuid[])
        and l.pool_id = any (${sources.map(({ poolId }) => poolId)}::uuid[]) limit 1`.execute(wide.tables())
    return rows.length > 0
  })
}

/** Takes a license from its holder, back to its pool; the holder takes none by itself. R-LIC-3. Throws not_found, state_conflict. */
export const releaseLicense = (db: Database, call: CallContext, id: string): Promise<void> =>
  db.transaction(call, async (tx) => {
    const license = await repository.lockLicense(tx, id)
    if (license === null) throw new Problem('not_found')
    await atOwners(tx, 'return_to_pool', license.path, (wide) =>
      releaseAll(wide, call, [license], { why: 'released', refuses: true }),
    )
  })

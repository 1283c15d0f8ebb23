import * as catalog from '../../catalog/index.ts'
import type { CallContext } from '../../kernel/context.ts'
import { Problem } from '../../kernel/problem.ts'
import { dayOf, toInstantText } from '../../kernel/time.ts'
import type { Transaction } from '../../platform/database.ts'
import { computeTrial, decideHolderKind, defaultTrialDays, mayHold } from '../domain.ts'
import { nowHeld } from '../pools/numbers.ts'
import { forgive, hasHadTrial, keep, openHoldings } from '../records.ts'
import { type Claim, claim, claimFirst, findHeld, type LicenseRecord, listLeft } from '../repository.ts'
import type { Holder } from './holders.ts'
import { atOwners, readSupply, type Source, type Supply } from './sources.ts'

type Offer = catalog.OfferRecord
export type Wanted = {
  holder: Holder
  offers: readonly Offer[]
  /** How it came about, for the history. */
  why: string
  commercialOnly?: boolean
  /** Where the caller has read it already. */
  supply?: Supply
}

/**
 * Gives the holder a free license of the first of the offers that a pool serving it has: commercial before trial. R-LIC-2, R-POOL-2. Exactly as many
 * succeed as there are licenses, on any number of processes. Throws holder_kind_mismatch, edition_os_mismatch, already_licensed,
 * insufficient_unassigned.
 */
export const takeFree = (tx: Transaction, call: CallContext, wanted: Wanted): Promise<LicenseRecord> =>
  atOwners(tx, 'take_from_pool', wanted.holder.path, async (wide) => {
    const taken = await tryTake(wide, call, wanted)
    if (taken === null) throw new Problem('insufficient_unassigned')
    return taken
  })

/** As takeFree, but null where there is none; for what takes by itself. Inside the owners' scope. */
export async function tryTake(tx: Transaction, call: CallContext, wanted: Wanted): Promise<LicenseRecord | null> {
  const { holder, why } = wanted
  const license = await claimFree(tx, call, wanted)
  if (license !== null) await keepTaken(tx, call, { holder, license, why })
  return license
}

/** As tryTake, up to the license itself: `keepTaken` has to follow in the transaction, as its last step, since it locks the pool's numbers. */
export async function claimFree(tx: Transaction, call: CallContext, wanted: Wanted): Promise<LicenseRecord | null> {
  const { holder, offers } = wanted
  const fitting = decideKinds(offers, holder)
  const [{ sources }] = await Promise.all([
    wanted.supply ?? readSupply(tx, { ...holder, level: holder.tenant_level }),
    refuseSecond(tx, holder, fitting),
  ])
  const choices = await toChoices(tx, holder, fitting, sources)
  const toClaims = (isTrial: boolean) =>
    choices.filter((choice) => choice.isTrial === isTrial).map((choice) => toClaim(call, holder, choice))
  const commercial = toClaims(false)
  for (const one of commercial) {
    const license = await claim(tx, one)
    if (license !== null) return license
  }
  return claimRest(tx, call, wanted, { commercial, trials: toClaims(true) })
}

/** What others were taking and have given back, or a trial where the holder may have one. */
async function claimRest(
  tx: Transaction,
  call: CallContext,
  { holder, offers, commercialOnly }: Wanted,
  { commercial, trials }: Record<'commercial' | 'trials', readonly Claim[]>,
): Promise<LicenseRecord | null> {
  const productKey = offers[0]?.product_key
  const wanted = commercialOnly ? commercial : [...commercial, ...trials]
  const left = await listLeft(tx, wanted)
  const isTrialLeft = left.some(({ isTrial }) => isTrial)
  const hadTrial = isTrialLeft && productKey !== undefined && (await hasHadTrial(tx, call, holder, { productKey }))
  const may = ({ isTrial }: Claim) => !(isTrial && hadTrial)
  return claimFirst(tx, { wanted: wanted.filter(may), left: left.filter(may) })
}

/** Those that the holder may have; where it may have none, the first says why. */
function decideKinds(offers: readonly Offer[], holder: Holder): Offer[] {
  const fitting = offers.filter((offer) => mayHold(offer, holder.kind))
  const [first] = offers
  if (fitting.length === 0 && first !== undefined) decideHolderKind(first, holder.kind)
  return fitting
}

async function refuseSecond(tx: Transaction, holder: Holder, offers: readonly Offer[]): Promise<void> {
  const [first] = offers
  if (first !== undefined && (await findHeld(tx, holder, first.product_key)) !== null)
    throw new Problem('already_licensed')
}

export type Choice = { offer: Offer; source: Source; isTrial: boolean }

/** What to ask for, in order: commercial of each pool and offer, then trial. Throws edition_os_mismatch where no offer fits the machine. */
export async function toChoices(
  tx: Transaction,
  holder: Holder,
  offers: readonly Offer[],
  sources: readonly Source[],
): Promise<Choice[]> {
  const pairs: { offer: Offer; source: Source }[] = []
  let refusal: unknown = null
  for (const source of sources)
    for (const offer of offers)
      try {
        await requireFit(tx, holder, offer, source.paymentMode)
        pairs.push({ offer, source })
      } catch (error) {
        refusal ??= error
      }
  if (pairs.length === 0 && refusal !== null) throw refusal
  const commercial = pairs.filter(({ source }) => !source.trialsOnly).map((pair) => ({ ...pair, isTrial: false }))
  return [...commercial, ...pairs.map((pair) => ({ ...pair, isTrial: true }))]
}

/** The edition has to fit the machine. R-OFFER-3. Throws edition_os_mismatch. */
export async function requireFit(
  tx: Transaction,
  holder: Holder,
  offer: Offer,
  paymentMode: Source['paymentMode'],
): Promise<void> {
  if (holder.machine === null || offer.machine_edition === null) return
  await catalog.requireMachine(tx, offer, { os: catalog.toMachineOs(holder.machine), paymentMode })
}

export const trialOf = (offer: Pick<Offer, 'trial_days'>, call: CallContext) =>
  computeTrial(offer.trial_days ?? defaultTrialDays, call.now)

const toClaim = (call: CallContext, holder: Holder, { offer, source, isTrial }: Choice): Claim => ({
  realmId: holder.realm_id,
  poolId: source.poolId,
  offerId: offer.id,
  isTrial,
  setAsideFor: source.setAsideFor,
  today: dayOf(call.now).toString(),
  at: toInstantText(call.now),
  holder,
  trial: trialOf(offer, call),
})

/** What a license that has just been given leaves behind. */
export async function keepTaken(
  tx: Transaction,
  call: CallContext,
  { holder, license, why }: { holder: Holder; license: LicenseRecord; why: string },
): Promise<void> {
  openHoldings(tx, call, [license], holder.customer_id)
  forgive(tx, holder, license.product_key)
  await keep(tx, call, { what: 'assigned', licenses: [license], numbers: [nowHeld(license)], details: () => ({ why }) })
}

import type {
  ChargeModel,
  HolderKind,
  LicensedUnit,
  MachineOs,
  OfferLimits,
  OfferTerm,
  PaymentMode,
} from '@tenantree/contract'
import { fieldProblem, Problem } from '../kernel/problem.ts'
import { toNameKey } from '../tenants/index.ts'

export type AddOnTarget = { product: string; edition: string | null }
/** What an offer says beside its name. */
export type OfferTraits = {
  unit: LicensedUnit
  charge_model: ChargeModel
  terms: readonly OfferTerm[]
  trial: { days: number; end_policy: string } | null
  features: readonly string[]
  limits: OfferLimits
  assignable_to: readonly HolderKind[]
  metric: string | null
  machine_edition: string | null
}

const refuse = (field: string, detail: string) => fieldProblem('invalid_request', field, detail)

/** Sold by term, with a pool of licenses. R-OFFER-2. */
export const isOrdered = (model: ChargeModel): boolean => model === 'committed' || model === 'prepaid'

const holdersOf: Record<LicensedUnit, readonly HolderKind[]> = {
  user: ['subscriber'],
  device: ['device', 'gateway'],
  gateway: ['gateway'],
  domain: ['domain'],
  tenant: [],
}
/** Who holds a license of the unit where the offer does not say. */
export const defaultHolders = (unit: LicensedUnit): HolderKind[] => holdersOf[unit].slice(0, 1)

/** Holds the parts of an offer against each other and against what they name. R-OFFER-1. Throws invalid_request with the field. */
export function decideTraits(
  traits: OfferTraits,
  known: { features: ReadonlySet<string>; machineEditions: ReadonlySet<string> },
): void {
  decideTerms(traits)
  decideCharging(traits)
  decideHolders(traits)
  for (const [index, code] of traits.features.entries()) {
    if (!known.features.has(code)) throw refuse(`features/${index}`, 'is no feature of the catalog')
    if (traits.features.indexOf(code) !== index) throw refuse(`features/${index}`, 'is there twice')
  }
  if (traits.machine_edition !== null && !known.machineEditions.has(traits.machine_edition))
    throw refuse('machine_edition', 'is not in the table of machines')
}

function decideTerms({ terms, charge_model }: OfferTraits): void {
  if (isOrdered(charge_model) && terms.length === 0) throw refuse('terms', 'needs at least one term')
  if (!isOrdered(charge_model) && terms.length > 0) throw refuse('terms', 'what is billed after use is sold in no term')
  for (const [index, term] of terms.entries())
    if (terms.findIndex((other) => other.code === term.code) !== index)
      throw refuse(`terms/${index}/code`, 'is there twice')
}

function decideCharging({ charge_model, metric, trial }: OfferTraits): void {
  if ((charge_model === 'peak') !== (metric !== null))
    throw refuse('metric', charge_model === 'peak' ? 'is required' : 'is for offers billed by peak only')
  if (trial?.end_policy === 'take_from_pool' && !isOrdered(charge_model))
    throw refuse('trial/end_policy', 'there is no pool to take a license from')
}

const perUser = ['session_limit', 'business_devices', 'personal_devices'] as const

function decideHolders({ unit, assignable_to, limits, machine_edition }: OfferTraits): void {
  for (const [index, holder] of assignable_to.entries())
    if (!holdersOf[unit].includes(holder) || assignable_to.indexOf(holder) !== index)
      throw refuse(`assignable_to/${index}`, `is no holder of a license per ${unit}`)
  for (const name of perUser)
    if (unit !== 'user' && limits[name] !== undefined) throw refuse(`limits/${name}`, 'is for offers per user only')
  if (unit !== 'device' && machine_edition !== null) throw refuse('machine_edition', 'is for offers per device only')
}

/** Throws offer_withdrawn: it stays with those who have it, and is sold to nobody else. */
export function decideOnSale(offer: { withdrawn_at: string | null }): void {
  if (offer.withdrawn_at !== null) throw new Problem('offer_withdrawn')
}

/** The term of an offer. Throws price_term_unknown. */
export function decideTerm(offer: { terms: readonly OfferTerm[] }, code: string, field = 'term'): OfferTerm {
  const term = offer.terms.find((known) => known.code === code)
  if (term === undefined) throw fieldProblem('price_term_unknown', field)
  return term
}

/** A year is charged at once only where the term is of whole years: month to month is always monthly. R-BILL-3. */
export const hasPeriod = (term: OfferTerm, period: PaymentMode): boolean =>
  period === 'monthly' || (term.months >= 12 && term.months % 12 === 0)

/**
 * What is subscribed to is billed after use, and only what this release meters: peaks, and active use of devices.
 * Throws offer_is_ordered, offer_not_metered. R-SUBS-1.
 */
export function decideSubscribable(offer: { charge_model: ChargeModel; unit: LicensedUnit }): void {
  if (isOrdered(offer.charge_model)) throw fieldProblem('offer_is_ordered', 'offer_id')
  if (offer.charge_model === 'active_use' && offer.unit !== 'device')
    throw fieldProblem('offer_not_metered', 'offer_id')
}

type Named = { product_key: string; edition_key: string }

export const isAddOn = (offer: { add_on_of: readonly AddOnTarget[] }): boolean => offer.add_on_of.length > 0

/** Whether one offer may be bought beside the other. */
export const decideAddOn = (addOn: { add_on_of: readonly AddOnTarget[] }, beside: Named): boolean =>
  addOn.add_on_of.some(
    ({ product, edition }) =>
      toNameKey(product) === beside.product_key && (edition === null || toNameKey(edition) === beside.edition_key),
  )

/** What an add-on is for, after an edition got another name. The old name stays where another offer has it too. */
export const renameTargets = (
  targets: readonly AddOnTarget[],
  edition: { product_key: string; from: string; to: string; keepsFrom: boolean },
): AddOnTarget[] =>
  targets.flatMap((target) => {
    const isIt =
      target.edition !== null &&
      toNameKey(target.product) === edition.product_key &&
      toNameKey(target.edition) === toNameKey(edition.from)
    const renamed = { ...target, edition: edition.to }
    if (!isIt) return [target]
    return edition.keepsFrom ? [target, renamed] : [renamed]
  })

const defaultSessionLimit = 3
const defaultPairing = { business: 1, personal: 2 }

/** R-SUB-6. */
export const sessionLimitOf = ({ limits }: { limits: OfferLimits }): number =>
  limits.session_limit ?? defaultSessionLimit

/** How many devices of each kind a user covers. R-ACT-3. */
export const pairingOf = ({ limits }: { limits: OfferLimits }): { business: number; personal: number } => ({
  business: limits.business_devices ?? defaultPairing.business,
  personal: limits.personal_devices ?? defaultPairing.personal,
})

export type MachineEdition = {
  code: string
  name: string
  position: number
  fits: readonly { os: MachineOs; payment_mode: PaymentMode }[]
  version: number
}
export type Machine = { os: MachineOs; paymentMode: PaymentMode }
export type MachineDecision = { fits: true } | { fits: false; fitting: string[] }

/** A Windows says in its version whether it is a server; what is neither Windows nor macOS counts as a Linux. */
export function toMachineOs(machine: { os: 'windows' | 'linux' | 'macos' | 'other'; os_version: string }): MachineOs {
  if (machine.os !== 'windows') return machine.os === 'macos' ? 'macos' : 'linux'
  return /\bserver\b/i.test(machine.os_version) ? 'windows_server' : 'windows_workstation'
}

/** Whether a license of the offer fits the machine, by the table; if not, the editions that do. R-OFFER-3. */
export function decideMachine(
  editions: readonly MachineEdition[],
  offer: { machine_edition: string | null },
  machine: Machine,
): MachineDecision {
  if (offer.machine_edition === null) return { fits: true }
  const fitting = editions.filter(({ fits }) =>
    fits.some(({ os, payment_mode }) => os === machine.os && payment_mode === machine.paymentMode),
  )
  if (fitting.some(({ code }) => code === offer.machine_edition)) return { fits: true }
  return { fits: false, fitting: fitting.map(({ code }) => code) }
}

import type { Offer, OfferRef } from '../api/types.ts'

/** The words a reader sees for what an offer is. */
export const modelNames: Record<OfferRef['charge_model'], string> = {
  committed: 'Committed',
  prepaid: 'Prepaid',
  active_use: 'Active use',
  peak: 'Peak use',
}

export const unitNames: Record<OfferRef['unit'], string> = {
  user: 'user',
  device: 'device',
  gateway: 'gateway',
  domain: 'domain',
  tenant: 'tenant',
}

const metricNames: Record<NonNullable<Offer['metric']>, string> = {
  selected_size: 'selected gigabyte',
  used_storage: 'used gigabyte',
  protected_users: 'protected user',
}

export const offerName = ({ product, edition }: Pick<OfferRef, 'product' | 'edition'>) => `${product} ${edition}`

/** "Committed, per device"; a peak is measured in something of its own. */
export const howCharged = (offer: Pick<Offer, 'charge_model' | 'unit' | 'metric'>) =>
  `${modelNames[offer.charge_model]}, per ${offer.metric ? metricNames[offer.metric] : unitNames[offer.unit]}`

const trialEnds = {
  convert: 'goes on as paid',
  deactivate: 'then stops',
  take_from_pool: 'then takes a license',
} as const
export const trialText = ({ trial }: Pick<Offer, 'trial'>) =>
  trial === null ? null : `${trial.days} days, ${trialEnds[trial.end_policy]}`

export const termsText = ({ terms }: Pick<Offer, 'terms'>) => terms.map(({ name }) => name).join(', ')

export const isOrdered = ({ charge_model }: Pick<OfferRef, 'charge_model'>) =>
  charge_model === 'committed' || charge_model === 'prepaid'

/** What it is bought beside: "Backup, Secure Edge Gateway". */
export const addOnText = ({ add_on_of }: Pick<Offer, 'add_on_of'>) =>
  add_on_of.map(({ product, edition }) => (edition === null ? product : `${product} ${edition}`)).join(', ')

export const machineOsNames = {
  windows_workstation: 'Windows',
  windows_server: 'Windows Server',
  macos: 'macOS',
  linux: 'Linux',
} as const

import type { CreateOffer, Offer, UpdateOffer } from '../../api/types.ts'
import { defaultLimits } from './limits.ts'

type Term = Offer['terms'][number]
/** The form holds text and lists of codes; what it becomes is the API's. */
export type OfferForm = {
  product: string
  edition: string
  rank: string
  description: string
  unit: Offer['unit']
  charge_model: Offer['charge_model']
  metric: Offer['metric']
  terms: string[]
  trial_days: string
  trial_end: NonNullable<Offer['trial']>['end_policy']
  features: string[]
  add_on_of: string[]
  machine_edition: string | null
  session_limit: string
  business_devices: string
  personal_devices: string
  requires_terms: boolean
}

const committedTerms: readonly Term[] = [
  { code: 'monthly', name: 'Month to month', months: 1 },
  { code: 'annual', name: '1 year', months: 12 },
  { code: 'three_years', name: '3 years', months: 36 },
]
const prepaidTerms: readonly Term[] = [
  { code: 'once', name: 'Once', months: 1 },
  { code: 'half_year', name: '6 months', months: 6 },
  { code: 'year', name: '1 year', months: 12 },
  { code: 'three_years', name: '3 years', months: 36 },
]

/** The terms to choose from: those of the charge model, and those that the offer has already. */
export function termsFor(model: Offer['charge_model'], known: readonly Term[] = []): Term[] {
  if (model !== 'committed' && model !== 'prepaid') return []
  const usual = model === 'committed' ? committedTerms : prepaidTerms
  return [...known, ...usual.filter(({ code }) => !known.some((term) => term.code === code))].toSorted(
    (left, right) => left.months - right.months,
  )
}

export const emptyForm: OfferForm = {
  product: '',
  edition: '',
  rank: '0',
  description: '',
  unit: 'device',
  charge_model: 'active_use',
  metric: null,
  terms: [],
  trial_days: '',
  trial_end: 'convert',
  features: [],
  add_on_of: [],
  machine_edition: null,
  session_limit: String(defaultLimits.session_limit),
  business_devices: String(defaultLimits.business_devices),
  personal_devices: String(defaultLimits.personal_devices),
  requires_terms: false,
}

const targetKey = ({ product, edition }: Offer['add_on_of'][number]) =>
  edition === null ? product : JSON.stringify([product, edition])

export function toForm(offer: Offer): OfferForm {
  const limit = (key: keyof typeof defaultLimits) => String(offer.limits[key] ?? defaultLimits[key])
  return {
    ...emptyForm,
    product: offer.product,
    edition: offer.edition,
    rank: String(offer.rank),
    description: offer.description,
    unit: offer.unit,
    charge_model: offer.charge_model,
    metric: offer.metric,
    terms: offer.terms.map(({ code }) => code),
    trial_days: offer.trial === null ? '' : String(offer.trial.days),
    trial_end: offer.trial?.end_policy ?? 'convert',
    features: [...offer.features],
    add_on_of: offer.add_on_of.map(targetKey),
    machine_edition: offer.machine_edition,
    session_limit: limit('session_limit'),
    business_devices: limit('business_devices'),
    personal_devices: limit('personal_devices'),
    requires_terms: offer.requires_terms,
  }
}

function toTarget(key: string): Offer['add_on_of'][number] {
  if (!key.startsWith('[')) return { product: key, edition: null }
  const [product, edition] = JSON.parse(key) as [string, string]
  return { product, edition }
}

/** Add-on targets to choose from: products, and the single editions that the offer names already. */
export const targetChoices = (products: readonly string[], chosen: readonly string[]) => [
  ...products.map((product) => ({ value: product, label: product })),
  ...chosen
    .filter((key) => key.startsWith('['))
    .map((value) => ({ value, label: Object.values(toTarget(value)).join(' ') })),
]

export function toChange(form: OfferForm, known: Offer | null): UpdateOffer {
  const terms = termsFor(form.charge_model, known?.terms).filter(({ code }) => form.terms.includes(code))
  const perUser = {
    session_limit: Number(form.session_limit),
    business_devices: Number(form.business_devices),
    personal_devices: Number(form.personal_devices),
  }
  return {
    edition: form.edition.trim(),
    description: form.description.trim(),
    terms,
    trial: form.trial_days.trim() === '' ? null : { days: Number(form.trial_days), end_policy: form.trial_end },
    features: form.features,
    limits: { ...known?.limits, ...(form.unit === 'user' ? perUser : {}) },
    add_on_of: form.add_on_of.map(toTarget),
    machine_edition: form.unit === 'device' ? form.machine_edition : null,
    requires_terms: form.requires_terms,
  }
}

export function toNewOffer(form: OfferForm): CreateOffer {
  const { edition = '', ...rest } = toChange(form, null)
  return {
    ...rest,
    edition,
    product: form.product.trim(),
    rank: Number(form.rank),
    unit: form.unit,
    charge_model: form.charge_model,
    metric: form.charge_model === 'peak' ? form.metric : null,
  }
}

const isWhole = (text: string, most: number) => /^[0-9]{1,4}$/.test(text.trim()) && Number(text) <= most

/** Light checks; the server decides. */
export const rules = {
  product: (text: string) => (text.trim() ? null : 'Required'),
  edition: (text: string) => (text.trim() ? null : 'Required'),
  rank: (text: string) => (isWhole(text, 1000) ? null : 'A whole number from 0 to 1000'),
  trial_days: (text: string) =>
    text.trim() === '' || isWhole(text, 90) ? null : 'A whole number from 1 to 90, or nothing',
  terms: (codes: string[], form: OfferForm) =>
    termsFor(form.charge_model).length > 0 && codes.length === 0 ? 'Choose at least one' : null,
  metric: (metric: OfferForm['metric'], form: OfferForm) =>
    form.charge_model === 'peak' && metric === null ? 'Choose what is measured' : null,
}

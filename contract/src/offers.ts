import * as z from 'zod'
import { day, id, instant, line, pageOf, pageQuery } from './common.ts'
import { level } from './tenants.ts'

export const licensedUnit = z.enum(['user', 'device', 'gateway', 'domain', 'tenant'])
export const chargeModel = z.enum(['committed', 'prepaid', 'active_use', 'peak'])
export type LicensedUnit = z.infer<typeof licensedUnit>
export type ChargeModel = z.infer<typeof chargeModel>
export const holderKind = z.enum(['subscriber', 'device', 'gateway', 'domain'])
export type HolderKind = z.infer<typeof holderKind>
export const peakMetric = z.enum(['selected_size', 'used_storage', 'protected_users'])
export const trialEndPolicy = z.enum(['convert', 'deactivate', 'take_from_pool'])
export const paymentMode = z.enum(['monthly', 'annual'])
export type PaymentMode = z.infer<typeof paymentMode>

/** A word of data, such as the code of a feature. */
export const codeWord = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,39}$/, 'must be lower-case letters, digits and _, up to 40')
  .meta({ examples: ['three_years'] })

export const offerTerm = z
  .strictObject({
    code: codeWord,
    name: line(60),
    months: z.int().min(1).max(120).meta({
      description: 'How long a committed license must be kept (1 is month to month), or how long a prepaid one lasts',
    }),
  })
  .meta({ id: 'OfferTerm' })
export type OfferTerm = z.infer<typeof offerTerm>

export const offerTrial = z
  .strictObject({
    days: z.int().min(1).max(90),
    end_policy: trialEndPolicy.meta({ description: 'What happens when a trial ends' }),
  })
  .meta({ id: 'OfferTrial' })

/** What an offer limits. Counts of devices apply to the unit `user`. R-SUB-6, R-ACT-3. */
export const offerLimits = z
  .strictObject({
    session_limit: z.int().min(1).max(100).optional().meta({ description: 'Devices with concurrent sessions' }),
    business_devices: z.int().min(0).max(100).optional().meta({ description: 'Business devices that a user covers' }),
    personal_devices: z.int().min(0).max(100).optional().meta({ description: 'Personal devices that a user covers' }),
    storage_gb: z.int().min(1).max(1_000_000).optional().meta({ description: 'Storage that is included, GB' }),
    retention_days: z.int().min(1).max(36_500).optional().meta({ description: 'Days that data is kept' }),
  })
  .meta({ id: 'OfferLimits' })
export type OfferLimits = z.infer<typeof offerLimits>

export const addOnTarget = z
  .strictObject({ product: line(100), edition: line(100).nullable().meta({ description: 'null is every edition' }) })
  .meta({ id: 'AddOnTarget' })

const identity = {
  product: line(100),
  edition: line(100),
  rank: z.int().meta({ description: 'A higher edition has a higher rank' }),
  unit: licensedUnit,
  charge_model: chargeModel,
}
/** An offer where it is named beside something else. */
export const offerRef = z.strictObject({ id, ...identity, created_at: instant }).meta({ id: 'OfferRef' })
export const offer = z
  .strictObject({
    id,
    ...identity,
    description: z.string(),
    terms: z.array(offerTerm).meta({ description: 'What committed and prepaid offers are sold in' }),
    trial: offerTrial.nullable(),
    features: z.array(z.string()).meta({ description: 'Codes of features' }),
    limits: offerLimits,
    assignable_to: z.array(holderKind),
    add_on_of: z.array(addOnTarget).meta({ description: 'What it is bought beside; empty if it stands alone' }),
    metric: peakMetric.nullable().meta({ description: 'What a peak offer measures' }),
    machine_edition: z.string().nullable().meta({ description: 'Its row in the table of machines; null runs on all' }),
    requires_terms: z.boolean().meta({ description: 'An order acknowledges the terms and conditions' }),
    withdrawn_at: instant.nullable().meta({ description: 'No longer sold since; it stays with those who have it' }),
    version: z.int(),
    created_at: instant,
  })
  .meta({ id: 'Offer' })
export type Offer = z.infer<typeof offer>
export const offerPage = pageOf(offer).meta({ id: 'OfferPage' })
export const offerQuery = z.strictObject({
  ...pageQuery,
  product: line(100).optional().meta({ description: 'Letter case aside' }),
  charge_model: chargeModel.optional(),
  on_sale: z.enum(['true', 'false']).optional().meta({ description: 'Only what is sold, or only what was withdrawn' }),
})

const editable = {
  edition: line(100),
  description: z.string().trim().max(2000),
  terms: z.array(offerTerm).max(12),
  trial: offerTrial.nullable(),
  features: z.array(codeWord).max(200),
  limits: offerLimits,
  assignable_to: z.array(holderKind).max(4),
  add_on_of: z.array(addOnTarget).max(50),
  machine_edition: codeWord.nullable(),
  requires_terms: z.boolean(),
}
export const createOffer = z
  .strictObject({
    product: line(100),
    edition: line(100),
    rank: z.int().min(0).max(1000).default(0),
    unit: licensedUnit,
    charge_model: chargeModel,
    description: editable.description.default(''),
    terms: editable.terms.default([]),
    trial: editable.trial.default(null),
    features: editable.features.default([]),
    limits: editable.limits.default({}),
    assignable_to: editable.assignable_to.optional().meta({ description: 'What its unit says if left out' }),
    add_on_of: editable.add_on_of.default([]),
    metric: peakMetric.nullable().default(null),
    machine_edition: editable.machine_edition.default(null),
    requires_terms: editable.requires_terms.optional().meta({
      description: 'If left out: yes where it is sold by term, no otherwise',
    }),
  })
  .meta({ id: 'CreateOffer' })
/** What may change of an offer that is sold: trials and terms apply to what begins after the change. */
export const updateOffer = z.strictObject(editable).partial().meta({ id: 'UpdateOffer' })

export const enabledOffer = z.strictObject({ offer, enabled_at: instant }).meta({ id: 'EnabledOffer' })
export const enabledOfferPage = pageOf(enabledOffer).meta({ id: 'EnabledOfferPage' })
export const listQuery = z.strictObject({ ...pageQuery })
export const tenantOfferParams = z.strictObject({ id, offer_id: id })

/** One of your direct children, and whether it may sell or use the offer. */
export const offerBuyer = z
  .strictObject({
    tenant_id: id,
    tenant_name: z.string(),
    level,
    enabled_at: instant.nullable().meta({ description: 'null: not enabled' }),
    below: z.int().meta({ description: 'How many tenants below it have the offer' }),
  })
  .meta({ id: 'OfferBuyer' })
export const offerBuyerPage = pageOf(offerBuyer).meta({ id: 'OfferBuyerPage' })

export const feature = z
  .strictObject({ code: z.string(), name: z.string(), description: z.string(), position: z.int(), version: z.int() })
  .meta({ id: 'Feature' })
export const featurePage = pageOf(feature).meta({ id: 'FeaturePage' })
export const putFeature = z
  .strictObject({
    name: line(100),
    description: z.string().trim().max(500).default(''),
    position: z.int().min(0).max(10_000).default(0),
  })
  .meta({ id: 'PutFeature' })
export const codeParams = z.strictObject({ code: codeWord })

export const machineOs = z.enum(['windows_workstation', 'windows_server', 'macos', 'linux'])
export type MachineOs = z.infer<typeof machineOs>
export const machineFit = z.strictObject({ os: machineOs, payment_mode: paymentMode }).meta({ id: 'MachineFit' })
/** The machines that an edition fits, by operating system and payment mode. R-OFFER-3. */
export const machineEdition = z
  .strictObject({
    code: z.string(),
    name: z.string(),
    position: z.int(),
    fits: z.array(machineFit),
    version: z.int(),
  })
  .meta({ id: 'MachineEdition' })
export const machineEditionPage = pageOf(machineEdition).meta({ id: 'MachineEditionPage' })
export const putMachineEdition = z
  .strictObject({ name: line(100), position: z.int().min(0).max(10_000).default(0), fits: z.array(machineFit).max(8) })
  .meta({ id: 'PutMachineEdition' })

/** A version of the vendor's terms and conditions: what an order acknowledges. R-BUY-1. */
export const termsVersion = z
  .strictObject({ number: z.int(), text: z.string(), valid_from: day, created_at: instant })
  .meta({ id: 'TermsVersion' })
export const termsVersionPage = pageOf(termsVersion).meta({ id: 'TermsVersionPage' })
export const createTermsVersion = z
  .strictObject({
    text: z.string().trim().min(1).max(100_000),
    valid_from: day.optional().meta({ description: 'Today if left out' }),
  })
  .meta({ id: 'CreateTermsVersion' })

import * as z from 'zod'
import { day, id, instant, line, pageOf, pageQuery } from './common.ts'
import { licensedUnit, offerRef } from './offers.ts'
import { tenantRef } from './tenants.ts'

export const licenseState = z.enum(['unassigned', 'assigned', 'pending_cancel', 'expired', 'withdrawn', 'ended'])
export type LicenseState = z.infer<typeof licenseState>
export const licenseKind = z.enum(['commercial', 'trial'])
/** A license with the unit `tenant` is held by a tenant itself. */
export const licenseHolderKind = z.enum(['subscriber', 'device', 'gateway', 'domain', 'tenant'])
export type LicenseHolderKind = z.infer<typeof licenseHolderKind>

const named = z.strictObject({ id, name: z.string() })

export const licenseHolder = z
  .strictObject({
    kind: licenseHolderKind,
    id,
    name: z.string().nullable().meta({ description: 'null once it is erased' }),
    tenant_id: id,
    tenant_name: z.string(),
  })
  .meta({ id: 'LicenseHolder' })

/** A row of the license grid. R-LIC-6. */
export const license = z
  .strictObject({
    id,
    offer: offerRef,
    kind: licenseKind,
    state: licenseState.meta({ description: 'As the clock has it: expired the instant after its last day' }),
    valid: z.boolean(),
    company: tenantRef
      .nullable()
      .meta({ description: "The holder's tenant; of a free one the company that it is kept or was bought for" }),
    holder: licenseHolder.nullable(),
    assigned_at: instant.nullable(),
    starts_on: day,
    valid_until: day.nullable().meta({ description: 'Its last day; null: a trial that nobody has used yet' }),
    auto_renew: z.boolean(),
    next_renewal: day.nullable(),
    term: z.string().nullable().meta({ description: 'Code of the term; null for a trial' }),
    committed_to: day.nullable().meta({ description: 'null where the owner is above you' }),
    next_offer: offerRef
      .nullable()
      .meta({ description: 'The cheaper edition that it goes on as after its commitment' }),
    order_id: id.nullable().meta({ description: 'null for a trial, and to all but the buyer and its seller' }),
    owner: named.nullable().meta({ description: 'Who has bought it; null where it is above your seller' }),
    pool: named.nullable().meta({ description: 'null where it is above your seller' }),
    set_aside_for: named.nullable(),
    may_manage: z.boolean().meta({ description: 'Its owner is you or below you' }),
    created_at: instant,
    version: z.int(),
  })
  .meta({ id: 'License' })
export type License = z.infer<typeof license>
export const licensePage = pageOf(license).meta({ id: 'LicensePage' })

/** Filters of the grid; they combine. `use` with trials is 422 filter_not_applicable. R-LIC-6. */
export const licenseFilter = {
  tenant_id: id.optional().meta({ description: 'The company: licenses of this tenant and everything below it' }),
  kind: licenseKind.optional(),
  validity: z.enum(['all', 'valid', 'expired']).default('all'),
  use: z.enum(['all', 'used', 'unused']).default('all').meta({ description: 'Commercial licenses only' }),
  auto_renew: z.enum(['true', 'false']).optional(),
  offer_id: id.optional().meta({ description: 'Licenses of this type' }),
  pool_id: id.optional().meta({ description: 'Licenses of the pool of this tenant' }),
  order_id: id.optional(),
  holder_id: id.optional(),
  q: z.string().trim().min(1).max(200).optional().meta({
    description: 'Part of the name or address of the holder, or of the name of the company, letter case aside',
  }),
}
export const licenseSort = z.enum(['type', 'valid_until', '-valid_until', '-created_at'])
export const licenseQuery = z.strictObject({ ...pageQuery, ...licenseFilter, sort: licenseSort.default('type') })
export const licenseExportQuery = z.strictObject(licenseFilter)

/** Where each page of a list begins: for jumping into the middle of a long one. */
export const licenseAnchorQuery = z.strictObject({
  ...licenseFilter,
  sort: licenseSort.default('type'),
  every: z.coerce.number().int().min(20).max(500).default(100).meta({ description: 'Rows of a page' }),
})
export const licenseAnchors = z
  .strictObject({
    total: z.int().meta({ description: 'Rows that the filters let through' }),
    every: z.int(),
    cursors: z
      .array(z.string())
      .meta({ description: 'For the second page and each further one: what the list of licenses takes as cursor' }),
  })
  .meta({ id: 'LicenseAnchors' })

/** A type of license: one offer, with how many there are under the same filters. R-LIC-6. */
export const licenseType = z
  .strictObject({
    offer: offerRef,
    ever: z.boolean().meta({ description: 'Whether one was ever bought or tried here, whatever the filters' }),
    total: z.int().meta({ description: 'Rows that the filters let through' }),
    valid: z.int(),
    assigned: z.int(),
    unassigned: z.int(),
    trial: z.int(),
    expired: z.int(),
    pending_cancel: z.int(),
    expiring: z.int().meta({ description: 'Valid, with a last day in the next 30 days and no renewal' }),
    without_auto_renew: z.int(),
  })
  .meta({ id: 'LicenseType' })
export type LicenseType = z.infer<typeof licenseType>
export const licenseTypePage = pageOf(licenseType).meta({ id: 'LicenseTypePage' })
export const licenseTypeQuery = z.strictObject(licenseFilter)

/** What happened to a license. */
export const licenseEvent = z
  .strictObject({
    id,
    at: instant,
    what: z.enum([
      'created',
      'assigned',
      'released',
      'moved',
      'set_aside',
      'auto_renew_set',
      'cancelled',
      'restored',
      'edition_changed',
      'renewed',
      'expired',
      'trial_ended',
      'exchanged',
      'ended',
      'withdrawn',
      'removed',
    ]),
    actor_kind: z.string(),
    actor_name: z.string().nullable().meta({ description: 'null for someone above you, and once removed' }),
    holder: licenseHolder.nullable().meta({ description: 'Whom it was assigned to or taken from' }),
    details: z.array(z.strictObject({ name: z.string(), value: z.string() })),
  })
  .meta({ id: 'LicenseEvent' })
export const licenseEventPage = pageOf(licenseEvent).meta({ id: 'LicenseEventPage' })
export const licenseEventQuery = z.strictObject({ ...pageQuery })

const toWhom = { holder_kind: licenseHolderKind, holder_id: id }
export const assignLicense = z.strictObject(toWhom).meta({ id: 'AssignLicense' })
/** Takes a free license: of one offer, or of the lowest edition of a product that fits. */
export const takeLicense = z
  .strictObject({
    ...toWhom,
    offer_id: id.optional(),
    product: line(100).optional().meta({ description: 'Letter case aside; where no offer is named' }),
  })
  .refine((body) => (body.offer_id === undefined) !== (body.product === undefined), {
    path: ['offer_id'],
    message: 'name either an offer or a product',
  })
  .meta({ id: 'TakeLicense' })

export const licenseAction = z.enum(['release', 'set_auto_renew', 'remove_expired'])
/** One act on many licenses, all or nothing: on those named, or on all that the filter lets through. R-LIC-6. */
export const actOnLicenses = z
  .strictObject({
    action: licenseAction,
    auto_renew: z.boolean().optional().meta({ description: 'For set_auto_renew' }),
    ids: z.array(id).min(1).max(1000).optional(),
    filter: z.strictObject(licenseFilter).optional(),
  })
  .refine((body) => (body.ids === undefined) !== (body.filter === undefined), {
    path: ['ids'],
    message: 'name either ids or a filter',
  })
  .refine((body) => (body.action === 'set_auto_renew') === (body.auto_renew !== undefined), {
    path: ['auto_renew'],
    message: 'belongs to set_auto_renew',
  })
  .meta({ id: 'ActOnLicenses' })
export const actedOnLicenses = z
  .strictObject({ changed: z.int().meta({ description: 'How many licenses were changed' }) })
  .meta({ id: 'ActedOnLicenses' })

/** Unassigned licenses into another pool: those named, or so many of an offer. R-LIC-3. */
export const moveLicenses = z
  .strictObject({
    pool_id: id.meta({ description: 'The owner itself, or a company below it' }),
    ids: z.array(id).min(1).max(1000).optional(),
    from_pool_id: id.optional().meta({ description: 'With offer and quantity: the pool that they are in' }),
    offer_id: id.optional(),
    quantity: z.int().min(1).max(100_000).optional(),
  })
  .refine(
    (body) =>
      body.ids === undefined
        ? body.from_pool_id !== undefined && body.offer_id !== undefined && body.quantity !== undefined
        : body.from_pool_id === undefined && body.offer_id === undefined && body.quantity === undefined,
    { path: ['ids'], message: 'name either ids, or from_pool_id, offer_id and quantity' },
  )
  .meta({ id: 'MoveLicenses' })

export const changeEdition = z.strictObject({ offer_id: id }).meta({ id: 'ChangeEdition' })

export const poolSource = z.enum(['global_pool', 'company_pool'])
export const poolTake = z.enum(['automatic', 'manual'])
const settings = {
  source: poolSource.meta({
    description: "Where holders' licenses come from: the pool of the seller, or the company's own",
  }),
  take: poolTake.meta({ description: 'automatic: a device takes a license when it starts' }),
  exchange_expired: z.boolean().meta({ description: 'An expired license is exchanged for a free one of the edition' }),
}
/** R-POOL-2. */
export const poolSettings = z
  .strictObject({ tenant_id: id, ...settings, version: z.int().meta({ description: 'The ETag; 0: never set' }) })
  .meta({ id: 'PoolSettings' })
export const setPoolSettings = z.strictObject(settings).partial().meta({ id: 'SetPoolSettings' })

/** How many licenses of a type the pool of a tenant has. */
export const poolRow = z
  .strictObject({
    offer: offerRef,
    total: z.int().meta({ description: 'Commercial and trial, while they are valid' }),
    assigned: z.int(),
    unassigned: z.int(),
    set_aside: z.int().meta({ description: 'Kept for a company, free or not' }),
    trial: z.int(),
    pending_cancel: z.int(),
    expiring: z.int().meta({ description: 'Last day in the next 30 days, no renewal' }),
  })
  .meta({ id: 'PoolRow' })
export type PoolRow = z.infer<typeof poolRow>
export const pool = z
  .strictObject({
    tenant_id: id,
    numbers: z
      .array(z.strictObject({ unit: licensedUnit, total: z.int(), unassigned: z.int() }))
      .meta({ description: 'By unit, as the audit log has them' }),
    rows: z.array(poolRow),
    set_aside: z
      .array(z.strictObject({ tenant: named, offer_id: id, number: z.int(), assigned: z.int() }))
      .meta({ description: 'What this pool keeps for which company' }),
  })
  .meta({ id: 'Pool' })
export type Pool = z.infer<typeof pool>

/** What the holders of a tenant may take, wherever it comes from. R-POOL-2, R-TREE-9. */
export const availableLicense = z
  .strictObject({ offer: offerRef, commercial: z.int(), trial: z.int() })
  .meta({ id: 'AvailableLicense' })
export const availableLicensePage = pageOf(availableLicense).meta({ id: 'AvailableLicensePage' })

/** So many licenses of the seller's pool are kept for the company, used ones counted. R-POOL-2. */
export const setAside = z.strictObject({ offer_id: id, number: z.int().min(0).max(100_000) }).meta({ id: 'SetAside' })

/** Trial licenses of a type: 5 at most, not again in 180 days. R-LIC-9. */
export const requestTrials = z
  .strictObject({ tenant_id: id, offer_id: id, quantity: z.int().min(1).max(5).default(5) })
  .meta({ id: 'RequestTrials' })
export const requestedTrials = z
  .strictObject({ tenant_id: id, offer: offerRef, licenses: z.array(license), again_from: day })
  .meta({ id: 'RequestedTrials' })

/** What an agent asks before a job. Takes a license where the tenant's setting lets it. R-LIC-1, R-POOL-2. */
export const askLicense = z.strictObject({ product: line(100) }).meta({ id: 'AskLicense' })
export const grantedLicense = z
  .strictObject({
    license_id: id.nullable().meta({ description: 'null: the trial of the device itself' }),
    product: z.string(),
    edition: z.string().nullable(),
    kind: licenseKind,
    valid_until: day.nullable(),
    taken: z.boolean().meta({ description: 'Whether it was taken by this request' }),
  })
  .meta({ id: 'GrantedLicense' })

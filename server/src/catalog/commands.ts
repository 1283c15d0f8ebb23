import type {
  createOffer as createOfferSchema,
  MoveFinding,
  updateOffer as updateOfferSchema,
} from '@tenantree/contract'
import type * as z from 'zod'
import * as audit from '../audit/index.ts'
import type { CallContext } from '../kernel/context.ts'
import { fieldProblem, Problem } from '../kernel/problem.ts'
import { toInstantText } from '../kernel/time.ts'
import type { Database, Transaction } from '../platform/database.ts'
import { newId } from '../platform/ids.ts'
import type { TenantRecord } from '../tenants/index.ts'
import * as tenants from '../tenants/index.ts'
import { decideOnSale } from './domain.ts'
import { type Offer, toOffer } from './queries.ts'
import * as repository from './repository.ts'
import * as writing from './writing.ts'

type Edge = { buyer: TenantRecord; offerId: string }
type EdgeHook = (tx: Transaction, call: CallContext, edge: Edge) => Promise<void>
/** What other slices say of an edge before an offer is enabled on it, or taken away from it. Filled by the composition root. */
export type CatalogHooks = { beforeEnable: EdgeHook[]; beforeDisable: EdgeHook[] }

export const createCatalogHooks = (): CatalogHooks => ({ beforeEnable: [], beforeDisable: [] })

/** Adds an offer to the vendor's catalog. R-OFFER-1. Throws offer_exists, invalid_request. */
export const createOffer = (
  db: Database,
  call: CallContext,
  input: z.infer<typeof createOfferSchema>,
): Promise<Offer> =>
  db.transaction(call, async (tx) => {
    const record = writing.toNewRecord(input, { id: newId(), created_at: toInstantText(call.now) })
    await writing.checkTraits(tx, record)
    await repository.insertOffer(tx, record)
    await noteOffer(tx, call, 'offer.created', null, record)
    return toOffer(record)
  })

/**
 * Changes an offer of the version that the caller read; what was sold keeps what it was sold with. R-OFFER-1.
 * Throws not_found, stale_version, offer_exists, invalid_request.
 */
export const updateOffer = (
  db: Database,
  call: CallContext,
  input: { id: string; version: number; change: z.infer<typeof updateOfferSchema> },
): Promise<Offer> =>
  changeOffer(db, call, { ...input, action: 'offer.updated' }, async (tx, offer) => {
    const changed = writing.toChanged(offer, input.change)
    await writing.checkTraits(tx, changed)
    await writing.renameInAddOns(tx, offer, changed)
    return changed
  })

/** Sold no longer: it stays with those who have it. Throws not_found, stale_version, state_conflict. */
export const withdrawOffer = (
  db: Database,
  call: CallContext,
  input: { id: string; version: number },
): Promise<Offer> =>
  changeOffer(db, call, { ...input, action: 'offer.withdrawn' }, async (_tx, offer) => {
    if (offer.withdrawn_at !== null) throw new Problem('state_conflict')
    return { ...offer, withdrawn_at: toInstantText(call.now) }
  })

/** Sold again. Throws not_found, stale_version, state_conflict. */
export const restoreOffer = (db: Database, call: CallContext, input: { id: string; version: number }): Promise<Offer> =>
  changeOffer(db, call, { ...input, action: 'offer.restored' }, async (_tx, offer) => {
    if (offer.withdrawn_at === null) throw new Problem('state_conflict')
    return { ...offer, withdrawn_at: null }
  })

const changeOffer = (
  db: Database,
  call: CallContext,
  input: { id: string; version: number; action: string },
  decide: (tx: Transaction, offer: repository.OfferRecord) => Promise<repository.OfferRecord>,
): Promise<Offer> =>
  db.transaction(call, async (tx) => {
    const offer = await repository.getOfferOf(tx, call.scope.lo, call.scope.reach === 'vendor', input.id)
    if (offer.version !== input.version) throw new Problem('stale_version', { params: { version: offer.version } })
    const changed = { ...(await decide(tx, offer)), version: offer.version + 1 }
    if (!(await repository.updateOffer(tx, changed, offer.version))) throw new Problem('stale_version')
    await noteOffer(tx, call, input.action, offer, changed)
    return toOffer(changed)
  })

/**
 * Lets a direct child sell or use an offer. R-OFFER-5, R-PRICE-4. Repeating it changes nothing.
 * Throws not_found, buyer_not_direct, sites_buy_nothing, offer_withdrawn, price_missing.
 */
export const enableOffer = (
  db: Database,
  hooks: CatalogHooks,
  call: CallContext,
  input: { tenantId: string; offerId: string },
): Promise<{ offer: Offer; enabled_at: string }> =>
  db.transaction(call, async (tx) => {
    const { buyer, offer } = await getEdge(tx, call, input)
    const known = await repository.findEnabled(tx, buyer.path, offer.id)
    if (known !== null) return { offer: toOffer(offer), enabled_at: known }
    decideOnSale(offer)
    for (const hook of hooks.beforeEnable) await hook(tx, call, { buyer, offerId: offer.id })
    const row = {
      realm_id: buyer.realm_id,
      tenant_id: buyer.id,
      path: buyer.path,
      offer_id: offer.id,
      enabled_at: toInstantText(call.now),
    }
    const isNew = await repository.insertEnabled(tx, row)
    if (isNew) await noteEdge(tx, call, 'offer.enabled', buyer, offer.id)
    const enabledAt = await repository.findEnabled(tx, buyer.path, offer.id)
    return { offer: toOffer(offer), enabled_at: enabledAt ?? row.enabled_at }
  })

/**
 * Takes an offer away from a direct child. R-OFFER-5, R-TREE-4. Throws not_found, buyer_not_direct, sites_buy_nothing, in_use_below.
 * Taken away first and looked below then: whoever builds on it is waited for, or waits and finds it gone.
 */
export const disableOffer = (
  db: Database,
  hooks: CatalogHooks,
  call: CallContext,
  input: { tenantId: string; offerId: string },
): Promise<void> =>
  db.transaction(call, async (tx) => {
    const { buyer, offer } = await getEdge(tx, call, input)
    if (!(await repository.deleteEnabled(tx, buyer.path, offer.id))) throw new Problem('not_found')
    const below = await repository.countEnabledBelow(tx, buyer.path, offer.id)
    if (below > 0) {
      const detail = `${below === 1 ? 'A tenant' : `${below} tenants`} below ${buyer.name} may still sell or use it.`
      throw new Problem('in_use_below', { detail, params: { tenants: below } })
    }
    for (const hook of hooks.beforeDisable) await hook(tx, call, { buyer, offerId: offer.id })
    await noteEdge(tx, call, 'offer.disabled', buyer, offer.id)
  })

/** A direct child and an offer that the caller's tenant has itself, and keeps until the transaction ends. */
async function getEdge(tx: Transaction, call: CallContext, input: { tenantId: string; offerId: string }) {
  const buyer = await tenants.getTenant(tx, call.scope, input.tenantId)
  if (buyer.level === 'site') throw fieldProblem('sites_buy_nothing', 'id')
  tenants.decideDirectChild(call.scope, buyer, 'id')
  const isVendor = call.scope.reach === 'vendor'
  if (!isVendor && !(await repository.lockEnabled(tx, call.scope.lo, input.offerId))) throw new Problem('not_found')
  return { buyer, offer: await repository.getOfferOf(tx, call.scope.lo, isVendor, input.offerId) }
}

/** An offer that the tenant has and the new parent does not: the tenant could not be sold it there. R-TREE-6, R-OFFER-5. */
export async function checkOffersUnder(
  tx: Transaction,
  _call: CallContext,
  { tenant, parent }: { tenant: TenantRecord; parent: TenantRecord },
): Promise<MoveFinding[]> {
  if (parent.level === 'vendor') return []
  const missing = await repository.listNotEnabled(tx, { path: tenant.path, abovePath: parent.path })
  return missing.map(({ product, edition }) => ({
    code: 'offer_not_offered' as const,
    detail: `${parent.name} may not sell ${product} ${edition}.`,
    refuses: true,
  }))
}

/** Throws feature_not_in_offer, naming offers of the tenant at the path that have it. R-OFFER-4. */
export async function requireFeature(
  tx: Transaction,
  path: string,
  offer: { product: string; edition: string; features: readonly string[] },
  feature: string,
): Promise<void> {
  if (offer.features.includes(feature)) return
  const having = await repository.listOffersWith(tx, path, feature)
  const names = having.map(({ product, edition }) => `${product} ${edition}`)
  throw new Problem('feature_not_in_offer', {
    detail: `${offer.product} ${offer.edition} does not have it.${names.length > 0 ? ` ${names.join(', ')} has.` : ''}`,
    params: { feature, offers: having },
  })
}

type Fields = NonNullable<audit.AuditEntry['after']>

/** An offer as the log keeps it: flat, so that it reads and is sealed like any other entry. */
const toFields = ({ id, product_key, edition_key, created_at, version, ...offer }: repository.OfferRecord): Fields => ({
  ...offer,
  terms: offer.terms.map(({ code, name, months }) => `${code}: ${name}, ${months}`),
  limits: Object.entries(offer.limits).map(([name, value]) => `${name}: ${value}`),
  add_on_of: offer.add_on_of.map(({ product, edition }) => (edition === null ? product : `${product} ${edition}`)),
})

/** What was, and what is: of a change only the fields that it changed. */
function toDifference(before: Fields, after: Fields): { before: Fields; after: Fields } {
  const changed = Object.keys(after).filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]))
  const pick = (fields: Fields) => Object.fromEntries(changed.map((key) => [key, fields[key] ?? null]))
  return { before: pick(before), after: pick(after) }
}

function noteOffer(
  tx: Transaction,
  call: CallContext,
  action: string,
  before: repository.OfferRecord | null,
  after: repository.OfferRecord,
): Promise<void> {
  const fields = toFields(after)
  return audit.append(tx, call, {
    action,
    realmId: 0n,
    path: call.scope.lo,
    object: { kind: 'offer', id: after.id },
    ...(before === null ? { before: null, after: fields } : toDifference(toFields(before), fields)),
  })
}

const noteEdge = (
  tx: Transaction,
  call: CallContext,
  action: 'offer.enabled' | 'offer.disabled',
  buyer: TenantRecord,
  offerId: string,
): Promise<void> =>
  audit.append(tx, call, {
    action,
    realmId: buyer.realm_id,
    path: buyer.path,
    object: { kind: 'offer', id: offerId },
    before: action === 'offer.enabled' ? null : { tenant_id: buyer.id },
    after: action === 'offer.enabled' ? { tenant_id: buyer.id } : null,
  })

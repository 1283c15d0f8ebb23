import type { createOffer as createOfferSchema, MoveFinding } from '@tenantree/contract'
import type * as z from 'zod'
import * as audit from '../audit/index.ts'
import type { CallContext } from '../kernel/context.ts'
import { fieldProblem } from '../kernel/problem.ts'
import { toInstantText } from '../kernel/time.ts'
import type { Database, Transaction } from '../platform/database.ts'
import { newId } from '../platform/ids.ts'
import type { TenantRecord } from '../tenants/index.ts'
import * as tenants from '../tenants/index.ts'
import { type Offer, toOffer } from './queries.ts'
import * as repository from './repository.ts'

/** What other slices say of an edge before an offer is enabled on it. Filled by the composition root. */
export type CatalogHooks = {
  beforeEnable: ((
    tx: Transaction,
    call: CallContext,
    edge: { buyer: TenantRecord; offerId: string },
  ) => Promise<void>)[]
}

export const createCatalogHooks = (): CatalogHooks => ({ beforeEnable: [] })

/** Adds an offer to the vendor's catalog. R-OFFER-1. Throws offer_exists. */
export const createOffer = (
  db: Database,
  call: CallContext,
  input: z.infer<typeof createOfferSchema>,
): Promise<Offer> =>
  db.transaction(call, async (tx) => {
    const record: repository.OfferRecord = {
      ...input,
      id: newId(),
      product_key: tenants.toNameKey(input.product),
      edition_key: tenants.toNameKey(input.edition),
      created_at: toInstantText(call.now),
    }
    await repository.insertOffer(tx, record)
    await audit.append(tx, call, {
      action: 'offer.created',
      realmId: 0n,
      path: call.scope.lo,
      object: { kind: 'offer', id: record.id },
      before: null,
      after: { product: record.product, edition: record.edition, unit: record.unit, charge_model: record.charge_model },
    })
    return toOffer(record)
  })

/**
 * Lets a direct child sell or use an offer. R-OFFER-5, R-PRICE-4. Repeating it changes nothing.
 * Throws not_found, buyer_not_direct, sites_buy_nothing, price_missing.
 */
export const enableOffer = (
  db: Database,
  hooks: CatalogHooks,
  call: CallContext,
  input: { tenantId: string; offerId: string },
): Promise<{ offer: Offer; enabled_at: string }> =>
  db.transaction(call, async (tx) => {
    const buyer = await tenants.getTenant(tx, call.scope, input.tenantId)
    if (buyer.level === 'site') throw fieldProblem('sites_buy_nothing', 'id')
    tenants.decideDirectChild(call.scope, buyer, 'id')
    const offer = await repository.getOfferOf(tx, call.scope.lo, call.scope.reach === 'vendor', input.offerId)
    for (const hook of hooks.beforeEnable) await hook(tx, call, { buyer, offerId: offer.id })
    const row = {
      realm_id: buyer.realm_id,
      tenant_id: buyer.id,
      path: buyer.path,
      offer_id: offer.id,
      enabled_at: toInstantText(call.now),
    }
    const isNew = await repository.insertEnabled(tx, row)
    if (isNew) await noteEnabled(tx, call, buyer, offer.id)
    const enabledAt = await repository.findEnabled(tx, buyer.path, offer.id)
    return { offer: toOffer(offer), enabled_at: enabledAt ?? row.enabled_at }
  })

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

const noteEnabled = (tx: Transaction, call: CallContext, buyer: TenantRecord, offerId: string): Promise<void> =>
  audit.append(tx, call, {
    action: 'offer.enabled',
    realmId: buyer.realm_id,
    path: buyer.path,
    object: { kind: 'offer', id: offerId },
    before: null,
    after: { tenant_id: buyer.id },
  })

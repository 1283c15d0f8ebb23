import type { createSubscription as createSubscriptionSchema, subscription } from '@tenantree/contract'
import type * as z from 'zod'
import * as audit from '../audit/index.ts'
import * as catalog from '../catalog/index.ts'
import type { CallContext } from '../kernel/context.ts'
import { fieldProblem } from '../kernel/problem.ts'
import { dayOf, toInstantText } from '../kernel/time.ts'
import type { Database } from '../platform/database.ts'
import { newId } from '../platform/ids.ts'
import * as pricing from '../pricing/index.ts'
import * as tenants from '../tenants/index.ts'
import * as repository from './repository.ts'

/**
 * Joins an offer that is billed after use to an end customer, from today on. R-SUBS-1, R-PRICE-4.
 * Throws not_found, offer_not_offered, price_missing, subscription_exists.
 */
export const createSubscription = (
  db: Database,
  call: CallContext,
  input: z.infer<typeof createSubscriptionSchema>,
): Promise<z.infer<typeof subscription>> =>
  db.transaction(call, async (tx) => {
    const tenant = await tenants.getTenant(tx, call.scope, input.tenant_id)
    if (tenant.level !== 'end_customer')
      throw fieldProblem('offer_not_offered', 'tenant_id', 'Only an end customer subscribes; its sites share it.')
    const offer = await catalog.findOffer(tx, input.offer_id)
    const isEnabled = offer !== null && (await catalog.findEnabled(tx, tenant.path, offer.id)) !== null
    if (offer === null || !isEnabled)
      throw fieldProblem('offer_not_offered', 'offer_id', 'The offer is not enabled for this tenant.')
    await pricing.requirePricesDownTo(tx, call, tenant.path, offer.id)

    const record: repository.SubscriptionRecord = {
      realm_id: tenant.realm_id,
      id: newId(),
      path: tenant.path,
      tenant_id: tenant.id,
      offer_id: offer.id,
      product_key: offer.product_key,
      state: 'active',
      started_on: dayOf(call.now).toString(),
      created_at: toInstantText(call.now),
    }
    await repository.insertSubscription(tx, record)
    await audit.append(tx, call, {
      action: 'subscription.created',
      realmId: tenant.realm_id,
      path: tenant.path,
      object: { kind: 'subscription', id: record.id },
      before: null,
      after: { tenant_id: tenant.id, offer_id: offer.id, started_on: record.started_on, state: record.state },
    })
    return {
      id: record.id,
      tenant_id: tenant.id,
      tenant_name: tenant.name,
      offer: catalog.toOffer(offer),
      state: record.state,
      started_on: record.started_on,
      created_at: record.created_at,
    }
  })

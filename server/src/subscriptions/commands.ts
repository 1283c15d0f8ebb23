import type {
  createSubscription as createSubscriptionSchema,
  Subscription,
  SubscriptionState,
} from '@tenantree/contract'
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import type * as z from 'zod'
import * as audit from '../audit/index.ts'
import * as catalog from '../catalog/index.ts'
import { atInstant, type CallContext } from '../kernel/context.ts'
import { fieldProblem } from '../kernel/problem.ts'
import { dayOf, toInstantText } from '../kernel/time.ts'
import type { Database, Transaction } from '../platform/database.ts'
import { newId } from '../platform/ids.ts'
import * as pricing from '../pricing/index.ts'
import * as tenants from '../tenants/index.ts'
import * as domain from './domain.ts'
import { readSubscription } from './queries.ts'
import * as repository from './repository.ts'

type Input = z.input<typeof createSubscriptionSchema>

/**
 * Joins an offer that is billed after use to an end customer, from today on, in trial if asked. R-SUBS-1, R-PRICE-4, R-TRIAL-2, R-TRIAL-5.
 * Throws not_found, offer_not_offered, offer_withdrawn, offer_is_ordered, offer_not_metered, price_missing, subscription_exists, trial_not_offered,
 * trial_repeated.
 */
export const createSubscription = (db: Database, call: CallContext, input: Input): Promise<Subscription> =>
  db.transaction(call, async (tx) => {
    const tenant = await tenants.getTenant(tx, call.scope, input.tenant_id)
    if (tenant.level !== 'end_customer')
      throw fieldProblem('offer_not_offered', 'tenant_id', 'Only an end customer subscribes; its sites share it.')
    const offer = await getSold(tx, tenant.path, input.offer_id)
    // What is asked for used storage may differ by whose storage it is.
    const service_type = offer.metric === 'used_storage' ? tenant.service_type : ''
    const key = { term: '', period: 'monthly', service_type } as const
    await pricing.requirePricesDownTo(tx, call, tenant.path, offer.id, key)

    const product = { realm_id: tenant.realm_id, tenant_id: tenant.id, product_key: offer.product_key }
    await settle(tx, call, ofProduct(product))
    const today = dayOf(call.now).toString()
    const trial = input.in_trial ? await decideTrial(tx, call, product, offer) : noTrial
    const record: repository.SubscriptionRecord = {
      ...product,
      ...trial,
      id: newId(),
      path: tenant.path,
      offer_id: offer.id,
      started_on: today,
      created_at: toInstantText(call.now),
      version: 1,
    }
    await repository.giveDay(tx, product, today)
    await repository.insertSubscription(tx, record)
    await note(tx, call, record, 'subscription.created', {
      before: null,
      after: { tenant_id: tenant.id, offer_id: offer.id, started_on: today, ...toFacts(record) },
    })
    return readSubscription(tx, call, record.id)
  })

const noTrial = {
  state: 'active',
  trial_ends_at: null,
  trial_end_policy: null,
  charged_from: null,
  ends_before: null,
  ended_at: null,
} as const

type Product = Pick<repository.SubscriptionRecord, 'realm_id' | 'tenant_id' | 'product_key'>

/** What the customer may have, and keeps until the transaction ends. Throws offer_not_offered and what says that it is not subscribed to. */
async function getSold(tx: Transaction, path: string, offerId: string): Promise<catalog.OfferRecord> {
  const offer = await catalog.findOffer(tx, offerId)
  if (offer === null || !(await catalog.lockEnabled(tx, path, offer.id)))
    throw fieldProblem('offer_not_offered', 'offer_id', 'The offer is not enabled for this tenant.')
  catalog.decideOnSale(offer)
  catalog.decideSubscribable(offer)
  return offer
}

async function decideTrial(tx: Transaction, call: CallContext, product: Product, offer: catalog.OfferRecord) {
  const trial = domain.decideTrial(offer, call.now)
  domain.refuseRepeated(await repository.findLastTrial(tx, product), call.now)
  return trial
}

const ofProduct = ({ realm_id, tenant_id, product_key }: Product): RawBuilder<SqlBool> =>
  sql<SqlBool>`d.realm_id = ${realm_id} and d.tenant_id = ${tenant_id} and d.product_key = ${product_key}`

/** Sets a state by hand. One that it has already changes nothing. R-SUBS-1. Throws not_found, state_conflict. */
export const setState = (
  db: Database,
  call: CallContext,
  { id, state }: { id: string; state: SubscriptionState },
): Promise<Subscription> =>
  db.transaction(call, async (tx) => {
    const stored = await repository.lockSubscription(tx, call.scope, id)
    await settle(tx, call, sql<SqlBool>`d.realm_id = ${stored.realm_id} and d.id = ${id}`)
    const record = await repository.lockSubscription(tx, call.scope, id)
    const change = domain.decideState(record, state, call.now)
    if (change !== null) {
      await repository.saveSubscription(tx, record, change)
      const action = state === 'active' ? 'subscription.activated' : 'subscription.ended'
      await note(tx, call, record, action, { before: toFacts(record), after: toFacts({ ...record, ...change }) })
    }
    return readSubscription(tx, call, id)
  })

const batchSize = 500

/** Stores the ends of trials that have passed, noted by the system at the instant of each. Answers how many. R-TRIAL-3. */
export async function settle(tx: Transaction, call: CallContext, of?: RawBuilder<SqlBool>): Promise<number> {
  const ended = await repository.endTrials(tx, call.now, batchSize, of)
  for (const record of ended) {
    await note(tx, atInstant(call, record.trial_ends_at), record, 'subscription.trial_ended', {
      before: { state: 'in_trial' },
      after: { state: record.state },
    })
  }
  return ended.length
}

/** All that are due. */
export async function settleAll(db: Database, call: CallContext): Promise<void> {
  while ((await db.work(call, (tx) => settle(tx, call))) === batchSize);
}

const toFacts = ({ state, trial_ends_at, charged_from, ends_before }: domain.SubscriptionFacts) => ({
  state,
  trial_ends_at,
  charged_from,
  ends_before,
})

type Facts = Record<string, string | null>

const note = (
  tx: Transaction,
  call: CallContext,
  record: repository.SubscriptionRecord,
  action: string,
  change: { before: Facts | null; after: Facts },
): Promise<void> =>
  audit.append(tx, call, {
    action,
    realmId: record.realm_id,
    path: record.path,
    object: { kind: 'subscription', id: record.id },
    ...change,
  })

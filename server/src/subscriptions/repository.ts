import type { ProblemCode } from '@tenantree/contract/problems'
import type { Transaction } from '../platform/database.ts'
import type { Owned } from '../tenants/index.ts'

export type SubscriptionRecord = Owned & {
  id: string
  offer_id: string
  product_key: string
  state: 'in_trial' | 'active' | 'ended'
  started_on: string
  created_at: string
}
export type SubscriptionTables = { subscriptions: SubscriptionRecord }

export const constraints: Record<string, ProblemCode> = { subscriptions_product: 'subscription_exists' }

export async function insertSubscription(tx: Transaction, subscription: SubscriptionRecord): Promise<void> {
  await tx.tables<SubscriptionTables>().insertInto('subscriptions').values(subscription).execute()
}

import type { ReportedPeaks } from '@tenantree/contract'
import * as catalog from '../catalog/index.ts'
import type { CallContext } from '../kernel/context.ts'
import { Problem } from '../kernel/problem.ts'
import type { Database } from '../platform/database.ts'
import * as subscriptions from '../subscriptions/index.ts'
import * as channel from './channel.ts'

/** Customers that pay for their storage as it is used. */
const storageCustomers: readonly string[] = ['customer-1', 'customer-3']
export const usesStorage = ({ key }: channel.DemoTenant): boolean => storageCustomers.includes(key)

const measured = new Map(
  channel.devices
    .filter(({ tenant }) => storageCustomers.some((key) => tenant === key || tenant.startsWith(`${key}-`)))
    .map(({ key }, index) => [key, index] as const),
)
const gigabyte = 1_000_000_000

/** What a machine has stored by a day of the story: it grows, and each fortnight something is thrown away. */
export function peaksOf(key: string, day: number): ReportedPeaks {
  const index = measured.get(key)
  if (index === undefined) return {}
  const size = 40 + ((index * 37) % 160)
  return { used_storage: Math.round((size + day * 0.35 - (day % 14 === 13 ? size / 4 : 0)) * gigabyte) }
}

/** Subscribes an end customer to the storage of the catalog; again it changes nothing. */
export async function subscribeToStorage(db: Database, call: CallContext, tenantId: string): Promise<void> {
  const { data } = await catalog.listOffers(db, call, { limit: 10, charge_model: 'peak' })
  for (const { id } of data) {
    try {
      await subscriptions.createSubscription(db, call, { tenant_id: tenantId, offer_id: id })
    } catch (error) {
      if (!(error instanceof Problem && error.code === 'subscription_exists')) throw error
    }
  }
}

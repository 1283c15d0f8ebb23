import { sql } from 'kysely'
import { ancestorPaths } from '../kernel/tree.ts'
import type { Transaction } from '../platform/database.ts'
import type { Consumer, OutboxEvent } from '../platform/outbox.ts'

/**
 * Keeps the sums over subtrees: a new tenant counts at every tenant above it, a deleted one no more, a new device also at its own tenant.
 * A reader of the outbox, since a sum on the vendor's row would make every creation wait for every other.
 */
export const sumsConsumer: Consumer = {
  name: 'tenant-sums',
  topics: ['tenant.created', 'tenant.deleted', 'tenant.restored', 'device.enrolled', 'device.removed'],
  async consume(tx, events) {
    const changes = new Map<string, { tenants: number; devices: number }>()
    for (const event of events) count(event, changes)
    await add(tx, changes)
  },
}

function count(event: OutboxEvent, changes: Map<string, { tenants: number; devices: number }>): void {
  const { tenants, devices } = toChange(event)
  const above = ancestorPaths(event.path)
  for (const path of event.topic.startsWith('tenant.') ? above : [...above, event.path]) {
    const change = changes.get(path) ?? { tenants: 0, devices: 0 }
    changes.set(path, { tenants: change.tenants + tenants, devices: change.devices + devices })
  }
}

/** What was deleted leaves the sums above it whole, and comes back whole: the event says how much that is. */
function toChange({ topic, payload }: OutboxEvent): { tenants: number; devices: number } {
  if (topic === 'tenant.created') return { tenants: 1, devices: 0 }
  if (topic === 'device.enrolled') return { tenants: 0, devices: 1 }
  if (topic === 'device.removed') return { tenants: 0, devices: -1 }
  const sign = topic === 'tenant.restored' ? 1 : -1
  return { tenants: sign * Number(payload.tenants), devices: sign * Number(payload.devices) }
}

async function add(tx: Transaction, changes: ReadonlyMap<string, { tenants: number; devices: number }>): Promise<void> {
  const rows = [...changes].map(([path, change]) => ({ path, ...change }))
  await sql`
    update tenant_sums s set tenants = s.tenants + c.tenants, devices = s.devices + c.devices
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as c (path text, tenants bigint, devices bigint)
    where s.path = c.path`.execute(tx.tables())
}

import { sql } from 'kysely'
import { ancestorPaths } from '../kernel/tree.ts'
import type { Transaction } from '../platform/database.ts'
import type { Consumer, OutboxEvent } from '../platform/outbox.ts'

/**
 * Keeps the sums over subtrees: a new tenant counts at every tenant above it, a new device also at its own tenant.
 * A reader of the outbox, since a sum on the vendor's row would make every creation wait for every other.
 */
export const sumsConsumer: Consumer = {
  name: 'tenant-sums',
  topics: ['tenant.created', 'device.enrolled', 'device.removed'],
  async consume(tx, events) {
    const changes = new Map<string, { tenants: number; devices: number }>()
    for (const event of events) count(event, changes)
    await add(tx, changes)
  },
}

function count(event: OutboxEvent, changes: Map<string, { tenants: number; devices: number }>): void {
  const isTenant = event.topic === 'tenant.created'
  const paths = isTenant ? ancestorPaths(event.path) : [...ancestorPaths(event.path), event.path]
  const devices = isTenant ? 0 : event.topic === 'device.removed' ? -1 : 1
  for (const path of paths) {
    const change = changes.get(path) ?? { tenants: 0, devices: 0 }
    change.tenants += isTenant ? 1 : 0
    change.devices += devices
    changes.set(path, change)
  }
}

async function add(tx: Transaction, changes: ReadonlyMap<string, { tenants: number; devices: number }>): Promise<void> {
  const rows = [...changes].map(([path, change]) => ({ path, ...change }))
  await sql`
    update tenant_sums s set tenants = s.tenants + c.tenants, devices = s.devices + c.devices
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as c (path text, tenants bigint, devices bigint)
    where s.path = c.path`.execute(tx.tables())
}

import type { DeviceOwner } from '../devices/index.ts'
import * as devices from '../devices/index.ts'
import { type Instant, toInstantText } from '../kernel/time.ts'
import type { Database } from '../platform/database.ts'

export type Presence = { note(device: DeviceOwner, at: Instant): void; flush(): Promise<void> }

/**
 * When devices were last seen, gathered in memory and written now and then: only what is shown as active or offline hangs on it,
 * never a charge, so what a crash loses here costs nobody anything.
 */
export function createPresence(db: Database): Presence {
  let seen = new Map<string, { realm_id: bigint; id: string; at: string }>()
  return {
    note(device, at) {
      seen.set(device.device_id, { realm_id: device.realm_id, id: device.device_id, at: toInstantText(at) })
    },
    async flush() {
      if (seen.size === 0) return
      const batch = [...seen.values()].sort((left, right) => (left.id < right.id ? -1 : 1))
      seen = new Map()
      await db.work(await db.systemCall('presence'), (tx) => devices.saveSeen(tx, batch))
    },
  }
}

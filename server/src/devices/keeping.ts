import { type RawBuilder, type SqlBool, sql } from 'kysely'
import * as audit from '../audit/index.ts'
import { aDay, type Due, days, type KeepingClock, type Place, type Standing } from '../keeping/index.ts'
import type { CallContext } from '../kernel/context.ts'
import type { HolderHooks } from '../networks/index.ts'
import type { Transaction } from '../platform/database.ts'
import { publish } from '../platform/outbox.ts'
import type { DeviceHooks } from './hooks.ts'

const erases =
  'The device with its host name, machine id and keys, and its names and addresses in the audit log. What was used and invoiced keeps its random id.'

type Condition = RawBuilder<SqlBool>
type Rule = { since: RawBuilder<unknown>; isOver: Condition; beforeErase: HolderHooks['beforeRemove'] }

const isThere = sql<SqlBool>`d.state in ('pending', 'active', 'deactivated')`

/** R-ACT-5: an uninstalled device is kept and shown for a time. R-KEEP-1. What any device still holds goes back before it goes. */
const ended = (holders: HolderHooks): Rule => ({
  since: sql`coalesce(d.ended_at, d.last_seen_at, d.enrolled_at)`,
  isOver: sql<SqlBool>`d.state in ('uninstalled', 'deleted')`,
  beforeErase: holders.beforeRemove,
})

/** What keeps a device is said by the slices above. */
const isKept = (hooks: DeviceHooks): Condition =>
  sql<SqlBool>`(${sql.join([sql`false`, ...hooks.keepsSilent], sql` or `)})`

/** Without a signal, and kept by nothing. One that a trial stops has the time of that trial. A license that it is given meanwhile goes back, too. */
const silent = (hooks: DeviceHooks, holders: HolderHooks): Rule => ({
  since: sql`coalesce(d.last_seen_at, d.enrolled_at)`,
  isOver: sql<SqlBool>`${isThere} and d.deactivates_at is null and not ${isKept(hooks)}`,
  beforeErase: holders.beforeRemove,
})

/** Stopped by a trial that nobody has switched to paid. R-TRIAL-2. */
const trialOver = (hooks: DeviceHooks, holders: HolderHooks): Rule => ({
  since: sql`d.deactivates_at`,
  isOver: sql<SqlBool>`${isThere} and d.deactivates_at is not null and not ${isKept(hooks)}`,
  beforeErase: holders.beforeRemove,
})

export const endedDevices = (holders: HolderHooks): KeepingClock => ({
  kind: 'ended_devices',
  title: 'Uninstalled and deleted devices',
  erases,
  keptFor: days(90),
  atLeast: aDay,
  ...clockOf(() => ended(holders)),
})

/** A device that signals after its erasing has to be enrolled again. */
export const silentDevices = (hooks: DeviceHooks, holders: HolderHooks): KeepingClock => ({
  kind: 'silent_devices',
  title: 'Devices without a signal',
  erases,
  keptFor: days(90),
  atLeast: aDay,
  // Read late: the hooks are filled after the clocks are made.
  ...clockOf(() => silent(hooks, holders)),
})

export const trialDevices = (hooks: DeviceHooks, holders: HolderHooks): KeepingClock => ({
  kind: 'trial_devices',
  title: 'Devices whose trial is over',
  erases,
  keptFor: days(90),
  atLeast: aDay,
  ...clockOf(() => trialOver(hooks, holders)),
})

const clockOf = (rule: () => Rule): Pick<KeepingClock, 'standing' | 'erase'> => ({
  standing: (until) => sql<Standing>`
    select d.realm_id, d.path, d.id, d.host_name as name, ${rule().since} as since from devices d
    where ${rule().isOver} and ${rule().since} <= ${until}::timestamptz`,
  erase: (tx, due, call) => eraseDevices(tx, call, due, rule()),
})

type Erased = Place & { id: string; tenant_id: string; state: string }

async function eraseDevices(tx: Transaction, call: CallContext, { until, places }: Due, rule: Rule): Promise<Place[]> {
  const { rows } = await sql<Erased>`
    select d.realm_id, d.path, d.id, d.tenant_id, d.state from devices d
    where d.path = any (${places.map(({ path }) => path)}) and ${rule.isOver} and ${rule.since} <= ${until}::timestamptz
    order by d.id for update`.execute(tx.tables())
  if (rows.length === 0) return []
  for (const device of rows) for (const hook of rule.beforeErase) await hook(tx, call, { ...device, kind: 'device' })
  const ids = rows.map(({ id }) => id)
  await sql`delete from devices where id = any (${ids}::uuid[])`.execute(tx.tables())
  await sql`delete from device_keys where device_id = any (${ids}::uuid[])`.execute(tx.tables())
  await audit.erasePersonal(tx, ids)
  // Keys are kept in memory for a while: they are looked up anew.
  await sql`update app.revocations set epoch = epoch + 1 where id = 1`.execute(tx.tables())
  for (const { realm_id, path, id } of rows.filter(({ state }) => state !== 'deleted'))
    await publish(tx, { realmId: realm_id, topic: 'device.removed', path, payload: { device_id: id } })
  return rows
}

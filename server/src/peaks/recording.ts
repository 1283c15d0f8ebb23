import { sql } from 'kysely'
import type { ReportedSignal } from '../activity/index.ts'
import type { CallContext } from '../kernel/context.ts'
import { dayOf, firstDay, monthOf } from '../kernel/time.ts'
import type { Transaction } from '../platform/database.ts'
import { gatherReports } from './domain.ts'

/**
 * Keeps the highest value of each day: a union like that of days, in the same commit. R-ACT-2. What a device says in the second in which its deletion
 * is not known everywhere yet is not kept.
 */
export async function saveReports(tx: Transaction, signals: readonly ReportedSignal[]): Promise<void> {
  const months = gatherReports(signals)
  if (months.length === 0) return
  await sql`
    insert into device_peaks (realm_id, device_id, metric, month, tenant_id, path, highest)
    select d.realm_id, d.id, s.metric, s.month, d.tenant_id, d.path, s.highest::bigint[]
    from unnest(${months.map((row) => row.device_id)}::uuid[], ${months.map((row) => row.metric)}::text[],
      ${months.map((row) => row.month)}::date[], ${months.map((row) => toArrayText(row.highest))}::text[]) as s (device_id, metric, month, highest)
    join devices d on d.id = s.device_id and d.state <> 'deleted' order by s.device_id, s.metric, s.month
    on conflict (realm_id, device_id, metric, month) do update set highest = app.merge_peaks(device_peaks.highest, excluded.highest)`.execute(
    tx.tables(),
  )
}

const toArrayText = (highest: readonly (bigint | null)[]): string =>
  `{${highest.map((value) => value ?? 'NULL').join(',')}}`

type DeviceRef = { realm_id: bigint; id: string }

/** Nothing is carried past the day on which the device was deleted. R-ACT-7. */
export const stopAtDeletion = async (
  tx: Transaction,
  call: CallContext,
  device: DeviceRef & { kind: string },
): Promise<void> => {
  if (device.kind !== 'device') return
  await mark(tx, device, { month: firstDay(monthOf(call.now)).toString(), deletedOn: dayOf(call.now).toString() })
}

/** What was uninstalled makes no charge in later months; one that is back in the same month goes on as it was. R-ACT-5. */
export async function followState(
  tx: Transaction,
  device: DeviceRef,
  state: 'active' | 'uninstalled',
  call: Pick<CallContext, 'now'>,
): Promise<void> {
  const month = firstDay(monthOf(call.now)).toString()
  if (state === 'uninstalled') return mark(tx, device, { month, deletedOn: null })
  await sql`
    update device_peaks set is_uninstalled = false
    where realm_id = ${device.realm_id} and device_id = ${device.id} and month = ${month}::date and is_uninstalled`.execute(
    tx.tables(),
  )
}

/** Marks the month for every metric that something is carried of. */
async function mark(tx: Transaction, device: DeviceRef, end: { month: string; deletedOn: string | null }) {
  await sql`
    insert into device_peaks (realm_id, device_id, metric, month, tenant_id, path, highest, is_uninstalled, deleted_on)
    select p.realm_id, p.device_id, p.metric, ${end.month}::date, p.tenant_id, p.path, '{}', ${end.deletedOn === null}, ${end.deletedOn}::date
    from (
      select distinct on (metric) * from device_peaks
      where realm_id = ${device.realm_id} and device_id = ${device.id} and month <= ${end.month}::date order by metric, month desc
    ) p
    where p.month = ${end.month}::date or not (p.is_uninstalled or p.deleted_on is not null)
    on conflict (realm_id, device_id, metric, month) do update set is_uninstalled = device_peaks.is_uninstalled or excluded.is_uninstalled,
      deleted_on = least(device_peaks.deleted_on, excluded.deleted_on)`.execute(tx.tables())
}

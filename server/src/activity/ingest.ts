import type { ReportedPeaks } from '@tenantree/contract'
import { sql } from 'kysely'
import type { DeviceOwner } from '../devices/index.ts'
import * as devices from '../devices/index.ts'
import { dayOf, firstDay, type Instant, monthOf, toInstantText } from '../kernel/time.ts'
import type { Database, Transaction } from '../platform/database.ts'

/** A sign of life, and the values that came with it. */
export type ReportedSignal = { device: DeviceOwner; at: Instant; peaks: ReportedPeaks }
/** What slices above keep of signals, in the same commit. */
export type SignalSaver = (tx: Transaction, signals: readonly ReportedSignal[]) => Promise<void>
type Signal = ReportedSignal & { done: () => void; failed: (error: unknown) => void }

export type Ingest = {
  /** Records that the device is alive at `at`, and what it reports. Answers only when that is durable. R-ACT-2. */
  record(device: DeviceOwner, at: Instant, peaks?: ReportedPeaks): Promise<void>
  /** Waits until everything handed over is written. */
  drain(): Promise<void>
}

/**
 * Group commit: while one write is under way, signals gather for the next; no fixed timer, so a lone signal waits for nothing.
 * `synchronous_commit` stays on, and a signal is answered after its commit.
 */
export function createIngest(db: Database, savers: readonly SignalSaver[] = []): Ingest {
  let gathered: Signal[] = []
  let writing: Promise<void> | null = null

  const writeAll = async (): Promise<void> => {
    while (gathered.length > 0) {
      const batch = gathered
      gathered = []
      await answer(() => save(db, batch, savers), batch)
    }
  }
  const start = () => {
    writing ??= writeAll().finally(() => {
      writing = null
      if (gathered.length > 0) start()
    })
  }

  return {
    record: (device, at, peaks = {}) =>
      new Promise((done, failed) => {
        gathered.push({ device, at, peaks, done, failed })
        start()
      }),
    async drain() {
      while (writing !== null) await writing
    },
  }
}

async function answer(save: () => Promise<void>, batch: readonly Signal[]): Promise<void> {
  try {
    await save()
    for (const signal of batch) signal.done()
  } catch (error) {
    for (const signal of batch) signal.failed(error)
  }
}

async function save(db: Database, batch: readonly Signal[], savers: readonly SignalSaver[]): Promise<void> {
  const call = await db.systemCall('ingest')
  await db.work(call, async (tx) => {
    // First: a device that is held stays in its realm until its days are written. R-TREE-6.
    await devices.saveSeen(tx, latestOf(batch))
    await insertDays(tx, batch)
    for (const saver of savers) await saver(tx, batch)
  })
}

/** The device's place is read here, for what is kept in memory may be from before a move. Twice, out of order, in any batch: the days are a union, so the result is the same as if each came once. R-ACT-2. */
async function insertDays(tx: Transaction, batch: readonly Signal[]): Promise<void> {
  const rows = new Map<string, { signal: Signal; month: string; days: number; first: string; last: string }>()
  for (const signal of batch) {
    const month = firstDay(monthOf(signal.at)).toString()
    const key = `${signal.device.device_id} ${month}`
    const at = toInstantText(signal.at)
    const row = rows.get(key) ?? { signal, month, days: 0, first: at, last: at }
    row.days |= devices.dayBit(dayOf(signal.at).day)
    if (at < row.first) row.first = at
    if (at > row.last) row.last = at
    rows.set(key, row)
  }
  const list = [...rows.values()].sort((left, right) =>
    left.signal.device.device_id < right.signal.device.device_id ? -1 : 1,
  )
  await sql`
    insert into device_months (realm_id, month, device_id, tenant_id, path, days, first_at, last_at)
    select d.realm_id, s.month, d.id, d.tenant_id, d.path, s.days, s.first_at, s.last_at
    from unnest(${list.map((row) => row.month)}::date[], ${list.map((row) => row.signal.device.device_id)}::uuid[],
      ${list.map((row) => row.days)}::int[], ${list.map((row) => row.first)}::timestamptz[], ${list.map((row) => row.last)}::timestamptz[])
      as s (month, device_id, days, first_at, last_at)
    join devices d on d.id = s.device_id order by s.device_id, s.month
    on conflict (realm_id, month, device_id) do update set days = device_months.days | excluded.days,
      first_at = least(device_months.first_at, excluded.first_at), last_at = greatest(device_months.last_at, excluded.last_at)`.execute(
    tx.tables(),
  )
}

function latestOf(batch: readonly Signal[]): { realm_id: bigint; id: string; at: string }[] {
  const latest = new Map<string, { realm_id: bigint; id: string; at: string }>()
  for (const { device, at } of batch) {
    const text = toInstantText(at)
    const known = latest.get(device.device_id)
    if (known === undefined || known.at < text) {
      latest.set(device.device_id, { realm_id: device.realm_id, id: device.device_id, at: text })
    }
  }
  return [...latest.values()].sort((left, right) => (left.id < right.id ? -1 : 1))
}

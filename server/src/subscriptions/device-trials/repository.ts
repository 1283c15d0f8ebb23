import { type RawBuilder, sql } from 'kysely'
import { type Instant, toInstantText } from '../../kernel/time.ts'
import { inScope, type Transaction } from '../../platform/database.ts'
import type { Owned } from '../../tenants/index.ts'
import { repeatedSince } from '../domain.ts'
import type { Switch, TrialFacts } from './domain.ts'

export type TrialRecord = Owned &
  TrialFacts & { id: string; device_id: string; offer_id: string; product_key: string; version: number }
type Tables = { device_trials: TrialRecord }

export async function insertTrial(tx: Transaction, trial: TrialRecord): Promise<void> {
  await tx.tables<Tables>().insertInto('device_trials').values(trial).execute()
}

type Device = { realm_id: bigint; id: string }

/** The last trial of a device. Nobody else changes it before the transaction ends. */
export async function lockLastTrial(tx: Transaction, device: Device): Promise<TrialRecord | null> {
  const { rows } = await sql<TrialRecord>`
    select t.* from device_trials t where t.realm_id = ${device.realm_id} and t.device_id = ${device.id}
    order by t.started_at desc, t.id desc limit 1 for update`.execute(tx.tables())
  return rows[0] ?? null
}

export async function saveTrial(tx: Transaction, trial: TrialRecord, change: Partial<Switch>): Promise<void> {
  await tx
    .tables<Tables>()
    .updateTable('device_trials')
    .set({ ...change, version: trial.version + 1 })
    .where('realm_id', '=', trial.realm_id)
    .where('id', '=', trial.id)
    .execute()
}

/** The trial that is due the longest; no other process gets it meanwhile. */
export async function lockDue(tx: Transaction, now: Instant): Promise<TrialRecord | null> {
  const { rows } = await sql<TrialRecord>`
    select t.* from device_trials t where t.outcome = 'running' and t.ends_at <= ${toInstantText(now)}
    order by t.ends_at, t.id limit 1 for update skip locked`.execute(tx.tables())
  return rows[0] ?? null
}

/**
 * Notes that the machine has a trial of the product, wherever it stands. Answers false where it had one within 180 days: of two at once one
 * is first. R-TRIAL-5.
 */
export async function claimMachine(
  tx: Transaction,
  { machineId, productKey, now }: { machineId: string; productKey: string; now: Instant },
): Promise<boolean> {
  const { rows } = await sql`
    insert into machine_trials as m (machine_id, product_key, started_at) values (${machineId}, ${productKey}, ${toInstantText(now)})
    on conflict (machine_id, product_key) do update set started_at = excluded.started_at
      where m.started_at < ${toInstantText(repeatedSince(now))}::timestamptz
    returning machine_id`.execute(tx.tables())
  return rows.length > 0
}

export async function forgetMachines(tx: Transaction, now: Instant): Promise<void> {
  await sql`delete from machine_trials where started_at < ${toInstantText(repeatedSince(now))}::timestamptz`.execute(
    tx.tables(),
  )
}

type Product = { realm_id: bigint; device_id: string; customer_id: string; product_key: string }

/** Whether a day before today is charged for the product on the device, or it holds a license of it: active never goes back to trial. R-TRIAL-4. */
export async function hasBeenPaid(tx: Transaction, of: Product, today: string): Promise<boolean> {
  const { rows } = await sql`
    select 1 from device_months m
    cross join lateral app.subscribed_days(m.month) s
    join tenants c on c.realm_id = s.realm_id and c.id = s.tenant_id
    where m.realm_id = ${of.realm_id} and m.device_id = ${of.device_id} and s.realm_id = m.realm_id and s.tenant_id = ${of.customer_id}
      and s.product_key = ${of.product_key}
      and m.days & s.days & ~s.trial_days & app.days_from(m.month, (c.trial_ends_at at time zone 'UTC')::date)
        & ~app.days_from(m.month, ${today}::date) & ~coalesce((
          select bit_or(app.days_between(m.month, (t.started_at at time zone 'UTC')::date, t.charged_from)) from device_trials t
          where t.realm_id = m.realm_id and t.device_id = m.device_id and t.product_key = s.product_key), 0) <> 0
    union all
    ${licensesOf(of)} limit 1`.execute(tx.tables())
  return rows.length > 0
}

const licensesOf = ({ realm_id, device_id, product_key }: Omit<Product, 'customer_id'>): RawBuilder<unknown> => sql`
  select 1 from licenses l where l.realm_id = ${realm_id} and l.holder_kind = 'device' and l.holder_id = ${device_id}
    and l.product_key = ${product_key} and l.state in ('assigned', 'pending_cancel') and not l.is_trial`

export async function hasLicense(tx: Transaction, of: Omit<Product, 'customer_id'>): Promise<boolean> {
  return (await sql`${licensesOf(of)} limit 1`.execute(tx.tables())).rows.length > 0
}

/** Whether the customer is subscribed to the product at the moment. */
export async function isSubscribed(
  tx: Transaction,
  { realm_id, customer_id, product_key }: Omit<Product, 'device_id'>,
  today: string,
): Promise<boolean> {
  const { rows } = await sql`
    select 1 from subscriptions s where s.realm_id = ${realm_id} and s.tenant_id = ${customer_id} and s.product_key = ${product_key}
      and s.state <> 'ended' and (s.ends_before is null or s.ends_before > ${today}::date) limit 1`.execute(tx.tables())
  return rows.length > 0
}

/** Whether a trial of the product covers the device at the moment. */
export async function isInTrial(
  tx: Transaction,
  { realm_id, device_id, product_key }: Omit<Product, 'customer_id'>,
): Promise<boolean> {
  const rows = await tx.send(sql`
    select 1 from device_trials t where t.realm_id = ${realm_id} and t.device_id = ${device_id} and t.product_key = ${product_key}
      and t.outcome = 'running' and t.ends_at > ${toInstantText(tx.now)} and ${inScope(tx.scope, 't')} limit 1`)
  return rows.length > 0
}

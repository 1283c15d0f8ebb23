import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { type Instant, toInstantText } from '../../kernel/time.ts'
import type { Transaction } from '../../platform/database.ts'
import type { TenantRecord, TenantTables } from '../repository.ts'

/** The state of a tenant `alias` at the moment: a trial that has passed is over, whatever has run since. R-TRIAL-3. */
export const presentState = (alias: string, now: Instant): RawBuilder<TenantRecord['state']> => {
  const [state, end] = [sql.ref(`${alias}.state`), sql.ref(`${alias}.trial_ends_at`)]
  return sql<TenantRecord['state']>`
    case when ${state} = 'in_trial' and ${end} <= ${toInstantText(now)}::timestamptz then 'production' else ${state} end`
}

/** As presentState, in the form that an index serves. */
export function isInState(alias: string, state: TenantRecord['state'], now: Instant): RawBuilder<SqlBool> {
  const [stored, end] = [sql.ref(`${alias}.state`), sql.ref(`${alias}.trial_ends_at`)]
  const at = sql`${toInstantText(now)}::timestamptz`
  if (state === 'in_trial') return sql<SqlBool>`${stored} = 'in_trial' and ${end} > ${at}`
  if (state === 'production')
    return sql<SqlBool>`(${stored} = 'production' or (${stored} = 'in_trial' and ${end} <= ${at}))`
  return sql<SqlBool>`${stored} = ${state}`
}

export type EndedTrial = Pick<TenantRecord, 'realm_id' | 'id' | 'path'> & { trial_ends_at: string }

/** Those whose trial is over, now in production. Of two that run at once each takes rows of its own. */
export async function endTrials(tx: Transaction, now: string, limit: number): Promise<EndedTrial[]> {
  const { rows } = await sql<EndedTrial>`
    update tenants t set state = 'production', version = t.version + 1
    from (
      select realm_id, id from tenants where state = 'in_trial' and trial_ends_at <= ${now}
      order by trial_ends_at limit ${limit} for update skip locked
    ) due
    where t.realm_id = due.realm_id and t.id = due.id returning t.realm_id, t.id, t.path, t.trial_ends_at`.execute(
    tx.tables(),
  )
  return rows
}

/** Answers whether the trial was running still. */
export async function startProduction(tx: Transaction, tenant: TenantRecord, trialEndsAt: string): Promise<boolean> {
  const updated = await tx
    .tables<TenantTables>()
    .updateTable('tenants')
    .set({ state: 'production', trial_ends_at: trialEndsAt, version: sql`version + 1` })
    .where('realm_id', '=', tenant.realm_id)
    .where('id', '=', tenant.id)
    .where('state', '=', 'in_trial')
    .executeTakeFirst()
  return updated.numUpdatedRows > 0n
}

type RefusalTables = { trial_mail_refusals: { realm_id: bigint; tenant_id: string; path: string; at: string } }
type Owner = Pick<TenantRecord, 'realm_id' | 'id' | 'path'>

export async function hasRefusedMails(tx: Transaction, tenant: Pick<Owner, 'realm_id' | 'id'>): Promise<boolean> {
  const row = await tx
    .tables<RefusalTables>()
    .selectFrom('trial_mail_refusals')
    .select('at')
    .where('realm_id', '=', tenant.realm_id)
    .where('tenant_id', '=', tenant.id)
    .executeTakeFirst()
  return row !== undefined
}

/** Answers whether it was new. */
export async function refuseMails(tx: Transaction, tenant: Owner, at: string): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .tables<RefusalTables>()
    .insertInto('trial_mail_refusals')
    .values({ realm_id: tenant.realm_id, tenant_id: tenant.id, path: tenant.path, at })
    .onConflict((conflict) => conflict.columns(['realm_id', 'tenant_id']).doNothing())
    .executeTakeFirst()
  return (numInsertedOrUpdatedRows ?? 0n) > 0n
}

/** Answers whether there was a refusal. */
export async function wantMails(tx: Transaction, tenant: Owner): Promise<boolean> {
  const { numDeletedRows } = await tx
    .tables<RefusalTables>()
    .deleteFrom('trial_mail_refusals')
    .where('realm_id', '=', tenant.realm_id)
    .where('tenant_id', '=', tenant.id)
    .executeTakeFirst()
  return numDeletedRows > 0n
}

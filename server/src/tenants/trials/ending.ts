import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { type Instant, toInstantText } from '../../kernel/time.ts'
import type { Transaction } from '../../platform/database.ts'

/** Where trials of a kind stand. */
export type TrialTable = {
  table: string
  /** Of a row `d`. */
  startedAt: RawBuilder<unknown>
  endsAt: string
  announced: string
  running: RawBuilder<SqlBool>
}
export type Ending = { realm_id: bigint; id: string; path: string; ends_at: string; days: 7 | 1 }

/**
 * Takes trials whose end is to be announced, 7 days and 1 day before, each once: late, only what is next is said, and of a trial shorter than
 * that it was said at its beginning. R-TRIAL-5. Of two that run at once each takes rows of its own.
 */
export async function claimEnding(
  tx: Transaction,
  now: Instant,
  { table, startedAt, endsAt, announced, running }: TrialTable,
): Promise<Ending[]> {
  const at = sql`${toInstantText(now)}::timestamptz`
  const [end, said] = [sql.ref(`d.${endsAt}`), sql.ref(`d.${announced}`)]
  const days = sql`case when ${end} <= ${at} + interval '1 day' then 1 else 7 end`
  const { rows } = await sql<Ending>`
    update ${sql.table(table)} t set ${sql.ref(announced)} = due.days
    from (
      select d.realm_id, d.id, ${days} as days from ${sql.table(table)} d
      where ${running} and ${end} > ${at} and ${end} <= ${at} + interval '7 days'
        and (${said} is null or ${said} > ${days}) and ${startedAt} < ${end} - make_interval(days => ${days})
      order by ${end}, d.id limit 100 for update skip locked
    ) due
    where t.realm_id = due.realm_id and t.id = due.id
    returning t.realm_id, t.id, t.path, t.${sql.ref(endsAt)} as ends_at, due.days`.execute(tx.tables())
  return rows
}

/** Customers in trial. */
export const claimEndingCustomers = (tx: Transaction, now: Instant): Promise<Ending[]> =>
  claimEnding(tx, now, {
    table: 'tenants',
    startedAt: sql`d.created_at`,
    endsAt: 'trial_ends_at',
    announced: 'trial_announced_days',
    running: sql<SqlBool>`d.state = 'in_trial'`,
  })

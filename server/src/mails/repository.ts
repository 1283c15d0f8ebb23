import type { MailTemplateName } from '@tenantree/contract'
import { sql } from 'kysely'
import type { Due, Place } from '../keeping/index.ts'
import type { Scope } from '../kernel/context.ts'
import { Problem } from '../kernel/problem.ts'
import { toInstantText } from '../kernel/time.ts'
import { inScope, type Transaction } from '../platform/database.ts'
import type { AfterFailure } from './domain.ts'

export type MailRecord = {
  realm_id: bigint
  id: string
  path: string
  tenant_id: string
  template: MailTemplateName
  state: 'queued' | 'sent' | 'failed'
  attempts: number
  due_at: string | null
  last_error: string | null
  dedupe_key: string | null
  created_at: string
  sent_at: string | null
}
export type ContentRecord = {
  realm_id: bigint
  mail_id: string
  path: string
  recipient: string
  recipient_name: string
  sender_name: string
  subject: string
  text_body: string
  html_body: string
  created_at: string
}
type MailTables = { mails: MailRecord; mail_contents: ContentRecord }

/** Answers false where a mail of that dedupe key was queued before. */
export async function insertMail(tx: Transaction, mail: MailRecord, content: ContentRecord): Promise<boolean> {
  const tables = tx.tables<MailTables>()
  const inserted = await tables
    .insertInto('mails')
    .values(mail)
    .onConflict((conflict) => conflict.constraint('mails_dedupe').doNothing())
    .executeTakeFirst()
  if (inserted.numInsertedOrUpdatedRows === 0n) return false
  await tables.insertInto('mail_contents').values(content).execute()
  return true
}

/** Throws not_found. */
export async function getMail(tx: Transaction, scope: Scope, id: string): Promise<MailRecord> {
  const found = await tx
    .tables<MailTables>()
    .selectFrom('mails')
    .selectAll()
    .where('id', '=', id)
    .where(inScope(scope, 'mails'))
    .executeTakeFirst()
  if (found === undefined) throw new Problem('not_found')
  return found
}

export async function findContent(tx: Transaction, mail: Pick<MailRecord, 'realm_id' | 'id'>) {
  const found = await tx
    .tables<MailTables>()
    .selectFrom('mail_contents')
    .selectAll()
    .where('realm_id', '=', mail.realm_id)
    .where('mail_id', '=', mail.id)
    .executeTakeFirst()
  return found ?? null
}

/** Queues a failed mail again. Answers false where it is not failed, or its content is erased. */
export async function requeue(tx: Transaction, mail: MailRecord, now: string): Promise<boolean> {
  const updated = await tx
    .tables<MailTables>()
    .updateTable('mails')
    .set({ state: 'queued', attempts: 0, due_at: now, last_error: null })
    .where('realm_id', '=', mail.realm_id)
    .where('id', '=', mail.id)
    .where('state', '=', 'failed')
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('mail_contents')
          .select('mail_id')
          .where('realm_id', '=', mail.realm_id)
          .where('mail_id', '=', mail.id),
      ),
    )
    .executeTakeFirst()
  return updated.numUpdatedRows === 1n
}

export async function listRealmsWithDue(tx: Transaction, now: string): Promise<bigint[]> {
  const { rows } = await sql<{ id: bigint }>`
    select r.id from realms r
    where exists (select 1 from mails m where m.realm_id = r.id and m.state = 'queued' and m.due_at <= ${now})
    order by r.id`.execute(tx.tables())
  return rows.map((row) => row.id)
}

/**
 * Takes the longest due mail of a realm for one attempt; no other process takes it before `leaseUntil`, when it falls due again:
 * a process that dies on the way loses nothing.
 */
export async function claimDue(
  tx: Transaction,
  realmId: bigint,
  { now, leaseUntil }: { now: string; leaseUntil: string },
): Promise<MailRecord | null> {
  const { rows } = await sql<MailRecord>`
    update mails set attempts = attempts + 1, due_at = ${leaseUntil}
    where realm_id = ${realmId} and id = (
      select id from mails where realm_id = ${realmId} and state = 'queued' and due_at <= ${now}
      order by due_at, id limit 1 for update skip locked)
    returning *`.execute(tx.tables())
  return rows[0] ?? null
}

const one = (tx: Transaction, mail: MailRecord) =>
  tx
    .tables<MailTables>()
    .updateTable('mails')
    .where('realm_id', '=', mail.realm_id)
    .where('id', '=', mail.id)
    .where('state', '=', 'queued')

export async function markSent(tx: Transaction, mail: MailRecord, now: string): Promise<void> {
  await one(tx, mail).set({ state: 'sent', due_at: null, last_error: null, sent_at: now }).execute()
}

export async function markFailed(
  tx: Transaction,
  mail: MailRecord,
  { state, dueAt }: AfterFailure,
  error: string,
): Promise<void> {
  const dueText = dueAt === null ? null : toInstantText(dueAt)
  await one(tx, mail).set({ state, due_at: dueText, last_error: error }).execute()
}

/** Erases the contents that are due; a mail that was not sent by then never will be. R-KEEP-1. */
export async function eraseContents(tx: Transaction, { until, places }: Due): Promise<Place[]> {
  const paths = places.map(({ path }) => path)
  const { rows } = await sql<Place & { mail_id: string }>`
    delete from mail_contents where path = any (${paths}) and created_at <= ${until}::timestamptz
    returning realm_id, path, mail_id`.execute(tx.tables())
  await sql`
    update mails set state = 'failed', due_at = null, last_error = 'Not sent in time; its content is erased'
    where id = any (${rows.map((row) => row.mail_id)}::uuid[]) and path = any (${paths}) and state = 'queued'`.execute(
    tx.tables(),
  )
  return rows
}

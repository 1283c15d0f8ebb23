import type { MailTemplateName } from '@tenantree/contract'
import * as audit from '../audit/index.ts'
import type { CallContext } from '../kernel/context.ts'
import { Problem } from '../kernel/problem.ts'
import { toInstantText } from '../kernel/time.ts'
import type { Database, Transaction } from '../platform/database.ts'
import { newId } from '../platform/ids.ts'
import { enqueue } from '../platform/jobs.ts'
import { getCompany, readShownBranding, type TenantHooks, type TenantRecord } from '../tenants/index.ts'
import { type MailData, templates, toText } from './domain.ts'
import { toHtml } from './letter.ts'
import * as repository from './repository.ts'

export type NewMail<Name extends MailTemplateName> = {
  /** Whose mail it is, and with it whose branding: its own or its seller's. */
  tenant: Pick<TenantRecord, 'realm_id' | 'id' | 'path' | 'level'>
  template: Name
  to: { address: string; name: string }
  data: MailData[Name]
  /** A second mail of the same key is not queued. */
  dedupeKey?: string
}

export const sendJob = 'mails.send'

/** Queues a mail in the transaction of the change that it tells of: it is sent if, and only if, the change stands. R-MAIL-1, R-SUB-4. */
export async function queueMail<Name extends MailTemplateName>(
  tx: Transaction,
  call: CallContext,
  { tenant, template, to, data, dedupeKey }: NewMail<Name>,
): Promise<void> {
  const letter = templates[template].write(data)
  const brand = await readShownBranding(tx, tenant)
  const senderName = brand.sender_name ?? brand.name
  const owned = { realm_id: tenant.realm_id, path: tenant.path, created_at: toInstantText(call.now) }
  const id = newId()
  const isQueued = await repository.insertMail(
    tx,
    {
      ...owned,
      id,
      tenant_id: tenant.id,
      template,
      state: 'queued',
      attempts: 0,
      due_at: owned.created_at,
      last_error: null,
      dedupe_key: dedupeKey ?? null,
      sent_at: null,
    },
    {
      ...owned,
      mail_id: id,
      recipient: to.address,
      recipient_name: to.name,
      sender_name: senderName,
      subject: letter.subject,
      text_body: toText(letter, senderName),
      html_body: toHtml(letter, brand),
    },
  )
  if (isQueued) await enqueue(tx, sendJob, {}, sendJob)
}

/** Queues the welcome mail of a new tenant where it was asked for and there is someone to write to. R-TREE-3. */
export const welcome: TenantHooks['afterCreate'][number] = async (tx, call, { tenant }) => {
  if (!tenant.send_welcome_mail) return
  const { contact_email, contact_name } = await getCompany(tx, tenant)
  if (contact_email === null) return
  const seller = await readShownBranding(tx, tenant)
  await queueMail(tx, call, {
    tenant,
    template: 'customer_welcome',
    to: { address: contact_email, name: contact_name ?? tenant.name },
    data: { contact_name, tenant_name: tenant.name, seller_name: seller.name },
    dedupeKey: `customer_welcome:${tenant.id}`,
  })
}

/** Queues a failed mail again. Throws not_found, state_conflict for any other, and once its content is erased. */
export const resendMail = (db: Database, call: CallContext, id: string): Promise<void> =>
  db.transaction(call, async (tx) => {
    const mail = await repository.getMail(tx, call.scope, id)
    const isQueued = await repository.requeue(tx, mail, toInstantText(call.now))
    if (!isQueued) throw new Problem('state_conflict', { params: { state: mail.state } })
    await enqueue(tx, sendJob, {}, sendJob)
    await audit.append(tx, call, {
      action: 'mail.requeued',
      realmId: mail.realm_id,
      path: mail.path,
      object: { kind: 'mail', id: mail.id },
      before: { state: mail.state },
      after: { state: 'queued' },
    })
  })

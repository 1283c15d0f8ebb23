import type { BrandingInput, Mail, MailRow, MailTemplateName, mailQuery } from '@tenantree/contract'
import { mailTemplates } from '@tenantree/contract'
import { type RawBuilder, sql } from 'kysely'
import type * as z from 'zod'
import type { CallContext } from '../kernel/context.ts'
import { fromCursor, type Page, toPage } from '../kernel/page.ts'
import { Problem } from '../kernel/problem.ts'
import { toBounds } from '../kernel/tree.ts'
import { type Database, inScope } from '../platform/database.ts'
import { decideBranding, getTenant, readShownBranding } from '../tenants/index.ts'
import { type Letter, templates, toText } from './domain.ts'
import { toHtml } from './letter.ts'

const columns = sql`m.id, m.tenant_id, t.name as tenant_name, m.template, m.state, c.recipient, c.subject, m.attempts, m.due_at,
  m.last_error, m.created_at, m.sent_at`
const tables = sql`mails m
  join tenants t on t.realm_id = m.realm_id and t.id = m.tenant_id
  left join mail_contents c on c.realm_id = m.realm_id and c.mail_id = m.id`

/** Mails of the scope, the newest first. Throws not_found for a tenant outside. */
export const listMails = (db: Database, call: CallContext, query: z.infer<typeof mailQuery>): Promise<Page<MailRow>> =>
  db.transaction(call, async (tx) => {
    const filters: RawBuilder<unknown>[] = [inScope(call.scope, 'm')]
    if (query.tenant_id !== undefined) {
      const { lo, hi } = toBounds((await getTenant(tx, call.scope, query.tenant_id)).path)
      filters.push(sql`m.path >= ${lo} and m.path < ${hi}`)
    }
    if (query.state !== undefined) filters.push(sql`m.state = ${query.state}`)
    const after = fromCursor(query.cursor, ['instant', 'uuid'])
    if (after !== null) filters.push(sql`(m.created_at, m.id) < (${after[0]}::timestamptz, ${after[1]}::uuid)`)
    const { rows } = await sql<MailRow>`
      select ${columns} from ${tables} where ${sql.join(filters, sql` and `)}
      order by m.created_at desc, m.id desc limit ${query.limit + 1}`.execute(tx.tables())
    return toPage(rows, query.limit, (row) => [row.created_at, row.id])
  })

/** A receipt names amounts of an edge: it is for the two ends of it. R-TREE-10. */
const shown = ({ scope }: CallContext, body: 'text_body' | 'html_body') => sql`
  case when m.template = 'purchase_receipt' and ${scope.lo} not in (m.path, left(m.path, -4)) then null else ${sql.ref(`c.${body}`)} end`

/** A mail; what it says only where mails are kept to be looked at, since it may hold a sign-in link. Throws not_found. */
export const getMail = (
  db: Database,
  call: CallContext,
  { id, withContent }: { id: string; withContent: boolean },
): Promise<Mail> =>
  db.transaction(call, async (tx) => {
    const { rows } = await sql<Mail>`
      select ${columns}, ${shown(call, 'text_body')} as text, ${shown(call, 'html_body')} as html from ${tables}
      where m.id = ${id} and ${inScope(call.scope, 'm')}`.execute(tx.tables())
    if (rows[0] === undefined) throw new Problem('not_found')
    return withContent ? rows[0] : { ...rows[0], text: null, html: null }
  })

export const listTemplates = () => ({
  data: mailTemplates.map((name) => ({
    name,
    title: templates[name].title,
    description: templates[name].description,
  })),
  next: null,
})

/** A mail of made-up data in the caller's own branding, or in a draft of it. Throws color_contrast_low, logo_refused. */
export const previewMail = (
  db: Database,
  call: CallContext,
  { name, draft }: { name: MailTemplateName; draft: BrandingInput | undefined },
) =>
  db.transaction(call, async (tx) => {
    const tenant = await getTenant(tx, call.scope, call.scope.tenantId)
    const brand = draft ? { ...decideBranding(draft), is_set: true, version: 0 } : await readShownBranding(tx, tenant)
    const senderName = brand.sender_name ?? brand.name
    const letter = writeSample(name)
    return {
      subject: letter.subject,
      sender_name: senderName,
      text: toText(letter, senderName),
      html: toHtml(letter, brand),
    }
  })

/** One template at a time, so that its sample and its letter are of one type. */
const writeSample = <Name extends MailTemplateName>(name: Name): Letter => templates[name].write(templates[name].sample)

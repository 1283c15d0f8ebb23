import type { CallContext } from '../kernel/context.ts'
import { toInstantText } from '../kernel/time.ts'
import type { Database } from '../platform/database.ts'
import type { MailServer } from '../platform/mail-server.ts'
import { decideAfterFailure, toErrorText } from './domain.ts'
import type { ContentRecord, MailRecord } from './repository.ts'
import * as repository from './repository.ts'

/** Where mails go. mailbox: they count as sent and are read in the console. none: they wait for a server. */
export type Delivery = { kind: 'smtp'; server: MailServer } | { kind: 'mailbox' } | { kind: 'none' }

/** Longer than an attempt can take. */
const leaseMinutes = 15

/** Sends what is due: at once by a job, and by the due task what has to be tried again. One round at a time in a process. */
export function createSender(db: Database, delivery: Delivery): (call: CallContext) => Promise<void> {
  let last: Promise<void> = Promise.resolve()
  return (call) => {
    last = last.catch(() => {}).then(() => sendDue(db, delivery, call))
    return last
  }
}

async function sendDue(db: Database, delivery: Delivery, call: CallContext): Promise<void> {
  if (delivery.kind === 'none') return
  const realms = await db.work(call, (tx) => repository.listRealmsWithDue(tx, toInstantText(call.now)))
  for (const realmId of realms) {
    let after: After
    do after = await sendNext(db, delivery, call, realmId)
    while (after === 'more')
    if (after === 'unreachable') return
  }
}

/** A server that cannot be reached ends the round: the other mails stay due and lose no attempt. */
type After = 'more' | 'none' | 'unreachable'

async function sendNext(
  db: Database,
  delivery: Exclude<Delivery, { kind: 'none' }>,
  call: CallContext,
  realmId: bigint,
): Promise<After> {
  const claim = { now: toInstantText(call.now), leaseUntil: toInstantText(call.now.add({ minutes: leaseMinutes })) }
  const claimed = await db.work(call, async (tx) => {
    const mail = await repository.claimDue(tx, realmId, claim)
    return mail === null ? null : { mail, content: await repository.findContent(tx, mail) }
  })
  if (claimed === null) return 'none'
  const { mail, content } = claimed
  if (content !== null) return attempt(db, delivery, call, { mail, content })
  await db.work(call, (tx) =>
    repository.markFailed(tx, mail, { state: 'failed', dueAt: null }, 'Its content is erased'),
  )
  return 'more'
}

async function attempt(
  db: Database,
  delivery: Exclude<Delivery, { kind: 'none' }>,
  call: CallContext,
  { mail, content }: { mail: MailRecord; content: ContentRecord },
): Promise<After> {
  const failure = delivery.kind === 'smtp' ? await delivery.server.send(toOutgoing(content)) : null
  await db.work(call, async (tx) => {
    if (failure === null) return repository.markSent(tx, mail, toInstantText(call.now))
    const after = decideAfterFailure(mail.attempts, failure.isPermanent, call.now)
    return repository.markFailed(tx, mail, after, toErrorText(failure.reason, content.recipient))
  })
  return failure?.isUnreachable ? 'unreachable' : 'more'
}

const toOutgoing = (content: ContentRecord) => ({
  id: content.mail_id,
  senderName: content.sender_name,
  to: { name: content.recipient_name, address: content.recipient },
  subject: content.subject,
  text: content.text_body,
  html: content.html_body,
})

import type { CallContext } from '../kernel/context.ts'
import type { Mode } from '../platform/config.ts'
import type { Database } from '../platform/database.ts'
import type { DueTask } from '../platform/due.ts'
import type { Job } from '../platform/jobs.ts'
import { openMailServer } from '../platform/mail-server.ts'
import { sendJob } from './commands.ts'
import { createSender, type Delivery } from './jobs.ts'

export type DeliveryOptions = { mode: Mode; smtpUrl?: string | null; baseUrl: () => string }

export type Mails = {
  kind: Delivery['kind']
  tasks: readonly DueTask[]
  jobs: Readonly<Record<string, Job>>
  close(): void
}

/** Where mails go: to the server of SMTP_URL; without one to the mailbox of demo and test mode, in production nowhere yet. */
export function openMails(db: Database, options: DeliveryOptions): Mails {
  const delivery = chooseDelivery(options)
  const run = createSender(db, delivery)
  return {
    kind: delivery.kind,
    tasks: [{ name: sendJob, run: (call: CallContext) => run(call) }],
    jobs: { [sendJob]: async () => run(await db.systemCall(sendJob)) },
    close: () => (delivery.kind === 'smtp' ? delivery.server.close() : undefined),
  }
}

function chooseDelivery({ mode, smtpUrl, baseUrl }: DeliveryOptions): Delivery {
  if (smtpUrl) return { kind: 'smtp', server: openMailServer(smtpUrl, baseUrl) }
  return { kind: mode === 'production' ? 'none' : 'mailbox' }
}

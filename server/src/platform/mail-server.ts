import type { Transporter } from 'nodemailer'
import { messageOf, StartFailure } from './start-failure.ts'

export type OutgoingMail = {
  id: string
  senderName: string
  to: { name: string; address: string }
  subject: string
  text: string
  html: string
}
/** `isPermanent`: the server refuses this recipient for good. `isUnreachable`: it would refuse any mail now. */
export type MailFailure = { reason: string; isPermanent: boolean; isUnreachable: boolean }

export type MailServer = {
  /** Answers null when the server has taken it. */
  send(mail: OutgoingMail): Promise<MailFailure | null>
  close(): void
}

const timeouts = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 30_000 }

/**
 * The server of SMTP_URL. Mails come from the address in its `?from=`, else from its user's if that is an address, else from
 * no-reply at the host of the console.
 */
export function openMailServer(smtpUrl: string, baseUrl: () => string): MailServer {
  const { url, from } = readUrl(smtpUrl)
  let opened: Promise<Transporter> | null = null
  return {
    async send(mail) {
      try {
        opened ??= open(url)
        const address = from ?? `no-reply@${new URL(baseUrl()).hostname}`
        await (await opened).sendMail({
          from: { name: mail.senderName, address },
          to: mail.to,
          subject: mail.subject,
          text: mail.text,
          html: mail.html,
          messageId: `<${mail.id}@${address.slice(address.indexOf('@') + 1)}>`,
          headers: { 'Auto-Submitted': 'auto-generated' },
          // Logos travel with the mail: mail programs load nothing that stands in an address.
          attachDataUrls: true,
          disableFileAccess: true,
          disableUrlAccess: true,
        })
        return null
      } catch (error) {
        return toFailure(error)
      }
    },
    close() {
      void opened?.then((transporter) => transporter.close())
    },
  }
}

/** Loaded when the first mail goes out: a tenth of a second that a start does not need. */
async function open(url: string): Promise<Transporter> {
  const { createTransport } = await import('nodemailer')
  return createTransport({ url, ...timeouts })
}

function readUrl(smtpUrl: string): { url: string; from: string | null } {
  const url = new URL(smtpUrl)
  const user = decodeURIComponent(url.username)
  const from = url.searchParams.get('from') ?? (user.includes('@') ? user : null)
  url.searchParams.delete('from')
  return { url: url.href, from }
}

const ofThisMail = new Set(['EENVELOPE', 'EMESSAGE'])

function toFailure(error: unknown): MailFailure {
  const { code, command, responseCode } = Object(error) as Record<string, unknown>
  const isOfThisMail = typeof code === 'string' && ofThisMail.has(code)
  // A sender that is refused (MAIL FROM) is a wrong setting, which will be put right; a recipient that is refused stays so.
  const isPermanent = command === 'RCPT TO' && typeof responseCode === 'number' && responseCode >= 500
  return { reason: messageOf(error), isPermanent, isUnreachable: !isOfThisMail }
}

/** For the doctor: connects and signs in, and sends nothing. Throws StartFailure. */
export async function checkMailServer(smtpUrl: string): Promise<string> {
  const { url } = readUrl(smtpUrl)
  const transporter = await open(url)
  const { host } = new URL(url)
  try {
    await transporter.verify()
    return `${host} takes mails`
  } catch (error) {
    throw new StartFailure(
      `The mail server ${host} does not take mails: ${messageOf(error)}`,
      'Look whether it runs, and correct SMTP_URL; until then mails stay queued',
    )
  } finally {
    transporter.close()
  }
}

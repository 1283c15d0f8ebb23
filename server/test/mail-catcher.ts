import { EventEmitter } from 'node:events'
import { buffer } from 'node:stream/consumers'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer } from 'smtp-server'

/** A real SMTP server on a port of its own that can be stopped and started, and refuses recipients of `refused.example` for good. */
export type MailCatcher = {
  url: string
  mails: Email[]
  /** The next mail that fits. */
  next(fits: (mail: Email) => boolean): Promise<Email>
  start(): Promise<void>
  stop(): Promise<void>
}

export async function openMailCatcher(): Promise<MailCatcher> {
  const mails: Email[] = []
  const arrivals = new EventEmitter<{ mail: [Email] }>()
  let server: SMTPServer | null = null
  let port = 0
  const start = async () => {
    const made = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onRcptTo: ({ address }, _session, done) =>
        done(
          address.endsWith('@refused.example')
            ? Object.assign(new Error(`no mailbox ${address}`), { responseCode: 550 })
            : null,
        ),
      onData: (stream, _session, done) => {
        buffer(stream)
          .then((bytes) => PostalMime.parse(bytes))
          .then((mail) => {
            mails.push(mail)
            arrivals.emit('mail', mail)
            done()
          }, done)
      },
    })
    made.on('error', () => {})
    await new Promise<void>((resolve) => made.listen(port, '127.0.0.1', resolve))
    const address = made.server.address()
    port = typeof address === 'object' && address !== null ? address.port : 0
    server = made
  }
  const stop = async () => {
    await new Promise<void>((resolve) => (server === null ? resolve() : server.close(resolve)))
    server = null
  }
  await start()
  const next = (fits: (mail: Email) => boolean) =>
    new Promise<Email>((resolve) => {
      arrivals.on('mail', (mail) => (fits(mail) ? resolve(mail) : undefined))
    })
  return { url: `smtp://127.0.0.1:${port}?from=console@mail.example`, mails, next, start, stop }
}

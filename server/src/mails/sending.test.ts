import { afterAll, beforeAll, expect, it } from 'vitest'
import * as given from '../../test/given.ts'
import { type MailCatcher, openMailCatcher } from '../../test/mail-catcher.ts'
import { auditOf, query, refusal } from '../../test/state.ts'
import { type Client, openWorld, signInWithLink, type World } from '../../test/world.ts'
import { openMails } from './index.ts'

let world: World
let catcher: MailCatcher
let channel: given.Channel

beforeAll(async () => {
  catcher = await openMailCatcher()
  world = await openWorld('2027-01-05T10:00:00Z', { smtpUrl: catcher.url })
  channel = await given.channel(world)
})
afterAll(async () => {
  await world.close()
  await catcher.stop()
})

/** Waits for the round that a job may have begun, and does what is due by now. */
const runDue = async () => world.application.runDue(await world.application.db.systemCall('test'))

const now = async (): Promise<number> => Date.parse((await world.vendor.get('/v1/test-clock')).body.now)
const wait = async (ms: number) => world.moveTo(new Date((await now()) + ms).toISOString())
const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs

const newAddress = (domain = 'people.example') => `${given.unique('user').replace(' ', '-')}@${domain}`

async function invite(email: string, as: Client = world.vendor, tenantId = channel.customer.id): Promise<string> {
  const body = { tenant_id: tenantId, email, name: 'Ada <b>Lovelace</b>', role: 'supporter' }
  return given.expectOk(await as.post('/v1/users', body)).body.sign_in_url
}

// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever comes
async function mailTo(email: string): Promise<any> {
  const { data } = given.expectOk(await world.vendor.get('/v1/mails?limit=500')).body
  const rows = data.filter((row: { recipient: string }) => row.recipient === email)
  expect(rows).toHaveLength(1)
  return rows[0]
}
const stateOf = async (id: string) => (await world.vendor.get(`/v1/mails/${id}`)).body
const caught = (email: string) => catcher.mails.filter((mail) => mail.to?.[0]?.address === email)

it('201: an invitation is mailed, in text and HTML, and its link signs in', async () => {
  const email = newAddress()
  const url = await invite(email)
  await runDue()
  const mail = await mailTo(email)
  expect(mail).toMatchObject({
    template: 'user_invitation',
    state: 'sent',
    attempts: 1,
    due_at: null,
    last_error: null,
  })
  const [received] = caught(email)
  expect(received).toMatchObject({
    subject: `Your access to ${channel.customer.name}`,
    messageId: `<${mail.id}@mail.example>`,
    from: { name: channel.reseller.name, address: 'console@mail.example' },
  })
  expect(received?.text).toContain(url)
  expect(received?.text).toContain('12 January 2027 at 10:00 UTC')
  expect(received?.html).toContain(`href="${url}"`)
  expect(received?.html).toContain('Ada &lt;b&gt;Lovelace&lt;/b&gt;')
  expect(received?.html).not.toContain('<b>')
  expect(await signInWithLink(world.url, new URL(url).searchParams.get('token') ?? '')).toMatch(/^tts_/)
})

it('201: a mail goes out at once, without waiting for the next due work', async () => {
  const email = newAddress()
  const arrived = catcher.next((mail) => mail.to?.[0]?.address === email)
  await invite(email)
  expect((await arrived).subject).toBe(`Your access to ${channel.customer.name}`)
})

it('201: while the mail server is down the invitation stands, is tried again, and its state is seen (scenario 38)', async () => {
  const email = newAddress()
  await catcher.stop()
  await invite(email)
  await runDue()
  const mail = await mailTo(email)
  const dueAt = (ms: number) => new Date(Date.parse(mail.created_at) + ms).toISOString()
  expect(mail).toMatchObject({ state: 'queued', attempts: 1, due_at: dueAt(minuteMs) })
  expect(mail.last_error).toContain('ECONNREFUSED')
  await wait(minuteMs - 1000)
  expect(await stateOf(mail.id)).toMatchObject({ attempts: 1 })
  await wait(1000)
  expect(await stateOf(mail.id)).toMatchObject({ state: 'queued', attempts: 2, due_at: dueAt(6 * minuteMs) })
  await catcher.start()
  await wait(5 * minuteMs)
  expect(await stateOf(mail.id)).toMatchObject({ state: 'sent', attempts: 3, last_error: null })
  expect(caught(email)).toHaveLength(1)
})

it('200: after the sixth attempt a mail is failed; a re-send queues it, and only then', async () => {
  const email = newAddress()
  await catcher.stop()
  await invite(email)
  await runDue()
  const { id } = await mailTo(email)
  expect(refusal(await world.vendor.post(`/v1/mails/${id}/resend`))).toBe('409 state_conflict')
  for (const minutes of [1, 5, 30, 120]) await wait(minutes * minuteMs)
  expect(await stateOf(id)).toMatchObject({ state: 'queued', attempts: 5 })
  await wait(480 * minuteMs)
  expect(await stateOf(id)).toMatchObject({ state: 'failed', attempts: 6, due_at: null })
  await wait(dayMs)
  expect(await stateOf(id)).toMatchObject({ state: 'failed', attempts: 6 })

  await catcher.start()
  const supporter = await given.user(world, world.vendor, channel.customer.id, 'supporter')
  expect(refusal(await supporter.post(`/v1/mails/${id}/resend`))).toBe('403 not_allowed')
  expect(refusal(await channel.subDistributor.as.post(`/v1/mails/${channel.reseller.id}/resend`))).toBe('404 not_found')
  expect((await channel.reseller.as.post(`/v1/mails/${id}/resend`)).body).toMatchObject({
    state: 'queued',
    attempts: 0,
  })
  await runDue()
  expect(await stateOf(id)).toMatchObject({ state: 'sent', attempts: 1 })
  expect(caught(email)).toHaveLength(1)
  expect((await auditOf(world, id)).map(({ action }) => action)).toEqual(['mail.requeued'])
  expect(refusal(await world.vendor.post(`/v1/mails/${id}/resend`))).toBe('409 state_conflict')
})

it('201: a recipient that is refused for good fails at once, and the error does not keep the address', async () => {
  const email = newAddress('refused.example')
  await invite(email)
  await runDue()
  const mail = await mailTo(email)
  expect(mail).toMatchObject({ state: 'failed', attempts: 1 })
  expect(mail.last_error).toContain('no mailbox <recipient>')
  expect(mail.last_error).not.toContain(email)
})

it('a server that cannot be reached costs only the first mail an attempt; two processes send each mail once', async () => {
  const emails = Array.from({ length: 8 }, () => newAddress())
  await catcher.stop()
  for (const email of emails) await invite(email)
  await runDue()
  const mails = await Promise.all(emails.map(mailTo))
  expect(mails.every((mail) => mail.state === 'queued' && mail.attempts <= 1)).toBe(true)
  await catcher.start()
  const { db } = world.application
  const call = await db.systemCall('test')
  const later = { ...call, now: call.now.add({ minutes: 1 }) }
  const processes = [1, 2].map(() =>
    openMails(db, { mode: 'production', smtpUrl: catcher.url, baseUrl: () => world.url }),
  )
  await Promise.all(processes.map(({ tasks }) => tasks[0]?.run(later)))
  for (const { close } of processes) close()
  expect(emails.map((email) => caught(email).length)).toEqual(emails.map(() => 1))
})

it('in production without a mail server mails stay queued', async () => {
  await catcher.stop()
  const email = newAddress()
  await invite(email)
  await runDue()
  const { db } = world.application
  const none = openMails(db, { mode: 'production', smtpUrl: null, baseUrl: () => world.url })
  const call = await db.systemCall('test')
  await none.tasks[0]?.run({ ...call, now: call.now.add({ hours: 1 }) })
  expect(none.kind).toBe('none')
  expect(await mailTo(email)).toMatchObject({ state: 'queued', attempts: 1 })
  await catcher.start()
})

it('409 email_taken: a change that is undone sends no mail', async () => {
  const email = newAddress()
  await invite(email)
  await runDue()
  const body = { tenant_id: channel.customer.id, email, name: 'Again', role: 'supporter' }
  expect(refusal(await world.vendor.post('/v1/users', body))).toBe('409 email_taken')
  await runDue()
  expect(caught(email)).toHaveLength(1)
})

it('a process that dies between taking a mail and sending it loses nothing', async () => {
  await catcher.stop()
  const email = newAddress()
  await invite(email)
  await runDue()
  const { id, created_at } = await mailTo(email)
  const lease = new Date(Date.parse(created_at) + 15 * minuteMs).toISOString()
  await query(world, 'update mails set attempts = 2, due_at = $2 where id = $1', [id, lease])
  await catcher.start()
  await wait(14 * minuteMs)
  expect(caught(email)).toHaveLength(0)
  await wait(minuteMs)
  expect(await stateOf(id)).toMatchObject({ state: 'sent', attempts: 3 })
})

it('204: a changed password is told to its user, a first one is not', async () => {
  const email = newAddress()
  const url = await invite(email, world.vendor)
  const user = world.as(await signInWithLink(world.url, new URL(url).searchParams.get('token') ?? ''))
  const change = (current: string | null, next: string) =>
    user.put('/v1/me/password', { current_password: current, new_password: next })
  expect((await change(null, 'four unrelated words here')).status).toBe(204)
  expect((await change('four unrelated words here', 'five other words stand here')).status).toBe(204)
  await runDue()
  expect(caught(email).map(({ subject }) => subject)).toEqual([
    `Your access to ${channel.customer.name}`,
    'Your password was changed',
  ])
})

it('200: the logo of the branding travels with the mail, under the sender name of the branding', async () => {
  const bytes = Buffer.from('89504e470d0a1a0a0000000d4948445200000001', 'hex')
  const brand = { name: 'Harbor', color: '#1d4ed8', logo: `data:image/png;base64,${bytes.toString('base64')}` }
  const path = `/v1/tenants/${channel.reseller.id}/branding`
  given.expectOk(await channel.reseller.as.put(path, { ...brand, sender_name: 'Harbor "H" Service' }, 1))
  const email = newAddress()
  await invite(email)
  await runDue()
  const [mail] = caught(email)
  expect(mail?.from?.name).toBe('Harbor "H" Service')
  const [logo] = mail?.attachments ?? []
  expect(logo).toMatchObject({ mimeType: 'image/png', related: true })
  expect(Buffer.from(logo?.content as ArrayBuffer)).toEqual(bytes)
  expect(mail?.html).toContain(`src="cid:${logo?.contentId?.replace(/[<>]/g, '')}"`)
})

it('after 30 days what a mail says is erased, its state stays; what was not sent by then is failed', async () => {
  const sent = newAddress()
  const refused = newAddress('refused.example')
  await invite(sent)
  await invite(refused)
  await runDue()
  const [sentMail, refusedMail] = [await mailTo(sent), await mailTo(refused)]
  await catcher.stop()
  const waiting = newAddress()
  await invite(waiting)
  await runDue()
  const waitingMail = await mailTo(waiting)
  await query(world, "update mails set due_at = '2030-01-01' where id = $1", [waitingMail.id])
  // At the first midnight after the 30 days.
  const erasedAt = Math.ceil(((await now()) + 30 * dayMs) / dayMs) * dayMs
  await world.moveTo(new Date(erasedAt - 1).toISOString())
  expect(await stateOf(sentMail.id)).toMatchObject({ recipient: sent, state: 'sent' })
  await world.moveTo(new Date(erasedAt).toISOString())
  expect(await stateOf(sentMail.id)).toMatchObject({ recipient: null, subject: null, state: 'sent' })
  expect(await stateOf(waitingMail.id)).toMatchObject({ state: 'failed', due_at: null })
  expect(refusal(await world.vendor.post(`/v1/mails/${refusedMail.id}/resend`))).toBe('409 state_conflict')
  const rest = await query(world, 'select 1 from mail_contents where recipient = any ($1)', [[sent, refused, waiting]])
  expect(rest).toEqual([])
  await catcher.start()
})

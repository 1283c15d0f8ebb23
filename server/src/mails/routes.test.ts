import { mailTemplates } from '@tenantree/contract'
import { afterAll, beforeAll, expect, it } from 'vitest'
import * as given from '../../test/given.ts'
import { auditOf, listAll, query, refusal, seen, writesNothing } from '../../test/state.ts'
import { type Client, openWorld, type World } from '../../test/world.ts'
import { queueMail } from './index.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

const missingId = '01990000-0000-7000-8000-000000000000'
const png = `data:image/png;base64,${Buffer.from('89504e470d0a1a0a0000000d4948445200000001', 'hex').toString('base64')}`
const brand = { name: 'Harbor Cloud', color: '#1d4ed8', logo: png, sender_name: 'Harbor Cloud Service' }

const runDue = async () => world.application.runDue(await world.application.db.systemCall('test'))

// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever comes
async function inviteTo(as: Client, tenantId: string, seenBy: Client = as): Promise<any> {
  const email = `${given.unique('u').replace(' ', '.')}@people.example`
  given.expectOk(await as.post('/v1/users', { tenant_id: tenantId, email, name: 'A', role: 'supporter' }))
  await runDue()
  const rows = await listAll(seenBy, `/v1/mails?tenant_id=${tenantId}`, 100)
  const row = rows.find(({ recipient }) => recipient === email)
  return given.expectOk(await seenBy.get(`/v1/mails/${row?.id}`)).body
}

it('200: the mailbox of test mode shows what a mail says; the list does not', async () => {
  const { reseller, customer } = await given.channel(world)
  const mail = await inviteTo(reseller.as, customer.id)
  expect(mail).toMatchObject({ state: 'sent', tenant_name: customer.name, template: 'user_invitation', attempts: 1 })
  expect(mail.text).toContain('/sign-in/link?token=ttl_')
  expect(mail.html).toContain('/sign-in/link?token=ttl_')
  const [row] = (await reseller.as.get(`/v1/mails?tenant_id=${customer.id}&state=sent&limit=1`)).body.data
  expect(JSON.stringify(row)).not.toContain('token=')
  expect((await world.as(null).get('/v1/instance')).body.mail_delivery).toBe('mailbox')
})

it('404: a mail of another tenant looks exactly like a missing one', async () => {
  const { reseller, customer, distributor } = await given.channel(world)
  const other = await given.channel(world)
  const { id } = await inviteTo(reseller.as, customer.id)
  for (const as of [other.reseller.as, other.distributor.as]) {
    expect(seen(await as.get(`/v1/mails/${id}`))).toEqual(seen(await as.get(`/v1/mails/${missingId}`)))
    expect(refusal(await as.post(`/v1/mails/${id}/resend`))).toBe('404 not_found')
    expect(refusal(await as.get(`/v1/mails?tenant_id=${customer.id}`))).toBe('404 not_found')
    expect(JSON.stringify(await listAll(as, '/v1/mails', 100))).not.toContain(id)
  }
  expect((await distributor.as.get(`/v1/mails/${id}`)).status).toBe(200)
  // The invitation of the reseller's own superuser is a mail of the reseller: its customer sees none of it.
  const mails = await listAll(customer.as, '/v1/mails', 100)
  expect(new Set(mails.map(({ tenant_id }) => tenant_id))).toEqual(new Set([customer.id]))
})

it('200: a mail shows the branding of its tenant or of the seller, and of nobody above', async () => {
  const { distributor, subDistributor, reseller, customer } = await given.channel(world)
  const before = await inviteTo(reseller.as, customer.id)
  expect(before.html).toContain(reseller.name)
  given.expectOk(await distributor.as.put(`/v1/tenants/${distributor.id}/branding`, { ...brand, name: 'Far Above' }, 1))
  const unbranded = await inviteTo(reseller.as, customer.id)
  expect(unbranded.html).not.toContain('Far Above')
  expect(unbranded.html + unbranded.text).not.toContain(distributor.name)

  given.expectOk(await reseller.as.put(`/v1/tenants/${reseller.id}/branding`, brand, 1))
  const branded = await inviteTo(customer.as, customer.id)
  expect(branded.html).toContain(png)
  expect(branded.html).toContain('background:#1d4ed8')
  expect(branded.text).toContain('-- \nHarbor Cloud Service\n')
  const site = await given.tenant(customer.as, customer.id, { level: 'site' })
  expect((await inviteTo(customer.as, site.id)).html).toContain(png)
  // A partner without a brand of its own shows its seller's: nobody's here.
  expect((await inviteTo(world.vendor, subDistributor.id)).html).toContain('Far Above')
})

it('200: who is below sees the branding of its seller, and only that', async () => {
  const { distributor, reseller, customer } = await given.channel(world)
  const brandingOf = async (as: Client) => (await as.get('/v1/me')).body.branding
  given.expectOk(await distributor.as.put(`/v1/tenants/${distributor.id}/branding`, { ...brand, logo: null }, 1))
  expect(await brandingOf(distributor.as)).toEqual({ name: brand.name, color: brand.color, logo: null })
  expect(await brandingOf(reseller.as)).toBeNull()
  expect(await brandingOf(customer.as)).toBeNull()
  given.expectOk(await distributor.as.put(`/v1/tenants/${reseller.id}/branding`, { ...brand, name: '<i>R</i>' }, 1))
  expect(await brandingOf(customer.as)).toEqual({ name: '<i>R</i>', color: brand.color, logo: png })
  expect((await inviteTo(reseller.as, customer.id)).html).toContain('&lt;i&gt;R&lt;/i&gt;')
  const [noted] = (await auditOf(world, reseller.id)).filter(({ action }) => action === 'branding.updated')
  expect(noted).toMatchObject({ before: null, after: { name: '<i>R</i>', logo: expect.stringMatching(/^sha256:/) } })
})

it.each([
  ['422 color_contrast_low', { color: '#facc15' }],
  ['422 logo_refused', { logo: `data:image/svg+xml;base64,${Buffer.from('<svg><script/></svg>').toString('base64')}` }],
  ['422 invalid_request', { logo: 'https://example.com/logo.png' }],
  ['422 invalid_request', { color: 'red' }],
])('%s: nothing is written', async (expected, fields) => {
  const { reseller } = await given.channel(world)
  const path = `/v1/tenants/${reseller.id}/branding`
  const answer = await writesNothing(world, () => reseller.as.put(path, { ...brand, ...fields }, 1))
  expect(refusal(answer)).toBe(expected)
})

it('who may set a branding: partners and their sellers, for those who sell', async () => {
  const { subDistributor, reseller, customer } = await given.channel(world)
  const put = (as: Client, id: string) => as.put(`/v1/tenants/${id}/branding`, brand, 1)
  expect((await put(subDistributor.as, reseller.id)).status).toBe(200)
  expect(refusal(await put(reseller.as, customer.id))).toBe('422 branding_for_partners')
  expect(refusal(await put(reseller.as, subDistributor.id))).toBe('404 not_found')
  expect(refusal(await put(customer.as, customer.id))).toBe('403 not_allowed')
  const manager = await given.user(world, reseller.as, reseller.id, 'manager')
  expect(refusal(await put(manager, reseller.id))).toBe('403 not_allowed')
  expect(refusal(await reseller.as.get(`/v1/tenants/${subDistributor.id}/branding`))).toBe('404 not_found')
})

it('201: a welcome mail goes to the contact of a new tenant, where it is on and there is one', async () => {
  const { reseller } = await given.channel(world)
  const create = (fields: Record<string, unknown>) =>
    given.tenant(reseller.as, reseller.id, { level: 'end_customer', ...fields })
  const contact = { ...given.company, contact_name: 'Grace', contact_email: 'grace@customer.example' }
  const off = await create({ send_welcome_mail: false, company: contact })
  const nobody = await create({ send_welcome_mail: true })
  const on = await create({ send_welcome_mail: true, company: contact })
  await runDue()
  for (const { id } of [off, nobody]) expect(await listAll(reseller.as, `/v1/mails?tenant_id=${id}`)).toEqual([])
  const [row] = await listAll(reseller.as, `/v1/mails?tenant_id=${on.id}`)
  expect(row).toMatchObject({ template: 'customer_welcome', recipient: 'grace@customer.example', state: 'sent' })
  expect((await reseller.as.get(`/v1/mails/${row?.id}`)).body.text).toContain(
    `Hello Grace,\n\n${reseller.name} has set up ${on.name} for you.`,
  )
})

it('a dedupe key keeps a second mail of the same thing out', async () => {
  const { customer } = await given.channel(world)
  const { db } = world.application
  const call = await db.systemCall('test')
  const [owner] = await query<{ realm_id: string; path: string }>(
    world,
    'select realm_id, path from tenants where id = $1',
    [customer.id],
  )
  const tenant = {
    realm_id: BigInt(owner!.realm_id),
    id: customer.id,
    path: owner!.path,
    level: 'end_customer' as const,
  }
  const data = { contact_name: null, tenant_name: customer.name, seller_name: 'S' }
  const to = { address: 'once@people.example', name: 'Once' }
  const once = () =>
    db.work(call, (tx) => queueMail(tx, call, { tenant, template: 'customer_welcome', to, data, dedupeKey: 'once' }))
  await Promise.all([once(), once()])
  expect(await query(world, "select 1 from mail_contents where recipient = 'once@people.example'")).toHaveLength(1)
})

it('201: the same idempotency key queues one invitation', async () => {
  const { reseller, customer } = await given.channel(world)
  const body = {
    tenant_id: customer.id,
    email: `${given.unique('k').replace(' ', '.')}@people.example`,
    name: 'K',
    role: 'manager',
  }
  const key = { 'idempotency-key': given.unique('key') }
  expect((await reseller.as.post('/v1/users', body, key)).status).toBe(201)
  expect(refusal(await reseller.as.post('/v1/users', body, key))).toBe('409 secret_already_shown')
  const mails = await listAll(reseller.as, `/v1/mails?tenant_id=${customer.id}`, 100)
  expect(mails.filter(({ recipient }) => recipient === body.email)).toHaveLength(1)
})

it('200: every template can be previewed, in the own branding and in a draft of it; nothing is written', async () => {
  const { reseller, customer } = await given.channel(world)
  const { data } = (await reseller.as.get('/v1/mail-templates')).body
  expect(data.map(({ name }: { name: string }) => name)).toEqual(mailTemplates)
  await writesNothing(world, async () => {
    for (const { name } of data) {
      const draft = await reseller.as.post(`/v1/mail-templates/${name}/preview`, { branding: brand })
      expect(draft.body).toMatchObject({ sender_name: brand.sender_name, html: expect.stringContaining('#1d4ed8') })
      const own = await reseller.as.post(`/v1/mail-templates/${name}/preview`, {})
      expect(own.body.html).not.toContain('#1d4ed8')
    }
  })
  expect(refusal(await reseller.as.post('/v1/mail-templates/other/preview', {}))).toBe('404 not_found')
  expect(refusal(await customer.as.post('/v1/mail-templates/user_invitation/preview', {}))).toBe('403 not_allowed')
})

it('412 stale_version: of two who set a branding the second sees that it has changed', async () => {
  const { reseller } = await given.channel(world)
  const path = `/v1/tenants/${reseller.id}/branding`
  const read = await reseller.as.get(path)
  expect([read.headers.get('etag'), read.body.version]).toEqual(['"1"', 1])
  const [one, other] = await Promise.all([reseller.as.put(path, brand, 1), reseller.as.put(path, brand, 1)])
  expect([one.status, other.status].sort()).toEqual([200, 412])
  expect((one.status === 200 ? one : other).headers.get('etag')).toBe('"2"')
  const stale = await writesNothing(world, () => reseller.as.put(path, { ...brand, name: 'Late' }, 1))
  expect(refusal(stale)).toBe('412 stale_version')
  expect(refusal(await reseller.as.put(path, brand))).toBe('422 invalid_request')
  expect((await reseller.as.put(path, { ...brand, name: 'Next' }, 2)).body).toMatchObject({ name: 'Next', version: 3 })
})

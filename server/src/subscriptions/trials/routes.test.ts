import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as given from '../../../test/given.ts'
import { auditOf, listAll, query, refusal, seen, writesNothing } from '../../../test/state.ts'
import { type Client, openWorld, type World } from '../../../test/world.ts'

const missingId = '01990000-0000-7000-8000-000000000000'
let world: World
beforeAll(async () => {
  world = await openWorld('2027-02-01T10:00:00Z')
})
afterAll(() => world.close())

const contact = { ...given.company, contact_name: 'Ada', contact_email: 'ada@customer.example' }
type Mail = { dedupe_key: string; recipient: string; text_body: string; html_body: string; subject: string }
const mailsOf = (tenantId: string) =>
  query<Mail>(
    world,
    `select m.dedupe_key, c.recipient, c.text_body, c.html_body, c.subject from mails m
      join mail_contents c on c.realm_id = m.realm_id and c.mail_id = m.id
      where m.tenant_id = $1 and m.template = 'trial_ending' order by m.created_at, m.id`,
    [tenantId],
  )
const tokenIn = (mail: Mail | undefined) =>
  new URL(/https?:\S+unsubscribe\S+/.exec(mail?.text_body ?? '')?.[0] ?? 'http://none').searchParams.get('token')

/** A customer in trial itself, with a subscription and a device in trial. */
async function inTrial() {
  const branch = await given.channel(world)
  const { reseller } = branch
  const customer = await given.tenant(reseller.as, reseller.id, {
    level: 'end_customer',
    in_trial: true,
    company: contact,
  })
  const [forCustomer, forDevice] = [
    await given.trialOffer(world, branch, { trial: { days: 20, end_policy: 'deactivate' } }),
    await given.trialOffer(world, branch, { trial: { days: 10, end_policy: 'deactivate' } }),
  ]
  for (const offerId of [forCustomer, forDevice])
    given.expectOk(await reseller.as.put(`/v1/tenants/${customer.id}/offers/${offerId}`))
  const body = { tenant_id: customer.id, offer_id: forCustomer, in_trial: true }
  const subscription = given.expectOk(await reseller.as.post('/v1/subscriptions', body)).body
  const device = await given.device(world, reseller.as, customer.id)
  given.expectOk(await reseller.as.post(`/v1/devices/${device.id}/trial`, { offer_id: forDevice }))
  return { ...branch, customer, subscription, device }
}
const kindsOf = async (as: Client, path: string) => (await listAll(as, path)).map(({ kind }) => kind)

it('200: everything in trial by its end; kind, tenant and days filter; ends take effect at their instant', async () => {
  const { reseller, distributor, customer, subscription, device } = await inTrial()
  const path = `/v1/trials?tenant_id=${customer.id}`
  expect(await listAll(reseller.as, path)).toMatchObject([
    {
      kind: 'device',
      id: device.id,
      ends_at: '2027-02-12T00:00:00.000Z',
      at_end: 'deactivate',
      tenant_id: customer.id,
    },
    {
      kind: 'subscription',
      id: subscription.id,
      ends_at: '2027-02-22T00:00:00.000Z',
      offer: { id: subscription.offer.id },
    },
    {
      kind: 'customer',
      id: customer.id,
      name: customer.name,
      ends_at: '2027-03-04T00:00:00.000Z',
      offer: null,
      at_end: 'convert',
    },
  ])
  expect(await kindsOf(distributor.as, '/v1/trials')).toEqual(['device', 'subscription', 'customer'])
  for (const kind of ['device', 'subscription', 'customer'])
    expect(await kindsOf(reseller.as, `${path}&kind=${kind}`)).toEqual([kind])
  expect(await kindsOf(reseller.as, `${path}&kind=license`)).toEqual([])
  expect(await kindsOf(reseller.as, `${path}&within_days=10`)).toEqual([])
  expect(await kindsOf(reseller.as, `${path}&within_days=11`)).toEqual(['device'])
  expect((await reseller.as.get('/v1/overview')).body).toMatchObject({
    trials: 3,
    customers_in_trial: 1,
    trials_ending_in_7_days: 0,
  })

  const other = await given.channel(world)
  expect(await listAll(other.distributor.as, '/v1/trials')).toEqual([])
  expect(seen(await other.reseller.as.get(path))).toEqual(
    seen(await other.reseller.as.get(`/v1/trials?tenant_id=${missingId}`)),
  )
})

it('R-TRIAL-1: into production by hand before the end, charged from that day on; again 409', async () => {
  const { reseller, customer } = await inTrial()
  const start = (as: Client, id: string) => as.post(`/v1/tenants/${id}/start-production`)
  const operator = await given.user(world, reseller.as, reseller.id, 'operator')
  expect(await writesNothing(world, async () => refusal(await start(operator, customer.id)))).toBe('403 not_allowed')
  const { body } = given.expectOk(await start(reseller.as, customer.id))
  expect(body).toMatchObject({ state: 'production', trial_ends_at: '2027-02-01T00:00:00.000Z' })
  expect(await writesNothing(world, async () => refusal(await start(reseller.as, customer.id)))).toBe(
    '409 state_conflict',
  )
  const other = await given.channel(world)
  expect(seen(await start(other.reseller.as, customer.id))).toEqual(seen(await start(other.reseller.as, missingId)))
  expect((await auditOf(world, customer.id)).map(({ action }) => action)).toEqual([
    'tenant.created',
    'install_token.created',
    'tenant.production_started',
  ])
})

it('R-TRIAL-3: a customer is in production from the instant of the end, stored or not', async () => {
  const late = await openWorld('2027-02-01T10:00:00Z')
  const branch = await given.channel(late)
  const as = branch.reseller.as
  const { id } = await given.tenant(as, branch.reseller.id, { level: 'end_customer', in_trial: true })
  const passUnnoticed = (to: string) => query(late, 'update app.test_clock set frozen_at = $1 where id = 1', [to])
  const seenState = async () => {
    const { data } = (await as.get('/v1/tenants?state=in_trial')).body
    return [(await as.get(`/v1/tenants/${id}`)).body.state, data.length, (await as.get('/v1/trials')).body.data.length]
  }
  await passUnnoticed('2027-03-03T23:59:59.999Z')
  expect(await seenState()).toEqual(['in_trial', 1, 1])
  await passUnnoticed('2027-03-04T00:00:00Z')
  expect(await seenState()).toEqual(['production', 0, 0])
  expect(await query(late, 'select state from tenants where id = $1', [id])).toEqual([{ state: 'in_trial' }])
  // decisions take the present state too
  expect(refusal(await as.post(`/v1/tenants/${id}/start-production`))).toBe('409 state_conflict')
  given.expectOk(await as.post(`/v1/tenants/${id}/inactivate`))
  expect(await query(late, 'select state, former_state from tenants where id = $1', [id])).toEqual([
    { state: 'inactive', former_state: 'production' },
  ])
  await late.close()
})

describe('R-TRIAL-5: announcements', () => {
  it('7 days and 1 day before, once each, to the contact, in the branding of the seller; a link turns them off', async () => {
    const now = (await world.vendor.get('/v1/instance')).body.now
    expect(now.slice(0, 10)).toBe('2027-02-01')
    const { reseller, customer, device, subscription } = await inTrial()
    const brand = `update tenant_brands set is_set = true, brand_name = 'Shiny Partner', color = '#0b5285', sender_name = 'Shiny Team'
      where tenant_id = $1`
    await query(world, brand, [reseller.id])
    const off = await inTrial()
    expect(refusal(await off.reseller.as.put(`/v1/tenants/${off.customer.id}/trial-mails`, { enabled: 'no' }))).toBe(
      '422 invalid_request',
    )
    given.expectOk(await off.reseller.as.put(`/v1/tenants/${off.customer.id}/trial-mails`, { enabled: false }))
    const keys = async () =>
      (await mailsOf(customer.id)).map(
        ({ dedupe_key }) =>
          dedupe_key
            ?.split(':')
            .filter((_, at) => [1, -1].includes(at))
            .join() + (dedupe_key?.includes(':7:') ? ' 7' : ' 1'),
      )

    await world.moveTo('2027-02-04T23:59:59.999Z')
    expect(await keys()).toEqual([])
    await world.moveTo('2027-02-05T00:00:00Z')
    expect(await keys()).toEqual(['device 7'])
    await world.moveTo('2027-02-11T00:00:00Z')
    expect(await keys()).toEqual(['device 7', 'device 1'])
    // late for the one 7 days before: only what is next is said
    await world.moveTo('2027-02-21T12:00:00Z')
    expect(await keys()).toEqual(['device 7', 'device 1', 'subscription 1'])
    const call = await world.application.db.systemCall('test')
    await Promise.all([world.application.runDue(call), world.application.runDue(call)])
    expect(await keys()).toHaveLength(3)

    const mails = await mailsOf(customer.id)
    expect(mails[0]).toMatchObject({ recipient: 'ada@customer.example', subject: expect.stringContaining('in 7 days') })
    expect(mails[0]?.html_body).toContain('#0b5285')
    expect(mails[0]?.text_body).toContain('Shiny Team')
    expect(mails[0]?.text_body).toContain('12 February 2027 at 00:00 UTC')
    expect(mails[2]?.text_body).toContain(subscription.offer.product)
    expect(mails.map(({ text_body }) => text_body).join()).not.toMatch(new RegExp(`${off.customer.name}|${device.id}`))
    expect(await mailsOf(off.customer.id)).toEqual([])

    const token = tokenIn(mails[0])
    const visitor = world.as(null)
    expect(refusal(await visitor.post('/v1/unsubscribe', { token: `${token}x` }))).toBe('401 unsubscribe_link_invalid')
    expect(refusal(await visitor.post('/v1/unsubscribe', { token: 'made-up' }))).toBe('401 unsubscribe_link_invalid')
    expect((await visitor.post('/v1/unsubscribe', { token })).body).toEqual({ tenant_name: customer.name })
    expect((await writesNothing(world, () => visitor.post('/v1/unsubscribe', { token }))).status).toBe(200)
    expect((await reseller.as.get(`/v1/tenants/${customer.id}/trial-mails`)).body).toEqual({ enabled: false })
    expect((await auditOf(world, customer.id)).at(-1)).toMatchObject({
      action: 'trial_mails.disabled',
      actor_kind: 'system',
    })
    await world.moveTo('2027-02-25T12:00:00Z')
    expect(await keys()).toHaveLength(3)
    given.expectOk(await reseller.as.put(`/v1/tenants/${customer.id}/trial-mails`, { enabled: true }))
    await world.moveTo('2027-03-03T12:00:00Z')
    expect((await keys()).at(-1)).toBe('customer 1')
  })

  it('without a contact: the superusers and administrators; closed tenants get none', async () => {
    const now = Date.parse((await world.vendor.get('/v1/instance')).body.now)
    const branch = await given.channel(world)
    const { reseller } = branch
    const open = await given.tenant(reseller.as, reseller.id, { level: 'end_customer', in_trial: true })
    const closed = await given.tenant(reseller.as, reseller.id, {
      level: 'end_customer',
      in_trial: true,
      company: contact,
    })
    for (const role of ['administrator', 'operator'] as const) await given.user(world, reseller.as, open.id, role)
    given.expectOk(await reseller.as.post(`/v1/tenants/${closed.id}/inactivate`))
    await world.moveTo(new Date(now + 25 * 86_400_000).toISOString())
    const [administrator] = await query<{ email: string }>(
      world,
      `select email from users where tenant_id = $1 and role = 'administrator'`,
      [open.id],
    )
    expect((await mailsOf(open.id)).map(({ recipient }) => recipient)).toEqual([administrator?.email])
    expect(await mailsOf(closed.id)).toEqual([])
  })
})

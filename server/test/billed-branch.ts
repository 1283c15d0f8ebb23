import * as given from './given.ts'
import * as licensed from './licensed.ts'
import { listAll } from './state.ts'
import type { StripeStandIn } from './stripe-stand-in.ts'
import type { Client, World } from './world.ts'

export type InvoiceIds = { id: string; lineId: string }
/** A branch that has one of each noun: what it bought was used by a device and billed for a month. */
export type BilledBranch = given.Channel & {
  site: { id: string; name: string }
  offerId: string
  deviceId: string
  subscriptionId: string
  filePolicyId: string
  userIds: string[]
  /** By who signs in. */
  userOf: Record<'distributor' | 'subDistributor' | 'reseller' | 'customer', string>
  /** Someone else of each tenant, whom nobody signs in as. */
  spareOf: Record<'distributor' | 'subDistributor' | 'reseller' | 'customer', string>
  /** By whom it acts for. */
  keyOf: Record<'distributor' | 'subDistributor' | 'reseller' | 'customer', string>
  /** By whose it is. */
  viewOf: Record<'distributor' | 'subDistributor' | 'reseller' | 'customer', string>
  /** The invitation of the one who signs in. */
  mailOf: Record<'distributor' | 'subDistributor' | 'reseller' | 'customer', string>
  /** A trial license, by whose it is. */
  licenseOf: Record<'distributor' | 'subDistributor' | 'reseller' | 'customer', string>
  /** By who buys. */
  orderOf: Record<'distributor' | 'subDistributor' | 'reseller' | 'customer', string>
  subscriberId: string
  gatewayId: string
  domainId: string
  /** By who sells. */
  priceLists: Record<'vendor' | 'distributor' | 'subDistributor' | 'reseller', string>
  /** By who buys. */
  invoices: Record<'distributor' | 'subDistributor' | 'reseller' | 'customer', InvoiceIds>
}

type SoldBranch = Omit<BilledBranch, 'priceLists' | 'invoices'>

export const amounts = ['4117.17', '4923.23', '5831.31', '8557.57'] as const

/** Sells to a branch and lets a device of it signal; `readBilled` tells the rest once the month is over. */
export async function sellTo(world: World, channel: given.Channel, stripe?: StripeStandIn): Promise<SoldBranch> {
  const site = await given.tenant(channel.customer.as, channel.customer.id, { level: 'site' })
  // a site that is closed, for what a pause leaves behind
  const closed = await given.tenant(channel.customer.as, channel.customer.id, { level: 'site' })
  given.expectOk(await channel.customer.as.post(`/v1/tenants/${closed.id}/inactivate`))
  const offerId = await given.offer(world)
  await given.sold(world, channel, offerId, amounts)
  await leaveBehind(world, channel, offerId)
  const device = await given.device(world, channel.reseller.as, channel.customer.id)
  given.expectOk(await device.signal())
  const [subscription] = await listAll(channel.customer.as, '/v1/subscriptions')
  const users = await listAll(channel.reseller.as, '/v1/users')
  const policy = { require_second_factor: true }
  given.expectOk(await channel.customer.as.put(`/v1/tenants/${site.id}/sign-in-policy`, policy))
  const provider = { issuer: 'https://login.example.com', client_id: 'c', client_secret: 's', covers_below: false }
  given.expectOk(await channel.customer.as.put(`/v1/tenants/${site.id}/identity-provider`, provider))
  const userIds = users.map(({ id }) => String(id))
  await tryAndLeave(world, channel, offerId)
  const holders = await hold(world, channel, stripe)
  return {
    ...channel,
    ...holders,
    site,
    offerId,
    deviceId: device.id,
    subscriptionId: String(subscription?.id),
    userIds,
    userOf: await ofEach(channel, async ({ as }) => (await as.get('/v1/me')).body.user.id),
    spareOf: await ofEach(channel, async ({ as, id }) => {
      const email = `${given.unique('spare').replace(' ', '.')}@users.example`
      const body = { tenant_id: id, email, name: 'Spare', role: 'supporter' }
      return given.expectOk(await as.post('/v1/users', body)).body.user.id
    }),
    keyOf: await ofEach(channel, async ({ as, id }) => {
      const body = { tenant_id: id, name: given.unique('Key'), role: 'supporter', scopes: [] }
      return given.expectOk(await as.post('/v1/api-keys', body)).body.api_key.id
    }),
    mailOf: await ofEach(channel, async ({ as, id }) => {
      const mails = await listAll(as, `/v1/mails?tenant_id=${id}`, 100)
      return String(mails.find(({ tenant_id }) => tenant_id === id)?.id)
    }),
    viewOf: await ofEach(channel, async ({ as }) => {
      const view = { grid: 'users', name: given.unique('View'), definition: { columns: [], filters: [], sort: null } }
      return given.expectOk(await as.post('/v1/views', view)).body.id
    }),
  }
}

/** A trial license of each tenant; one of the customer's is held, one was taken from its holder. */
async function hold(world: World, channel: given.Channel, stripe?: StripeStandIn) {
  const { customer } = channel
  const terms = [{ code: 'monthly', name: 'Month to month', months: 1 }]
  await world.vendor.put('/v1/features/zero_trust_files', { name: 'Zero-trust files' })
  const offerId = await given.orderedOffer(world, { terms, features: ['zero_trust_files'] })
  await given.soldTerms(world, channel, offerId, amounts, ['monthly'])
  const licenseOf = await ofEach(channel, async ({ as, id }) => {
    const asked = { tenant_id: id, offer_id: offerId, quantity: 2 }
    return given.expectOk(await as.post('/v1/trial-licenses', asked)).body.licenses[0].id
  })
  const persons = [
    await licensed.subscriber(customer.as, customer.id),
    await licensed.subscriber(customer.as, customer.id),
  ]
  const taken = persons.map(
    async (id) => given.expectOk(await licensed.take(customer.as, offerId, 'subscriber', id)).body.id,
  )
  const [, second] = await Promise.all(taken)
  given.expectOk(await customer.as.post(`/v1/licenses/${second}/release`))
  given.expectOk(await licensed.setPool(customer.as, customer.id, { take: 'manual' }))
  const policy = { direction: 'upload', web_sites: ['*'], mime_types: ['*/*'], action: 'block' }
  const added = given.expectOk(await customer.as.post(`/v1/tenants/${customer.id}/file-policies`, policy))
  const orderOf = await buy(world, channel, { offerId, stripe })
  await holdInTrial(channel, offerId)
  return {
    licenseOf,
    orderOf,
    filePolicyId: added.body.id,
    subscriberId: persons[0] ?? '',
    gatewayId: await licensed.gateway(customer.as, customer.id),
    domainId: await licensed.domain(customer.as, customer.id),
  }
}

/** A license of the reseller's that a customer in trial holds: its days are rated, and charged to nobody. */
async function holdInTrial({ reseller }: given.Channel, offerId: string): Promise<void> {
  const { id } = await given.tenant(reseller.as, reseller.id, { level: 'end_customer', in_trial: true })
  const person = await licensed.subscriber(reseller.as, id)
  given.expectOk(await licensed.take(reseller.as, offerId, 'subscriber', person))
}

/** An order on each edge; the customer's is placed by its seller, the distributor's is paid by card where there is a provider. */
async function buy(
  world: World,
  channel: given.Channel,
  { offerId, stripe }: { offerId: string; stripe: StripeStandIn | undefined },
): Promise<BilledBranch['orderOf']> {
  const { distributor, reseller, customer } = channel
  const lines = [{ offer_id: offerId, term: 'monthly', quantity: 1 }]
  given.expectOk(await reseller.as.put(`/v1/tenants/${customer.id}/order-settings`, { may_order: false }))
  if (stripe !== undefined) {
    const { url } = given.expectOk(await distributor.as.post(`/v1/tenants/${distributor.id}/payment-card-setups`)).body
    const { body, signature } = stripe.enterCard(url, 'pm_card_visa')
    given.expectOk(await world.as(null).post('/v1/payment-events/stripe', body, { 'stripe-signature': signature }))
  }
  return ofEach(channel, async ({ as, id }) => {
    const payment_method = stripe !== undefined && id === distributor.id ? 'card' : 'invoice'
    const buyer = id === customer.id ? reseller.as : as
    return (await given.order(world, buyer, { buyer_id: id, lines, payment_method })).id
  })
}

/** A trial of a device that is gone since, so that it is counted nowhere; and no mails about trials. */
async function tryAndLeave(world: World, { reseller, customer }: given.Channel, offerId: string): Promise<void> {
  const trial = { days: 30, end_policy: 'convert' }
  given.expectOk(await world.vendor.patch(`/v1/offers/${offerId}`, { trial }, 1))
  const { id } = await given.device(world, reseller.as, customer.id)
  given.expectOk(await reseller.as.post(`/v1/devices/${id}/trial`, { offer_id: offerId }))
  given.expectOk(await reseller.as.delete(`/v1/devices/${id}`))
  given.expectOk(await customer.as.put(`/v1/tenants/${customer.id}/trial-mails`, { enabled: false }))
}

/** A customer in trial that goes to a reseller beside: it leaves places, prices, parts of units and peaks behind, and is charged nothing. */
async function leaveBehind(world: World, channel: given.Channel, offerId: string): Promise<void> {
  const { subDistributor, reseller } = channel
  const beside = await given.tenant(subDistributor.as, subDistributor.id, { level: 'reseller' })
  given.expectOk(await subDistributor.as.put(`/v1/tenants/${beside.id}/offers/${offerId}`))
  const { id } = await given.tenant(reseller.as, reseller.id, { level: 'end_customer', in_trial: true })
  given.expectOk(await reseller.as.put(`/v1/tenants/${id}/offers/${offerId}`))
  given.expectOk(await reseller.as.post('/v1/subscriptions', { tenant_id: id, offer_id: offerId }))
  const peakId = await given.peakOffer(world)
  await given.enabledDown(world, channel, peakId, amounts)
  given.expectOk(await subDistributor.as.put(`/v1/tenants/${beside.id}/offers/${peakId}`))
  given.expectOk(await reseller.as.put(`/v1/tenants/${id}/offers/${peakId}`))
  given.expectOk(await reseller.as.post('/v1/subscriptions', { tenant_id: id, offer_id: peakId }))
  const device = await given.device(world, reseller.as, id)
  given.expectOk(await device.signal({ used_storage: 1_000_000_000 }))
  given.expectOk(await subDistributor.as.post(`/v1/tenants/${id}/move`, { parent_id: beside.id }))
}

const ofEach = async (channel: given.Channel, read: (seat: given.Seat) => Promise<string>) => ({
  distributor: await read(channel.distributor),
  subDistributor: await read(channel.subDistributor),
  reseller: await read(channel.reseller),
  customer: await read(channel.customer),
})

export async function readBilled(world: World, sold: SoldBranch): Promise<BilledBranch> {
  const invoiceOf = async (buyer: Client): Promise<InvoiceIds> => {
    const [invoice] = await listAll(buyer, '/v1/invoices?direction=received')
    const { id, lines } = given.expectOk(await buyer.get(`/v1/invoices/${invoice?.id}`)).body
    return { id, lineId: lines[0].id }
  }
  const listOf = async (seller: Client) => String((await listAll(seller, '/v1/price-lists'))[0]?.id)
  return {
    ...sold,
    priceLists: {
      vendor: await listOf(world.vendor),
      distributor: await listOf(sold.distributor.as),
      subDistributor: await listOf(sold.subDistributor.as),
      reseller: await listOf(sold.reseller.as),
    },
    invoices: {
      distributor: await invoiceOf(sold.distributor.as),
      subDistributor: await invoiceOf(sold.subDistributor.as),
      reseller: await invoiceOf(sold.reseller.as),
      customer: await invoiceOf(sold.customer.as),
    },
  }
}

import * as given from './given.ts'
import { listAll } from './state.ts'
import type { Client, World } from './world.ts'

export type InvoiceIds = { id: string; lineId: string }
/** A branch that has one of each noun: what it bought was used by a device and billed for a month. */
export type BilledBranch = given.Channel & {
  site: { id: string; name: string }
  offerId: string
  deviceId: string
  subscriptionId: string
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
  /** By who sells. */
  priceLists: Record<'vendor' | 'distributor' | 'subDistributor' | 'reseller', string>
  /** By who buys. */
  invoices: Record<'distributor' | 'subDistributor' | 'reseller' | 'customer', InvoiceIds>
}

type SoldBranch = Omit<BilledBranch, 'priceLists' | 'invoices'>

export const amounts = ['4117.17', '4923.23', '5831.31', '8557.57'] as const

/** Sells to a branch and lets a device of it signal; `readBilled` tells the rest once the month is over. */
export async function sellTo(world: World, channel: given.Channel): Promise<SoldBranch> {
  const site = await given.tenant(channel.customer.as, channel.customer.id, { level: 'site' })
  // a site that is closed, for what a pause leaves behind
  const closed = await given.tenant(channel.customer.as, channel.customer.id, { level: 'site' })
  given.expectOk(await channel.customer.as.post(`/v1/tenants/${closed.id}/inactivate`))
  const offerId = await given.offer(world)
  await given.sold(world, channel, offerId, amounts)
  const device = await given.device(world, channel.reseller.as, channel.customer.id)
  given.expectOk(await device.signal())
  const [subscription] = await listAll(channel.customer.as, '/v1/subscriptions')
  const users = await listAll(channel.reseller.as, '/v1/users')
  const policy = { require_second_factor: true }
  given.expectOk(await channel.customer.as.put(`/v1/tenants/${site.id}/sign-in-policy`, policy))
  const userIds = users.map(({ id }) => String(id))
  return {
    ...channel,
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

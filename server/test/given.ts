import { randomBytes } from 'node:crypto'
import type { Level, Role } from '@tenantree/contract'
import { type Answer, type Client, signInWithLink, type World } from './world.ts'

/** A name that no other test has. */
export const unique = (what: string): string => `${what} ${randomBytes(4).toString('hex')}`

export const company = {
  legal_name: 'A Company Ltd',
  street: '1 Main Street',
  postal_code: '20457',
  city: 'Hamburg',
  country: 'DE',
}

/** Fails the test where a step that it builds on was refused. */
export function expectOk(answer: Answer): Answer {
  if (answer.status >= 300) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`)
  return answer
}

export type NewTenant = { level: Level; name?: string } & Record<string, unknown>

/** A tenant under the parent, with what the level needs and legal data; any field can be given. Answers the API's tenant. */
export async function tenant(as: Client, parentId: string, { level, ...fields }: NewTenant) {
  const serviceType = level === 'site' ? {} : { service_type: 'all_inclusive' }
  const body = {
    name: unique(level),
    parent_id: parentId,
    level,
    device_country: 'DE',
    company,
    ...serviceType,
    ...fields,
  }
  return expectOk(await as.post('/v1/tenants', body)).body
}

/** A user at the tenant, signed in. */
export async function user(world: World, as: Client, tenantId: string, role: Role = 'superuser'): Promise<Client> {
  const email = `${randomBytes(6).toString('hex')}@users.example`
  const made = expectOk(await as.post('/v1/users', { tenant_id: tenantId, email, name: unique('User'), role })).body
  const link = new URL(made.sign_in_url).searchParams.get('token') ?? ''
  return world.as(await signInWithLink(world.url, link))
}

export type Seat = { id: string; name: string; as: Client }
export type Channel = { distributor: Seat; subDistributor: Seat; reseller: Seat; customer: Seat }

/** A branch of the tree with a superuser on each level. */
export async function channel(world: World): Promise<Channel> {
  const made: { id: string; name: string }[] = []
  for (const level of ['distributor', 'sub_distributor', 'reseller', 'end_customer'] as const) {
    made.push(await tenant(world.vendor, made.at(-1)?.id ?? world.vendorId, { level }))
  }
  const seats = await Promise.all(
    made.map(async ({ id, name }): Promise<Seat> => ({ id, name, as: await user(world, world.vendor, id) })),
  )
  const [distributor, subDistributor, reseller, customer] = seats as [Seat, Seat, Seat, Seat]
  return { distributor, subDistributor, reseller, customer }
}

/** An active-use offer per device; answers its id. */
export async function offer(world: World): Promise<string> {
  const body = { product: unique('Product'), edition: 'Standard', unit: 'device', charge_model: 'active_use' }
  return expectOk(await world.vendor.post('/v1/offers', body)).body.id
}

/** The default price list of a seller, made if it has none, with a price for the offer from today on. */
export async function price(seller: Client, offerId: string, amount: string, currency = 'EUR'): Promise<void> {
  const lists = expectOk(await seller.get('/v1/price-lists')).body.data
  const known = lists.find((list: { buyer_id: string | null }) => list.buyer_id === null)
  const list = known ?? expectOk(await seller.post('/v1/price-lists', { currency })).body
  expectOk(
    await seller.post(`/v1/price-lists/${list.id}/prices`, { offer_id: offerId, unit_price: { amount, currency } }),
  )
}

/** Sells an offer down the whole branch at the four prices and subscribes the customer. */
export async function sold(
  world: World,
  to: Channel,
  offerId: string,
  amounts: readonly [string, string, string, string] = ['4.10', '4.90', '5.80', '8.50'],
): Promise<void> {
  const steps: [Client, string, string][] = [
    [world.vendor, to.distributor.id, amounts[0]],
    [to.distributor.as, to.subDistributor.id, amounts[1]],
    [to.subDistributor.as, to.reseller.id, amounts[2]],
    [to.reseller.as, to.customer.id, amounts[3]],
  ]
  for (const [seller, buyerId, amount] of steps) {
    await price(seller, offerId, amount)
    expectOk(await seller.put(`/v1/tenants/${buyerId}/offers/${offerId}`))
  }
  expectOk(await to.reseller.as.post('/v1/subscriptions', { tenant_id: to.customer.id, offer_id: offerId }))
}

/** A machine enrolled at the tenant over the wire of the agent; answers its key and a way to signal. */
export async function device(
  world: World,
  as: Client,
  tenantId: string,
  machineId = `machine-${randomBytes(6).toString('hex')}`,
) {
  const token = expectOk(await as.post(`/v1/tenants/${tenantId}/install-token`)).body.token
  return enrolled(world, token, machineId)
}

/** A machine let in with a token that is known. */
export async function enrolled(world: World, token: string, machineId: string) {
  const machine = {
    machine_id: machineId,
    host_name: `HOST-${machineId}`,
    os: 'linux',
    os_version: 'Debian GNU/Linux 13',
    architecture: 'x64',
    machine_kind: 'virtual',
  }
  const made = expectOk(
    await world.as(null).post('/agent/v1/enrol', { install_token: token, agent_version: '0.1.0', machine }),
  ).body
  const agent = world.as(made.device_key)
  return {
    id: made.device_id as string,
    key: made.device_key as string,
    /** With values that peak offers are measured by, if given. */
    signal: (peaks?: Record<string, unknown>) =>
      agent.post('/agent/v1/heartbeat', { agent_version: '0.1.0', ...(peaks === undefined ? {} : { peaks }) }),
    uninstall: () => agent.post('/agent/v1/uninstall'),
  }
}

/** The vendor's terms and conditions, published once a world; answers the version in force. */
export async function terms(world: World): Promise<number> {
  const known = expectOk(await world.vendor.get('/v1/terms-versions')).body.data
  if (known.length > 0) return known[0].number
  return expectOk(await world.vendor.post('/v1/terms-versions', { text: 'Terms and conditions.' })).body.number
}

/** A user who may purchase, signed in. */
export async function purchaser(
  world: World,
  as: Client,
  tenantId: string,
  role: Role = 'administrator',
): Promise<Client> {
  const email = `${randomBytes(6).toString('hex')}@users.example`
  const made = expectOk(await as.post('/v1/users', { tenant_id: tenantId, email, name: unique('Buyer'), role })).body
  expectOk(await as.patch(`/v1/users/${made.user.id}`, { may_purchase: true }, made.user.version))
  return world.as(await signInWithLink(world.url, new URL(made.sign_in_url).searchParams.get('token') ?? ''))
}

export const orderTerms = [
  { code: 'monthly', name: 'Month to month', months: 1 },
  { code: 'year', name: '1 year', months: 12 },
  { code: 'three_years', name: '3 years', months: 36 },
]

/** An offer that is bought by an order; answers its id. */
export async function orderedOffer(world: World, fields: Record<string, unknown> = {}): Promise<string> {
  const body = {
    product: unique('Backup'),
    edition: 'Standard',
    unit: 'user',
    charge_model: 'committed',
    terms: orderTerms,
    ...fields,
  }
  return expectOk(await world.vendor.post('/v1/offers', body)).body.id
}

type SoldPrice = { term: string; period: 'monthly' | 'annual'; amount: string }
/** By month for every term, by year for those of whole years: `amount`, and ten times that for a year. */
export const termPrices = (amount: string): SoldPrice[] => [
  ...orderTerms.map(({ code }) => ({ term: code, period: 'monthly' as const, amount })),
  ...orderTerms
    .filter(({ months }) => months >= 12)
    .map(({ code }) => ({ term: code, period: 'annual' as const, amount: String(Number(amount) * 10) })),
]

/** Prices for the offer on the seller's default list, and the offer enabled for the buyer. */
export async function sellTerms(
  seller: Client,
  {
    buyerId,
    offerId,
    prices,
    currency = 'EUR',
  }: { buyerId: string; offerId: string; prices: readonly SoldPrice[]; currency?: string },
): Promise<void> {
  const lists = expectOk(await seller.get('/v1/price-lists')).body.data
  const known = lists.find((list: { buyer_id: string | null }) => list.buyer_id === null)
  const list = known ?? expectOk(await seller.post('/v1/price-lists', { currency })).body
  for (const { term, period, amount } of prices)
    expectOk(
      await seller.post(`/v1/price-lists/${list.id}/prices`, {
        offer_id: offerId,
        term,
        period,
        unit_price: { amount, currency: list.currency },
      }),
    )
  expectOk(await seller.put(`/v1/tenants/${buyerId}/offers/${offerId}`))
}

/** Sells an offer by term down the whole branch. */
export async function soldTerms(
  world: World,
  to: Channel,
  offerId: string,
  amounts: readonly [string, string, string, string] = ['4', '5', '6', '9'],
  terms: readonly string[] = orderTerms.map(({ code }) => code),
): Promise<void> {
  const steps: [Client, string, string][] = [
    [world.vendor, to.distributor.id, amounts[0]],
    [to.distributor.as, to.subDistributor.id, amounts[1]],
    [to.subDistributor.as, to.reseller.id, amounts[2]],
    [to.reseller.as, to.customer.id, amounts[3]],
  ]
  for (const [seller, buyerId, amount] of steps) {
    const prices = termPrices(amount).filter(({ term }) => terms.includes(term))
    await sellTerms(seller, { buyerId, offerId, prices })
  }
}

/** An accepted order by the user, by invoice; answers the API's order. */
export async function order(
  world: World,
  as: Client,
  fields: Record<string, unknown> & { buyer_id: string; lines: unknown[] },
) {
  const body = { terms_version: await terms(world), payment_mode: 'monthly', ...fields }
  return expectOk(await as.post('/v1/orders', body)).body
}

/** An active-use offer with a trial, priced and enabled down the whole branch; nobody is subscribed yet. Answers its id. */
export async function trialOffer(world: World, to: Channel, fields: Record<string, unknown> = {}): Promise<string> {
  const body = {
    product: unique('Product'),
    edition: 'Standard',
    unit: 'device',
    charge_model: 'active_use',
    trial: { days: 30, end_policy: 'convert' },
    ...fields,
  }
  const offerId = expectOk(await world.vendor.post('/v1/offers', body)).body.id
  await enabledDown(world, to, offerId)
  return offerId
}

/** Prices and enables an offer down the whole branch. */
export async function enabledDown(
  world: World,
  to: Channel,
  offerId: string,
  amounts: readonly [string, string, string, string] = ['4.10', '4.90', '5.80', '8.50'],
): Promise<void> {
  const steps: [Client, string, string][] = [
    [world.vendor, to.distributor.id, amounts[0]],
    [to.distributor.as, to.subDistributor.id, amounts[1]],
    [to.subDistributor.as, to.reseller.id, amounts[2]],
    [to.reseller.as, to.customer.id, amounts[3]],
  ]
  for (const [seller, buyerId, amount] of steps) {
    await price(seller, offerId, amount)
    expectOk(await seller.put(`/v1/tenants/${buyerId}/offers/${offerId}`))
  }
}

/** A peak offer; answers its id. */
export async function peakOffer(world: World, fields: Record<string, unknown> = {}): Promise<string> {
  const body = {
    product: unique('Storage'),
    edition: 'As used',
    unit: 'tenant',
    charge_model: 'peak',
    metric: 'used_storage',
    trial: { days: 30, end_policy: 'convert' },
    ...fields,
  }
  return expectOk(await world.vendor.post('/v1/offers', body)).body.id
}

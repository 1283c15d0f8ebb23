import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { amounts, type BilledBranch, readBilled, sellTo } from './billed-branch.ts'
import { withClient } from './database.ts'
import * as given from './given.ts'
import { type Caller, findMentions, findTellingAnswers, type Noun, slots } from './isolation-walk.ts'
import { query } from './state.ts'
import { openWorld, type World } from './world.ts'

let world: World
let victim: BilledBranch
let other: BilledBranch
/** A reseller, and below it a customer, beside those of the victim: under the same sub-distributor. */
let sibling: BilledBranch
let billingRun: string

beforeAll(async () => {
  world = await openWorld()
  const channel = await given.channel(world)
  const sold = [await sellTo(world, channel), await sellTo(world, await given.channel(world))] as const
  const beside = await sellTo(world, { ...channel, ...(await neighbors(channel)) })
  await world.moveTo('2027-02-01T01:00:00Z')
  victim = await readBilled(world, sold[0])
  other = await readBilled(world, sold[1])
  sibling = await readBilled(world, beside)
  billingRun = (await world.vendor.get('/v1/billing-runs')).body.data[0].id
})
afterAll(() => world.close())

async function neighbors({ subDistributor }: given.Channel): Promise<Pick<given.Channel, 'reseller' | 'customer'>> {
  const seat = async (parentId: string, level: 'reseller' | 'end_customer') => {
    const { id, name } = await given.tenant(subDistributor.as, parentId, { level })
    return { id, name, as: await given.user(world, subDistributor.as, id) }
  }
  const reseller = await seat(subDistributor.id, 'reseller')
  return { reseller, customer: await seat(reseller.id, 'end_customer') }
}

const partners = ['distributor', 'subDistributor', 'reseller'] as const
const seats = [...partners, 'customer'] as const

const tenantsOf = (branch: BilledBranch, levels: readonly (typeof seats)[number][] = seats) => [
  ...levels.map((level) => branch[level].id),
  ...(levels.includes('customer') ? [branch.site.id] : []),
]
const invoicesOf = (branch: BilledBranch, buyers: readonly (typeof seats)[number][] = seats) => ({
  invoice: buyers.map((buyer) => branch.invoices[buyer].id),
  line: buyers.map((buyer) => branch.invoices[buyer].lineId),
})

const holdersOf = (branch: BilledBranch) => ({
  license: Object.values(branch.licenseOf),
  subscriber: [branch.subscriberId],
  gateway: [branch.gatewayId],
  domain: [branch.domainId],
  order: Object.values(branch.orderOf),
  subscription: [branch.subscriptionId],
  filePolicy: [branch.filePolicyId],
})

/** What a caller may use of its own, seen from the seat that it has in the branch. */
const ownOf = (branch: BilledBranch, seat: (typeof seats)[number]): Record<Noun, string> => ({
  tenant: seat === 'customer' ? branch.customer.id : branch[seats[seats.indexOf(seat) + 1] ?? 'customer'].id,
  offer: branch.offerId,
  priceList: branch.priceLists[seat === 'customer' ? 'reseller' : seat],
  device: branch.deviceId,
  invoice: branch.invoices[seat].id,
  line: branch.invoices[seat].lineId,
  billingRun,
  user: branch.spareOf[seat],
  apiKey: branch.keyOf[seat],
  view: branch.viewOf[seat],
  mail: branch.mailOf[seat],
  license: branch.licenseOf[seat],
  subscriber: branch.subscriberId,
  gateway: branch.gatewayId,
  domain: branch.domainId,
  subscription: branch.subscriptionId,
  filePolicy: branch.filePolicyId,
  order: branch.orderOf[seat],
})

const callers: Record<string, () => Caller> = {
  'the superuser of another distributor': () => ({
    as: other.distributor.as,
    seller: world.vendorId,
    own: ownOf(other, 'distributor'),
    hidden: {
      tenant: [world.vendorId, ...tenantsOf(victim), ...tenantsOf(sibling, ['reseller', 'customer'])],
      offer: [victim.offerId, sibling.offerId],
      priceList: Object.values(victim.priceLists),
      device: [victim.deviceId, sibling.deviceId],
      ...invoicesOf(victim),
      billingRun: [billingRun],
      user: [...Object.values(victim.userOf), ...Object.values(victim.spareOf)],
      apiKey: Object.values(victim.keyOf),
      view: Object.values(victim.viewOf),
      mail: Object.values(victim.mailOf),
      ...holdersOf(victim),
    },
    words: [...seats.map((seat) => victim[seat].name), victim.site.name, victim.subscriptionId, ...victim.userIds],
  }),
  'the superuser of a reseller beside': () => ({
    as: sibling.reseller.as,
    seller: sibling.subDistributor.id,
    own: ownOf(sibling, 'reseller'),
    hidden: {
      tenant: [world.vendorId, ...tenantsOf(victim)],
      offer: [victim.offerId],
      priceList: Object.values(victim.priceLists),
      device: [victim.deviceId],
      ...invoicesOf(victim),
      billingRun: [billingRun],
      user: [...Object.values(victim.userOf), ...Object.values(victim.spareOf)],
      apiKey: Object.values(victim.keyOf),
      view: Object.values(victim.viewOf),
      mail: Object.values(victim.mailOf),
      ...holdersOf(victim),
    },
    words: [
      victim.reseller.name,
      victim.customer.name,
      victim.distributor.name,
      victim.subscriptionId,
      ...victim.userIds,
    ],
  }),
  'the superuser of a customer looking up': () => ({
    as: victim.customer.as,
    seller: victim.reseller.id,
    own: ownOf(victim, 'customer'),
    hidden: {
      tenant: [world.vendorId, ...tenantsOf(victim, partners), ...tenantsOf(sibling, ['reseller', 'customer'])],
      offer: [sibling.offerId, other.offerId],
      priceList: Object.values(victim.priceLists),
      device: [sibling.deviceId, other.deviceId],
      ...invoicesOf(victim, partners),
      billingRun: [billingRun],
      user: partners.map((level) => victim.userOf[level]),
      apiKey: partners.map((level) => victim.keyOf[level]),
      view: partners.map((level) => victim.viewOf[level]),
      mail: partners.map((level) => victim.mailOf[level]),
      ...holdersOf(sibling),
      license: [...partners.map((level) => victim.licenseOf[level]), ...Object.values(sibling.licenseOf)],
      order: [...partners.map((level) => victim.orderOf[level]), ...Object.values(sibling.orderOf)],
    },
    words: [
      victim.subDistributor.name,
      victim.distributor.name,
      sibling.customer.name,
      amounts[0],
      amounts[1],
      amounts[2],
    ],
  }),
  'the vendor, of an edge that it is no end of (R-TREE-10)': () => ({
    as: world.vendor,
    seller: '',
    own: { ...ownOf(victim, 'distributor'), tenant: victim.distributor.id, priceList: victim.priceLists.vendor },
    hidden: {
      priceList: [victim.priceLists.reseller, victim.priceLists.distributor],
      ...invoicesOf(victim, ['subDistributor', 'reseller', 'customer']),
      order: [victim.orderOf.subDistributor, victim.orderOf.reseller, victim.orderOf.customer],
    },
    words: [amounts[1], amounts[2], amounts[3]],
  }),
  'the distributor, of an edge that it is no end of (R-TREE-10)': () => ({
    as: victim.distributor.as,
    seller: world.vendorId,
    own: ownOf(victim, 'distributor'),
    hidden: {
      priceList: [victim.priceLists.reseller, victim.priceLists.subDistributor, victim.priceLists.vendor],
      ...invoicesOf(victim, ['reseller', 'customer']),
      order: [victim.orderOf.reseller, victim.orderOf.customer],
    },
    words: [amounts[2], amounts[3]],
  }),
}

function itHidesEverything(): void {
  it.each(Object.keys(callers))('404: from %s a hidden id looks exactly like a missing one', async (name) => {
    const caller = callers[name]!()
    const { leaks, tried } = await findTellingAnswers(caller)
    expect(leaks).toEqual([])
    expect(tried).toBeGreaterThanOrEqual(Object.values(caller.hidden).flat().length)
  })

  it.each(Object.keys(callers))('200: to %s no list, search or sum names what is hidden', async (name) => {
    const { leaks, read } = await findMentions(callers[name]!())
    expect(leaks).toEqual([])
    expect(read).toBeGreaterThan(20)
  })

  it('200: counts and sums are of the own subtree', async () => {
    await world.drain()
    const { body } = await other.reseller.as.get('/v1/overview')
    expect([body.tenants_by_level, body.devices_by_state]).toEqual([{ end_customer: 2, site: 2 }, { offline: 1 }])
    expect((await other.distributor.as.get('/v1/usage/totals?month=2027-01')).body.data).toMatchObject([{ units: 1 }])
  })
}

/** Row-level security on or off, for every table that has it. */
async function setRowSecurity(mode: 'enable' | 'disable'): Promise<void> {
  const tables = await query<{ name: string }>(
    world,
    `select oid::regclass::text as name from pg_class where relkind in ('r', 'p') and not relispartition and relrowsecurity = $1
       and relnamespace = 'public'::regnamespace`,
    [mode === 'disable'],
  )
  expect(tables.length).toBeGreaterThan(20)
  await withClient(world.database.superUrl, async (client) => {
    for (const { name } of tables) await client.query(`alter table ${name} ${mode} row level security`)
  })
}

describe('both walls', () => {
  itHidesEverything()

  it('the walk tries every id that an operation takes', () => {
    expect(slots.length).toBeGreaterThan(25)
    const nouns = new Set(slots.map(({ noun }) => noun))
    expect([...nouns].sort()).toEqual([
      'apiKey',
      'billingRun',
      'device',
      'domain',
      'filePolicy',
      'gateway',
      'invoice',
      'license',
      'line',
      'mail',
      'offer',
      'order',
      'priceList',
      'subscriber',
      'subscription',
      'tenant',
      'user',
      'view',
    ])
  })

  it('200: the prices asked on an edge are seen by its two ends, and by them only', async () => {
    const seenBy = async (as: typeof world.vendor) => {
      const { data } = (await as.get(`/v1/tenants/${sibling.customer.id}/prices`)).body
      const asked = data.map((row: { unit_price: { amount: string } }) => row.unit_price.amount)
      return [...new Set(asked)]
    }
    expect(await seenBy(sibling.customer.as)).toEqual([amounts[3]])
    expect(await seenBy(sibling.reseller.as)).toEqual([amounts[3]])
    for (const above of [victim.subDistributor.as, victim.distributor.as, world.vendor])
      expect(await seenBy(above)).toEqual([])
  })
})

describe('the first wall alone: every query names its scope', () => {
  beforeAll(() => setRowSecurity('disable'))
  afterAll(() => setRowSecurity('enable'))
  itHidesEverything()
})

// Last: whoever may see the ids removes what it can.
describe('the walk itself', () => {
  it('a planted sight is found: who may see the ids is told apart at every one of them', async () => {
    const own = ownOf(victim, 'reseller')
    const hidden = Object.fromEntries(Object.entries(own).map(([noun, id]) => [noun, [id]]))
    const owner = { as: victim.reseller.as, own, hidden, words: [victim.customer.name], seller: '' }
    const { leaks, tried } = await findTellingAnswers(owner)
    // The catalog is changed and the runs are read by the vendor alone: to a reseller these are refused in truth.
    const vendorsOwn = ['getBillingRun id', 'updateOffer id', 'withdrawOffer id', 'restoreOffer id']
    expect([tried, leaks.map(({ where }) => where)]).toEqual([
      slots.length,
      slots.map((slot) => `${slot.operation.id} ${slot.name}`).filter((where) => !vendorsOwn.includes(where)),
    ])
    const mentions = (await findMentions(owner)).leaks.map(({ where }) => where.split('?')[0])
    expect([...new Set(mentions)].sort()).toEqual(expect.arrayContaining(['/v1/usage', '/v1/tenants', '/v1/invoices']))
  })
})

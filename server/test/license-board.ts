import { Temporal } from '../src/kernel/time.ts'
import * as given from './given.ts'
import * as licensed from './licensed.ts'
import { query } from './state.ts'
import type { Answer, Client, World } from './world.ts'

/**
 * A sub-distributor with two resellers and their customers, the licenses of three pools, and holders at each customer. `made` is how many
 * licenses there have to be, whatever has happened to them; `orders` says of each order how many it has made, and whether it was withdrawn.
 */
export type Board = {
  world: World
  as: Client
  shop: Client
  resellers: string[]
  customers: string[]
  /** A customer that may be deleted; null once it is. */
  guest: { id: string; name: string } | null
  offers: string[]
  devices: string[]
  licenses: string[]
  orders: { id: string; isWithdrawn: boolean }[]
  made: number
}

export async function openBoard(world: World): Promise<Board> {
  const branch = await given.channel(world)
  const { as, id: sellerId } = branch.subDistributor
  const trial = { trial: { days: 15, end_policy: 'take_from_pool' } }
  const { offerId: first, product } = await licensed.soldOffer(world, branch, trial)
  const { offerId: second } = await licensed.soldOffer(world, branch, { ...trial, product, edition: 'Plus' })
  const offers = [first, second]
  const beside = await given.tenant(as, sellerId, { level: 'reseller' })
  for (const offerId of offers) given.expectOk(await as.put(`/v1/tenants/${beside.id}/offers/${offerId}`))
  const customer = await given.tenant(branch.reseller.as, branch.reseller.id, { level: 'end_customer' })
  const guest = await given.tenant(branch.reseller.as, branch.reseller.id, { level: 'end_customer' })
  const customers = [branch.customer.id, customer.id]
  const devices: string[] = []
  for (const id of [...customers, branch.customer.id, guest.id])
    devices.push((await licensed.machine(world, as, id)).id)
  const endsOn = dayAfter(world, 400)
  const give = (ownerId: string, poolId: string, offerId: string, quantity: number) =>
    licensed.licenses(world, { ownerId, poolId, offerId, quantity, endsOn })
  const licenses = [
    ...(await give(branch.reseller.id, branch.reseller.id, first, 2)),
    ...(await give(branch.reseller.id, branch.reseller.id, second, 1)),
    ...(await give(branch.reseller.id, customers[0] ?? '', first, 1)),
    ...(await give(beside.id, beside.id, first, 1)),
  ]
  const shop = await given.purchaser(world, world.vendor, sellerId)
  await given.terms(world)
  return {
    world,
    as,
    shop,
    resellers: [branch.reseller.id, beside.id],
    customers,
    guest: { id: guest.id, name: guest.name },
    offers,
    devices,
    licenses,
    orders: [],
    made: licenses.length,
  }
}

const clocks = new WeakMap<World, Temporal.Instant>()
const start = Temporal.Instant.from('2027-01-05T10:00:00Z')
const dayAfter = (world: World, days: number): string =>
  (clocks.get(world) ?? start)
    .add({ hours: 24 * days })
    .toString()
    .slice(0, 10)

const pick = <T>(of: readonly T[], index: number): T => of[index % of.length]!
const missing = '0190a000-0000-7000-8000-000000000000'

export type Act = (board: Board, a: number, b: number) => Promise<Answer>

/** Each act that changes who has which license; what is refused changes nothing, which the checks see too. */
export const acts = {
  take: ({ as, offers, devices }, a, b) => licensed.take(as, pick(offers, a), 'device', pick(devices, b)),
  assign: ({ as, licenses, devices }, a, b) => licensed.assign(as, pick(licenses, a), 'device', pick(devices, b)),
  release: ({ as, licenses }, a) => as.post(`/v1/licenses/${pick(licenses, a)}/release`),
  releaseMany: ({ as, licenses }, a, b) =>
    as.post('/v1/licenses/actions', {
      action: 'release',
      ids: [...new Set([pick(licenses, a), pick(licenses, a + (b % 2))])],
    }),
  releaseType: ({ as, offers }, a) =>
    as.post('/v1/licenses/actions', { action: 'release', filter: { offer_id: pick(offers, a) } }),
  move: ({ as, licenses, resellers, customers }, a, b) =>
    as.post('/v1/licenses/move', { ids: [pick(licenses, a)], pool_id: pick([...resellers, ...customers], b) }),
  setAside: ({ as, offers, customers }, a, b) =>
    as.put(`/v1/tenants/${pick(customers, a)}/set-asides`, { offer_id: pick(offers, b), number: b % 3 }),
  source: ({ as, customers }, a, b) =>
    licensed.setPool(as, pick(customers, a), { source: pick(['company_pool', 'global_pool'], b) }),
  exchange: ({ as, resellers }, a, b) =>
    licensed.setPool(as, pick(resellers, a), { exchange_expired: pick([true, false], b) }),
  cancel: ({ as, licenses }, a) => as.post(`/v1/licenses/${pick(licenses, a)}/cancel`),
  restore: ({ as, licenses }, a) => as.post(`/v1/licenses/${pick(licenses, a)}/restore`),
  edition: ({ as, licenses, offers }, a, b) =>
    as.post(`/v1/licenses/${pick(licenses, a)}/edition`, { offer_id: pick(offers, b) }),
  autoRenew: ({ as, offers }, a, b) =>
    as.post('/v1/licenses/actions', {
      action: 'set_auto_renew',
      auto_renew: pick([true, false], b),
      filter: { offer_id: pick(offers, a) },
    }),
  removeExpired: ({ as, offers }, a) =>
    as.post('/v1/licenses/actions', { action: 'remove_expired', filter: { offer_id: pick(offers, a) } }),
  moveTenant: ({ as, customers, resellers }, a, b) =>
    as.post(`/v1/tenants/${pick(customers, a)}/move`, { parent_id: pick(resellers, b), allow_unlicensed: true }),
  order,
  withdraw,
  trial,
  deleteDevice,
  deleteGuest,
  pass,
} satisfies Record<string, Act>

async function order(board: Board, a: number, b: number): Promise<Answer> {
  const quantity = 1 + (a % 2)
  const answer = await board.shop.post('/v1/orders', {
    buyer_id: pick(board.resellers, b),
    company_id: pick([null, ...board.customers], a),
    lines: [{ offer_id: pick(board.offers, a), term: pick(['monthly', 'year'], b), quantity }],
    payment_mode: 'monthly',
    terms_version: 1,
  })
  if (answer.status !== 201) return answer
  const { id } = answer.body
  const rows = await query<{ id: string }>(board.world, 'select id from licenses where order_id = $1 order by id', [id])
  board.orders.push({ id, isWithdrawn: false })
  board.licenses.push(...rows.map((row) => row.id))
  board.made += quantity
  return answer
}

async function withdraw(board: Board, a: number): Promise<Answer> {
  const one = board.orders[a % Math.max(board.orders.length, 1)]
  const answer = await board.shop.post(`/v1/orders/${one?.id ?? missing}/withdraw`)
  if (one !== undefined && answer.status === 200) one.isWithdrawn = true
  return answer
}

async function trial(board: Board, a: number, b: number): Promise<Answer> {
  const quantity = 1 + (b % 2)
  const wanted = { tenant_id: pick(board.resellers, a), offer_id: pick(board.offers, b), quantity }
  const answer = await board.as.post('/v1/trial-licenses', wanted)
  if (answer.status !== 201) return answer
  board.licenses.push(...answer.body.licenses.map(({ id }: { id: string }) => id))
  board.made += quantity
  return answer
}

/** Another machine comes in its place. */
async function deleteDevice(board: Board, a: number): Promise<Answer> {
  const at = a % board.devices.length
  const answer = await board.as.delete(`/v1/devices/${board.devices[at]}`)
  if (answer.status === 204)
    board.devices[at] = (await licensed.machine(board.world, board.as, pick(board.customers, a))).id
  return answer
}

async function deleteGuest(board: Board): Promise<Answer> {
  const { guest, as } = board
  if (guest === null) return as.get(`/v1/tenants/${missing}`)
  given.expectOk(await as.post(`/v1/tenants/${guest.id}/inactivate`))
  const answer = given.expectOk(await as.post(`/v1/tenants/${guest.id}/delete`, { confirm_name: guest.name }))
  board.guest = null
  return answer
}

/** So many days go by: trials and months end, terms renew or expire, what was deleted is erased. */
async function pass({ world }: Board, a: number): Promise<Answer> {
  const to = (clocks.get(world) ?? start).add({ hours: 24 * (1 + a) })
  clocks.set(world, to)
  return world.vendor.post('/v1/test-clock', { to: to.toString(), frozen: true })
}

/** What is wrong with the licenses of a board; nothing, if all is well. */
export async function findFaults({ world, ...board }: Board): Promise<string[]> {
  const withdrawn = board.orders.filter(({ isWithdrawn }) => isWithdrawn).map(({ id }) => id)
  const owners = [...board.resellers, ...board.customers, ...(board.guest ? [board.guest.id] : [])]
  const faults = await query<{ fault: string }>(
    world,
    `with mine as (select * from licenses where owner_id = any ($1::uuid[])), live as (select * from mine where state in ('unassigned', 'assigned', 'pending_cancel'))
     select 'lost or doubled' as fault where (select count(*) from mine) <> $2
     union all select 'lost: ' || made.id from unnest($6::uuid[]) made(id) where not exists (select 1 from mine m where m.id = made.id)
     union all select 'not what was ordered: ' || l.id from order_lines l where l.order_id = any ($7::uuid[]) and l.quantity <> (select count(*) from mine m where m.order_line_id = l.id)
     union all select 'past its end: ' || id from live where ends_on < $5::date
     union all select 'ended too early: ' || id || ' ' || state from mine where state in ('expired', 'ended') and (ends_on is null or ends_on >= $5::date)
     union all select 'withdrawn, without its order: ' || id from mine where state = 'withdrawn' and (order_id is null or order_id <> all ($4::uuid[]))
     union all select 'of a withdrawn order: ' || id from live where order_id = any ($4::uuid[])
     union all select 'over, and held: ' || id from mine where holder_id is not null and id not in (select id from live)
     union all select 'removed, and live: ' || id from live where removed_at is not null
     union all select 'cancelled, and renews: ' || id from live where state = 'pending_cancel' and auto_renew
     union all select 'two of a product: ' || holder_id from live where holder_id is not null group by holder_id, product_key having count(*) > 1
     union all select 'numbers of ' || n.pool_id from pool_numbers n
       join (select pool_id, unit, count(*) as total, count(*) - count(holder_id) as unassigned from live group by 1, 2) l using (pool_id, unit)
       where n.total <> l.total or n.unassigned <> l.unassigned
     union all select 'a pool without numbers' from live l where not exists (select 1 from pool_numbers n where n.pool_id = l.pool_id and n.unit = l.unit)
     union all select 'numbers without licenses' from pool_numbers n
       where n.total > 0 and n.pool_id in (select pool_id from mine union select owner_id from mine) and not exists (select 1 from live l where l.pool_id = n.pool_id)
     union all select 'not with its holder: ' || l.id from live l join tenants t on t.id = l.holder_tenant_id where l.path <> t.path
     union all select 'not with its owner: ' || id from live where holder_id is null and path <> owner_path
     union all select 'owner not above its holder: ' || id from live where left(path, length(owner_path)) <> owner_path
     union all select 'owner has moved: ' || l.id from live l join tenants t on t.id = l.owner_id where t.path <> l.owner_path
     union all select 'pool has moved: ' || l.id from live l join tenants t on t.id = l.pool_id where t.path <> l.pool_path
     union all select 'holdings of ' || l.id from mine l left join license_holdings h on h.license_id = l.id and h.to_at is null
       where (h.id is null) <> (l.holder_id is null) or h.holder_id <> l.holder_id or h.path <> l.path or h.offer_id <> l.offer_id
     union all select 'history of ' || l.id from live l where (select count(*) filter (where e.what = 'assigned') - count(*) filter (where e.what = 'released')
       from license_events e where e.license_id = l.id) <> (case when l.holder_id is null then 0 else 1 end)
     union all select 'a stranger holds ' || id from live where holder_id is not null and not (holder_id = any ($3::uuid[]))`,
    [
      owners,
      board.made,
      board.devices,
      withdrawn,
      dayAfter(world, 0),
      board.licenses,
      board.orders.map(({ id }) => id),
    ],
  )
  return faults.map(({ fault }) => fault)
}

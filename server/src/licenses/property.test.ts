import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import * as given from '../../test/given.ts'
import * as licensed from '../../test/licensed.ts'
import { query, warmUp } from '../../test/state.ts'
import { type Answer, type Client, openWorld, type World } from '../../test/world.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
  await warmUp(world)
})
afterAll(() => world.close())

/** A distributor with two resellers, their customers, the licenses of three pools, and holders at each customer. */
type Board = {
  as: Client
  distributorId: string
  resellers: string[]
  customers: string[]
  offers: string[]
  devices: string[]
  licenses: string[]
}

async function openBoard(): Promise<Board> {
  const branch = await given.channel(world)
  const as = branch.subDistributor.as
  const { offerId: first, product } = await licensed.soldOffer(world, branch)
  const { offerId: second } = await licensed.soldOffer(world, branch, { product, edition: 'Plus' })
  const beside = await given.tenant(as, branch.subDistributor.id, { level: 'reseller' })
  for (const offerId of [first, second]) given.expectOk(await as.put(`/v1/tenants/${beside.id}/offers/${offerId}`))
  const customer = await given.tenant(branch.reseller.as, branch.reseller.id, { level: 'end_customer' })
  const customers = [branch.customer.id, customer.id]
  const devices: string[] = []
  for (const id of [...customers, branch.customer.id]) devices.push((await licensed.machine(world, as, id)).id)
  const give = (ownerId: string, poolId: string, offerId: string, quantity: number) =>
    licensed.licenses(world, { ownerId, poolId, offerId, quantity })
  const licenses = [
    ...(await give(branch.reseller.id, branch.reseller.id, first, 2)),
    ...(await give(branch.reseller.id, branch.reseller.id, second, 1)),
    ...(await give(branch.reseller.id, customers[0] ?? '', first, 1)),
    ...(await give(beside.id, beside.id, first, 1)),
  ]
  return {
    as,
    distributorId: branch.subDistributor.id,
    resellers: [branch.reseller.id, beside.id],
    customers,
    offers: [first, second],
    devices,
    licenses,
  }
}

type Step = { what: keyof typeof steps; a: number; b: number }
const pick = <T>(of: readonly T[], index: number): T => of[index % of.length]!

/** Each act that changes who has which license; what is refused changes nothing, which the checks see too. */
const steps = {
  take: ({ as, offers, devices }: Board, a: number, b: number) =>
    licensed.take(as, pick(offers, a), 'device', pick(devices, b)),
  assign: ({ as, licenses, devices }: Board, a: number, b: number) =>
    licensed.assign(as, pick(licenses, a), 'device', pick(devices, b)),
  release: ({ as, licenses }: Board, a: number) => as.post(`/v1/licenses/${pick(licenses, a)}/release`),
  releaseMany: ({ as, licenses }: Board, a: number, b: number) =>
    as.post('/v1/licenses/actions', { action: 'release', ids: [...new Set([pick(licenses, a), pick(licenses, b)])] }),
  move: ({ as, licenses, resellers, customers }: Board, a: number, b: number) =>
    as.post('/v1/licenses/move', { ids: [pick(licenses, a)], pool_id: pick([...resellers, ...customers], b) }),
  keep: ({ as, offers, customers }: Board, a: number, b: number) =>
    as.put(`/v1/tenants/${pick(customers, a)}/set-asides`, { offer_id: pick(offers, b), number: b % 3 }),
  source: ({ as, customers }: Board, a: number, b: number) =>
    licensed.setPool(as, pick(customers, a), { source: pick(['company_pool', 'global_pool'], b) }),
  cancel: ({ as, licenses }: Board, a: number) => as.post(`/v1/licenses/${pick(licenses, a)}/cancel`),
  restore: ({ as, licenses }: Board, a: number) => as.post(`/v1/licenses/${pick(licenses, a)}/restore`),
  moveTenant: ({ as, customers, resellers }: Board, a: number, b: number) =>
    as.post(`/v1/tenants/${pick(customers, a)}/move`, { parent_id: pick(resellers, b), allow_unlicensed: true }),
} satisfies Record<string, (board: Board, a: number, b: number) => Promise<Answer>>

const words = Object.keys(steps) as (keyof typeof steps)[]

/** What is wrong with the licenses of a board; nothing, if all is well. */
async function findFaults({ licenses, devices }: Board): Promise<string[]> {
  const faults = await query<{ fault: string }>(
    world,
    `with mine as (select * from licenses where id = any ($1::uuid[])), live as (select * from mine where state in ('unassigned', 'assigned', 'pending_cancel'))
     select 'lost or doubled' as fault where (select count(*) from live) <> $2
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
     union all select 'holdings of ' || l.id from live l left join license_holdings h on h.license_id = l.id and h.to_at is null
       where (h.id is null) <> (l.holder_id is null) or h.holder_id <> l.holder_id or h.path <> l.path or h.offer_id <> l.offer_id
     union all select 'history of ' || l.id from live l where (select count(*) filter (where e.what = 'assigned') - count(*) filter (where e.what = 'released')
       from license_events e where e.license_id = l.id) <> (case when l.holder_id is null then 0 else 1 end)
     union all select 'a stranger holds ' || id from live where holder_id is not null and not (holder_id = any ($3::uuid[]))`,
    [licenses, licenses.length, devices],
  )
  return faults.map(({ fault }) => fault)
}

it('no license is lost or doubled by any sequence of operations', { timeout: 240_000 }, async () => {
  const boards: Board[] = []
  const done = new Set<string>()
  const step = fc.record({ what: fc.constantFrom(...words), a: fc.nat(30), b: fc.nat(30) })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 12, maxLength: 30 }), async (sequence: Step[]) => {
      const board = await openBoard()
      boards.push(board)
      for (const { what, a, b } of sequence) {
        const { status } = await steps[what](board, a, b)
        expect(status).toBeLessThan(500)
        if (status < 300) done.add(what)
      }
      expect(await findFaults(board)).toEqual([])
    }),
    { numRuns: 8, seed: 20270105, endOnFailure: true },
  )
  // Each act has worked somewhere: a sequence of refusals would prove nothing.
  expect([...done].sort()).toEqual([...words].sort())
  await findPlanted(boards.at(-1)!)
})

/** Damage that the check has to see. */
const damages = [
  `update licenses set state = 'expired' where id = $1`,
  `update pool_numbers set unassigned = 0, total = total + 1 where pool_id = (select pool_id from licenses where id = $1)`,
  `update licenses set path = path || '0001' where id = $1`,
  `delete from license_events where license_id = $1 and what = 'assigned'`,
  `update license_holdings set to_at = from_at where license_id = $1`,
]

async function findPlanted(board: Board): Promise<void> {
  const [id = ''] = board.licenses
  const { state } = (await board.as.get(`/v1/licenses/${id}`)).body
  if (state === 'unassigned')
    given.expectOk(
      await licensed.assign(
        board.as,
        id,
        'device',
        (await licensed.machine(world, board.as, board.customers[0] ?? '')).id,
      ),
    )
  for (const damage of damages) {
    await query(world, damage, [id])
    expect(await findFaults(board), damage).not.toEqual([])
  }
}

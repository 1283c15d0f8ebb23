import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import * as given from '../../test/given.ts'
import * as licensed from '../../test/licensed.ts'
import { query, warmUp } from '../../test/state.ts'
import { openWorld, type World } from '../../test/world.ts'
import { type Database, openDatabase, type Transaction } from '../platform/database.ts'
import { newId } from '../platform/ids.ts'
import { type Claim, claim, claimFirst } from './repository.ts'

let world: World
let branch: given.Channel
/** Three more server processes: 18 connections for 64 claims. The benchmark has a connection for each. */
let processes: Database[]

beforeAll(async () => {
  world = await openWorld()
  await warmUp(world)
  branch = await given.channel(world)
  processes = Array.from({ length: 3 }, () => openDatabase(world.database.urls, {}))
})
afterAll(async () => {
  for (const db of processes) await db.close()
  await world.close()
})

const claims = 64
type Claimer = (tx: Transaction, wanted: Claim) => Promise<{ id: string } | null>
type Outcome = { won: number; distinct: number; held: number; numbers: number }

/** Lets 64 claim from so many licenses at once, and counts what they were told and what stands in the table. */
async function race(free: number, claimer: Claimer): Promise<Outcome> {
  const { reseller, customer } = branch
  const offerId = await given.orderedOffer(world, { unit: 'device' })
  await licensed.licenses(world, { ownerId: reseller.id, offerId, quantity: free })
  const [pool] = await query<{ realm_id: string; path: string }>(
    world,
    'select realm_id, path from tenants where id = $1',
    [customer.id],
  )
  const wanted = (): Claim => ({
    realmId: BigInt(pool?.realm_id ?? 0),
    poolId: reseller.id,
    offerId,
    isTrial: false,
    setAsideFor: null,
    today: '2027-01-05',
    at: '2027-01-05T10:00:00.000Z',
    holder: { kind: 'device', id: newId(), tenant_id: customer.id, path: pool?.path ?? '' },
    trial: { endsOn: '2027-01-20', endsAt: '2027-01-21T00:00:00.000Z' },
  })
  const attempts = Array.from({ length: claims }, async (_, index) => {
    const db = processes[index % processes.length]!
    const call = await db.systemCall('race')
    return db.work(call, (tx) => claimer(tx, wanted())).catch(() => null)
  })
  const won = (await Promise.all(attempts)).flatMap((license) => (license === null ? [] : [license.id]))
  const [held] = await query<{ n: number }>(
    world,
    'select count(*)::int as n from licenses where offer_id = $1 and holder_id is not null',
    [offerId],
  )
  return { won: won.length, distinct: new Set(won).size, held: held?.n ?? 0, numbers: free }
}

const right = (free: number): Outcome => {
  const won = Math.min(free, claims)
  return { won, distinct: won, held: won, numbers: free }
}

const ours: Claimer = (tx, wanted) => claimFirst(tx, { wanted: [wanted] })

it.each([1, 20, 63, 64, 70])(
  'R-LIC-2: of 64 claims at once on %i licenses exactly as many succeed, each with one of its own',
  async (free) => {
    expect(await race(free, ours)).toEqual(right(free))
  },
)

it('R-LIC-2: what another takes and gives back is not lost: who waits gets it', async () => {
  const offerId = await given.orderedOffer(world, { unit: 'device' })
  await licensed.licenses(world, { ownerId: branch.reseller.id, offerId, quantity: 1 })
  const [tenant] = await query<{ realm_id: string; path: string }>(
    world,
    'select realm_id, path from tenants where id = $1',
    [branch.customer.id],
  )
  const wanted: Claim = {
    realmId: BigInt(tenant?.realm_id ?? 0),
    poolId: branch.reseller.id,
    offerId,
    isTrial: false,
    setAsideFor: null,
    today: '2027-01-05',
    at: '2027-01-05T10:00:00.000Z',
    holder: { kind: 'device', id: newId(), tenant_id: branch.customer.id, path: tenant?.path ?? '' },
    trial: { endsOn: '2027-01-20', endsAt: '2027-01-21T00:00:00.000Z' },
  }
  const [first, second] = [processes[0]!, processes[1]!]
  let waiting: Promise<{ id: string } | null> = Promise.resolve(null)
  const undone = first.work(await first.systemCall('race'), async (tx) => {
    expect(await claim(tx, wanted)).not.toBeNull()
    const call = await second.systemCall('race')
    // passes by what is being taken, and then waits for it
    expect(
      await second.work(call, (other) => claim(other, { ...wanted, holder: { ...wanted.holder, id: newId() } })),
    ).toBeNull()
    waiting = second.work(call, (other) =>
      claimFirst(other, { wanted: [{ ...wanted, holder: { ...wanted.holder, id: newId() } }] }),
    )
    throw new Error('given back')
  })
  await expect(undone).rejects.toThrow('given back')
  expect(await waiting).not.toBeNull()
})

/** Looks which is free, and then takes it: two look before either takes. */
const checkThenUpdate: Claimer = async (tx, { poolId, offerId, holder, at }) => {
  const { rows } = await sql<{ id: string }>`
    select id from licenses where pool_id = ${poolId} and offer_id = ${offerId} and holder_id is null order by id limit 1`.execute(
    tx.tables(),
  )
  const [free] = rows
  if (free === undefined) return null
  await sql`update licenses set state = 'assigned', holder_kind = 'device', holder_id = ${holder.id}, holder_tenant_id = ${holder.tenant_id},
    path = ${holder.path}, assigned_at = ${at} where id = ${free.id}`.execute(tx.tables())
  return free
}

/** Locks the pool and counts in one statement: the count is of before the wait. */
const lockAndCount: Claimer = async (tx, { poolId, offerId, holder, at }) => {
  const { rows } = await sql<{ free: number; used: number }>`
    select (select count(*) filter (where holder_id is null)::int from licenses l where l.pool_id = n.pool_id and l.offer_id = ${offerId}) as free,
      (select count(holder_id)::int from licenses l where l.pool_id = n.pool_id and l.offer_id = ${offerId}) as used
    from pool_numbers n where n.pool_id = ${poolId} for update`.execute(tx.tables())
  const [pool] = rows
  if (pool === undefined || pool.free === 0) return null
  const { rows: taken } = await sql<{ id: string }>`
    update licenses set state = 'assigned', holder_kind = 'device', holder_id = ${holder.id}, holder_tenant_id = ${holder.tenant_id},
      path = ${holder.path}, assigned_at = ${at}
    where id = (select id from licenses where pool_id = ${poolId} and offer_id = ${offerId} order by id offset ${pool.used} limit 1)
    returning id`.execute(tx.tables())
  return taken[0] ?? null
}

it.each([
  ['check then update', checkThenUpdate, 20],
  ['for update and count(*) in one statement', lockAndCount, 20],
] as const)('a planted wrong implementation is caught: %s', async (_name, planted, free) => {
  const outcomes = [await race(free, planted)]
  for (let n = 0; n < 4 && JSON.stringify(outcomes.at(-1)) === JSON.stringify(right(free)); n += 1)
    outcomes.push(await race(free, planted))
  expect(outcomes.at(-1)).not.toEqual(right(free))
})

it('R-LIC-2: over HTTP, 40 requests on 15 licenses: 15 are 200, the others 409; the numbers say so', async () => {
  const { reseller, customer } = await given.channel(world)
  const offerId = await given.orderedOffer(world)
  await licensed.licenses(world, { ownerId: reseller.id, offerId, quantity: 15 })
  const persons = await Promise.all(Array.from({ length: 40 }, () => licensed.subscriber(customer.as, customer.id)))
  const answers = await Promise.all(persons.map((id) => licensed.take(customer.as, offerId, 'subscriber', id)))
  const codes = answers.map(({ status, body }) => (status === 200 ? '200' : `${status} ${body.code}`)).sort()
  expect(codes).toEqual([...Array<string>(15).fill('200'), ...Array<string>(25).fill('409 insufficient_unassigned')])
  const { numbers } = (await reseller.as.get(`/v1/tenants/${reseller.id}/pool`)).body
  expect(numbers).toEqual([{ unit: 'user', total: 15, unassigned: 0 }])
})

it('R-LIC-1: of 12 that give one subscriber a license at once, one does', async () => {
  const { reseller, customer } = await given.channel(world)
  const offerId = await given.orderedOffer(world)
  await licensed.licenses(world, { ownerId: reseller.id, offerId, quantity: 12 })
  const person = await licensed.subscriber(customer.as, customer.id)
  const answers = await Promise.all(
    Array.from({ length: 12 }, () => licensed.take(reseller.as, offerId, 'subscriber', person)),
  )
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  expect(answers.filter(({ status }) => status !== 200).map(({ body }) => body.code)).toEqual(
    Array<string>(11).fill('already_licensed'),
  )
  const { numbers } = (await reseller.as.get(`/v1/tenants/${reseller.id}/pool`)).body
  expect(numbers).toEqual([{ unit: 'user', total: 12, unassigned: 11 }])
})

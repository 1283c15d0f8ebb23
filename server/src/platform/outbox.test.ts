import { setImmediate as turn } from 'node:timers/promises'
import type pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { withClient } from '../../test/database.ts'
import * as given from '../../test/given.ts'
import { query } from '../../test/state.ts'
import { openWorld, type World } from '../../test/world.ts'
import type { CallContext } from '../kernel/context.ts'
import { toBounds } from '../kernel/tree.ts'
import { type Consumer, type OutboxEvent, publish, relay } from './outbox.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

const path = '0000zzzz'
const callAt = async (): Promise<CallContext> => {
  const call = await world.application.db.systemCall('test')
  return { ...call, scope: { ...call.scope, realmId: 1n, ...toBounds(path), reach: 'subtree' } }
}
const publishOne = async (topic: string, payload: Record<string, unknown>) =>
  world.application.db.transaction(await callAt(), (tx) => publish(tx, { realmId: 1n, topic, path, payload }))

/** A reader of one topic that keeps what it was given. */
function collector(topic: string): Consumer & { events: OutboxEvent[] } {
  const events: OutboxEvent[] = []
  return {
    name: topic,
    topics: [topic],
    events,
    async consume(_tx, batch) {
      events.push(...batch)
    },
  }
}

/** Reads until nothing is left; another database of this server may hold back what was committed last for a moment. */
async function readTo(consumer: Consumer & { events: OutboxEvent[] }, count: number): Promise<void> {
  await expect
    .poll(async () => {
      while ((await relay(world.application.db, await callAt(), consumer)) > 0);
      return consumer.events.length
    })
    .toBe(count)
}

/** A transaction that stays open between two events of others. */
async function withOpenTransaction(topic: string, whileOpen: (client: pg.Client) => Promise<void>): Promise<void> {
  await withClient(world.database.urls.runtime, async (client) => {
    await client.query('begin')
    await client.query('select * from app.enter($1, $2, $3)', [path, `${path}~`, ''])
    // An id of long before: ids are made before the commit, so their order is not the order of the commits.
    const id = `0190a000-0000-7000-8000-0000${topic.slice(-8)}`
    await client.query(
      `insert into outbox (realm_id, id, topic, path, payload, created_at) values (1, $1, $2, $3, '{"n":"early"}', '2027-01-01Z')`,
      [id, topic, path],
    )
    await whileOpen(client)
    await client.query('commit')
  })
}

it('a transaction that began first and commits last is not lost, and holds back what began after it', async () => {
  const topic = given.unique('topic')
  const consumer = collector(topic)
  await withOpenTransaction(topic, async () => {
    await publishOne(topic, { n: 'late' })
    while ((await relay(world.application.db, await callAt(), consumer)) > 0);
    expect(consumer.events).toEqual([])
  })
  await readTo(consumer, 2)
  expect(consumer.events.map(({ payload }) => payload.n)).toEqual(['early', 'late'])
})

it('a planted reader by `id > last` loses it', async () => {
  const topic = given.unique('topic')
  const seen: unknown[] = []
  let last = '00000000-0000-0000-0000-000000000000'
  const readById = async () => {
    const text = 'select id, payload from outbox where topic = $1 and id > $2 order by id'
    for (const row of await query<{ id: string; payload: { n: string } }>(world, text, [topic, last])) {
      seen.push(row.payload.n)
      last = row.id
    }
  }
  await withOpenTransaction(topic, async () => {
    await publishOne(topic, { n: 'late' })
    await readById()
  })
  await readById()
  expect(seen).toEqual(['late'])
})

it('two relays at once hand on each event exactly once, in the order of their transactions', async () => {
  const topic = given.unique('topic')
  const consumer = collector(topic)
  const { db } = world.application
  const call = await callAt()
  for (let batch = 0; batch < 6; batch += 1)
    await db.transaction(call, async (tx) => {
      for (let n = 0; n < 200; n += 1) await publish(tx, { realmId: 1n, topic, path, payload: { n: batch * 200 + n } })
    })
  const readAll = async () => {
    while (consumer.events.length < 1200) {
      await relay(db, call, consumer)
      await turn()
    }
  }
  await Promise.all([readAll(), readAll(), readAll()])
  const numbers = consumer.events.map(({ payload }) => Number(payload.n))
  expect(numbers).toHaveLength(1200)
  expect(new Set(numbers).size).toBe(1200)
  const batches = numbers.map((n) => Math.floor(n / 200))
  expect(batches).toEqual(batches.toSorted((left, right) => left - right))
})

it('a reader that fails keeps its place: the event comes again', async () => {
  const topic = given.unique('topic')
  const consumer = collector(topic)
  await publishOne(topic, { n: 1 })
  const failing = { ...consumer, consume: () => Promise.reject(new Error('not now')) }
  await expect
    .poll(async () => relay(world.application.db, await callAt(), failing).catch((error: Error) => error.message))
    .toBe('not now')
  await readTo(consumer, 1)
})

it('what happened in a transaction that was undone is told to nobody', async () => {
  const topic = given.unique('topic')
  const consumer = collector(topic)
  const undone = world.application.db.transaction(await callAt(), async (tx) => {
    await publish(tx, { realmId: 1n, topic, path, payload: { n: 'undone' } })
    throw new Error('undone')
  })
  await expect(undone).rejects.toThrow('undone')
  await publishOne(topic, { n: 'done' })
  await readTo(consumer, 1)
  expect(consumer.events[0]?.payload).toEqual({ n: 'done' })
})

it('the sums over subtrees follow, whoever reads at once: as counted from the rows', async () => {
  const channel = await given.channel(world)
  const sites = await Promise.all(
    ['site', 'site'].map(() => given.tenant(channel.customer.as, channel.customer.id, { level: 'site' })),
  )
  for (const { id } of sites) await given.device(world, channel.reseller.as, id)
  await given.device(world, channel.reseller.as, channel.customer.id)
  const sums = () =>
    query(
      world,
      `select t.level, s.tenants::int, s.devices::int from tenant_sums s join tenants t on t.id = s.tenant_id
       where t.path like (select path from tenants where id = $1) || '%' order by t.path`,
      [channel.distributor.id],
    )
  const counted = await query(
    world,
    `select t.level, (select count(*)::int from tenants b where b.path like t.path || '_%') as tenants,
       (select count(*)::int from devices d where d.path like t.path || '%') as devices
     from tenants t where t.path like (select path from tenants where id = $1) || '%' order by t.path`,
    [channel.distributor.id],
  )
  expect(counted[0]).toEqual({ level: 'distributor', tenants: 5, devices: 3 })
  await expect
    .poll(async () => {
      await Promise.all([world.drain(), world.drain(), world.drain()])
      return sums()
    })
    .toEqual(counted)
  await world.drain()
  expect(await sums()).toEqual(counted)
})

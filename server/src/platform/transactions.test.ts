import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { withClient } from '../../test/database.ts'
import * as given from '../../test/given.ts'
import { query } from '../../test/state.ts'
import { openWorld, type World } from '../../test/world.ts'
import type { CallContext } from '../kernel/context.ts'
import { Problem } from '../kernel/problem.ts'
import type { Transaction } from './database.ts'
import { publish } from './outbox.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

const topic = () => given.unique('topic')
const note = (tx: Transaction, name: string) =>
  publish(tx, { realmId: 0n, topic: name, path: tx.scope.lo, payload: {} })
const noted = async (name: string): Promise<number> =>
  (await query<{ n: number }>(world, 'select count(*)::int as n from outbox where topic = $1', [name]))[0]?.n ?? 0

async function vendorCall(): Promise<CallContext> {
  const [vendor] = await query<{ path: string }>(world, 'select path from tenants where id = $1', [world.vendorId])
  const call = await world.application.db.systemCall('test')
  return { ...call, scope: { ...call.scope, lo: vendor?.path ?? '', hi: `${vendor?.path}~` } }
}

const divided = { code: '22012' }

describe('what is sent without waiting', () => {
  it('is stored with the commit, in the order in which it was sent', async () => {
    const [name, { db }] = [topic(), world.application]
    const seen = await db.work(await vendorCall(), async (tx) => {
      await note(tx, name)
      const rows = tx.send(sql<{ n: number }>`select count(*)::int as n from outbox where topic = ${name}`)
      await note(tx, name)
      return rows
    })
    expect(seen).toEqual([{ n: 1 }])
    expect(await noted(name)).toBe(2)
  })

  it('fails the transaction where it fails, although nobody waited for it: nothing is stored', async () => {
    const [name, { db }] = [topic(), world.application]
    const act = db.work(await vendorCall(), async (tx) => {
      await note(tx, name)
      tx.later(sql`select 1 / 0`)
      await note(tx, name)
      return 'done'
    })
    await expect(act).rejects.toMatchObject(divided)
    expect(await noted(name)).toBe(0)
  })

  it('of several that were sent together the reason of the first failure is told, whichever is waited for', async () => {
    const { db } = world.application
    const together = db.work(await vendorCall(), (tx) =>
      Promise.all([
        (async () => (await (async () => tx.send(sql`select 1 / 0`))()).length)(),
        tx.send(sql`select 1`),
        tx.send(sql`select 2`),
      ]),
    )
    await expect(together).rejects.toMatchObject(divided)
    const behind = db.work(await vendorCall(), (tx) => {
      tx.later(sql`select 1 / 0`)
      return tx.send(sql`select 1`)
    })
    await expect(behind).rejects.toMatchObject(divided)
  })

  it('a refusal stays one: what was written before it is undone, and the connection serves the next', async () => {
    const [name, { db }] = [topic(), world.application]
    const refused = db.transaction(await vendorCall(), async (tx) => {
      await note(tx, name)
      throw new Problem('not_found')
    })
    await expect(refused).rejects.toMatchObject({ code: 'not_found' })
    expect(await noted(name)).toBe(0)
    expect(await db.transaction(await vendorCall(), (tx) => tx.send(sql`select 1 as one`))).toEqual([{ one: 1 }])
  })

  it('after its end a transaction asks nothing any more: its connection may be in the scope of another', async () => {
    const { db } = world.application
    const [kept, failed]: [Transaction[], Transaction[]] = [[], []]
    await db.transaction(await vendorCall(), async (tx) => kept.push(tx))
    const act = db.transaction(await vendorCall(), async (tx) => {
      failed.push(tx)
      throw new Problem('not_found')
    })
    await expect(act).rejects.toMatchObject({ code: 'not_found' })
    for (const tx of [...kept, ...failed]) {
      await expect(tx.send(sql`select 1`)).rejects.toThrow('the transaction has ended')
      await expect(sql`select 1`.execute(tx.tables())).rejects.toThrow('the transaction has ended')
    }
  })

  it('the first question is asked inside the scope, although nobody waited for it to be entered', async () => {
    const call = await vendorCall()
    const read = (tx: Transaction) => tx.send(sql<{ lo: string }>`select current_setting('app.lo') as lo`)
    expect(await world.application.db.transaction(call, read)).toEqual([{ lo: call.scope.lo }])
  })
})

it('a call of the moment at which it begins has the time of the test clock', async () => {
  const { now: _now, ...caller } = await vendorCall()
  const { db } = world.application
  const told = await db.transactionNow(caller, async (tx, call) => [tx.now.toString(), call.now.toString()])
  expect(told).toEqual(Array(2).fill((await db.systemCall('test')).now.toString()))
})

it('what was planned before a migration added a column is planned anew', async () => {
  const { db } = world.application
  await withClient(world.database.superUrl, async (client) => {
    await client.query(
      'create table planned (id int); grant select on planned to tt_runtime; insert into planned values (1)',
    )
    const call = await vendorCall()
    const read = () => db.transaction(call, (tx) => tx.send(sql`select * from planned`))
    // On every connection of the pool, so that each has a plan of before.
    for (let n = 0; n < 3; n += 1) expect((await Promise.all(Array.from({ length: 10 }, read))).flat()).toHaveLength(10)
    await client.query('alter table planned add column name text')
    expect((await Promise.all(Array.from({ length: 10 }, read))).flat()).toEqual(Array(10).fill({ id: 1, name: null }))
    const alone = () => db.lookUp(sql`select * from planned`)
    await Promise.all(Array.from({ length: 10 }, alone))
    await client.query('alter table planned drop column name')
    expect((await Promise.all(Array.from({ length: 20 }, alone))).flat()).toEqual(Array(20).fill({ id: 1 }))
    await client.query('drop table planned')
  })
})

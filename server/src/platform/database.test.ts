import { sql } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as given from '../../test/given.ts'
import { query } from '../../test/state.ts'
import { openWorld, type World } from '../../test/world.ts'
import type { CallContext } from '../kernel/context.ts'
import { Problem } from '../kernel/problem.ts'
import { ancestorPaths, parentPath, toBounds } from '../kernel/tree.ts'
import { inScope, isEnd, joining, type Transaction, type WidenReason, widen } from './database.ts'
import { isRetryable, toProblem } from './database-errors.ts'

const failure = (code: string, constraint?: string): pg.DatabaseError =>
  Object.assign(new pg.DatabaseError('refused', 0, 'error'), { code, ...(constraint ? { constraint } : {}) })

describe('toProblem', () => {
  const known = { tenants_name: 'tenant_name_taken', realms_name: 'tenant_name_taken' } as const
  const codeOf = (error: unknown) => {
    const problem = toProblem(error, known)
    return problem instanceof Problem ? [problem.code, problem.details.retryAfterS] : problem
  }

  it.each<[string, string | undefined, string, number | undefined]>([
    ['23505', 'tenants_name', 'tenant_name_taken', undefined],
    ['23505', 'tenants_name_102008', 'tenant_name_taken', undefined],
    ['23505', 'tenants_name_9102008123', 'tenant_name_taken', undefined],
    ['55P03', undefined, 'resource_locked', 1],
    ['40001', undefined, 'resource_locked', 1],
    ['40P01', undefined, 'resource_locked', 1],
    ['53100', undefined, 'storage_full', 1],
    ['53300', undefined, 'unavailable', 1],
    ['57P01', undefined, 'unavailable', 1],
    ['08006', undefined, 'unavailable', 1],
    ['22021', undefined, 'invalid_request', undefined],
  ])('%s %s is %s', (state, constraint, code, retryAfterS) => {
    expect(codeOf(failure(state, constraint))).toEqual([code, retryAfterS])
  })

  it.each<[string, string | undefined]>([
    ['23505', 'devices_pkey'],
    ['23505', 'tenants_name_12345'],
    ['23505', 'tenants_name_x102008'],
    ['42501', undefined],
    ['22P02', undefined],
  ])('%s %s is a bug, and answered as it came', (state, constraint) => {
    const error = failure(state, constraint)
    expect(toProblem(error, known)).toBe(error)
  })

  it.each(['ECONNREFUSED', 'ECONNRESET', 'EPIPE'])('a lost connection (%s) is 503 unavailable', (code) => {
    expect(codeOf(Object.assign(new Error('lost'), { code }))).toEqual(['unavailable', 1])
    expect(codeOf(new Error('Connection terminated unexpectedly'))).toEqual(['unavailable', 1])
  })

  it('only what another try can mend is tried again', () => {
    expect(['40001', '40P01', '55P03', '23505', '53100'].filter((state) => isRetryable(failure(state)))).toEqual([
      '40001',
      '40P01',
    ])
    expect(isRetryable(new Error('40001'))).toBe(false)
  })
})

let world: World
let channel: given.Channel
beforeAll(async () => {
  world = await openWorld()
  channel = await given.channel(world)
})
afterAll(() => world.close())

/** A call of the tenant's superuser. */
async function callOf(tenantId: string): Promise<CallContext> {
  const call = await world.application.db.systemCall('test')
  const text = 'select realm_id, path from tenants where id = $1'
  const [row] = await query<{ realm_id: string; path: string }>(world, text, [tenantId])
  const { realm_id: realm, path } = row!
  const scope = {
    ...call.scope,
    tenantId,
    realmId: BigInt(realm),
    ...toBounds(path),
    chain: ancestorPaths(path).join(' '),
  }
  return { ...call, scope: { ...scope, reach: 'subtree' } }
}

/** What row-level security lets through: a query that names no scope. */
const readPaths = async (tx: Transaction): Promise<string[]> =>
  (await sql<{ path: string }>`select path from tenants order by path`.execute(tx.tables())).rows.map(
    ({ path }) => path,
  )
const fail = (tx: Transaction, state: string) =>
  sql`do ${sql.raw(`$$ begin raise exception 'planted' using errcode = '${state}'; end $$`)}`.execute(tx.tables())

describe('transaction', () => {
  it.each(['40001', '40P01'])('%s is tried three times, then 409 resource_locked', async (state) => {
    let tries = 0
    const attempt = world.application.db.transaction(await callOf(channel.reseller.id), (tx) => {
      tries += 1
      return fail(tx, state)
    })
    await expect(attempt).rejects.toMatchObject({ code: 'resource_locked' })
    expect(tries).toBe(3)
  })

  it('the third try may succeed, and what the first two wrote is undone', async () => {
    let tries = 0
    const email = given.unique('email').replace(' ', '')
    await world.application.db.transaction(await callOf(channel.reseller.id), async (tx) => {
      tries += 1
      await sql`insert into sign_in_failures values (${email}, ${tries}, '2027-01-01Z')`.execute(tx.tables())
      if (tries < 3) await fail(tx, '40001')
    })
    const rows = await query(world, 'select failed from sign_in_failures where email_key = $1', [email])
    expect([tries, rows]).toEqual([3, [{ failed: 3 }]])
  })

  it.each(['55P03', '23505', '22P02'])('%s is not tried again', async (state) => {
    let tries = 0
    const attempt = world.application.db.transaction(await callOf(channel.reseller.id), (tx) => {
      tries += 1
      return fail(tx, state)
    })
    await expect(attempt).rejects.toThrow()
    expect(tries).toBe(1)
  })

  it('of two that wait for each other one is tried again, and both are done', async () => {
    const { db } = world.application
    const call = await callOf(channel.reseller.id)
    const keys = [1, 2].map((n) => Number.parseInt(given.unique('').slice(-6), 16) * 10 + n)
    const lock = (tx: Transaction, index: number) =>
      sql`select pg_advisory_xact_lock(${keys[index]})`.execute(tx.tables())
    const both = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const tries = [0, 0]
    const take = (own: number, others: number) =>
      db.transaction(call, async (tx) => {
        tries[own]! += 1
        await lock(tx, own)
        both[own]!.resolve()
        await both[others]!.promise
        await lock(tx, others)
      })
    await Promise.all([take(0, 1), take(1, 0)])
    expect(tries.toSorted()).toEqual([1, 2])
  })

  it('a call that joins an open transaction sees what it wrote, and is undone with it', async () => {
    const { db } = world.application
    const email = given.unique('email').replace(' ', '')
    const count = async (tx: Transaction) =>
      (await sql`select 1 from sign_in_failures where email_key = ${email}`.execute(tx.tables())).rows.length
    const attempt = db.transaction(await callOf(channel.reseller.id), async (tx) => {
      await sql`insert into sign_in_failures values (${email}, 1, '2027-01-01Z')`.execute(tx.tables())
      const call = await callOf(channel.reseller.id)
      expect(await db.transaction(joining(call, tx), count)).toBe(1)
      expect(await db.transaction(call, count)).toBe(0)
      throw new Error('undone')
    })
    await expect(attempt).rejects.toThrow('undone')
    expect(await db.transaction(await callOf(channel.reseller.id), count)).toBe(0)
  })

  it('numbers, days and moments come as the kernel writes them', async () => {
    const { rows } = await world.application.db.transaction(await callOf(channel.reseller.id), (tx) =>
      sql`select 9007199254740993::int8 as big, 1.10::numeric as price, date '2027-02-01' as day,
        timestamptz '2027-01-31 23:00:00.5-02' as at`.execute(tx.tables()),
    )
    expect(rows).toEqual([{ big: 9007199254740993n, price: '1.10', day: '2027-02-01', at: '2027-02-01T01:00:00.500Z' }])
  })
})

/** Typed by the closed list: a new reason has no test until it stands here. */
const reasons: Record<WidenReason, string> = {
  check_price_above: 'a subscription asks whether each edge above has a price',
  publish_prices: 'a new buyer is asked what its seller asks',
  take_from_pool: 'a holder takes a license of a pool that stands above it',
  return_to_pool: 'a license goes back from its holder to the pool of an owner above',
  place_order: 'an order stands on the edge of its buyer, whoever at or above it places it',
  read_subscriptions_above: 'a site asks what its end customer is subscribed to',
}

describe.each(Object.entries(reasons))('widen %s: %s', (name, _why) => {
  const reason = name as WidenReason

  it('sees the wider scope inside, and the own one before and after', async () => {
    const call = await callOf(channel.reseller.id)
    const above = parentPath(call.scope.lo)!
    const paths = await world.application.db.transaction(call, async (tx) => {
      const before = await readPaths(tx)
      const inside = await widen(tx, reason, above, async (wide) => {
        expect([wide.scope.lo, wide.scope.hi]).toEqual([above, `${above}~`])
        return readPaths(wide)
      })
      return { before, inside, after: await readPaths(tx), scope: tx.scope }
    })
    expect(paths.before.every((path) => path.startsWith(call.scope.lo))).toBe(true)
    expect(paths.inside).toEqual(expect.arrayContaining([above, ...paths.before]))
    expect([paths.after, paths.scope]).toEqual([paths.before, call.scope])
  })

  it('enters the own scope again after a wider one inside it', async () => {
    const call = await callOf(channel.reseller.id)
    const above = ancestorPaths(call.scope.lo)
    await world.application.db.transaction(call, async (tx) => {
      const own = await readPaths(tx)
      await widen(tx, reason, above.at(-1)!, async (wide) => {
        const wider = await readPaths(wide)
        await widen(wide, reason, above.at(-2)!, readPaths)
        expect(await readPaths(wide)).toEqual(wider)
      })
      expect(await readPaths(tx)).toEqual(own)
    })
  })

  it('a throw inside ends the transaction: the next on any connection sees its own scope', async () => {
    const { db } = world.application
    const call = await callOf(channel.reseller.id)
    const own = await db.transaction(call, readPaths)
    const attempt = db.transaction(call, (tx) =>
      widen(tx, reason, parentPath(call.scope.lo)!, () => Promise.reject(new Error('inside'))),
    )
    await expect(attempt).rejects.toThrow('inside')
    const again = await Promise.all(Array.from({ length: 20 }, () => db.transaction(call, readPaths)))
    expect(again.every((paths) => paths.join() === own.join())).toBe(true)
  })

  it('a planted widening that does not come back is found', async () => {
    const call = await callOf(channel.reseller.id)
    const { lo, hi } = toBounds(parentPath(call.scope.lo)!)
    await world.application.db.transaction(call, async (tx) => {
      const own = await readPaths(tx)
      await sql`select * from app.enter(${lo}, ${hi}, '')`.execute(tx.tables())
      expect(await readPaths(tx)).not.toEqual(own)
    })
  })
})

describe('the first wall', () => {
  const read = async (scope: CallContext['scope'], text: (alias: string) => ReturnType<typeof inScope>) => {
    const everything = { ...(await callOf(channel.reseller.id)).scope, lo: '', hi: '~', realmId: null }
    const call = { ...(await callOf(channel.reseller.id)), scope: everything }
    return world.application.db.transaction(call, async (tx) => {
      const rows = sql<{ path: string }>`select t.path from tenants t where ${text('t')} order by t.path`
      return (await rows.execute(tx.tables())).rows.map(({ path }) => path.slice(0, scope.lo.length))
    })
  }

  it('inScope holds the range by itself, with the realm and without', async () => {
    const { scope } = await callOf(channel.distributor.id)
    for (const realmId of [scope.realmId, null]) {
      const paths = await read(scope, (alias) => inScope({ ...scope, realmId }, alias))
      expect([paths.length, new Set(paths)]).toEqual([4, new Set([scope.lo])])
    }
    expect(await read(scope, (alias) => inScope({ ...scope, realmId: 999n }, alias))).toEqual([])
  })

  it('isEnd holds exactly the two ends of an edge', async () => {
    const { scope } = await callOf(channel.subDistributor.id)
    const ends = [
      [scope.lo, 'elsewhere'],
      ['elsewhere', scope.lo],
      [`${scope.lo}0001`, 'elsewhere'],
      [parentPath(scope.lo), parentPath(scope.lo)],
    ]
    const call = await callOf(channel.subDistributor.id)
    const { rows } = await world.application.db.transaction(call, (tx) =>
      sql`select e.n from jsonb_to_recordset(${JSON.stringify(ends.map(([path, seller_path], n) => ({ n, path, seller_path })))}::jsonb)
        as e (n int, path text, seller_path text) where ${isEnd(scope, 'e')} order by e.n`.execute(tx.tables()),
    )
    expect(rows).toEqual([{ n: 0 }, { n: 1 }])
  })
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as given from '../../test/given.ts'
import { query, refusal } from '../../test/state.ts'
import { openWorld, type World } from '../../test/world.ts'
import type { CallContext } from '../kernel/context.ts'
import { Problem } from '../kernel/problem.ts'
import { toBounds } from '../kernel/tree.ts'
import { once } from './idempotency.ts'
import { publish } from './outbox.ts'

let world: World
beforeAll(async () => {
  world = await openWorld('2027-01-05T10:00:00Z')
})
afterAll(() => world.close())

const keyed = (key: string) => ({ 'idempotency-key': key })
const newTenant = (name = given.unique('distributor')) => ({
  name,
  parent_id: world.vendorId,
  level: 'distributor',
  service_type: 'all_inclusive',
  device_country: 'DE',
})
const countTenants = async (name: string) =>
  (await query<{ n: number }>(world, 'select count(*)::int as n from tenants where name = $1', [name]))[0]?.n

describe('over HTTP', () => {
  it('201: the same key replays the same answer, byte for byte, with one effect', async () => {
    const body = newTenant()
    const key = keyed(given.unique('key'))
    const first = await world.vendor.post('/v1/tenants', body, key)
    const again = await world.vendor.post('/v1/tenants', body, key)
    expect(first.status).toBe(201)
    expect([again.status, again.body]).toEqual([first.status, first.body])
    expect(await countTenants(body.name)).toBe(1)
  })

  it('30 racing requests with one key: one effect, the same answer or 409 request_in_progress', async () => {
    const body = newTenant()
    const key = keyed(given.unique('key'))
    const answers = await Promise.all(Array.from({ length: 30 }, () => world.vendor.post('/v1/tenants', body, key)))
    const made = answers.filter(({ status }) => status === 201)
    expect(made.length).toBeGreaterThan(0)
    expect(new Set(made.map((answer) => answer.body.id)).size).toBe(1)
    const others = answers.filter(({ status }) => status !== 201)
    expect(new Set(others.map(refusal))).toEqual(new Set(others.length > 0 ? ['409 request_in_progress'] : []))
    for (const { headers } of others) expect(headers.get('retry-after')).toBe('1')
    expect(await countTenants(body.name)).toBe(1)
  })

  it('409 tenant_name_taken: the planted control: without a key the repetition is an effect of its own', async () => {
    const body = newTenant()
    expect((await world.vendor.post('/v1/tenants', body)).status).toBe(201)
    expect(refusal(await world.vendor.post('/v1/tenants', body))).toBe('409 tenant_name_taken')
  })

  it('422 idempotency_key_reused: another body, or another tenant in the path', async () => {
    const key = keyed(given.unique('key'))
    const [body, other] = [newTenant(), newTenant()]
    await world.vendor.post('/v1/tenants', body, key)
    expect(refusal(await world.vendor.post('/v1/tenants', other, key))).toBe('422 idempotency_key_reused')
    expect(await countTenants(other.name)).toBe(0)
    const { customer, reseller } = await given.channel(world)
    const site = await given.tenant(customer.as, customer.id, { level: 'site' })
    const token = keyed(given.unique('key'))
    expect((await reseller.as.post(`/v1/tenants/${customer.id}/install-token`, undefined, token)).status).toBe(201)
    const elsewhere = await reseller.as.post(`/v1/tenants/${site.id}/install-token`, undefined, token)
    expect(refusal(elsewhere)).toBe('422 idempotency_key_reused')
  })

  it('409 secret_already_shown: a secret is shown once and never stored; another key makes another', async () => {
    const { customer, reseller } = await given.channel(world)
    const make = (key: string) => reseller.as.post(`/v1/tenants/${customer.id}/install-token`, undefined, keyed(key))
    const [key, other] = [given.unique('key'), given.unique('key')]
    const first = await make(key)
    const again = await make(key)
    expect([refusal(again), again.body.params]).toEqual(['409 secret_already_shown', { id: customer.id }])
    const second = await make(other)
    expect([first.status, second.status, second.body.token === first.body.token]).toEqual([201, 201, false])
    const stored = await query(world, 'select * from idempotency_keys where key = any($1)', [[key, other]])
    expect(stored).toHaveLength(2)
    for (const { token } of [first.body, second.body]) expect(JSON.stringify(stored)).not.toContain(token)
  })

  it('404: a refusal is not kept: the key is free for a request that can be done', async () => {
    const key = keyed(given.unique('key'))
    const body = newTenant()
    const refused = await world.vendor.post('/v1/tenants', { ...body, parent_id: crypto.randomUUID() }, key)
    expect(refusal(refused)).toBe('404 not_found')
    expect((await world.vendor.post('/v1/tenants', body, key)).status).toBe(201)
  })

  it('the same key of another user is another key', async () => {
    const [one, other] = [await given.channel(world), await given.channel(world)]
    const key = keyed('1')
    const list = { currency: 'EUR' }
    const answers = await Promise.all(
      [one, other].map(({ reseller }) => reseller.as.post('/v1/price-lists', list, key)),
    )
    expect(answers.map(({ status }) => status)).toEqual([201, 201])
    expect(answers[0]?.body.id).not.toBe(answers[1]?.body.id)
  })

  it('422 invalid_request: a key of 256 characters, or of none; 255 are taken', async () => {
    const [longest, body] = [given.unique('key').padEnd(255, 'x'), newTenant()]
    for (const key of ['', `${longest}x`])
      expect(refusal(await world.vendor.post('/v1/tenants', body, keyed(key)))).toBe('422 invalid_request')
    expect((await world.vendor.post('/v1/tenants', body, keyed(longest))).status).toBe(201)
  })

  it('an answer is kept for 24 hours; a millisecond later its key is free', async () => {
    const { customer, reseller } = await given.channel(world)
    const key = given.unique('key')
    const make = () => reseller.as.post(`/v1/tenants/${customer.id}/install-token`, undefined, keyed(key))
    expect((await make()).status).toBe(201)
    await world.moveTo('2027-01-06T10:00:00Z')
    expect(refusal(await make())).toBe('409 secret_already_shown')
    await world.moveTo('2027-01-06T10:00:00.001Z')
    expect((await make()).status).toBe(201)
  })
})

describe('once', () => {
  const path = '0000zzzz'
  const callAt = async (): Promise<CallContext> => {
    const call = await world.application.db.systemCall('test')
    const scope = { ...call.scope, tenantId: 't', realmId: 1n, ...toBounds(path), reach: 'subtree' as const }
    return { ...call, scope }
  }
  const keyOf = (key: string, requestHash = 'a') => ({ credential: 'user:1', route: 'POST /x', key, requestHash })
  const countEffects = async (topic: string) =>
    (await query<{ n: number }>(world, 'select count(*)::int as n from outbox where topic = $1', [topic]))[0]?.n
  /** An effect that can be counted: an event of that topic. */
  const effect = (topic: string) => (call: CallContext) =>
    world.application.db.transaction(call, async (tx) => {
      await publish(tx, { realmId: 1n, topic, path, payload: {} })
      return { status: 201, body: { topic } }
    })

  it('the effect and the note of it are one transaction: undone together, done together', async () => {
    const { db } = world.application
    const topic = given.unique('topic')
    const key = keyOf(given.unique('key'))
    const failing = once(db, await callAt(), key, async (call) => {
      await effect(topic)(call)
      throw new Error('late')
    })
    await expect(failing).rejects.toThrow('late')
    expect(await countEffects(topic)).toBe(0)
    expect(await once(db, await callAt(), key, effect(topic))).toEqual({ status: 201, body: { topic } })
    expect(await once(db, await callAt(), key, effect(topic))).toEqual({ status: 201, body: { topic } })
    expect(await countEffects(topic)).toBe(1)
  })

  it('two keys, two effects', async () => {
    const { db } = world.application
    const topic = given.unique('topic')
    await Promise.all(['1', '2'].map(async (one) => once(db, await callAt(), keyOf(`${topic} ${one}`), effect(topic))))
    expect(await countEffects(topic)).toBe(2)
  })

  it('409 request_in_progress while the first is under way, and its answer after that', async () => {
    const { db } = world.application
    const topic = given.unique('topic')
    const key = keyOf(given.unique('key'))
    const begun = Promise.withResolvers<void>()
    const gate = Promise.withResolvers<void>()
    const first = once(db, await callAt(), key, async (call) => {
      const answer = await effect(topic)(call)
      begun.resolve()
      await gate.promise
      return answer
    })
    await begun.promise
    const second = await once(db, await callAt(), key, effect(topic)).catch((error: unknown) => error)
    gate.resolve()
    expect(second instanceof Problem && [second.code, second.details.retryAfterS]).toEqual(['request_in_progress', 1])
    expect(await once(db, await callAt(), key, effect(topic))).toEqual(await first)
    expect(await countEffects(topic)).toBe(1)
  })

  it('what the effect waits for afterwards may take longer than the key', async () => {
    const { db } = world.application
    const answer = await once(db, await callAt(), keyOf(given.unique('key')), (call) =>
      db.transaction(call, async (tx) => {
        const { sql } = await import('kysely')
        const { rows } = await sql<{ lock_timeout: string }>`show lock_timeout`.execute(tx.tables())
        return { status: 200, body: rows[0]?.lock_timeout }
      }),
    )
    expect(answer.body).toBe('0')
  })
})

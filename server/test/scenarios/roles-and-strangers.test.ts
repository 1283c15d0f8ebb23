import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as given from '../given.ts'
import { listAll, query, refusal, seen, writesNothing } from '../state.ts'
import { type Client, openWorld, type World } from '../world.ts'

const missingId = '01990000-0000-7000-8000-000000000000'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

describe('scenario 93: what roles may do with devices', () => {
  it('403 not_allowed: a supporter and an operator neither let devices in nor delete one; nothing is written', async () => {
    const { reseller, customer } = await given.channel(world)
    const device = await given.device(world, reseller.as, customer.id)
    for (const role of ['supporter', 'operator'] as const) {
      const as = await given.user(world, reseller.as, reseller.id, role)
      const add = () => as.post(`/v1/tenants/${customer.id}/install-token`)
      const remove = () => as.delete(`/v1/devices/${device.id}`)
      for (const act of [add, remove]) expect(refusal(await writesNothing(world, act)), role).toBe('403 not_allowed')
      expect((await as.get(`/v1/devices/${device.id}`)).status).toBe(200)
    }
  })

  it('201 and 204: a manager does both', async () => {
    const { reseller, customer } = await given.channel(world)
    const as = await given.user(world, reseller.as, reseller.id, 'manager')
    const device = await given.device(world, as, customer.id)
    expect((await as.delete(`/v1/devices/${device.id}`)).status).toBe(204)
    expect(refusal(await as.get(`/v1/devices/${device.id}`))).toBe('404 not_found')
    // From then on its time runs. R-KEEP-1.
    expect(await query(world, 'select ended_at from devices where id = $1', [device.id])).toEqual([
      { ended_at: new Date('2027-01-05T10:00:00Z') },
    ])
  })
})

describe('scenario 101: whoever may not', () => {
  const paths = [
    '/v1/tenants',
    '/v1/users',
    '/v1/devices',
    '/v1/invoices',
    '/v1/audit-events',
    '/v1/retention',
    '/v1/access-log',
  ]

  it('401 unauthenticated: without a token, with one that nobody has, with an expired one', async () => {
    const { reseller } = await given.channel(world)
    const expired = await given.user(world, reseller.as, reseller.id, 'manager')
    const { id } = (await expired.get('/v1/me')).body.user
    await query(world, `update sessions set expires_at = '2020-01-01Z' where user_id = $1`, [id])
    for (const as of [world.as(null), world.as('tts_nobody'), world.as('ttk_nobody'), expired])
      for (const path of paths) {
        const answer = await as.get(path)
        expect([path, refusal(answer), answer.body.data]).toEqual([path, '401 unauthenticated', undefined])
      }
  })

  it('404 not_found: with another tenant’s id in path, filter and body', async () => {
    const [mine, theirs] = [await given.channel(world), await given.channel(world)]
    const { as } = mine.reseller
    const asks: ((id: string) => ReturnType<Client['get']>)[] = [
      (id) => as.get(`/v1/tenants/${id}`),
      (id) => as.get(`/v1/tenants?under_id=${id}`),
      (id) => as.get(`/v1/devices?tenant_id=${id}`),
      (id) => as.get(`/v1/usage?tenant_id=${id}`),
      (id) => as.get(`/v1/audit-events?under_id=${id}`),
      (id) => as.get(`/v1/tenants/${id}/retention`),
      (id) => as.post(`/v1/tenants/${mine.customer.id}/move`, { parent_id: id }),
    ]
    for (const ask of asks) {
      const answer = await ask(theirs.customer.id)
      expect(refusal(answer)).toBe('404 not_found')
      expect(seen(answer)).toEqual(seen(await ask(missingId)))
    }
  })

  it('200 with nothing of others, or 422: with the cursor of another tenant, or another order', async () => {
    const [mine, theirs] = [await given.channel(world), await given.channel(world)]
    for (const path of ['/v1/tenants', '/v1/users', '/v1/audit-events', '/v1/access-log']) {
      const { next } = (await theirs.distributor.as.get(`${path}?limit=1`)).body
      expect(next, path).not.toBeNull()
      const answer = await mine.distributor.as.get(`${path}?limit=500&cursor=${next}`)
      const own = new Set((await listAll(mine.distributor.as, path, 500)).map(({ id }) => id))
      const rows = answer.status === 200 ? answer.body.data : []
      expect(rows.filter(({ id }: { id: string }) => !own.has(id))).toEqual([])
    }
    const sorted = await mine.distributor.as.get(`/v1/tenants?sort=${theirs.customer.id}`)
    expect(refusal(sorted)).toBe('422 invalid_request')
  })
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { withClient } from '../../test/database.ts'
import * as given from '../../test/given.ts'
import { listAll, query, refusal, seen, writesNothing } from '../../test/state.ts'
import { openWorld, type World } from '../../test/world.ts'

const missingId = '01990000-0000-7000-8000-000000000000'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

const namesOf = (rows: readonly Record<string, unknown>[]) => rows.map((row) => row.name)

/** A reseller with customers of these names. */
async function resellerWith(names: readonly string[], fields: Record<string, unknown> = {}) {
  const branch = await given.channel(world)
  const reseller = await given.tenant(branch.subDistributor.as, branch.subDistributor.id, { level: 'reseller' })
  const made = []
  for (const name of names)
    made.push(await given.tenant(world.vendor, reseller.id, { level: 'end_customer', name, ...fields }))
  return { branch, reseller, made }
}

describe('pages', () => {
  it('to the end without loss or repetition, by name and by age, in every size', async () => {
    const names = ['delta', 'Alpha', 'charlie', 'Bravo', 'echo', 'Foxtrot', 'golf']
    const { branch, reseller } = await resellerWith(names)
    const path = `/v1/tenants?parent_id=${reseller.id}`
    const byName = [...names].sort((left, right) => (left.toLowerCase() < right.toLowerCase() ? -1 : 1))
    for (const limit of [1, 2, 3, 7, 500]) {
      expect(namesOf(await listAll(branch.subDistributor.as, path, limit))).toEqual(byName)
      // The clock stands still: only the ids tell the order.
      const byAge = await listAll(branch.subDistributor.as, `${path}&sort=-created_at`, limit)
      expect(namesOf(byAge).sort()).toEqual([...names].sort())
      expect(byAge.map((row) => row.id)).toEqual(
        byAge
          .map((row) => row.id)
          .sort()
          .reverse(),
      )
    }
  })
  it('one taller than the page: the last page has no next', async () => {
    const { branch, reseller } = await resellerWith(['one', 'two', 'three'])
    const page = (limit: number) => branch.subDistributor.as.get(`/v1/tenants?parent_id=${reseller.id}&limit=${limit}`)
    expect((await page(3)).body.next).toBeNull()
    expect((await page(2)).body.next).not.toBeNull()
  })
  it('422: limits, sorts and parameters that are none', async () => {
    for (const wrong of [
      'limit=0',
      'limit=501',
      'limit=x',
      'sort=created_at',
      'level=partner',
      'colour=red',
      'cursor=%21',
      'q=',
      'parent_id=1',
    ]) {
      expect(refusal(await world.vendor.get(`/v1/tenants?${wrong}`)), wrong).toBe('422 invalid_request')
    }
    expect((await world.vendor.get('/v1/tenants?limit=500')).status).toBe(200)
  })
  it('422: a cursor that another list made, or nobody', async () => {
    const cursor = (keys: unknown) => Buffer.from(JSON.stringify(keys)).toString('base64url')
    for (const keys of [['a'], [1, 2], 'a', ['a', 'b', 'c'], ['a', 'no-uuid'], ['a\u0000', missingId]]) {
      expect(refusal(await world.vendor.get(`/v1/tenants?cursor=${cursor(keys)}`)), JSON.stringify(keys)).toBe(
        '422 invalid_request',
      )
    }
    const byAge = `/v1/tenants?sort=-created_at&cursor=${cursor(['yesterday', missingId])}`
    expect(refusal(await world.vendor.get(byAge))).toBe('422 invalid_request')
  })
})

describe('filters', () => {
  it('by level, state, parent, and everything below', async () => {
    const { branch, reseller, made } = await resellerWith(['b', 'a'])
    const trial = await given.tenant(world.vendor, reseller.id, { level: 'end_customer', name: 'c', in_trial: true })
    const site = await given.tenant(world.vendor, made[0].id, { level: 'site', name: 'd' })
    const list = async (filter: string) =>
      namesOf(await listAll(branch.subDistributor.as, `/v1/tenants?under_id=${reseller.id}&${filter}`))
    expect(await list('')).toEqual(['a', 'b', 'c', 'd'])
    expect(await list('level=site')).toEqual(['d'])
    expect(await list('state=in_trial')).toEqual(['c'])
    expect(await list('level=end_customer&state=production')).toEqual(['a', 'b'])
    expect(await list('state=inactive')).toEqual([])
    expect(await list(`parent_id=${made[0].id}`)).toEqual(['d'])
    expect(namesOf(await listAll(branch.subDistributor.as, `/v1/tenants?parent_id=${reseller.id}`))).toEqual([
      'a',
      'b',
      'c',
    ])
    expect(namesOf(await listAll(branch.subDistributor.as, `/v1/tenants?under_id=${trial.id}`))).toEqual([])
    const [row] = (await branch.subDistributor.as.get(`/v1/tenants?under_id=${made[0].id}`)).body.data
    expect(row).toMatchObject({ id: site.id, parent_id: made[0].id, parent_name: 'b', child_count: 0, device_count: 0 })
  })
  it('404: parent_id and under_id of another branch, as if missing', async () => {
    const [a, b] = [await given.channel(world), await given.channel(world)]
    for (const name of ['parent_id', 'under_id']) {
      const missing = seen(await a.reseller.as.get(`/v1/tenants?${name}=${missingId}`))
      expect(missing.status).toBe(404)
      for (const id of [b.reseller.id, a.subDistributor.id, world.vendorId]) {
        expect(seen(await a.reseller.as.get(`/v1/tenants?${name}=${id}`))).toEqual(missing)
      }
    }
  })
  it('R-TREE-9: the list holds the own tenant and what is below, nothing beside or above; search too', async () => {
    const mark = given.unique('Shared')
    const [a, b] = [await given.channel(world), await given.channel(world)]
    const own = await given.tenant(a.reseller.as, a.reseller.id, { level: 'end_customer', name: mark })
    await given.tenant(b.reseller.as, b.reseller.id, { level: 'end_customer', name: mark })
    const ids = (await listAll(a.reseller.as, '/v1/tenants')).map((row) => row.id)
    expect(new Set(ids)).toEqual(new Set([a.reseller.id, a.customer.id, own.id]))
    expect((await listAll(a.reseller.as, `/v1/tenants?q=${mark}`)).map((row) => row.id)).toEqual([own.id])
    expect(await listAll(a.customer.as, `/v1/tenants?q=${mark}`)).toEqual([])
    expect(await listAll(world.vendor, `/v1/tenants?q=${mark}`)).toHaveLength(2)
  })
})

describe('search', () => {
  it('finds any part of the name without letter case; % _ and \\ are letters', async () => {
    const names = [
      '100% Sure',
      '100x Sure',
      'Under_Score',
      'UnderxScore',
      'Back\\Slash',
      'ÅNGSTRÖM',
      "O'Hara",
      'Ｗｉｄｅ',
    ]
    const { branch, reseller } = await resellerWith(names)
    const find = async (q: string) =>
      namesOf(await listAll(branch.subDistributor.as, `/v1/tenants?under_id=${reseller.id}&q=${encodeURIComponent(q)}`))
    expect(await find('SURE')).toEqual(['100% Sure', '100x Sure'])
    expect(await find('100%')).toEqual(['100% Sure'])
    expect(await find('%')).toEqual(['100% Sure'])
    expect(await find('r_s')).toEqual(['Under_Score'])
    expect(await find('\\')).toEqual(['Back\\Slash'])
    expect(await find('ångström')).toEqual(['ÅNGSTRÖM'])
    expect(await find("o'h")).toEqual(["O'Hara"])
    expect(await find('wide')).toEqual(['Ｗｉｄｅ'])
    expect(await find('nobody')).toEqual([])
  })
  it('pages to the end below a tenant whose own name fits too', async () => {
    const { branch } = await resellerWith([])
    const mark = given.unique('mark')
    const reseller = await given.tenant(world.vendor, branch.subDistributor.id, {
      level: 'reseller',
      name: `${mark} 0`,
    })
    const names = Array.from({ length: 5 }, (_, n) => `${mark} ${n + 1}`)
    for (const name of names) await given.tenant(world.vendor, reseller.id, { level: 'end_customer', name })
    for (const limit of [1, 2, 5]) {
      for (const sort of ['name', '-created_at']) {
        const rows = await listAll(
          branch.subDistributor.as,
          `/v1/tenants?under_id=${reseller.id}&q=${mark}&sort=${sort}`,
          limit,
        )
        expect(namesOf(rows).sort()).toEqual(names)
      }
    }
    const filters = `level=end_customer&parent_id=${reseller.id}&state=production`
    expect(namesOf(await listAll(branch.subDistributor.as, `/v1/tenants?q=${mark}&${filters}`))).toEqual(names)
  })
  it('422: a text that no name can hold', async () => {
    expect(refusal(await world.vendor.get('/v1/tenants?q=a%00b'))).toBe('422 invalid_request')
    expect(refusal(await world.vendor.get(`/v1/tenants?q=${'x'.repeat(201)}`))).toBe('422 invalid_request')
    expect((await world.vendor.get(`/v1/tenants?q=${'x'.repeat(200)}`)).status).toBe(200)
  })
})

it('R-TREE-9: ancestors, parent_id and parent_name stop at the own tenant', async () => {
  const { distributor, subDistributor, reseller, customer } = await given.channel(world)
  const read = async (as: typeof reseller.as) => (await as.get(`/v1/tenants/${customer.id}`)).body
  const idsOf = (tenant: { ancestors: { id: string }[] }) => tenant.ancestors.map((above) => above.id)
  expect(idsOf(await read(world.vendor))).toEqual([world.vendorId, distributor.id, subDistributor.id, reseller.id])
  expect(idsOf(await read(subDistributor.as))).toEqual([subDistributor.id, reseller.id])
  expect(idsOf(await read(reseller.as))).toEqual([reseller.id])
  expect((await read(reseller.as)).parent_id).toBe(reseller.id)
  const own = await read(customer.as)
  expect(own).toMatchObject({ ancestors: [], parent_id: null })
  const rows = (await reseller.as.get('/v1/tenants')).body.data
  expect(rows.find((row: { id: string }) => row.id === reseller.id)).toMatchObject({
    parent_id: null,
    parent_name: null,
  })
  for (const hidden of [subDistributor, distributor]) expect(JSON.stringify([rows, own])).not.toContain(hidden.id)
})

it('sums: tenants and devices of the subtree, at every level above, and not beside', async () => {
  const branch = await given.channel(world)
  const beside = await given.channel(world)
  const site = await given.tenant(world.vendor, branch.customer.id, { level: 'site' })
  await given.device(world, world.vendor, branch.customer.id)
  await given.device(world, world.vendor, site.id, 'machine-of-the-site')
  await given.device(world, world.vendor, site.id, 'machine-of-the-site')
  await world.drain()
  await world.drain()
  const sums = async (id: string) => {
    const { device_count, tenant_count, child_count } = (await world.vendor.get(`/v1/tenants/${id}`)).body
    return [tenant_count, device_count, child_count]
  }
  expect(await sums(branch.distributor.id)).toEqual([4, 2, 1])
  expect(await sums(branch.reseller.id)).toEqual([2, 2, 1])
  expect(await sums(branch.customer.id)).toEqual([1, 2, 1])
  expect(await sums(site.id)).toEqual([0, 1, 0])
  expect(await sums(beside.distributor.id)).toEqual([3, 0, 1])
  const [counted] = await query<{ tenants: string; devices: string }>(
    world,
    'select (select count(*) - 1 from tenants) as tenants, (select count(*) from devices) as devices',
  )
  const [vendorTenants, vendorDevices] = await sums(world.vendorId)
  expect([String(vendorTenants), String(vendorDevices)]).toEqual([counted?.tenants, counted?.devices])
})

describe('R-PLACE-3: the storage location never changes', () => {
  it('422: it cannot be sent in an edit; an edit of the country has no effect on it', async () => {
    const { customer, reseller } = await given.channel(world)
    const send = (change: unknown) => reseller.as.patch(`/v1/tenants/${customer.id}`, change, 1)
    for (const change of [{ storage_location: 'france' }, { storage_location: 'germany' }, { device_country: 'XX' }]) {
      expect(await writesNothing(world, async () => refusal(await send(change)))).toBe('422 invalid_request')
    }
    expect((await send({ device_country: 'FR' })).body).toMatchObject({
      device_country: 'FR',
      storage_location: 'germany',
    })
  })
  it('42501: the runtime role may not update it, the level, the path or the parent, even in its own scope', async () => {
    const { customer } = await given.channel(world)
    const [{ path }] = (await query<{ path: string }>(world, 'select path from tenants where id = $1', [
      customer.id,
    ])) as [{ path: string }]
    const update = (assignment: string) =>
      withClient(world.database.urls.runtime, async (client) => {
        await client.query('begin')
        await client.query('select app.enter($1, $2, $3)', [path, `${path}~`, ''])
        return client.query(`update tenants set ${assignment} where id = $1`, [customer.id]).then(
          (result) => String(result.rowCount),
          (error: { code: string }) => error.code,
        )
      })
    for (const assignment of [
      "storage_location = 'france'",
      "level = 'site'",
      "path = path || '0001'",
      'parent_id = id',
      'realm_id = 1',
    ]) {
      expect(await update(assignment), assignment).toBe('42501')
    }
    expect(await update("name = 'Allowed'")).toBe('1')
  })
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as given from '../../test/given.ts'
import { auditOf, listAll, query, refusal, seen, warmUp, writesNothing } from '../../test/state.ts'
import { type Client, openWorld, type World } from '../../test/world.ts'

const missingId = '01990000-0000-7000-8000-000000000000'

let world: World
beforeAll(async () => {
  world = await openWorld()
  await warmUp(world)
})
afterAll(() => world.close())

const makeToken = (as: Client, tenantId: string) => as.post(`/v1/tenants/${tenantId}/install-token`)

describe('install tokens (R-DEV-1 d)', () => {
  it('201: shown once; later only its first characters; hashed at rest', async () => {
    const { reseller, customer } = await given.channel(world)
    const path = `/v1/tenants/${customer.id}/install-token`
    expect(refusal(await reseller.as.get(path))).toBe('404 not_found')
    const made = await makeToken(reseller.as, customer.id)
    expect(made.status).toBe(201)
    expect(made.body.command).toBe(`npx tenantree-agent enroll --server ${world.url} --token ${made.body.token}`)
    const read = (await reseller.as.get(path)).body
    expect(read).toEqual({
      tenant_id: customer.id,
      hint: made.body.token.slice(0, 8),
      created_at: '2027-01-05T10:00:00.000Z',
    })
    const [kept] = await query<{ n: string }>(
      world,
      'select count(*) as n from install_tokens t join install_token_hashes h using (token_hash) where t.tenant_id = $1 and h.token_hash = sha256($2::bytea)',
      [customer.id, Buffer.from(made.body.token)],
    )
    expect(kept?.n).toBe('1')
    const noted = (await auditOf(world, customer.id)).at(-1)
    expect(noted).toMatchObject({ action: 'install_token.created', after: { hint: read.hint } })
  })
  it('201: of eight made at once one is valid', async () => {
    const { reseller, customer } = await given.channel(world)
    const tokens = await Promise.all(
      Array.from({ length: 8 }, async () => given.expectOk(await makeToken(reseller.as, customer.id)).body.token),
    )
    const kept = await query(world, 'select 1 from install_token_hashes where tenant_id = $1', [customer.id])
    expect([new Set(tokens).size, kept.length]).toEqual([8, 1])
  })
  it('422 parent_level_invalid: a partner holds no devices; a site does', async () => {
    const branch = await given.channel(world)
    const site = await given.tenant(world.vendor, branch.customer.id, { level: 'site' })
    for (const id of [world.vendorId, branch.distributor.id, branch.subDistributor.id, branch.reseller.id]) {
      expect(await writesNothing(world, async () => refusal(await makeToken(world.vendor, id)))).toBe(
        '422 parent_level_invalid',
      )
    }
    expect((await makeToken(branch.customer.as, site.id)).status).toBe(201)
  })
  it('404: a tenant of another branch looks like a missing one', async () => {
    const [a, b] = [await given.channel(world), await given.channel(world)]
    given.expectOk(await makeToken(b.reseller.as, b.customer.id))
    expect(seen(await makeToken(a.reseller.as, b.customer.id))).toEqual(seen(await makeToken(a.reseller.as, missingId)))
    const path = (id: string) => `/v1/tenants/${id}/install-token`
    expect(seen(await a.reseller.as.get(path(b.customer.id)))).toEqual(seen(await a.reseller.as.get(path(missingId))))
  })
})

describe('the register', () => {
  it('a device of a site stands with its customer and everyone above; the other tenant sees none of it', async () => {
    const [branch, beside] = [await given.channel(world), await given.channel(world)]
    const site = await given.tenant(world.vendor, branch.customer.id, { level: 'site' })
    const own = await given.device(world, world.vendor, branch.customer.id)
    const below = await given.device(world, world.vendor, site.id)
    const ids = async (as: Client, filter = '') =>
      (await listAll(as, `/v1/devices${filter}`)).map((row) => row.id).sort()
    for (const as of [branch.customer.as, branch.reseller.as, branch.distributor.as])
      expect(await ids(as)).toEqual([own.id, below.id].sort())
    expect(await ids(branch.reseller.as, `?tenant_id=${site.id}`)).toEqual([below.id])
    expect(await ids(beside.distributor.as)).toEqual([])
    expect((await branch.customer.as.get(`/v1/devices/${below.id}`)).body).toMatchObject({
      tenant_id: site.id,
      tenant_name: site.name,
    })
    expect(seen(await beside.reseller.as.get(`/v1/devices/${own.id}`))).toEqual(
      seen(await beside.reseller.as.get(`/v1/devices/${missingId}`)),
    )
    expect(seen(await beside.reseller.as.get(`/v1/devices?tenant_id=${site.id}`))).toEqual(
      seen(await beside.reseller.as.get(`/v1/devices?tenant_id=${missingId}`)),
    )
  })
  it('pages to the end by host name, letter case aside', async () => {
    const { reseller, customer } = await given.channel(world)
    for (const name of ['delta-000', 'Alpha-000', 'charlie-0', 'Bravo-000', 'bravo-001'])
      await given.device(world, reseller.as, customer.id, name)
    for (const limit of [1, 2, 5]) {
      const rows = await listAll(reseller.as, '/v1/devices', limit)
      expect(rows.map((row) => row.host_name)).toEqual([
        'HOST-Alpha-000',
        'HOST-Bravo-000',
        'HOST-bravo-001',
        'HOST-charlie-0',
        'HOST-delta-000',
      ])
    }
  })
  it('a deleted device is in no list and 404', async () => {
    const { reseller, customer } = await given.channel(world)
    const device = await given.device(world, reseller.as, customer.id)
    await query(world, "update devices set state = 'deleted' where id = $1", [device.id])
    expect(await listAll(reseller.as, '/v1/devices')).toEqual([])
    expect((await reseller.as.get('/v1/devices?state=deleted')).body.data).toEqual([])
    expect(refusal(await reseller.as.get(`/v1/devices/${device.id}`))).toBe('404 not_found')
  })
  /** Moves the clock: the last one. */
  it('offline after exactly 15 minutes without a signal, in the row, in the filter and in the overview', async () => {
    const { reseller, customer } = await given.channel(world)
    const device = await given.device(world, reseller.as, customer.id)
    const states = async () => {
      const listed = await Promise.all(
        ['active', 'offline'].map(
          async (state) => (await reseller.as.get(`/v1/devices?state=${state}`)).body.data.length,
        ),
      )
      const overview = (await reseller.as.get('/v1/overview')).body.devices_by_state
      return [(await reseller.as.get(`/v1/devices/${device.id}`)).body.state, ...listed, overview]
    }
    const [active, offline] = [
      ['active', 1, 0, { active: 1 }],
      ['offline', 0, 1, { offline: 1 }],
    ]
    expect(await states()).toEqual(offline)
    given.expectOk(await device.signal())
    expect(await states()).toEqual(active)
    await world.moveTo('2027-01-05T10:14:59.999Z')
    expect(await states()).toEqual(active)
    await world.moveTo('2027-01-05T10:15:00.000Z')
    expect(await states()).toEqual(offline)
    // A later signal of the same day is told from memory; it is written within seconds.
    given.expectOk(await device.signal())
    await world.application.flushPresence()
    expect(await states()).toEqual(active)
    expect((await reseller.as.get(`/v1/devices/${device.id}`)).body).toMatchObject({
      last_seen_at: '2027-01-05T10:15:00.000Z',
      active_days_this_month: 1,
    })
  })
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as given from '../given.ts'
import { auditOf, query, refusal, writesNothing } from '../state.ts'
import { findStrays, findWrongSums } from '../strays.ts'
import { type Client, openWorld, type World } from '../world.ts'

let world: World

beforeAll(async () => {
  world = await openWorld('2027-01-05T10:00:00Z')
})
afterAll(() => world.close())

const move = (as: Client, id: string, parentId: string) => as.post(`/v1/tenants/${id}/move`, { parent_id: parentId })
const preview = (as: Client, id: string, parentId: string) =>
  as.post(`/v1/tenants/${id}/move-preview`, { parent_id: parentId })

/** A second reseller under the sub-distributor of a branch. */
async function beside(channel: given.Channel): Promise<given.Seat> {
  const { id, name } = await given.tenant(channel.subDistributor.as, channel.subDistributor.id, { level: 'reseller' })
  return { id, name, as: await given.user(world, channel.subDistributor.as, id) }
}

async function holdsTogether(): Promise<void> {
  await world.drain()
  expect(await findStrays(world)).toEqual([])
  expect(await findWrongSums(world)).toEqual([])
}

describe('refusals (scenario 17)', () => {
  it('404 outside of the own subtree, 422 move_under_self: the tree is unchanged', async () => {
    const one = await given.channel(world)
    const other = await given.channel(world)
    const second = await beside(one)
    await writesNothing(world, async () => {
      expect(refusal(await move(one.subDistributor.as, one.customer.id, other.reseller.id))).toBe('404 not_found')
      expect(refusal(await move(one.reseller.as, one.customer.id, second.id))).toBe('404 not_found')
      expect(refusal(await move(one.subDistributor.as, other.customer.id, one.reseller.id))).toBe('404 not_found')
      expect(refusal(await move(world.vendor, one.reseller.id, one.reseller.id))).toBe('422 move_under_self')
      expect(refusal(await move(world.vendor, one.reseller.id, one.customer.id))).toBe('422 move_under_self')
      expect(refusal(await move(one.reseller.as, one.reseller.id, one.customer.id))).toBe('422 move_under_self')
      expect(refusal(await move(world.vendor, one.customer.id, one.reseller.id))).toBe('409 state_conflict')
      expect(refusal(await move(world.vendor, one.customer.id, one.subDistributor.id))).toBe('422 parent_level_invalid')
    })
  })

  it('422 service_type_not_offered, 422 offer_not_offered, 409 tenant_name_taken: each as the preview said', async () => {
    const channel = await given.channel(world)
    const second = await beside(channel)
    const { subDistributor, customer } = channel
    const narrow = await given.tenant(subDistributor.as, subDistributor.id, {
      level: 'reseller',
      provided_service_types: ['software_only'],
    })
    await given.sold(world, channel, await given.offer(world))
    const twin = await given.tenant(second.as, second.id, { level: 'end_customer', name: customer.name.toUpperCase() })
    const plain = await given.tenant(channel.reseller.as, channel.reseller.id, {
      level: 'end_customer',
      name: `${twin.name}`.concat(' b'),
    })
    await writesNothing(world, async () => {
      const codesOf = async (parentId: string) =>
        (await preview(subDistributor.as, customer.id, parentId)).body.findings.map(
          ({ code }: { code: string }) => code,
        )
      expect(await codesOf(narrow.id)).toEqual(['service_type_not_offered'])
      expect(refusal(await move(subDistributor.as, customer.id, narrow.id))).toBe('422 service_type_not_offered')
      expect(await codesOf(second.id)).toEqual(['offer_not_offered'])
      expect(refusal(await move(subDistributor.as, customer.id, second.id))).toBe('422 offer_not_offered')
      expect(refusal(await move(subDistributor.as, twin.id, channel.reseller.id))).toBe('409 tenant_name_taken')
    })
    expect((await move(subDistributor.as, plain.id, second.id)).status).toBe(200)
  })

  it('409 resource_locked while a billing run goes on: nothing is written', async () => {
    const channel = await given.channel(world)
    const second = await beside(channel)
    const run = `insert into billing_runs (realm_id, id, path, month, state, started_at)
      values (0, gen_random_uuid(), '0000', '2020-01-01', 'running', now())`
    await query(world, run)
    await writesNothing(world, async () =>
      expect(refusal(await move(channel.subDistributor.as, channel.customer.id, second.id))).toBe(
        '409 resource_locked',
      ),
    )
    await query(world, `delete from billing_runs where month = '2020-01-01'`)
    expect((await move(channel.subDistributor.as, channel.customer.id, second.id)).status).toBe(200)
  })
})

describe('inside a realm', () => {
  it('200: everything goes along, old ancestors lose sight, the agent goes on', async () => {
    const channel = await given.channel(world)
    const { subDistributor, reseller, customer } = channel
    const second = await beside(channel)
    const site = await given.tenant(customer.as, customer.id, { level: 'site' })
    const device = await given.device(world, reseller.as, site.id)
    given.expectOk(await device.signal())

    const told = given.expectOk(await preview(subDistributor.as, customer.id, second.id)).body
    expect(told).toEqual({
      allowed: true,
      findings: [],
      tenant_count: 2,
      device_count: 1,
      moves_on: '2027-01-05',
      losing_sight: [{ id: reseller.id, name: reseller.name, level: 'reseller' }],
      gaining_sight: [{ id: second.id, name: second.name, level: 'reseller' }],
    })
    const moved = given.expectOk(await move(subDistributor.as, customer.id, second.id)).body
    expect([moved.parent_id, moved.ancestors.at(-1).id]).toEqual([second.id, second.id])
    for (const path of [`/v1/tenants/${customer.id}`, `/v1/tenants/${site.id}`, `/v1/devices/${device.id}`]) {
      expect(refusal(await reseller.as.get(path))).toBe('404 not_found')
      expect((await second.as.get(path)).status).toBe(200)
    }
    expect((await customer.as.get('/v1/me')).body.seller.name).toBe(second.name)
    expect((await device.signal()).status).toBe(200)
    expect((await auditOf(world, customer.id)).at(-1)).toMatchObject({
      action: 'tenant.moved',
      before: { parent_id: reseller.id },
      after: { parent_id: second.id },
    })
    await holdsTogether()
  })

  it('of two moves that would make a ring one is refused', async () => {
    const distributor = await given.tenant(world.vendor, world.vendorId, { level: 'distributor' })
    const sub = async () => (await given.tenant(world.vendor, distributor.id, { level: 'sub_distributor' })).id
    const [a, b] = [await sub(), await sub()]
    const resellers = await Promise.all([a, b].map((id) => given.tenant(world.vendor, id, { level: 'reseller' })))
    const customers = await Promise.all(
      resellers.map(({ id }) => given.tenant(world.vendor, id, { level: 'end_customer' })),
    )
    // All at once, crosswise: each customer to the other's reseller, each reseller to the other sub-distributor.
    const answers = await Promise.all([
      move(world.vendor, customers[0].id, resellers[1].id),
      move(world.vendor, customers[1].id, resellers[0].id),
      move(world.vendor, resellers[0].id, b),
      move(world.vendor, resellers[1].id, a),
    ])
    for (const answer of answers) expect([200, 409]).toContain(answer.status)
    expect(answers.some(({ status }) => status === 200)).toBe(true)
    await holdsTogether()
  })

  it('what is created below during a move goes along', async () => {
    const channel = await given.channel(world)
    const second = await beside(channel)
    const create = () =>
      channel.customer.as.post('/v1/tenants', {
        name: given.unique('site'),
        parent_id: channel.customer.id,
        level: 'site',
        device_country: 'DE',
      })
    const answers = await Promise.all([
      create(),
      create(),
      move(world.vendor, channel.customer.id, second.id),
      create(),
      create(),
    ])
    for (const answer of answers) expect([200, 201, 409]).toContain(answer.status)
    await holdsTogether()
  })
})

describe('between realms', () => {
  it('200: a reseller goes to another distributor and back under the vendor, with keys, sessions and history', async () => {
    const from = await given.channel(world)
    const to = await given.channel(world)
    const { reseller, customer } = from
    const device = await given.device(world, reseller.as, customer.id)
    given.expectOk(await device.signal())
    const token = given.expectOk(await customer.as.get('/v1/me')).body.session_expires_at
    const before = (await world.vendor.get(`/v1/tenants/${customer.id}`)).body

    given.expectOk(await move(world.vendor, reseller.id, to.distributor.id))
    await world.drain()
    expect(refusal(await from.distributor.as.get(`/v1/tenants/${customer.id}`))).toBe('404 not_found')
    expect((await to.distributor.as.get(`/v1/tenants/${customer.id}`)).body).toMatchObject({
      storage_location: before.storage_location,
      trial_ends_at: before.trial_ends_at,
      device_count: 1,
    })
    expect((await customer.as.get('/v1/me')).body.session_expires_at).toBe(token)
    expect((await device.signal()).status).toBe(200)
    expect((await to.distributor.as.get('/v1/devices')).body.data).toHaveLength(1)
    await holdsTogether()

    for (const parent of [world.vendorId, from.distributor.id, world.vendorId]) {
      given.expectOk(await move(world.vendor, reseller.id, parent))
      expect((await reseller.as.get('/v1/me')).status).toBe(200)
      await holdsTogether()
    }
    const name = {
      name: reseller.name,
      level: 'reseller',
      parent_id: world.vendorId,
      service_type: 'all_inclusive',
      device_country: 'DE',
    }
    expect(refusal(await world.vendor.post('/v1/tenants', name))).toBe('409 tenant_name_taken')
  })
})

it('a table that a move carries gives the worker all rights on it, and one that stays its path', async () => {
  const missing = await query(
    world,
    `select rel::text from app.owned_tables() where not (case when stays then has_column_privilege('tt_worker', rel, 'path', 'update')
       else has_table_privilege('tt_worker', rel, 'select') and has_table_privilege('tt_worker', rel, 'insert')
         and has_table_privilege('tt_worker', rel, 'update') and has_table_privilege('tt_worker', rel, 'delete') end)`,
  )
  expect(missing).toEqual([])
})

it('what a directory points to is found: each that names a realm has a link to a noun', async () => {
  const lost = await query(
    world,
    `select c.relname from app.table_class c where c.class = 'directory'
       and exists (select 1 from pg_attribute a where a.attrelid = to_regclass(c.relname) and a.attname = 'realm_id')
       and to_regclass(c.relname) not in (select rel from app.directory_links() where has_realm)`,
  )
  expect(lost).toEqual([])
})

/** Last: the clock goes on. */
describe('money', () => {
  it("issued invoices stay with their two ends; a run again charges nobody twice; the next month is the new chain's", async () => {
    const from = await given.channel(world)
    const to = await given.channel(world)
    const offer = await given.offer(world)
    await given.sold(world, from, offer)
    given.expectOk(await world.vendor.put(`/v1/tenants/${to.distributor.id}/offers/${offer}`))
    for (const [seller, buyer] of [
      [to.distributor.as, to.subDistributor.id],
      [to.subDistributor.as, to.reseller.id],
      [to.reseller.as, to.customer.id],
    ] as const) {
      await given.price(seller, offer, '7.00')
      given.expectOk(await seller.put(`/v1/tenants/${buyer}/offers/${offer}`))
    }
    const device = await given.device(world, from.reseller.as, from.customer.id)
    given.expectOk(await device.signal())
    await world.moveTo('2027-02-01T01:00:00Z')
    const [sent] = (await from.reseller.as.get('/v1/invoices?direction=issued')).body.data
    const counts = () => query(world, 'select count(*)::int as n, sum(total_minor)::text as total from invoices')
    const before = await counts()

    given.expectOk(await move(world.vendor, from.customer.id, to.reseller.id))
    await holdsTogether()
    expect((await from.reseller.as.get(`/v1/invoices/${sent.id}`)).body.total.amount).toBe('8.50')
    expect((await from.customer.as.get(`/v1/invoices/${sent.id}`)).body.total.amount).toBe('8.50')
    expect(refusal(await to.reseller.as.get(`/v1/invoices/${sent.id}`))).toBe('404 not_found')
    expect((await from.customer.as.get(`/v1/tenants/${from.customer.id}/prices`)).body.data[0].unit_price.amount).toBe(
      '7.00',
    )
    expect((await from.customer.as.get('/v1/usage?month=2027-01')).body.data).toHaveLength(1)

    const { db } = world.application
    const { runMonth } = await import('../../src/billing/run.ts')
    const { toMonth } = await import('../../src/kernel/time.ts')
    await runMonth(db, await db.systemCall('again'), toMonth('2027-01'))
    expect(await counts()).toEqual(before)

    given.expectOk(await device.signal())
    await world.moveTo('2027-03-01T01:00:00Z')
    const next = (await from.customer.as.get('/v1/invoices?month=2027-02')).body.data
    expect(
      next.map(({ seller_id, total }: { seller_id: string; total: { amount: string } }) => [seller_id, total.amount]),
    ).toEqual([[to.reseller.id, '7.00']])
    expect((await from.reseller.as.get('/v1/invoices?month=2027-02')).body.data).toEqual([])
  })
})

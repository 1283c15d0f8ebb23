import { type Level, levels } from '@tenantree/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as given from '../../test/given.ts'
import { auditOf, query, readState, refusal, seen, warmUp, writesNothing } from '../../test/state.ts'
import { type Answer, type Client, openWorld, type World } from '../../test/world.ts'

const missingId = '01990000-0000-7000-8000-000000000000'

let world: World
let ids: Record<Level, string>
beforeAll(async () => {
  world = await openWorld('2027-01-31T10:00:00Z')
  await warmUp(world)
  const distributor = await given.tenant(world.vendor, world.vendorId, { level: 'distributor' })
  const subDistributor = await given.tenant(world.vendor, distributor.id, { level: 'sub_distributor' })
  const reseller = await given.tenant(world.vendor, subDistributor.id, { level: 'reseller' })
  const customer = await given.tenant(world.vendor, reseller.id, { level: 'end_customer' })
  const site = await given.tenant(world.vendor, customer.id, { level: 'site' })
  ids = {
    vendor: world.vendorId,
    distributor: distributor.id,
    sub_distributor: subDistributor.id,
    reseller: reseller.id,
    end_customer: customer.id,
    site: site.id,
  }
})
afterAll(() => world.close())

const create = (parentId: string, level: Level, fields: Record<string, unknown> = {}, as: Client = world.vendor) =>
  as.post('/v1/tenants', {
    name: given.unique(level),
    parent_id: parentId,
    level,
    device_country: 'DE',
    ...(level === 'site' ? {} : { service_type: 'all_inclusive' }),
    ...fields,
  })
const refused = (act: () => Promise<Answer>): Promise<string> => writesNothing(world, async () => refusal(await act()))

it('the check of "nothing is written" sees a new row and a changed one', async () => {
  const before = await readState(world)
  const made = given.expectOk(await create(ids.reseller, 'end_customer')).body
  const between = await readState(world)
  expect(between['public.tenants']).not.toBe(before['public.tenants'])
  given.expectOk(await world.vendor.patch(`/v1/tenants/${made.id}`, { external_id: 'x' }, made.version))
  expect((await readState(world))['public.tenants']).not.toBe(between['public.tenants'])
})

describe('R-TREE-1: levels and parents (scenarios 1, 2, 3, 4, 6)', () => {
  const allowed = new Set([
    ...['distributor<vendor', 'reseller<vendor', 'sub_distributor<distributor', 'reseller<distributor'],
    ...['reseller<sub_distributor', 'end_customer<reseller', 'site<end_customer'],
  ])
  const pairs = levels.flatMap((level) => levels.map((parent): [Level, Level] => [level, parent]))

  it.each(pairs.filter(([level, parent]) => allowed.has(`${level}<${parent}`)))(
    '201: %s under %s',
    async (level, parent) => {
      const made = await create(ids[parent], level)
      expect(made.status).toBe(201)
      expect(made.body).toMatchObject({ level, parent_id: ids[parent], state: 'production' })
    },
  )
  it.each(pairs.filter(([level, parent]) => !allowed.has(`${level}<${parent}`)))(
    '422 parent_level_invalid: %s under %s, nothing is written',
    async (level, parent) => {
      expect(await refused(() => create(ids[parent], level))).toBe('422 parent_level_invalid')
    },
  )
  it('422: a level that is none', async () => {
    expect(await refused(() => create(ids.reseller, 'customer' as Level))).toBe('422 invalid_request')
  })
  it('422: a level cannot be changed afterwards', async () => {
    const made = given.expectOk(await create(ids.reseller, 'end_customer')).body
    const change = () => world.vendor.patch(`/v1/tenants/${made.id}`, { level: 'site' }, made.version)
    expect(await refused(change)).toBe('422 invalid_request')
  })
  it('404: a parent outside the scope looks like a missing one, nothing is written', async () => {
    const a = await given.channel(world)
    const b = await given.channel(world)
    const asA = (parentId: string) => create(parentId, 'end_customer', {}, a.reseller.as)
    expect(await refused(() => asA(b.reseller.id))).toBe('404 not_found')
    expect(seen(await asA(b.reseller.id))).toEqual(seen(await asA(missingId)))
    expect(seen(await asA(a.subDistributor.id))).toEqual(seen(await asA(missingId)))
    expect((await asA(a.reseller.id)).status).toBe(201)
  })
})

describe('R-TREE-4: service types (scenario 7)', () => {
  it('422 service_type_not_offered: a type that the parent does not provide', async () => {
    const provided_service_types = ['all_inclusive']
    const reseller = given.expectOk(await create(ids.distributor, 'reseller', { provided_service_types })).body
    expect(reseller.provided_service_types).toEqual(['all_inclusive'])
    const software = { service_type: 'software_only' }
    expect(await refused(() => create(reseller.id, 'end_customer', software))).toBe('422 service_type_not_offered')
    expect((await create(ids.reseller, 'end_customer', software)).body.service_type).toBe('software_only')
    const wider = { provided_service_types: ['all_inclusive', 'software_only'] }
    const below = given.expectOk(await create(ids.vendor, 'distributor', { provided_service_types })).body
    expect(await refused(() => create(below.id, 'reseller', wider))).toBe('422 service_type_not_offered')
  })
  it('201: a site inherits; 422 if it differs, or if none is sent elsewhere', async () => {
    const customer = given.expectOk(await create(ids.reseller, 'end_customer', { service_type: 'software_only' })).body
    expect((await create(customer.id, 'site')).body).toMatchObject({ level: 'site', service_type: 'software_only' })
    expect((await create(customer.id, 'site', { service_type: 'software_only' })).status).toBe(201)
    const other = { service_type: 'all_inclusive' }
    expect(await refused(() => create(customer.id, 'site', other))).toBe('422 service_type_not_offered')
    expect(await refused(() => create(ids.reseller, 'end_customer', { service_type: undefined }))).toBe(
      '422 invalid_request',
    )
    expect(await refused(() => create(ids.reseller, 'end_customer', { service_type: 'hybrid' }))).toBe(
      '422 invalid_request',
    )
  })
  it('422 provided_types_for_partners: an end customer provides nothing', async () => {
    const provides = { provided_service_types: ['all_inclusive'] }
    expect(await refused(() => create(ids.reseller, 'end_customer', provides))).toBe('422 provided_types_for_partners')
    expect((await create(ids.reseller, 'end_customer', { provided_service_types: [] })).status).toBe(201)
  })
})

describe('R-TREE-3: the fields of a creation', () => {
  it('422: names that are blank, too long or hold control characters; 200 characters are allowed', async () => {
    for (const name of ['', '   ', 'x'.repeat(201), 'a\u0000b', 'a\nb', 7, null, undefined]) {
      expect(await refused(() => create(ids.reseller, 'end_customer', { name })), String(name)).toBe(
        '422 invalid_request',
      )
    }
    const name = given.unique('x'.repeat(191))
    expect(name).toHaveLength(200)
    expect((await create(ids.reseller, 'end_customer', { name })).body.name).toBe(name)
    const padded = given.unique('Padded')
    expect((await create(ids.reseller, 'end_customer', { name: `  ${padded} ` })).body.name).toBe(padded)
  })
  it('422: unknown fields are refused, in the company data too', async () => {
    expect(await refused(() => create(ids.reseller, 'end_customer', { color: 'red' }))).toBe('422 invalid_request')
    expect(await refused(() => create(ids.reseller, 'end_customer', { company: { color: 'red' } }))).toBe(
      '422 invalid_request',
    )
    expect(await refused(() => create(ids.reseller, 'end_customer', { company: { country: 'XX' } }))).toBe(
      '422 invalid_request',
    )
    for (const usage_space_gb of ['-1', '1.2345', 10, '1e3']) {
      expect(await refused(() => create(ids.reseller, 'end_customer', { usage_space_gb }))).toBe('422 invalid_request')
    }
    expect((await create(ids.reseller, 'end_customer', { usage_space_gb: '10.125' })).body.usage_space_gb).toBe(
      '10.125',
    )
  })
  it('422 trial_for_end_customers: anyone but an end customer (scenario 22)', async () => {
    const trial = { in_trial: true }
    for (const [parent, level] of [
      ['vendor', 'distributor'],
      ['distributor', 'sub_distributor'],
      ['sub_distributor', 'reseller'],
      ['end_customer', 'site'],
    ] as const) {
      expect(await refused(() => create(ids[parent], level, trial)), level).toBe('422 trial_for_end_customers')
    }
    const customer = given.expectOk(await create(ids.reseller, 'end_customer', trial)).body
    expect(customer).toMatchObject({ state: 'in_trial', trial_ends_at: '2027-03-03T00:00:00.000Z' })
  })
})

describe('R-TREE-5: names are unique among siblings, letter case aside', () => {
  it('409 tenant_name_taken: a sibling has it; a cousin may have it', async () => {
    const name = given.unique('Ångström')
    expect((await create(ids.reseller, 'end_customer', { name })).status).toBe(201)
    for (const taken of [name, name.toUpperCase(), ` ${name.toLowerCase()} `]) {
      expect(await refused(() => create(ids.reseller, 'end_customer', { name: taken }))).toBe('409 tenant_name_taken')
    }
    const other = await given.tenant(world.vendor, ids.distributor, { level: 'reseller' })
    expect((await create(other.id, 'end_customer', { name })).status).toBe(201)
  })
  it.each(['end_customer', 'distributor'] as const)(
    '201 once, 409 nineteen times: twenty %ss of one name at once',
    async (level) => {
      const parentId = level === 'distributor' ? ids.vendor : ids.reseller
      const name = given.unique('Racing')
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, n) => create(parentId, level, { name: n % 2 ? name.toUpperCase() : name })),
      )
      const said = answers.map((answer) => (answer.status === 201 ? '201' : refusal(answer))).sort()
      expect(said).toEqual(['201', ...Array<string>(19).fill('409 tenant_name_taken')])
      const stored = await query(world, 'select id, path from tenants where name_key = $1', [name.toLowerCase()])
      expect(stored).toHaveLength(1)
    },
  )
  it('409 tenant_name_taken: a rename among realm roots and below', async () => {
    for (const [parentId, level] of [
      [ids.vendor, 'distributor'],
      [ids.reseller, 'end_customer'],
    ] as const) {
      const first = given.expectOk(await create(parentId, level)).body
      const second = given.expectOk(await create(parentId, level)).body
      const rename = (name: string) => world.vendor.patch(`/v1/tenants/${second.id}`, { name }, second.version)
      expect(await refused(() => rename(first.name.toUpperCase()))).toBe('409 tenant_name_taken')
      const own = await rename(second.name.toUpperCase())
      expect(own.body).toMatchObject({ name: second.name.toUpperCase(), version: 2 })
      expect(await refused(() => create(parentId, level, { name: second.name }))).toBe('409 tenant_name_taken')
    }
  })
})

describe('editing', () => {
  it('412 stale_version: somebody was faster; 200 with the next ETag', async () => {
    const made = given.expectOk(await create(ids.reseller, 'end_customer')).body
    const read = await world.vendor.get(`/v1/tenants/${made.id}`)
    expect(read.headers.get('etag')).toBe('"1"')
    const edit = (version: number) =>
      world.vendor.patch(`/v1/tenants/${made.id}`, { external_id: `e${version}` }, version)
    for (const version of [0, 2, 999_999_999]) expect(await refused(() => edit(version))).toBe('412 stale_version')
    const saved = await edit(1)
    expect([saved.status, saved.headers.get('etag'), saved.body.version]).toEqual([200, '"2"', 2])
    expect(await refused(() => edit(1))).toBe('412 stale_version')
    const racing = await Promise.all(Array.from({ length: 8 }, () => edit(2)))
    expect(racing.map((answer) => answer.status).sort()).toEqual([200, ...Array<number>(7).fill(412)])
  })
  it('422: without If-Match nothing is written', async () => {
    const send = async () => {
      const { token } = world.vendor
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
      const response = await fetch(`${world.url}/v1/tenants/${ids.reseller}`, {
        method: 'PATCH',
        headers,
        body: '{"external_id":"x"}',
      })
      return response.status
    }
    expect(await writesNothing(world, send)).toBe(422)
  })
  it('404: a tenant of another branch looks exactly like a missing one (scenario 16)', async () => {
    const [a, b] = [await given.channel(world), await given.channel(world)]
    for (const target of [b.customer.id, b.reseller.id, a.subDistributor.id]) {
      expect(seen(await a.reseller.as.get(`/v1/tenants/${target}`))).toEqual(
        seen(await a.reseller.as.get(`/v1/tenants/${missingId}`)),
      )
      expect(await refused(() => a.reseller.as.patch(`/v1/tenants/${target}`, { name: 'Mine' }, 1))).toBe(
        '404 not_found',
      )
    }
    expect((await a.reseller.as.get(`/v1/tenants/${a.customer.id}`)).status).toBe(200)
  })
  it('the audit log has each change with before and after, in the same words, and no name of a person', async () => {
    const person = { contact_name: 'Ada Byron', contact_email: 'ada@one.example' }
    const made = given.expectOk(
      await create(ids.reseller, 'end_customer', { company: { legal_name: 'One Ltd', city: 'Bonn', ...person } }),
    ).body
    const change = {
      name: given.unique('Renamed'),
      device_country: 'FR',
      company: { city: 'Ulm', contact_name: 'Bob Noyce' },
    }
    given.expectOk(await world.vendor.patch(`/v1/tenants/${made.id}`, change, 1))
    const [created, updated, ...more] = await auditOf(world, made.id)
    expect(more).toEqual([])
    expect(created).toMatchObject({
      action: 'tenant.created',
      actor_kind: 'user',
      before: null,
      after: { name: made.name, level: 'end_customer', storage_location: 'germany' },
    })
    expect(updated).toMatchObject({
      action: 'tenant.updated',
      before: { name: made.name, device_country: 'DE', company_city: 'Bonn' },
      after: { name: change.name, device_country: 'FR', company_city: 'Ulm' },
    })
    expect(JSON.stringify([created, updated])).not.toMatch(/Ada|Byron|Bob|Noyce/)
    const kept = await query<{ pointer: string; value: string }>(
      world,
      "select pointer, value from audit_personal where path = (select path from tenants where id = $1) and pointer <> '/address' order by pointer",
      [made.id],
    )
    expect(kept).toEqual([
      { pointer: '/after/company_contact_name', value: 'Bob Noyce' },
      { pointer: '/before/company_contact_name', value: 'Ada Byron' },
    ])
  })
})

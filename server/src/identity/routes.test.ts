import { type Permission, permissions, type Role, roles } from '@tenantree/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as given from '../../test/given.ts'
import { fill, isChange, type Operation, operations } from '../../test/operations.ts'
import { auditOf, listAll, query, refusal, seen, warmUp, writesNothing } from '../../test/state.ts'
import { type Client, openWorld, type World } from '../../test/world.ts'

const missingId = '01990000-0000-7000-8000-000000000000'

let world: World
beforeAll(async () => {
  world = await openWorld()
  await warmUp(world)
})
afterAll(() => world.close())

const address = () => `${given.unique('u').replace(' ', '.')}@users.example`
const invite = (as: Client, tenantId: string, fields: Record<string, unknown> = {}) =>
  as.post('/v1/users', { tenant_id: tenantId, email: address(), name: 'Someone', role: 'manager', ...fields })

/** R-USER-1, written down once more. */
const managing: Permission[] = [
  'tenants.create',
  'tenants.edit',
  'tenants.inactivate',
  'tenants.delete',
  'tenants.move',
  'offers.enable',
  'subscriptions.create',
  'install_tokens.create',
  'subscriptions.end',
  'trials.edit',
  'file_policies.edit',
  'holders.manage',
  'devices.delete',
  'licenses.assign',
  'licenses.manage',
  'orders.place',
]
const administering: Permission[] = [
  ...managing,
  'users.create',
  'users.edit',
  'api_keys.manage',
  'mails.resend',
  'branding.edit',
  'keeping.edit',
  'offers.create',
  'prices.manage',
  'clock.move',
]
const atVendor: Record<Role, Permission[]> = {
  superuser: [...permissions],
  administrator: administering,
  manager: managing,
  operator: ['licenses.assign', 'orders.place'],
  supporter: [],
  finance: ['prices.manage', 'billing.run', 'orders.place'],
}
const vendorOnly: Permission[] = ['offers.create', 'billing.run', 'clock.move', 'tenants.relocate', 'keeping.edit']
const sellersOnly: Permission[] = ['offers.enable', 'prices.manage', 'branding.edit']

/** Every route that changes something for a user, with what the role has to allow; one's own session and account aside. */
const guarded = operations.filter(
  ({ who, raw }) => who === 'user' && raw['x-permission'] && raw['x-permission'] !== 'own',
)
const ask = (as: Client, { method, path }: Operation) =>
  fetch(`${world.url}${fill(path, { id: missingId, offer_id: missingId, name: 'none' })}`, {
    method,
    headers: { authorization: `Bearer ${as.token}`, 'if-match': '"1"' },
  })

describe('R-USER-1: what a role may do', () => {
  const allowedAt = {
    vendor: (role: Role) => atVendor[role],
    reseller: (role: Role) => atVendor[role].filter((permission) => !vendorOnly.includes(permission)),
    customer: (role: Role) =>
      atVendor[role].filter((permission) => ![...vendorOnly, ...sellersOnly].includes(permission)),
  }
  it('every route that changes something says whose it is', () => {
    const silent = operations.filter((operation) => isChange(operation) && operation.who === 'user')
    expect(silent.filter(({ raw }) => raw['x-permission'] === undefined).map(({ id }) => id)).toEqual([])
    expect(guarded.length).toBeGreaterThan(20)
  })
  it.each(Object.keys(allowedAt) as (keyof typeof allowedAt)[])(
    '403 not_allowed: each role against each changing route at a %s; the matrix says the same',
    async (place) => {
      const branch = await given.channel(world)
      const tenantId = { vendor: world.vendorId, reseller: branch.reseller.id, customer: branch.customer.id }[place]
      for (const role of roles) {
        const as = await given.user(world, world.vendor, tenantId, role)
        const answers = await writesNothing(world, () =>
          Promise.all(guarded.map(async (route) => ({ route, status: (await ask(as, route)).status }))),
        )
        const expected = allowedAt[place](role)
        for (const { route, status } of answers) {
          const isAllowed = expected.includes(route.raw['x-permission'])
          expect([route.id, status >= 400, status === 403], role).toEqual([route.id, true, !isAllowed])
        }
        expect([...(await as.get('/v1/me')).body.may].sort(), role).toEqual([...expected].sort())
        const matrix = (await as.get('/v1/roles')).body.data
        const [own] = matrix.filter((row: { role: Role }) => row.role === role)
        expect([...own.allows].sort(), role).toEqual([...expected].sort())
      }
    },
  )
  it('the matrix says which roles each may give', async () => {
    const { data } = (await world.vendor.get('/v1/roles')).body
    const grants = Object.fromEntries(data.map((row: { role: Role; grants: Role[] }) => [row.role, row.grants]))
    expect(grants).toEqual({
      superuser: [...roles],
      administrator: ['administrator', 'manager', 'operator', 'supporter'],
      manager: [],
      operator: [],
      supporter: [],
      finance: [],
    })
  })
  it('200: a supporter reads (scenario 93)', async () => {
    const { reseller } = await given.channel(world)
    const as = await given.user(world, reseller.as, reseller.id, 'supporter')
    for (const path of [
      '/v1/tenants',
      '/v1/users',
      '/v1/api-keys',
      '/v1/devices',
      '/v1/invoices',
      '/v1/offers',
      '/v1/usage',
      '/v1/overview',
    ]) {
      expect((await as.get(path)).status, path).toBe(200)
    }
  })
})

describe('inviting users', () => {
  it('201: a link for seven days, shown once, and an entry in the audit log without the person', async () => {
    const { reseller, customer } = await given.channel(world)
    const email = address()
    const made = await invite(reseller.as, customer.id, { email, name: 'Grace Hopper', role: 'administrator' })
    expect(made.status).toBe(201)
    expect(made.body.user).toMatchObject({
      email,
      tenant_id: customer.id,
      tenant_name: customer.name,
      role: 'administrator',
      state: 'invited',
      may_purchase: false,
    })
    expect(made.body.sign_in_url).toMatch(new RegExp(`^${world.url}/sign-in/link\\?token=ttl_`))
    const [entry] = await auditOf(world, made.body.user.id)
    expect(entry).toMatchObject({
      action: 'user.created',
      actor_kind: 'user',
      before: null,
      after: { role: 'administrator' },
    })
    expect(JSON.stringify(entry)).not.toMatch(new RegExp(`Grace|${email}`))
    const users = await listAll(customer.as, '/v1/users')
    expect(users.map((user) => user.email)).toContain(email)
    expect(JSON.stringify(users)).not.toMatch(/ttl_|hash/)
  })
  it.each([
    ['superuser', [...roles]],
    ['administrator', ['administrator', 'manager', 'operator', 'supporter']],
  ] as [Role, Role[]][])(
    '403 role_above_own: what a %s cannot give; finance is given by superusers (R-USER-3)',
    async (granter, allowed) => {
      const { reseller } = await given.channel(world)
      const as = await given.user(world, reseller.as, reseller.id, granter)
      for (const role of allowed) expect((await invite(as, reseller.id, { role })).status, role).toBe(201)
      for (const role of roles.filter((name) => !allowed.includes(name))) {
        const refused = await writesNothing(world, () => invite(as, reseller.id, { role }))
        expect(refusal(refused), role).toBe('403 role_above_own')
      }
    },
  )
  it('409 email_taken: the same answer whoever has it, letter case aside; nothing is written', async () => {
    const [a, b] = [await given.channel(world), await given.channel(world)]
    const email = address()
    given.expectOk(await invite(a.reseller.as, a.reseller.id, { email }))
    const again = (as: Client, tenantId: string, taken: string) =>
      writesNothing(world, () => invite(as, tenantId, { email: taken }))
    const own = await again(a.reseller.as, a.reseller.id, email)
    expect(refusal(own)).toBe('409 email_taken')
    expect(seen(await again(b.reseller.as, b.customer.id, email))).toEqual(seen(own))
    expect(seen(await again(a.reseller.as, a.customer.id, email.toUpperCase()))).toEqual(seen(own))
    expect(JSON.stringify(own.body)).not.toContain(a.reseller.name)
  })
  it('201 once, 409 nine times: one address at once', async () => {
    const { reseller } = await given.channel(world)
    const email = address()
    const answers = await Promise.all(Array.from({ length: 10 }, () => invite(reseller.as, reseller.id, { email })))
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, ...Array<number>(9).fill(409)])
    expect(await query(world, 'select id from users where email = $1', [email])).toHaveLength(1)
  })
  it('404: a tenant of another branch looks like a missing one, in the body and in the list', async () => {
    const [a, b] = [await given.channel(world), await given.channel(world)]
    const missing = seen(await invite(a.reseller.as, missingId))
    expect(missing.status).toBe(404)
    for (const id of [b.reseller.id, a.subDistributor.id, world.vendorId]) {
      expect(seen(await writesNothing(world, () => invite(a.reseller.as, id)))).toEqual(missing)
      expect(refusal(await a.reseller.as.get(`/v1/users?tenant_id=${id}`))).toBe('404 not_found')
    }
    const emails = (await listAll(a.reseller.as, '/v1/users')).map((user) => user.tenant_id)
    expect(new Set(emails)).toEqual(new Set([a.reseller.id, a.customer.id]))
  })
  it('422: addresses and names that are none', async () => {
    const { reseller } = await given.channel(world)
    for (const wrong of [
      { email: 'nobody' },
      { email: `${'x'.repeat(250)}@a.example` },
      { name: ' ' },
      { name: 'x'.repeat(201) },
      { role: 'owner' },
      { may_purchase: true },
    ]) {
      const refused = await writesNothing(world, () => invite(reseller.as, reseller.id, wrong))
      expect(refusal(refused), JSON.stringify(wrong)).toBe('422 invalid_request')
    }
  })
})

it("R-USER-2: the first superuser of a partner may purchase, the second not, an end customer's never", async () => {
  const { subDistributor } = await given.channel(world)
  const reseller = await given.tenant(subDistributor.as, subDistributor.id, { level: 'reseller' })
  const customer = await given.tenant(subDistributor.as, reseller.id, { level: 'end_customer' })
  const mayPurchase = async (tenantId: string, role: Role) =>
    given.expectOk(await invite(subDistributor.as, tenantId, { role })).body.user.may_purchase
  expect(await mayPurchase(reseller.id, 'administrator')).toBe(false)
  expect(await mayPurchase(reseller.id, 'superuser')).toBe(true)
  expect(await mayPurchase(reseller.id, 'superuser')).toBe(false)
  expect(await mayPurchase(customer.id, 'superuser')).toBe(false)
})

describe('who is signed in', () => {
  it("R-TREE-9: the seller's name and nothing else of it; the vendor has none", async () => {
    const branch = await given.channel(world)
    const chain: [Client, string | null][] = [
      [branch.customer.as, branch.reseller.name],
      [branch.reseller.as, branch.subDistributor.name],
      [branch.distributor.as, 'Vendor'],
      [world.vendor, null],
    ]
    for (const [as, seller] of chain) {
      expect((await as.get('/v1/me')).body.seller).toEqual(seller === null ? null : { name: seller })
    }
    const own = (await branch.customer.as.get('/v1/me')).body
    expect(own.tenant).toEqual({ id: branch.customer.id, name: branch.customer.name, level: 'end_customer' })
    for (const above of [branch.reseller.id, branch.subDistributor.id, branch.distributor.name])
      expect(JSON.stringify(own)).not.toContain(above)
  })
})

it('users page to the end by name, those of one tenant with everything below it', async () => {
  const { reseller, customer } = await given.channel(world)
  for (const name of ['carol', 'Alice', 'bob']) given.expectOk(await invite(reseller.as, customer.id, { name }))
  const below = await listAll(reseller.as, `/v1/users?tenant_id=${customer.id}`)
  expect(below).toHaveLength(4)
  expect(below.slice(0, 3).map((user) => user.name)).toEqual(['Alice', 'bob', 'carol'])
  expect(await listAll(reseller.as, '/v1/users', 3)).toHaveLength(5)
})

import type { Access } from '@tenantree/contract'
import { afterAll, beforeAll, expect, it } from 'vitest'
import * as given from '../../../test/given.ts'
import { listAll, query, refusal, seen } from '../../../test/state.ts'
import { type Client, openWorld, readToken, type World } from '../../../test/world.ts'

const missingId = '01990000-0000-7000-8000-000000000000'
const password = 'a stone bridge over the river'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

const logOf = async (as: Client, search = ''): Promise<Access[]> =>
  given.expectOk(await as.get(`/v1/access-log?limit=500${search}`)).body.data
const me = async (as: Client) => (await as.get('/v1/me')).body.user
const runDue = async () => world.application.runDue(await world.application.db.systemCall('test'))

it('200: sign-ins with how, when and from where, refused ones too, the latest first', async () => {
  const { customer } = await given.channel(world)
  const user = await me(customer.as)
  given.expectOk(await customer.as.put('/v1/me/password', { current_password: null, new_password: password }))
  const signIn = (secret: string) => world.as(null).post('/v1/sessions', { email: user.email, password: secret })
  expect(refusal(await signIn('a wrong one, and long enough'))).toBe('401 sign_in_failed')
  await runDue()
  readToken(given.expectOk(await signIn(password)))
  const rows = await logOf(customer.as, `&actor_id=${user.id}`)
  expect(rows.map(({ how, refused }) => [how, refused])).toEqual([
    ['password', false],
    ['password', true],
    ['link', false],
  ])
  expect(rows[0]).toMatchObject({
    at: '2027-01-05T10:00:00.000Z',
    actor: { kind: 'user', id: user.id, name: user.name },
    tenant: { id: customer.id },
    address: '127.0.0.1',
  })
  expect(await listAll(customer.as, `/v1/access-log?actor_id=${user.id}`, 1)).toEqual(rows)
})

it('200: nothing is noted of an address that nobody has', async () => {
  const before = await query(world, 'select count(*) from accesses')
  await world.as(null).post('/v1/sessions', { email: 'nobody@nowhere.example', password })
  await runDue()
  expect(await query(world, 'select count(*) from accesses')).toEqual(before)
})

it('200: of an API key the first use from an address each UTC day', async () => {
  const { reseller } = await given.channel(world)
  const body = { tenant_id: reseller.id, name: 'Night job', role: 'supporter', scopes: [] }
  const made = given.expectOk(await reseller.as.post('/v1/api-keys', body)).body
  const use = async () => {
    given.expectOk(await world.as(made.secret).get('/v1/tenants'))
    await runDue()
  }
  for (const _time of [1, 2, 3]) await use()
  const rows = () => logOf(reseller.as, `&actor_id=${made.api_key.id}`)
  expect(await rows()).toMatchObject([{ how: 'key', refused: false, actor: { kind: 'key', name: 'Night job' } }])
  await world.moveTo('2027-01-05T23:59:59Z')
  await use()
  expect(await rows()).toHaveLength(1)
  await world.moveTo('2027-01-06T00:00:00Z')
  await use()
  expect(await rows()).toHaveLength(2)
  given.expectOk(await reseller.as.delete(`/v1/api-keys/${made.api_key.id}`))
  expect((await rows())[0]?.actor).toEqual({ kind: 'key', id: made.api_key.id, name: null })
})

it('404: who signs in above or beside is nobody one can ask about; the list holds the own subtree', async () => {
  const [branch, beside] = [await given.channel(world), await given.channel(world)]
  const hidden = [await me(branch.distributor.as), await me(beside.customer.as), await me(world.vendor)]
  for (const { id } of hidden)
    expect(seen(await branch.customer.as.get(`/v1/access-log?actor_id=${id}`))).toEqual(
      seen(await branch.customer.as.get(`/v1/access-log?actor_id=${missingId}`)),
    )
  expect(refusal(await branch.customer.as.get(`/v1/access-log?tenant_id=${beside.customer.id}`))).toBe('404 not_found')
  const places = async (as: Client, search = '') => new Set((await logOf(as, search)).map(({ tenant }) => tenant.id))
  expect(await places(branch.customer.as)).toEqual(new Set([branch.customer.id]))
  expect(await places(branch.reseller.as)).toEqual(new Set([branch.reseller.id, branch.customer.id]))
  expect(await places(branch.distributor.as, `&tenant_id=${branch.customer.id}`)).toEqual(new Set([branch.customer.id]))
})

it('after 90 days it is erased, and one entry of the audit log says how many', async () => {
  await world.moveTo('2027-01-06T10:00:00Z')
  const { customer } = await given.channel(world)
  const user = await me(customer.as)
  const left = () => query(world, 'select 1 from accesses where actor_id = $1', [user.id])
  await world.moveTo('2027-04-06T23:59:59.999Z')
  expect(await left()).toHaveLength(1)
  await world.moveTo('2027-04-07T00:00:00Z')
  expect(await left()).toHaveLength(0)
  const [entry] = (await customer.as.get('/v1/audit-events?action=records.erased')).body.data.filter(
    ({ after }: { after: { kind: string } }) => after.kind === 'accesses',
  )
  expect(entry).toMatchObject({ actor: { kind: 'system' }, after: { kind: 'accesses', count: 1, kept_for: '90 days' } })
})

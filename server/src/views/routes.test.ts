import { afterAll, beforeAll, expect, it } from 'vitest'
import * as given from '../../test/given.ts'
import { auditOf, listAll, query, refusal, seen, writesNothing } from '../../test/state.ts'
import { type Client, openWorld, type World } from '../../test/world.ts'
import { newId } from '../platform/ids.ts'

let world: World
let as: Client
let colleague: Client
let tenantId: string

beforeAll(async () => {
  world = await openWorld()
  const { reseller } = await given.channel(world)
  tenantId = reseller.id
  as = reseller.as
  colleague = await given.user(world, as, tenantId)
})
afterAll(() => world.close())

const definition = {
  columns: [
    { id: 'host_name', visible: true, width: 220 },
    { id: 'storage_location', visible: true, width: null },
    { id: 'os', visible: false, width: null },
  ],
  filters: [{ name: 'state', value: 'offline' }],
  sort: null,
}
const create = (client: Client, fields: Record<string, unknown> = {}) =>
  client.post('/v1/views', { grid: 'devices', name: given.unique('View'), definition, ...fields })

it('201: a view is kept as it was sent, and listed for its grid by name (R-VIEW-1)', async () => {
  const user = await given.user(world, as, tenantId)
  const made = await create(user, { name: 'b' })
  expect(made).toMatchObject({ status: 201, body: { grid: 'devices', name: 'b', definition, version: 1 } })
  await create(user, { name: 'A' })
  await create(user, { grid: 'users', name: 'c', definition: { columns: [], filters: [], sort: null } })
  const names = async (search: string) => (await listAll(user, `/v1/views${search}`)).map((view) => view.name)
  expect(await names('?grid=devices')).toEqual(['A', 'b'])
  expect(await names('')).toEqual(['A', 'b', 'c'])
  expect(await auditOf(world, made.body.id)).toMatchObject([{ action: 'view.created', after: { name: 'b' } }])
})

it('201: a supporter, who changes nothing else, keeps views', async () => {
  const supporter = await given.user(world, as, tenantId, 'supporter')
  expect((await create(supporter)).status).toBe(201)
})

it('200: name and definition change, with the version that was read; 412 stale_version for an older one', async () => {
  const { body } = await create(as)
  const changed = await as.patch(
    `/v1/views/${body.id}`,
    { name: 'Renamed', definition: { ...definition, filters: [] } },
    1,
  )
  expect(changed).toMatchObject({ status: 200, body: { name: 'Renamed', definition: { filters: [] }, version: 2 } })
  const stale = await writesNothing(world, () => as.patch(`/v1/views/${body.id}`, { name: 'Late' }, 1))
  expect(refusal(stale)).toBe('412 stale_version')
})

it('204: deleted, then 404', async () => {
  const { body } = await create(as)
  expect((await as.delete(`/v1/views/${body.id}`)).status).toBe(204)
  expect(refusal(await as.delete(`/v1/views/${body.id}`))).toBe('404 not_found')
})

it('404: the view of another user at the same tenant, or below one, looks exactly like a missing one', async () => {
  const { body } = await create(as)
  for (const client of [colleague, world.vendor]) {
    const tries = (id: string) => [client.patch(`/v1/views/${id}`, { name: 'x' }, 1), client.delete(`/v1/views/${id}`)]
    const missing = await Promise.all(tries(newId()))
    const hidden = await writesNothing(world, () => Promise.all(tries(body.id)))
    expect(hidden.map(seen)).toEqual(missing.map(seen))
    expect(hidden.map(refusal)).toEqual(['404 not_found', '404 not_found'])
    expect((await listAll(client, '/v1/views', 500)).map((view) => view.id)).not.toContain(body.id)
  }
})

it('409 view_name_taken: letter case aside, for the same grid and user only', async () => {
  const name = given.unique('Mine')
  await create(as, { name })
  expect(refusal(await writesNothing(world, () => create(as, { name: name.toUpperCase() })))).toBe(
    '409 view_name_taken',
  )
  expect((await create(as, { name, grid: 'users', definition: { columns: [], filters: [], sort: null } })).status).toBe(
    201,
  )
  expect((await create(colleague, { name })).status).toBe(201)
})

it.each([
  ['a column of another grid', { columns: [{ id: 'email', visible: true, width: null }] }, '/definition/columns/0/id'],
  [
    'a column twice',
    { columns: ['os', 'os'].map((id) => ({ id, visible: true, width: null })) },
    '/definition/columns/1/id',
  ],
  ['a filter that the grid does not have', { filters: [{ name: 'level', value: 'x' }] }, '/definition/filters/0/name'],
  ['a sort that the grid does not have', { sort: { column: 'os', descending: false } }, '/definition/sort/column'],
  ['a width of 39', { columns: [{ id: 'os', visible: true, width: 39 }] }, '/definition/columns/0/width'],
  ['a width of 1201', { columns: [{ id: 'os', visible: true, width: 1201 }] }, '/definition/columns/0/width'],
  ['an unknown field', { colour: 'red' }, '/definition'],
])('422 invalid_request: %s, in a new view and in a change', async (_what, wrong, pointer) => {
  const made = await create(as)
  const body = { definition: { ...definition, ...wrong } }
  for (const answer of await writesNothing(world, () =>
    Promise.all([create(as, body), as.patch(`/v1/views/${made.body.id}`, body, 1)]),
  )) {
    expect(refusal(answer)).toBe('422 invalid_request')
    expect(answer.body.errors[0].pointer).toBe(pointer)
  }
})

it.each([40, 1200])('201: a width of %s', async (width) => {
  const columns = [{ id: 'os', visible: true, width }]
  expect((await create(as, { definition: { ...definition, columns } })).status).toBe(201)
})

it('the views of a user who is gone are dropped, no others', async () => {
  const leaver = await given.user(world, as, tenantId)
  const { body } = await create(leaver)
  const { body: kept } = await create(as)
  await query(world, 'update views set user_id = $1 where id = $2', [newId(), body.id])
  await world.application.runDue(await world.application.db.systemCall('test'))
  const ids = await query(world, 'select id from views where id = any ($1)', [[body.id, kept.id]])
  expect(ids).toEqual([{ id: kept.id }])
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as given from '../../../test/given.ts'
import { auditOf, listAll, query, refusal, seen, writesNothing } from '../../../test/state.ts'
import { type Client, openWorld, type World } from '../../../test/world.ts'

const missingId = '01990000-0000-7000-8000-000000000000'
let world: World
beforeAll(async () => {
  world = await openWorld()
  for (const [code, name] of [
    ['zero_trust_files', 'Zero-trust files'],
    ['sandbox', 'Sandbox'],
  ])
    given.expectOk(await world.vendor.put(`/v1/features/${code}`, { name }))
})
afterAll(() => world.close())

const block = { direction: 'upload', web_sites: ['*.example.com'], mime_types: ['image/*'], action: 'block' }
const add = (as: Client, tenantId: string, fields: Record<string, unknown> = {}) =>
  as.post(`/v1/tenants/${tenantId}/file-policies`, { ...block, ...fields })
const list = (as: Client, tenantId: string) => listAll(as, `/v1/tenants/${tenantId}/file-policies`)

/** A customer that subscribes to an edition with the features. */
async function withFeatures(features: string[]) {
  const branch = await given.channel(world)
  const offerId = await given.trialOffer(world, branch, { features })
  const { reseller, customer } = branch
  const made = await reseller.as.post('/v1/subscriptions', { tenant_id: customer.id, offer_id: offerId })
  return { ...branch, offerId, subscriptionId: given.expectOk(made).body.id }
}

it('201, 200, 204: added last, put in order, asked, removed', async () => {
  const { reseller, customer } = await withFeatures(['zero_trust_files', 'sandbox'])
  const first = given.expectOk(await add(reseller.as, customer.id, { web_sites: [' *.Example.com '] })).body
  expect(first).toMatchObject({ position: 1, web_sites: ['*.example.com'], is_applied: true, missing_features: [] })
  const second = given.expectOk(await add(reseller.as, customer.id, { action: 'sandbox', mime_types: ['*/*'] })).body
  const third = given.expectOk(await add(customer.as, customer.id, { action: 'allow', direction: 'download' })).body
  expect((await list(customer.as, customer.id)).map(({ id }) => id)).toEqual([first.id, second.id, third.id])
  const ask = async (file: string) =>
    (await reseller.as.get(`/v1/tenants/${customer.id}/file-policies/answer?${file}`)).body
  const picture = 'direction=upload&host=www.example.com&mime_type=image/png'
  expect(await ask(picture)).toEqual({ action: 'block', policy_id: first.id })
  expect(await ask('direction=upload&host=other.test&mime_type=image/png')).toEqual({
    action: 'allow',
    policy_id: null,
  })

  const order = (ids: string[]) => reseller.as.put(`/v1/tenants/${customer.id}/file-policies`, { ids })
  expect((await order([second.id, first.id, third.id])).status).toBe(204)
  expect((await list(reseller.as, customer.id)).map(({ id, position }) => [id, position])).toEqual([
    [second.id, 1],
    [first.id, 2],
    [third.id, 3],
  ])
  expect(await ask(picture)).toEqual({ action: 'sandbox', policy_id: second.id })
  for (const ids of [[first.id], [first.id, first.id, third.id], [first.id, second.id, missingId]])
    expect(await writesNothing(world, async () => refusal(await order(ids)))).toBe('409 file_policies_changed')

  expect((await reseller.as.delete(`/v1/file-policies/${second.id}`)).status).toBe(204)
  expect((await list(reseller.as, customer.id)).map(({ position }) => position)).toEqual([1, 2])
  expect((await auditOf(world, second.id)).map(({ action }) => action)).toEqual([
    'file_policy.added',
    'file_policy.removed',
  ])
  expect((await auditOf(world, customer.id)).map(({ action }) => action)).toContain('file_policies.ordered')
})

it('201: eight at once get eight places, none twice', async () => {
  const { reseller, customer } = await withFeatures(['zero_trust_files'])
  const answers = await Promise.all(Array.from({ length: 8 }, () => add(reseller.as, customer.id)))
  const made = answers.filter(({ status }) => status === 201).length
  expect(answers.every(({ status, body }) => status === 201 || body.code === 'file_policies_changed')).toBe(true)
  expect((await list(reseller.as, customer.id)).map(({ position }) => position)).toEqual(
    Array.from({ length: made }, (_, at) => at + 1),
  )
})

it('after a downgrade policies are kept and not applied (R-POL-1)', async () => {
  const branch = await withFeatures(['zero_trust_files', 'sandbox'])
  const { reseller, customer, subscriptionId } = branch
  given.expectOk(await add(reseller.as, customer.id, { action: 'sandbox' }))
  given.expectOk(await add(reseller.as, customer.id))
  given.expectOk(await reseller.as.put(`/v1/subscriptions/${subscriptionId}/state`, { state: 'ended' }))
  const core = await given.trialOffer(world, branch, { features: ['zero_trust_files'] })
  given.expectOk(await reseller.as.post('/v1/subscriptions', { tenant_id: customer.id, offer_id: core }))
  expect(await list(reseller.as, customer.id)).toMatchObject([
    { action: 'sandbox', is_applied: false, missing_features: ['sandbox'] },
    { action: 'block', is_applied: true },
  ])
})

describe('refusals; nothing is written', () => {
  it('403 feature_not_in_offer: names an offer that has it, of those that the customer may have', async () => {
    const branch = await withFeatures(['zero_trust_files'])
    const { reseller, customer } = branch
    const plus = await given.trialOffer(world, branch, { features: ['zero_trust_files', 'sandbox'], edition: 'Plus' })
    await given.trialOffer(world, await given.channel(world), { features: ['sandbox'] })
    const answer = await writesNothing(world, () => add(reseller.as, customer.id, { action: 'sandbox' }))
    expect(refusal(answer)).toBe('403 feature_not_in_offer')
    expect(answer.body.params).toMatchObject({ feature: 'sandbox', offers: [{ id: plus, edition: 'Plus' }] })
    expect(answer.body.params.offers).toHaveLength(1)
    expect((await add(reseller.as, customer.id)).status).toBe(201)
    const bare = await given.channel(world)
    expect(refusal(await add(bare.reseller.as, bare.customer.id))).toBe('403 feature_not_in_offer')
  })
  it.each([
    { web_sites: [] },
    { web_sites: ['http://example.com'] },
    { web_sites: ['*example.com'] },
    { mime_types: ['image'] },
    { mime_types: ['*/png'] },
    { action: 'delete' },
    { direction: 'both' },
    { position: 1 },
  ])('422 invalid_request: %o', async (fields) => {
    const { reseller, customer } = await withFeatures(['zero_trust_files'])
    expect(await writesNothing(world, async () => refusal(await add(reseller.as, customer.id, fields)))).toBe(
      '422 invalid_request',
    )
  })
  it('422 for anyone but an end customer; 403 for an operator; 404 from beside', async () => {
    const { reseller, customer } = await withFeatures(['zero_trust_files'])
    const { id } = given.expectOk(await add(reseller.as, customer.id)).body
    expect(refusal(await add(reseller.as, reseller.id))).toBe('422 invalid_request')
    const operator = await given.user(world, reseller.as, reseller.id, 'operator')
    expect(refusal(await add(operator, customer.id))).toBe('403 not_allowed')
    expect(refusal(await operator.delete(`/v1/file-policies/${id}`))).toBe('403 not_allowed')
    const other = await given.channel(world)
    const acts: ((id: string, tenantId: string) => ReturnType<Client['get']>)[] = [
      (_id, tenantId) => add(other.reseller.as, tenantId),
      (_id, tenantId) => other.reseller.as.get(`/v1/tenants/${tenantId}/file-policies`),
      (_id, tenantId) => other.reseller.as.put(`/v1/tenants/${tenantId}/file-policies`, { ids: [] }),
      (policyId) => other.reseller.as.delete(`/v1/file-policies/${policyId}`),
    ]
    for (const act of acts) expect(seen(await act(id, customer.id))).toEqual(seen(await act(missingId, missingId)))
    expect(await query(world, 'select id from file_policies where id = $1', [id])).toHaveLength(1)
  })
  it('409 file_policy_limit: 200 there may be, not one more', async () => {
    const { reseller, customer } = await withFeatures(['zero_trust_files'])
    given.expectOk(await add(reseller.as, customer.id))
    const fill = `insert into file_policies select realm_id, gen_random_uuid(), path, tenant_id, n, direction, web_sites, mime_types, action, created_at
      from file_policies cross join generate_series(2, $2::int) n where tenant_id = $1`
    await query(world, fill, [customer.id, 199])
    expect((await add(reseller.as, customer.id)).body.position).toBe(200)
    expect(await writesNothing(world, async () => refusal(await add(reseller.as, customer.id)))).toBe(
      '409 file_policy_limit',
    )
  })
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as given from '../../test/given.ts'
import { auditOf, query, refusal, seen, warmUp, writesNothing } from '../../test/state.ts'
import { type Answer, type Client, openWorld, type World } from '../../test/world.ts'
import { findTermsVersion, requireFeature, requireMachine } from './index.ts'

const missingId = '01990000-0000-7000-8000-000000000000'

let world: World
beforeAll(async () => {
  world = await openWorld()
  await warmUp(world)
})
afterAll(() => world.close())

const refused = (act: () => Promise<Answer>) => writesNothing(world, async () => refusal(await act()))
const change = (id: string, version: number, fields: Record<string, unknown>) =>
  world.vendor.patch(`/v1/offers/${id}`, fields, version)
const act = (id: string, verb: 'withdraw' | 'restore', version: number) =>
  world.vendor.post(`/v1/offers/${id}/${verb}`, undefined, { 'if-match': `"${version}"` })
const enable = (as: Client, tenantId: string, offerId: string) => as.put(`/v1/tenants/${tenantId}/offers/${offerId}`)
const disable = (as: Client, tenantId: string, offerId: string) =>
  as.delete(`/v1/tenants/${tenantId}/offers/${offerId}`)
const putFeature = (code: string, version?: number) =>
  world.vendor.put(`/v1/features/${code}`, { name: given.unique('Feature'), description: 'It does.' }, version)
const code = () => given.unique('f').replace(' ', '_')

describe('editing an offer (R-OFFER-1)', () => {
  it('200: what may change does, with a new version and the difference in the audit log', async () => {
    const id = await given.offer(world)
    const feature = code()
    given.expectOk(await putFeature(feature))
    const fields = {
      edition: 'Plus',
      description: 'More of it.',
      features: [feature],
      trial: { days: 15, end_policy: 'deactivate' },
      limits: { retention_days: 30 },
    }
    const changed = await change(id, 1, fields)
    expect([changed.status, changed.headers.get('etag')]).toEqual([200, '"2"'])
    expect(changed.body).toMatchObject({ ...fields, version: 2 })
    expect((await world.vendor.get(`/v1/offers/${id}`)).body).toEqual(changed.body)
    const [, entry] = await auditOf(world, id)
    expect(entry).toMatchObject({
      action: 'offer.updated',
      before: { edition: 'Standard', trial_days: null, limits: [] },
      after: { edition: 'Plus', trial_days: 15, limits: ['retention_days: 30'] },
    })
    expect(entry?.after).not.toHaveProperty('product')
    const less = await change(id, 2, { trial: null })
    expect(less.body).toMatchObject({ trial: null, description: 'More of it.', version: 3 })
  })
  it('412 stale_version: of two editors the second is told; what cannot change is refused', async () => {
    const id = await given.offer(world)
    const racing = await Promise.all([change(id, 1, { description: 'One' }), change(id, 1, { description: 'Two' })])
    expect(racing.map((answer) => answer.status).sort()).toEqual([200, 412])
    expect(await refused(() => change(id, 1, { description: 'Late' }))).toBe('412 stale_version')
    for (const fixed of [{ product: 'Other' }, { unit: 'user' }, { charge_model: 'peak' }, { rank: 3 }])
      expect(await refused(() => change(id, 2, fixed)), JSON.stringify(fixed)).toBe('422 invalid_request')
    expect(await refused(() => change(missingId, 1, {}))).toBe('404 not_found')
  })
  it('403: nobody but the vendor changes the catalog', async () => {
    const branch = await given.channel(world)
    const id = await given.offer(world)
    await given.sold(world, branch, id)
    const as = branch.distributor.as
    expect(await refused(() => as.patch(`/v1/offers/${id}`, { description: 'Mine' }, 1))).toBe('403 not_allowed')
    expect(await refused(() => as.put(`/v1/features/${code()}`, { name: 'Mine' }))).toBe('403 not_allowed')
    expect(await refused(() => as.post('/v1/terms-versions', { text: 'Mine' }))).toBe('403 not_allowed')
  })
  it('an add-on follows the edition that it is for to its new name', async () => {
    const product = given.unique('Product')
    const device = { unit: 'device', charge_model: 'active_use' }
    const make = async (fields: Record<string, unknown>) =>
      given.expectOk(await world.vendor.post('/v1/offers', { ...device, ...fields })).body
    const server = await make({ product, edition: 'Server' })
    const support = await make({
      product: given.unique('Support'),
      edition: 'Standard',
      add_on_of: [{ product, edition: 'server' }],
    })
    given.expectOk(await change(server.id, 1, { edition: 'Server Pro' }))
    const { body } = await world.vendor.get(`/v1/offers/${support.id}`)
    expect(body).toMatchObject({ add_on_of: [{ product, edition: 'Server Pro' }], version: 2 })
  })
})

describe('withdrawing from sale', () => {
  it('stays with those who have it, is sold to nobody else, and can be sold again', async () => {
    const [branch, other] = [await given.channel(world), await given.channel(world)]
    const id = await given.offer(world)
    await given.sold(world, branch, id)
    const withdrawn = given.expectOk(await act(id, 'withdraw', 1)).body
    expect(withdrawn).toMatchObject({ withdrawn_at: '2027-01-05T10:00:00.000Z', version: 2 })
    expect(await refused(() => enable(world.vendor, other.distributor.id, id))).toBe('409 offer_withdrawn')
    expect((await enable(world.vendor, branch.distributor.id, id)).status).toBe(200)
    const second = await given.tenant(branch.reseller.as, branch.reseller.id, { level: 'end_customer' })
    expect(await refused(() => enable(branch.reseller.as, second.id, id))).toBe('409 offer_withdrawn')
    expect((await branch.customer.as.get(`/v1/offers/${id}`)).body.withdrawn_at).not.toBeNull()
    const onSale = (await world.vendor.get('/v1/offers?on_sale=true&limit=500')).body.data
    expect(onSale.map((offer: { id: string }) => offer.id)).not.toContain(id)
    expect(await refused(() => act(id, 'withdraw', 2))).toBe('409 state_conflict')
    expect(await refused(() => act(id, 'restore', 1))).toBe('412 stale_version')
    given.expectOk(await act(id, 'restore', 2))
    expect((await enable(world.vendor, other.distributor.id, id)).status).toBe(200)
  })
  it('409 offer_withdrawn: no new subscription to it', async () => {
    const branch = await given.channel(world)
    const id = await given.offer(world)
    await given.sold(world, branch, id)
    const second = await given.tenant(branch.reseller.as, branch.reseller.id, { level: 'end_customer' })
    given.expectOk(await enable(branch.reseller.as, second.id, id))
    given.expectOk(await act(id, 'withdraw', 1))
    const body = { tenant_id: second.id, offer_id: id }
    expect(await refused(() => branch.reseller.as.post('/v1/subscriptions', body))).toBe('409 offer_withdrawn')
    given.expectOk(await act(id, 'restore', 2))
    expect((await branch.reseller.as.post('/v1/subscriptions', body)).status).toBe(201)
  })
})

describe('taking an offer away (R-OFFER-5, R-TREE-4)', () => {
  it('204 from the bottom up; 409 in_use_below while it is enabled below or subscribed to', async () => {
    const { distributor, subDistributor, reseller, customer } = await given.channel(world)
    const id = await given.offer(world)
    const edges: [Client, string][] = [
      [world.vendor, distributor.id],
      [distributor.as, subDistributor.id],
      [subDistributor.as, reseller.id],
      [reseller.as, customer.id],
    ]
    for (const [seller, buyerId] of edges) {
      await given.price(seller, id, '1')
      given.expectOk(await enable(seller, buyerId, id))
    }
    const top = await writesNothing(world, () => disable(world.vendor, distributor.id, id))
    expect([refusal(top), top.body.params]).toEqual(['409 in_use_below', { tenants: 3 }])
    for (const [seller, buyerId] of edges.toReversed()) expect((await disable(seller, buyerId, id)).status).toBe(204)
    expect(await refused(() => disable(world.vendor, distributor.id, id))).toBe('404 not_found')
    const entries = await auditOf(world, id)
    expect(entries.filter(({ action }) => action === 'offer.disabled')).toHaveLength(4)
    const other = await given.channel(world)
    const subscribed = await given.offer(world)
    await given.sold(world, other, subscribed)
    const used = await writesNothing(world, () => disable(other.reseller.as, other.customer.id, subscribed))
    expect([refusal(used), used.body.params]).toEqual(['409 in_use_below', { subscriptions: 1 }])
  })
  it('404 and 422: not an own edge', async () => {
    const [a, b] = [await given.channel(world), await given.channel(world)]
    const id = await given.offer(world)
    await given.sold(world, a, id)
    const missing = seen(await disable(b.distributor.as, missingId, id))
    expect(missing.status).toBe(404)
    expect(seen(await disable(b.distributor.as, a.subDistributor.id, id))).toEqual(missing)
    expect(await refused(() => disable(world.vendor, a.customer.id, id))).toBe('422 buyer_not_direct')
  })
  it('of an enabling below and a taking away at once, one is refused: nobody has what its seller has not', async () => {
    for (let round = 0; round < 8; round += 1) {
      const { distributor, subDistributor } = await given.channel(world)
      const id = await given.offer(world)
      await given.price(world.vendor, id, '1')
      given.expectOk(await enable(world.vendor, distributor.id, id))
      await given.price(distributor.as, id, '2')
      const answers = await Promise.all([
        enable(distributor.as, subDistributor.id, id),
        disable(world.vendor, distributor.id, id),
      ])
      const enabled = await query<{ tenant_id: string }>(
        world,
        'select tenant_id from enabled_offers where offer_id = $1',
        [id],
      )
      expect([0, 2]).toContain(enabled.length)
      expect(answers.map((answer) => answer.status).toSorted()).toEqual(enabled.length === 2 ? [200, 409] : [204, 404])
    }
  })
  it('who has it: the own direct children, with how many below', async () => {
    const branch = await given.channel(world)
    const id = await given.offer(world)
    await given.sold(world, branch, id)
    const rows = (await branch.distributor.as.get(`/v1/offers/${id}/buyers`)).body.data
    expect(rows).toMatchObject([{ tenant_id: branch.subDistributor.id, enabled_at: expect.any(String), below: 2 }])
    const stranger = await given.channel(world)
    expect(seen(await stranger.distributor.as.get(`/v1/offers/${id}/buyers`))).toEqual(
      seen(await stranger.distributor.as.get(`/v1/offers/${missingId}/buyers`)),
    )
  })
})

describe('what offers refer to', () => {
  it('features: added once, changed by version; a partner sees those of its offers', async () => {
    const [own, hidden] = [code(), code()]
    const made = await putFeature(own)
    expect([made.status, made.headers.get('etag'), made.body.version]).toEqual([200, '"1"', 1])
    given.expectOk(await putFeature(hidden))
    expect(await refused(() => putFeature(own))).toBe('412 stale_version')
    expect(await refused(() => putFeature(code(), 1))).toBe('412 stale_version')
    expect((await putFeature(own, 1)).body.version).toBe(2)
    expect(await refused(() => putFeature('Not_a_code'))).toBe('404 not_found')
    const branch = await given.channel(world)
    const id = await given.offer(world)
    given.expectOk(await change(id, 1, { features: [own] }))
    await given.sold(world, branch, id)
    const codes = (await branch.reseller.as.get('/v1/features')).body.data.map((row: { code: string }) => row.code)
    expect(codes).toEqual([own])
  })
  it('R-OFFER-3: the shipped table of machines, and a row of ones own', async () => {
    const { data } = (await world.vendor.get('/v1/machine-editions')).body
    const fits = (of: string, os: string) =>
      data.find((row: { code: string }) => row.code === of).fits.some((fit: { os: string }) => fit.os === os)
    for (const of of ['desktop', 'server', 'sql', 'exchange', 'vm'])
      expect([fits(of, 'macos'), fits(of, 'linux')], of).toEqual([false, false])
    expect([fits('desktop_server', 'macos'), fits('desktop_server', 'linux')]).toEqual([true, true])
    expect([fits('desktop', 'windows_server'), fits('server', 'windows_server')]).toEqual([false, true])
    const own = code()
    const row = { name: 'Appliance', position: 9, fits: [{ os: 'linux', payment_mode: 'annual' }] }
    expect((await world.vendor.put(`/v1/machine-editions/${own}`, row)).body).toMatchObject({ ...row, version: 1 })
    const twice = { ...row, fits: [...row.fits, ...row.fits] }
    expect(await refused(() => world.vendor.put(`/v1/machine-editions/${own}`, twice, 1))).toBe('422 invalid_request')
    expect((await world.vendor.put(`/v1/machine-editions/${own}`, { ...row, fits: [] }, 1)).body.fits).toEqual([])
  })
  it('edition_os_mismatch names the editions that fit; feature_not_in_offer an offer that has it', async () => {
    const branch = await given.channel(world)
    const [plain, rich, feature] = [await given.offer(world), await given.offer(world), code()]
    given.expectOk(await putFeature(feature))
    given.expectOk(await change(rich, 1, { features: [feature] }))
    await given.sold(world, branch, rich)
    const call = await world.application.db.systemCall('test')
    await world.application.db.work(call, async (tx) => {
      const machine = { os: 'linux', paymentMode: 'monthly' } as const
      await requireMachine(tx, { machine_edition: 'desktop_server' }, machine)
      await expect(requireMachine(tx, { machine_edition: 'sql' }, machine)).rejects.toMatchObject({
        code: 'edition_os_mismatch',
        details: { params: { fitting: ['desktop_server'] } },
      })
      const [row] = await query<{ path: string }>(world, 'select path from tenants where id = $1', [branch.customer.id])
      const without = { product: 'Product', edition: 'Standard', features: [] }
      await requireFeature(tx, row?.path ?? '', { ...without, features: [feature] }, feature)
      await expect(requireFeature(tx, row?.path ?? '', without, feature)).rejects.toMatchObject({
        code: 'feature_not_in_offer',
        details: { params: { feature, offers: [{ id: rich }] } },
      })
      expect(plain).not.toBe(rich)
    })
  })
  it('R-BUY-1: terms and conditions have numbered versions; the one in force is of the day', async () => {
    const publish = (fields: Record<string, unknown>) => world.vendor.post('/v1/terms-versions', fields)
    const first = given.expectOk(await publish({ text: 'One' })).body
    expect(first).toMatchObject({ number: 1, valid_from: '2027-01-05' })
    expect(await refused(() => publish({ text: 'Past', valid_from: '2027-01-04' }))).toBe('422 invalid_request')
    expect(await refused(() => publish({ text: ' ' }))).toBe('422 invalid_request')
    given.expectOk(await publish({ text: 'Two', valid_from: '2027-03-01' }))
    expect(await refused(() => publish({ text: 'Between', valid_from: '2027-02-28' }))).toBe('422 invalid_request')
    const call = await world.application.db.systemCall('test')
    const inForce = (day: string) => world.application.db.work(call, (tx) => findTermsVersion(tx, day))
    expect(await inForce('2027-01-04')).toBeNull()
    expect(await inForce('2027-02-28')).toMatchObject({ number: 1, text: 'One' })
    expect(await inForce('2027-03-01')).toMatchObject({ number: 2 })
    const all = (await world.vendor.get('/v1/terms-versions')).body.data
    expect(all.map(({ number }: { number: number }) => number)).toEqual([2, 1])
  })
})

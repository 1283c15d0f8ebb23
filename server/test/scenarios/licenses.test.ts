import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as given from '../given.ts'
import * as licensed from '../licensed.ts'
import { auditOf, listAll, query, refusal, warmUp, writesNothing } from '../state.ts'
import { type Answer, type Client, openWorld, type World } from '../world.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
  await warmUp(world)
})
afterAll(() => world.close())

const refused = (act: () => Promise<Answer>) => writesNothing(world, async () => refusal(await act()))
const idsOf = async (as: Client, filter: string): Promise<string[]> =>
  (await listAll(as, `/v1/licenses?${filter}`, 100)).map(({ id }) => String(id)).sort()

it('47: after 2 gateway and 5 user licenses and 3 assigned, the owner reads gateway 2 / 2 and user 5 / 2; the holder reads none', async () => {
  const branch = await given.channel(world)
  const { reseller, customer } = branch
  const users = await licensed.soldOffer(world, branch, { unit: 'user' })
  const gateways = await licensed.soldOffer(world, branch, { unit: 'gateway' })
  const buyer = await given.purchaser(world, world.vendor, reseller.id)
  await given.order(world, buyer, {
    buyer_id: reseller.id,
    lines: [
      { offer_id: gateways.offerId, term: 'year', quantity: 2 },
      { offer_id: users.offerId, term: 'year', quantity: 5 },
    ],
  })
  for (let n = 0; n < 3; n += 1) {
    const person = await licensed.subscriber(customer.as, customer.id)
    given.expectOk(await licensed.take(customer.as, users.offerId, 'subscriber', person))
  }
  const events = await listAll(reseller.as, `/v1/audit-events?action=license.assigned`, 100)
  const numbers = { user_total: 5, user_unassigned: 2, gateway_total: 2, gateway_unassigned: 2 }
  const owners = events.filter((event) => (event.tenant as { id: string }).id === reseller.id)
  expect(owners).toHaveLength(3)
  expect(owners[0]?.after).toMatchObject(numbers)
  const seenBelow = await listAll(customer.as, `/v1/audit-events?action=license.assigned`, 100)
  expect(seenBelow).toHaveLength(3)
  expect(JSON.stringify(seenBelow)).not.toMatch(/_total|_unassigned|pool_id/)
})

it('50: a computer without a license is refused no_license; after the grant it may work', async () => {
  const branch = await given.channel(world)
  const { reseller, customer } = branch
  const { offerId, product } = await licensed.soldOffer(world, branch)
  const computer = await licensed.machine(world, customer.as, customer.id)
  expect(await refused(() => computer.ask(product))).toBe('403 no_license')
  given.expectOk(await licensed.setPool(reseller.as, customer.id, { take: 'manual' }))
  const [id = ''] = await licensed.licenses(world, { ownerId: reseller.id, offerId, quantity: 1 })
  expect(await refused(() => computer.ask(product))).toBe('403 no_license')
  expect((await licensed.assign(reseller.as, id, 'device', computer.id)).status).toBe(200)
  expect((await computer.ask(product.toUpperCase())).body).toMatchObject({
    license_id: id,
    kind: 'commercial',
    taken: false,
  })
  expect(await refused(() => computer.ask('Another product'))).toBe('403 no_license')
})

it('51: a license that one computer holds is 409 license_in_use for a second', async () => {
  const branch = await given.channel(world)
  const { reseller, customer } = branch
  const { offerId } = await licensed.soldOffer(world, branch)
  const [id = '', other = ''] = await licensed.licenses(world, { ownerId: reseller.id, offerId, quantity: 2 })
  const [first, second] = [
    await licensed.machine(world, customer.as, customer.id),
    await licensed.machine(world, customer.as, customer.id),
  ]
  given.expectOk(await licensed.assign(reseller.as, id, 'device', first.id))
  expect(await refused(() => licensed.assign(reseller.as, id, 'device', second.id))).toBe('409 license_in_use')
  expect(await refused(() => licensed.assign(reseller.as, other, 'device', first.id))).toBe('409 already_licensed')
  expect(await refused(() => licensed.take(reseller.as, offerId, 'device', first.id))).toBe('409 already_licensed')
  given.expectOk(await licensed.take(reseller.as, offerId, 'device', second.id))
  const third = await licensed.machine(world, customer.as, customer.id)
  expect(await refused(() => licensed.take(reseller.as, offerId, 'device', third.id))).toBe(
    '409 insufficient_unassigned',
  )
})

it('52: on Linux and macOS only desktop_server is assigned; the refusal names it', async () => {
  const branch = await given.channel(world)
  const { reseller, customer } = branch
  const product = given.unique('Backup')
  const give = async (edition: string) => {
    const sold = await licensed.soldOffer(world, branch, { product, edition, machine_edition: edition })
    const ids = await licensed.licenses(world, { ownerId: reseller.id, offerId: sold.offerId, quantity: 3 })
    return { ...sold, id: ids[0] ?? '' }
  }
  const [both, server] = [await give('desktop_server'), await give('server')]
  for (const machine of [
    { os: 'linux', os_version: 'Debian 13' },
    { os: 'macos', os_version: '15' },
  ]) {
    const computer = await licensed.machine(world, customer.as, customer.id, machine)
    const answer = await writesNothing(world, () => licensed.assign(reseller.as, server.id, 'device', computer.id))
    expect([refusal(answer), answer.body.params]).toEqual(['422 edition_os_mismatch', { fitting: ['desktop_server'] }])
    // by itself it takes what fits
    expect((await computer.ask(product)).body).toMatchObject({ edition: 'desktop_server', taken: true })
  }
  const linux = await licensed.machine(world, customer.as, customer.id, { os: 'linux', os_version: 'Debian 13' })
  const free = await idsOf(reseller.as, `use=unused&offer_id=${both.offerId}`)
  expect((await licensed.assign(reseller.as, free[0] ?? '', 'device', linux.id)).status).toBe(200)
})

it('56: a type that was never bought or tried is in the list of types as such', async () => {
  const branch = await given.channel(world)
  const { reseller } = branch
  const never = await licensed.soldOffer(world, branch)
  const tried = await licensed.soldOffer(world, branch)
  given.expectOk(await reseller.as.post('/v1/trial-licenses', { tenant_id: reseller.id, offer_id: tried.offerId }))
  const types = given.expectOk(await reseller.as.get('/v1/license-types?kind=commercial')).body.data
  const everOf = (id: string) => types.find(({ offer }: { offer: { id: string } }) => offer.id === id)
  expect(everOf(never.offerId)).toMatchObject({ ever: false, total: 0 })
  expect(everOf(tried.offerId)).toMatchObject({ ever: true, total: 0, trial: 0 })
})

it('59: with company_pool an empty company pool gives a device nothing, though the ancestor has some', async () => {
  const branch = await given.channel(world)
  const { reseller, customer } = branch
  const { offerId, product } = await licensed.soldOffer(world, branch)
  const [inGlobal = ''] = await licensed.licenses(world, { ownerId: reseller.id, offerId, quantity: 3 })
  given.expectOk(await licensed.setPool(customer.as, customer.id, { source: 'company_pool', take: 'automatic' }))
  const computer = await licensed.machine(world, customer.as, customer.id)
  expect(await refused(() => computer.ask(product))).toBe('403 no_license')
  expect(await refused(() => licensed.assign(reseller.as, inGlobal, 'device', computer.id))).toBe(
    '422 pool_not_serving',
  )
  expect(await refused(() => licensed.take(reseller.as, offerId, 'device', computer.id))).toBe(
    '409 insufficient_unassigned',
  )
  // what the seller keeps for it is its own, and its own pool's come first
  given.expectOk(await reseller.as.put(`/v1/tenants/${customer.id}/set-asides`, { offer_id: offerId, number: 1 }))
  const [bought = ''] = await licensed.licenses(world, {
    ownerId: reseller.id,
    poolId: customer.id,
    offerId,
    quantity: 1,
  })
  expect((await computer.ask(product)).body).toMatchObject({ license_id: bought, taken: true })
  const second = await licensed.machine(world, customer.as, customer.id)
  expect((await second.ask(product)).body).toMatchObject({ taken: true })
  const third = await licensed.machine(world, customer.as, customer.id)
  expect(await refused(() => third.ask(product))).toBe('403 no_license')
})

it('60: a released license is in its pool again, the next job is refused, and the device takes none until it is granted one', async () => {
  const branch = await given.channel(world)
  const { reseller, customer } = branch
  const { offerId, product } = await licensed.soldOffer(world, branch)
  const [id = ''] = await licensed.licenses(world, { ownerId: reseller.id, offerId, quantity: 1 })
  const computer = await licensed.machine(world, customer.as, customer.id)
  expect((await computer.ask(product)).body).toMatchObject({ license_id: id, taken: true })
  expect((await customer.as.post(`/v1/licenses/${id}/release`)).status).toBe(204)
  const free = (await reseller.as.get(`/v1/licenses/${id}`)).body
  expect(free).toMatchObject({ state: 'unassigned', holder: null, pool: { id: reseller.id } })
  expect(await refused(() => computer.ask(product))).toBe('403 no_license')
  expect(await refused(() => customer.as.post(`/v1/licenses/${id}/release`))).toBe('404 not_found')
  expect(await refused(() => reseller.as.post(`/v1/licenses/${id}/release`))).toBe('409 state_conflict')
  given.expectOk(await licensed.assign(reseller.as, id, 'device', computer.id))
  given.expectOk(await computer.ask(product))
  const history = await listAll(reseller.as, `/v1/licenses/${id}/history`)
  expect(history.map(({ what }) => what)).toEqual(['assigned', 'released', 'assigned', 'created'])
  expect((await auditOf(world, id)).map(({ action }) => action)).toContain('license.released')
})

it('65: without may_purchase the grid is shown and buying is 403; an operator assigns, a supporter does not', async () => {
  const branch = await given.channel(world)
  const { reseller, customer } = branch
  const { offerId } = await licensed.soldOffer(world, branch)
  const [id = ''] = await licensed.licenses(world, { ownerId: reseller.id, offerId, quantity: 1 })
  const computer = await licensed.machine(world, customer.as, customer.id)
  const [manager, operator, supporter] = [
    await given.user(world, reseller.as, reseller.id, 'manager'),
    await given.user(world, reseller.as, reseller.id, 'operator'),
    await given.user(world, reseller.as, reseller.id, 'supporter'),
  ]
  expect(await idsOf(manager, `offer_id=${offerId}`)).toEqual([id])
  const order = {
    buyer_id: reseller.id,
    lines: [{ offer_id: offerId, term: 'year', quantity: 1 }],
    payment_mode: 'monthly',
    terms_version: await given.terms(world),
  }
  expect(refusal(await manager.post('/v1/orders', order))).toBe('403 purchase_not_allowed')
  expect(await refused(() => licensed.assign(supporter, id, 'device', computer.id))).toBe('403 not_allowed')
  expect(await refused(() => operator.post(`/v1/licenses/${id}/cancel`))).toBe('403 not_allowed')
  expect((await licensed.assign(operator, id, 'device', computer.id)).status).toBe(200)
  expect(await refused(() => supporter.post(`/v1/licenses/${id}/release`))).toBe('403 not_allowed')
})

it('67: a domain license goes to a domain, not to a computer, and the reverse; letter case does not make another domain', async () => {
  const branch = await given.channel(world)
  const { reseller, customer } = branch
  const domains = await licensed.soldOffer(world, branch, { unit: 'domain' })
  const devices = await licensed.soldOffer(world, branch)
  const [forDomain = ''] = await licensed.licenses(world, {
    ownerId: reseller.id,
    offerId: domains.offerId,
    quantity: 1,
  })
  const [forDevice = ''] = await licensed.licenses(world, {
    ownerId: reseller.id,
    offerId: devices.offerId,
    quantity: 1,
  })
  const computer = await licensed.machine(world, customer.as, customer.id)
  const domain = await licensed.domain(customer.as, customer.id, 'Contoso.Example')
  const again = { tenant_id: customer.id, name: 'cONTOSO.eXAMPLE', kind: 'microsoft_365' }
  expect(await refused(() => customer.as.post('/v1/domains', again))).toBe('409 domain_exists')
  expect(await refused(() => licensed.assign(reseller.as, forDomain, 'device', computer.id))).toBe(
    '422 holder_kind_mismatch',
  )
  expect(await refused(() => licensed.assign(reseller.as, forDevice, 'domain', domain))).toBe(
    '422 holder_kind_mismatch',
  )
  expect(await refused(() => licensed.take(reseller.as, domains.offerId, 'device', computer.id))).toBe(
    '422 holder_kind_mismatch',
  )
  given.expectOk(await licensed.assign(reseller.as, forDomain, 'domain', domain))
  given.expectOk(await licensed.assign(reseller.as, forDevice, 'device', computer.id))
  expect((await customer.as.delete(`/v1/domains/${domain}`)).status).toBe(204)
  expect((await reseller.as.get(`/v1/licenses/${forDomain}`)).body).toMatchObject({ state: 'unassigned', holder: null })
})

describe('57: the filters of the grid', () => {
  type Row = {
    id: string
    trial: boolean
    used: boolean
    valid: boolean
    renews: boolean
    company: string | null
    offerId: string
  }
  const rows: Row[] = []
  let as: Client
  let branch: given.Channel
  let companies: string[]

  beforeAll(async () => {
    branch = await given.channel(world)
    as = branch.reseller.as
    const second = await given.tenant(as, branch.reseller.id, { level: 'end_customer' })
    companies = [branch.customer.id, second.id]
    const offers = [
      (await licensed.soldOffer(world, branch)).offerId,
      (await licensed.soldOffer(world, branch)).offerId,
    ]
    const make = async (offerId: string, facts: Omit<Row, 'id' | 'offerId'>) => {
      const made = await licensed.licenses(world, {
        ownerId: branch.reseller.id,
        offerId,
        quantity: 1,
        endsOn: facts.valid ? '2028-01-04' : '2027-01-04',
        autoRenew: facts.renews,
        isTrial: facts.trial,
      })
      rows.push({ ...facts, id: made[0] ?? '', offerId })
    }
    const states = [
      { valid: true, renews: true },
      { valid: true, renews: false },
      { valid: false, renews: false },
    ]
    for (const offerId of offers) {
      for (const state of states)
        for (const company of [null, ...companies])
          await make(offerId, { ...state, trial: false, used: company !== null, company })
      await make(offerId, { trial: true, used: false, valid: true, renews: false, company: null })
    }
    await useThem()
  })

  /** Also those that are over, as they were held then. */
  async function useThem(): Promise<void> {
    for (const row of rows.filter(({ used }) => used)) {
      const { id } = await licensed.machine(world, as, row.company ?? '')
      await query(
        world,
        `update licenses l set holder_kind = 'device', holder_id = $2, holder_tenant_id = $3, path = t.path, state = 'assigned'
         from tenants t where t.id = $3 and l.id = $1`,
        [row.id, id, row.company],
      )
    }
    await query(world, `update pool_numbers set unassigned = total - $2 where pool_id = $1`, [
      branch.reseller.id,
      rows.filter(({ used }) => used).length,
    ])
  }

  const filters = (): Record<string, Record<string, (row: Row) => boolean>> => ({
    tenant_id: Object.fromEntries(companies.map((id) => [id, (row: Row) => row.company === id])),
    kind: { commercial: (row) => !row.trial, trial: (row) => row.trial },
    validity: { valid: (row) => row.valid, expired: (row) => !row.valid, all: () => true },
    use: { used: (row) => row.used && !row.trial, unused: (row) => !row.used && !row.trial, all: () => true },
    auto_renew: { true: (row) => row.renews, false: (row) => !row.renews },
    offer_id: Object.fromEntries(
      [...new Set(rows.map(({ offerId }) => offerId))].map((id) => [id, (row: Row) => row.offerId === id]),
    ),
  })
  const expected = (...passes: ((row: Row) => boolean)[]) =>
    rows
      .filter((row) => passes.every((pass) => pass(row)))
      .map(({ id }) => id)
      .sort()

  type Value = { name: string; value: string; pass: (row: Row) => boolean }

  async function compare(one: Value, two: Value): Promise<void> {
    const words = [...new Set([`${one.name}=${one.value}`, `${two.name}=${two.value}`])]
    const answer = await as.get(`/v1/licenses?limit=500&${words.join('&')}`)
    if (words.includes('kind=trial') && (words.includes('use=used') || words.includes('use=unused'))) {
      expect(refusal(answer), words.join()).toBe('422 filter_not_applicable')
      return
    }
    const right = expected(one.pass, two.pass)
    expect(answer.body.data.map(({ id }: Row) => id).sort(), words.join()).toEqual(right)
    const types = (await as.get(`/v1/license-types?${words.join('&')}`)).body.data
    const total = types.reduce((sum: number, type: { total: number }) => sum + type.total, 0)
    expect(total, words.join()).toBe(right.length)
  }

  it('each filter and every pair returns the right set, in the list, in its numbers and in every order; All clears', async () => {
    expect(await idsOf(as, '')).toEqual(expected())
    const values = Object.entries(filters()).flatMap(([name, by]) =>
      Object.entries(by).map(([value, pass]) => ({ name, value, pass })),
    )
    const pairs = values.flatMap((one) =>
      values.filter((two) => two.name > one.name || two === one).map((two) => [one, two] as const),
    )
    expect(pairs.length).toBeGreaterThan(80)
    for (const [one, two] of pairs) await compare(one, two)
  })

  it('pages to the end in every order', async () => {
    for (const sort of ['type', 'valid_until', '-valid_until', '-created_at'])
      expect((await listAll(as, `/v1/licenses?sort=${sort}`, 3)).map(({ id }) => id).sort()).toEqual(expected())
    const [offerId] = Object.keys(filters().offer_id ?? {})
    const ofOne = await listAll(as, `/v1/licenses?offer_id=${offerId}`, 2)
    expect(ofOne.map(({ id }) => id)).toEqual(expected((row) => row.offerId === offerId))
  })

  it('any page is asked for at once: where each begins is told, in every order, under filters', async () => {
    const every = 20
    for (const words of [
      'sort=type',
      'sort=valid_until',
      'sort=-valid_until',
      'sort=-created_at',
      'use=used',
      'q=zzz',
    ]) {
      const { body } = given.expectOk(await as.get(`/v1/license-anchors?${words}&every=${every}`))
      const all = await listAll(as, `/v1/licenses?${words}`, 7)
      expect([body.total, body.cursors.length], words).toEqual([
        all.length,
        Math.max(0, Math.ceil(all.length / every) - 1),
      ])
      for (const [index, cursor] of body.cursors.entries()) {
        const page = given.expectOk(await as.get(`/v1/licenses?${words}&limit=${every}&cursor=${cursor}`)).body
        expect(page.data, words).toEqual(all.slice((index + 1) * every, (index + 2) * every))
      }
    }
    expect(refusal(await as.get('/v1/license-anchors?every=19'))).toBe('422 invalid_request')
    expect(refusal(await as.get('/v1/license-anchors?every=501'))).toBe('422 invalid_request')
    expect(refusal(await as.get('/v1/license-anchors?kind=trial&use=used'))).toBe('422 filter_not_applicable')
    const beside = await given.channel(world)
    const strange = `/v1/license-anchors?tenant_id=${beside.reseller.id}`
    expect(refusal(await as.get(strange))).toBe('404 not_found')
  })

  it('searches holders and companies; of another branch nothing', async () => {
    const used = rows.filter(({ used, company }) => used && company === companies[0])
    const name = (await as.get(`/v1/licenses/${used[0]?.id}`)).body.holder.name
    expect(await idsOf(as, `q=${name.toLowerCase()}`)).toEqual([used[0]?.id])
    const company = encodeURIComponent(branch.customer.name.toUpperCase())
    expect(await idsOf(as, `q=${company}`)).toEqual(used.map(({ id }) => id).sort())
    const other = await given.channel(world)
    expect(await idsOf(other.reseller.as, `q=${company}`)).toEqual([])
  })
})

/** Moves the clock: the last one. */
it('64: with auto-renew off it is valid all of 30 June and refused on 1 July 00:00:00Z', async () => {
  const branch = await given.channel(world)
  const { reseller, customer } = branch
  const { offerId, product } = await licensed.soldOffer(world, branch)
  const [id = ''] = await licensed.licenses(world, {
    ownerId: reseller.id,
    offerId,
    quantity: 1,
    endsOn: '2027-06-30',
    autoRenew: false,
  })
  const computer = await licensed.machine(world, customer.as, customer.id)
  given.expectOk(await computer.ask(product))
  await world.moveTo('2027-06-30T23:59:59.999Z')
  given.expectOk(await computer.signal())
  given.expectOk(await computer.ask(product))
  expect((await reseller.as.get(`/v1/licenses/${id}`)).body).toMatchObject({ state: 'assigned', valid: true })
  await world.moveTo('2027-07-01T00:00:00.000Z')
  expect(refusal(await computer.ask(product))).toBe('403 no_license')
  expect((await reseller.as.get(`/v1/licenses/${id}`)).body).toMatchObject({ state: 'expired', valid: false })
  expect((await reseller.as.get(`/v1/tenants/${reseller.id}/pool`)).body.numbers).toEqual([
    { unit: 'device', total: 0, unassigned: 0 },
  ])
  const before = (await auditOf(world, id)).length
  await world.moveTo('2027-07-02T00:00:00.000Z')
  expect((await auditOf(world, id)).length).toBe(before)
})

import type { Margin, Offer, Price } from '@tenantree/sdk'
import { beforeEach, expect, it } from 'vitest'
import { problem } from '../../sdk/test/peer.ts'
import { openCli } from '../test/cli.ts'
import { id, page } from '../test/data.ts'

let cli: Awaited<ReturnType<typeof openCli>>
beforeEach(async () => {
  cli = await openCli()
  return () => cli.close()
})

const offer: Offer = {
  id: id(70),
  product: 'Backup',
  edition: 'Server',
  rank: 40,
  unit: 'device',
  charge_model: 'committed',
  description: 'Windows servers.',
  terms: [{ code: 'annual', name: '1 year', months: 12 }],
  trial: { days: 30, end_policy: 'take_from_pool' },
  features: ['image_backup'],
  limits: {},
  assignable_to: ['device'],
  add_on_of: [],
  metric: null,
  machine_edition: 'server',
  requires_terms: true,
  withdrawn_at: null,
  version: 1,
  created_at: '2027-01-05T10:00:00.000Z',
}
const tiers = [
  { above: 0, up_to: 50, unit_price: '4.10' },
  { above: 50, up_to: null, unit_price: '3.70' },
]
const price: Price = {
  id: id(71),
  price_list_id: id(72),
  offer: { ...offer },
  term: 'annual',
  period: 'monthly',
  service_type: null,
  rate: { model: 'graduated', tiers },
  minimum: null,
  currency: 'EUR',
  unit_price: null,
  valid_from: '2027-01-05',
  created_at: '2027-01-05T10:00:00.000Z',
}
const margin: Margin = {
  offer: price.offer,
  term: 'annual',
  period: 'monthly',
  service_type: null,
  quantity: 20,
  price: '82',
  currency: 'EUR',
  cost: '70.5',
  cost_currency: 'EUR',
  margin: '11.5',
  margin_percent: '14',
}

it('200: offers list sends the filters, offers show prints every field', async () => {
  const { run, peer } = await cli.signedIn({
    'GET /v1/offers': { body: page([offer]) },
    [`GET /v1/offers/${offer.id}`]: { body: offer },
  })
  const { stdout } = await run('offers', 'list', '--model', 'committed', '--on-sale', '--limit', '5')
  expect(stdout).toMatch(/Backup +Server +committed +device +annual +30 days +yes/)
  expect(peer.requests.at(-1)?.query.toString()).toBe('charge_model=committed&on_sale=true&limit=6')
  const shown = (await run('offers', 'show', offer.id)).stdout
  expect(shown).toMatch(/terms +code annual, name 1 year, months 12\n/)
  expect(shown).toMatch(/trial +days 30, end_policy take_from_pool\n/)
})

it('201: offers create sends terms, trial and features', async () => {
  const { run, peer } = await cli.signedIn({ 'POST /v1/offers': { status: 201, body: offer } })
  const words = ['--product', 'Backup', '--edition', 'Server', '--unit', 'device', '--model', 'committed']
  const terms = ['--term', 'monthly=1', '--term', 'three_years=36']
  const { stdout } = await run(
    'offers',
    'create',
    ...words,
    ...terms,
    '--trial-days',
    '15',
    '--feature',
    'image_backup',
  )
  expect(stdout).toContain('Created Backup Server, committed per device')
  expect(peer.requests.at(-1)?.body).toMatchObject({
    terms: [
      { code: 'monthly', name: 'Monthly', months: 1 },
      { code: 'three_years', name: 'Three years', months: 36 },
    ],
    trial: { days: 15, end_policy: 'convert' },
    features: ['image_backup'],
  })
})

it('200, 409: offers enable and disable name the direct customer', async () => {
  const path = `/v1/tenants/${id(2)}/offers/${offer.id}`
  const { run } = await cli.signedIn({
    [`PUT ${path}`]: { body: { offer, enabled_at: offer.created_at } },
    [`DELETE ${path}`]: problem(409, 'in_use_below'),
  })
  expect((await run('offers', 'enable', offer.id, '--for', id(2))).stdout).toBe('Enabled: Backup Server\n')
  const { exitCode, stderr } = await run('offers', 'disable', offer.id, '--for', id(2))
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('(in_use_below)') })
})

it('200: prices of a list, and their margins', async () => {
  const { run, peer } = await cli.signedIn({
    [`GET /v1/price-lists/${id(72)}/prices`]: { body: page([price]) },
    [`GET /v1/price-lists/${id(72)}/margins`]: { body: page([margin]) },
  })
  expect((await run('prices', 'list', id(72))).stdout).toMatch(
    /Backup Server +annual +monthly .*graduated: to 50 4\.10, 3\.70/,
  )
  expect((await run('prices', 'margins', id(72), '--quantity', '20')).stdout).toMatch(/82 EUR +70\.5 EUR +11\.5 +14/)
  expect(peer.requests.at(-1)?.query.get('quantity')).toBe('20')
})

it('201: prices set makes tiers without holes out of their ends', async () => {
  const { run, peer } = await cli.signedIn({
    [`POST /v1/price-lists/${id(72)}/prices`]: { status: 201, body: price },
  })
  const { stdout } = await run(
    'prices',
    'set',
    id(72),
    '--offer',
    offer.id,
    '--term',
    'annual',
    '--graduated',
    '50=4.10,3.70',
  )
  expect(stdout).toContain('Backup Server: graduated: to 50 4.10, 3.70 EUR from 2027-01-05')
  expect(peer.requests.at(-1)?.body).toEqual({
    offer_id: offer.id,
    term: 'annual',
    rate: { model: 'graduated', tiers },
  })
  const before = peer.requests.length
  for (const wrong of [[], ['--per-unit', '1', '--flat', '2'], ['--volume', 'cheap']])
    expect((await run('prices', 'set', id(72), '--offer', offer.id, ...wrong)).exitCode).not.toBe(0)
  expect(peer.requests).toHaveLength(before)
})

import { afterAll, beforeAll, expect, it } from 'vitest'
import * as given from '../../../test/given.ts'
import { listAll, refusal, writesNothing } from '../../../test/state.ts'
import { type Client, openWorld, type World } from '../../../test/world.ts'

let world: World

beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

const send = (as: Client, csv: string, dryRun = false) => as.post('/v1/tenants/import', { csv, dry_run: dryRun })
const textOf = ({ bytes }: { bytes: Uint8Array }) => new TextDecoder().decode(bytes)
const namesOf = async (as: Client) => (await listAll(as, '/v1/tenants', 100)).map(({ name }) => name)

const good = [
  'name,parent,level,service_type,device_country,storage_location,in_trial,external_id,legal_name,country',
  'Havel Clinic,,end_customer,all_inclusive,DE,,yes,C-1,Havel Clinic GmbH,DE',
  '"Spree, North",C-1,site,,DE,,,S-1,,',
  'Spree South,Havel Clinic,site,,JP,australia,,,,',
].join('\r\n')

it('200: creates all rows, parents by external id, by name, and from rows above', async () => {
  const { reseller } = await given.channel(world)
  expect((await send(reseller.as, good, true)).body).toEqual({ dry_run: true, rows: 3 })
  const before = await namesOf(reseller.as)
  expect((await send(reseller.as, good)).body).toEqual({ dry_run: false, rows: 3 })
  expect((await namesOf(reseller.as)).filter((name) => !before.includes(name))).toEqual([
    'Havel Clinic',
    'Spree South',
    'Spree, North',
  ])
  const [clinic] = (await reseller.as.get('/v1/tenants?q=havel')).body.data
  expect([clinic.state, clinic.child_count]).toEqual(['in_trial', 2])
})

it('422 import_refused: one bad row is named with its column, a dry run says the same, nothing is stored (scenario 100)', async () => {
  const { reseller } = await given.channel(world)
  const lines = good.split('\r\n')
  const bad = [...lines.slice(0, 3), 'Spree South,Havel Clinic,site,,XX,,,,,', 'Third,Nobody,site,,DE,,,,,'].join('\n')
  await writesNothing(world, async () => {
    const real = await send(reseller.as, bad)
    const dry = await send(reseller.as, bad, true)
    for (const answer of [real, dry]) {
      expect(refusal(answer)).toBe('422 import_refused')
      expect(answer.body.params.rows).toEqual([
        expect.objectContaining({ row: 4, column: 'device_country', code: 'invalid_request' }),
        expect.objectContaining({ row: 5, column: 'parent', code: 'parent_not_found' }),
      ])
      expect(answer.body.errors[0].pointer).toBe('/rows/4/device_country')
    }
  })
})

it.each([
  ['a column that nobody knows', 'name,level,device_country,color\nA,site,DE,red', '1 color column_unknown'],
  ['a column that is missing', 'name,level\nA,site', '1 device_country column_missing'],
  ['a column that is there twice', 'name,name,level,device_country\nA,B,site,DE', '1 name column_twice'],
  ['no row', 'name,level,device_country\n', '1  no_rows'],
  ['a quote that does not end', 'name,level,device_country\n"A,site,DE', '2  malformed_csv'],
  ['a blank name', 'name,level,device_country\n ,end_customer,DE', '2 name invalid_value'],
  ['a word that is no flag', 'name,level,device_country,in_trial\nA,end_customer,DE,maybe', '2 in_trial invalid_value'],
  ['a level that the parent cannot have', 'name,level,device_country\nA,site,DE', '2 level parent_level_invalid'],
  [
    'a bad company country',
    'name,level,service_type,device_country,country\nA,end_customer,all_inclusive,DE,XX',
    '2 country invalid_request',
  ],
  [
    'the same name twice',
    'name,level,service_type,device_country\nA,end_customer,all_inclusive,DE\na,end_customer,all_inclusive,DE',
    '3 name tenant_name_taken',
  ],
])('422 import_refused: %s', async (_what, csv, expected) => {
  const { reseller } = await given.channel(world)
  await writesNothing(world, async () => {
    const { body } = await send(reseller.as, csv)
    const [first] = body.params.rows
    expect(`${first.row} ${first.column} ${first.code}`).toBe(expected)
  })
})

it('404-like: a parent of somebody else is not found by external id or name', async () => {
  const { reseller } = await given.channel(world)
  const other = await given.channel(world)
  await given.tenant(other.reseller.as, other.reseller.id, { level: 'end_customer', external_id: 'THEIRS' })
  const csv = (parent: string) => `name,parent,level,device_country\nA,${parent},site,DE`
  for (const parent of ['THEIRS', other.customer.name, other.customer.id])
    expect((await send(reseller.as, csv(parent))).body.params.rows).toMatchObject([
      { row: 2, column: 'parent', code: 'parent_not_found' },
    ])
})

it('200: 2000 rows are taken as one file, 2001 are not', async () => {
  const { reseller } = await given.channel(world)
  const rows = (n: number) =>
    `name,level,device_country\n${Array.from({ length: n }, (_, index) => `bad ${index},vendor,DE`).join('\n')}`
  expect((await send(reseller.as, rows(2000), true)).body.params.rows[0].code).toBe('parent_level_invalid')
  expect((await send(reseller.as, rows(2001), true)).body.params.rows[0].code).toBe('too_many_rows')
})

it('200: an export goes into an import again; formulas are guarded; nothing of others is in it', async () => {
  const { reseller, customer, subDistributor } = await given.channel(world)
  const other = await given.channel(world)
  await given.tenant(customer.as, customer.id, { level: 'site', name: '=1+1', external_id: '@x' })
  const text = textOf(await reseller.as.get('/v1/tenants/export'))
  const lines = text.split('\r\n')
  expect(lines[0]).toMatch(/^parent,name,level,/)
  expect(lines[1]).toContain(`,${customer.name},end_customer,`)
  expect(lines[2]).toContain(`${customer.name},'=1+1,site,`)
  expect(text).not.toContain(other.customer.name)
  expect(text).not.toContain(subDistributor.name)

  const { id } = await given.tenant(subDistributor.as, subDistributor.id, { level: 'reseller' })
  const second = await given.user(world, subDistributor.as, id)
  expect((await send(second, text)).body).toEqual({ dry_run: false, rows: 2 })
  expect(await namesOf(second)).toEqual(expect.arrayContaining(['=1+1', customer.name]))
  const below = textOf(await reseller.as.get(`/v1/tenants/export?under_id=${customer.id}`))
    .trim()
    .split('\r\n')
  expect(below).toHaveLength(2)
  expect(refusal(await reseller.as.get(`/v1/tenants/export?under_id=${other.customer.id}`))).toBe('404 not_found')
})

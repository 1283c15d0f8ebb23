import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { read, utils } from '@e965/xlsx'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readPdf } from '../../src/documents/pdf/read-pdf.fixture.ts'
import { company, expectOk } from '../given.ts'
import { type RunningServer, runProgram, startServer } from '../running-server.ts'
import { type Client, createClient, signInWithLink } from '../world.ts'

// The whole path on the real thing: the server as `npm start` runs it, the agent and the command line as their users run them.
let server: RunningServer
let vendor: Client
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenantree-story-'))
  server = await startServer(['--empty'], { MODE: 'test' })
  vendor = createClient(server.url, await signInWithLink(server.url, server.link))
})
afterAll(async () => {
  expect(await server.stop()).toBe(0)
  await rm(folder, { recursive: true, force: true })
})

const agent = (...words: string[]) =>
  runProgram('agent/bin/tenantree-agent.mjs', [...words, '--state-dir', join(folder, 'agent')])
const tenantree = (home: string, ...words: string[]) =>
  runProgram('cli/bin/tenantree.mjs', words, { XDG_CONFIG_HOME: join(folder, home), HOME: join(folder, home) })

const levels = ['distributor', 'sub_distributor', 'reseller', 'end_customer'] as const
const amounts = ['4.10', '4.90', '5.80', '8.50'] as const

it("a machine's month, from enrolment to invoice", async () => {
  expectOk(await vendor.post('/v1/test-clock', { to: '2027-01-04T09:00:00Z', frozen: true }))
  const me = (await vendor.get('/v1/me')).body
  const own = (await vendor.get(`/v1/tenants/${me.tenant.id}`)).body
  expectOk(await vendor.patch(`/v1/tenants/${own.id}`, { name: 'Northstar', company }, own.version))

  // the tree, and a person on each level who sets a password and signs in with it
  const seats = [{ id: own.id as string, as: vendor }]
  for (const level of levels) {
    const body = {
      name: `The ${level}`,
      parent_id: seats.at(-1)?.id,
      level,
      device_country: 'DE',
      service_type: 'all_inclusive',
      company,
    }
    const made = expectOk(await vendor.post('/v1/tenants', body)).body
    expect(made.storage_location).toBe('germany')
    const email = `${level}@people.example`
    const invited = expectOk(
      await vendor.post('/v1/users', { tenant_id: made.id, email, name: level, role: 'superuser' }),
    ).body
    const token = await signInWithLink(server.url, new URL(invited.sign_in_url).searchParams.get('token') ?? '')
    const password = `a long password of ${level}`
    expectOk(
      await createClient(server.url, token).put('/v1/me/password', { current_password: null, new_password: password }),
    )
    const signedIn = expectOk(await createClient(server.url, null).post('/v1/sessions', { email, password }))
    const session = /tenantree_session=([^;]+)/.exec(signedIn.headers.get('set-cookie') ?? '')?.[1] ?? ''
    seats.push({ id: made.id, as: createClient(server.url, session) })
  }
  const customer = seats[4]!
  const site = expectOk(
    await seats[3]!.as.post('/v1/tenants', {
      name: 'Plant',
      parent_id: customer.id,
      level: 'site',
      device_country: 'FR',
      company,
    }),
  ).body

  // an offer, priced and enabled on each of the four edges
  const product = { product: 'Backup', edition: 'Server', unit: 'device', charge_model: 'active_use' }
  const offer = expectOk(await vendor.post('/v1/offers', product)).body
  for (const [index, amount] of amounts.entries()) {
    const seller = seats[index]!.as
    const list = expectOk(await seller.post('/v1/price-lists', { currency: 'EUR' })).body
    const price = { offer_id: offer.id, unit_price: { amount, currency: 'EUR' } }
    expectOk(await seller.post(`/v1/price-lists/${list.id}/prices`, price))
    expectOk(await seller.put(`/v1/tenants/${seats[index + 1]!.id}/offers/${offer.id}`))
  }
  expectOk(await seats[3]!.as.post('/v1/subscriptions', { tenant_id: customer.id, offer_id: offer.id }))

  // the real machine, at the customer's site
  const { token } = expectOk(await seats[3]!.as.post(`/v1/tenants/${site.id}/install-token`)).body
  expect(await agent('enroll', '--server', server.url, '--token', token)).toMatchObject({ code: 0 })
  expect(await agent('run', '--once')).toMatchObject({ code: 0 })
  const [device] = (await customer.as.get('/v1/devices')).body.data
  expect(device).toMatchObject({
    host_name: hostname(),
    state: 'active',
    tenant_name: 'Plant',
    storage_location: 'france',
  })
  expectOk(await vendor.post('/v1/test-clock', { to: '2027-01-31T23:59:59.999Z', frozen: true }))
  expect(await agent('run', '--once')).toMatchObject({ code: 0 })
  const usage = (await customer.as.get('/v1/usage?month=2027-01')).body.data
  expect(usage).toMatchObject([
    { device_id: device.id, days: [4, 31], charged_days: [4, 31], units: 1, site: { name: 'Plant' } },
  ])

  // the month ends; nobody has to ask
  expectOk(await vendor.post('/v1/test-clock', { to: '2027-02-03T08:00:00Z', frozen: true }))
  const found: string[] = []
  for (const [index, amount] of amounts.entries()) {
    const [invoice, ...more] = (await seats[index]!.as.get('/v1/invoices?month=2027-01&direction=issued')).body.data
    expect(more).toEqual([])
    expect(invoice).toMatchObject({
      number: 'INV-2027-00001',
      state: 'issued',
      issued_on: '2027-02-01',
      total: { amount, currency: 'EUR' },
    })
    found.push(invoice.id)
    for (const end of [seats[index]!, seats[index + 1]!]) {
      const { lines } = (await end.as.get(`/v1/invoices/${invoice.id}`)).body
      expect(lines).toMatchObject([
        {
          quantity: '1',
          unit_price: amount,
          amount,
          customer_name: 'The end_customer',
          evidence: { units: 1, days: 2 },
        },
      ])
      const pdf = expectOk(await end.as.get(`/v1/invoices/${invoice.id}/pdf`)).bytes
      expect((await readPdf(pdf)).pages.flat()).toContain(`€${amount}`)
      const sheets = read(expectOk(await end.as.get(`/v1/invoices/${invoice.id}/xlsx`)).bytes).Sheets
      expect(JSON.stringify(utils.sheet_to_json(sheets.Evidence!, { header: 1 }))).toContain(hostname())
    }
  }
  expect(new Set(found).size).toBe(4)
  // nobody beside the two ends
  expect((await vendor.get(`/v1/invoices/${found[3]}`)).status).toBe(404)

  // the same by the command line
  expect(await runCli('reseller', 'invoices', 'list', '--direction', 'issued')).toContain('INV-2027-00001')
  expect(await runCli('reseller', 'usage', '--month', '2027-01')).toContain(hostname())
  const file = join(folder, 'invoice.pdf')
  await runCli('reseller', 'invoices', 'download', found[3]!, '--output', file)
  expect((await readFile(file)).subarray(0, 5).toString()).toBe('%PDF-')
})

/** Runs a command of `tenantree` as the person of a level, signed in by an invitation. */
async function runCli(level: string, ...words: string[]): Promise<string> {
  const signIn = await signInAs(level)
  expect(signIn).toMatchObject({ code: 0 })
  const { code, stdout, stderr } = await tenantree(level, ...words, '--server', server.url)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return stdout
}

const signInAs = async (level: string) => {
  const invited = expectOk(
    await vendor.post('/v1/users', {
      tenant_id: (await vendor.get(`/v1/tenants?level=${level}`)).body.data[0].id,
      email: `cli-${crypto.randomUUID()}@people.example`,
      name: 'Command line',
      role: 'supporter',
    }),
  ).body
  return tenantree(level, 'login', '--link', invited.sign_in_url)
}

import { beforeEach, describe, expect, it } from 'vitest'
import { problem } from '../../sdk/test/peer.ts'
import { openCli } from '../test/cli.ts'
import * as data from '../test/data.ts'

let cli: Awaited<ReturnType<typeof openCli>>
beforeEach(async () => {
  cli = await openCli()
  return () => cli.close()
})

describe('tenants list', () => {
  it('200: prints aligned columns', async () => {
    const { run } = await cli.signedIn({
      'GET /v1/tenants': { body: data.page([data.tenantRow(1), data.tenantRow(20)]) },
    })
    expect((await run('tenants', 'list')).stdout).toBe(
      `NAME         LEVEL     PARENT  STATE       COUNTRY  LOCATION  DEVICES  ID
Reseller 1   reseller  Havel   production  DE       germany         1  ${data.id(1)}
Reseller 20  reseller  Havel   production  DE       germany        20  ${data.id(20)}
`,
    )
  })

  it('200: sends the filters and the token', async () => {
    const { run, peer } = await cli.signedIn({ 'GET /v1/tenants': { body: data.page([]) } })
    const words = ['--under', data.id(7), '--level', 'site', '--q', 'head', '--limit', '9']
    expect(await run('tenants', 'list', ...words)).toEqual({ exitCode: 0, stdout: '', stderr: 'No rows.\n' })
    expect(peer.requests.at(-1)?.query.toString()).toBe(`under_id=${data.id(7)}&level=site&q=head&limit=10`)
    expect(peer.requests.at(-1)?.headers.authorization).toBe('Bearer tts_1')
  })

  it('200: --limit stops and says that there is more; exactly as many rows say nothing', async () => {
    const { run } = await cli.signedIn({
      'GET /v1/tenants': { body: data.page([data.tenantRow(1), data.tenantRow(2)]) },
    })
    const cut = await run('tenants', 'list', '--limit', '1')
    expect(cut.stdout).not.toContain('Reseller 2')
    expect(cut.stderr).toBe('There are more than 1 rows; --all shows them all.\n')
    expect((await run('tenants', 'list', '--limit', '2')).stderr).toBe('')
  })

  it('200: --all --json follows the cursors and prints the rows as they came', async () => {
    const first = { data: [data.tenantRow(1)], next: 'second' }
    const { run, peer } = await cli.signedIn({
      'GET /v1/tenants': ({ query }) => ({ body: query.get('cursor') ? data.page([data.tenantRow(2)]) : first }),
    })
    const { stdout } = await run('tenants', 'list', '--all', '--json')
    expect(JSON.parse(stdout)).toEqual([data.tenantRow(1), data.tenantRow(2)])
    expect(peer.requests.at(-1)?.query.toString()).toBe('limit=500&cursor=second')
  })

  it('a name cannot write control characters to the terminal', async () => {
    const row = { ...data.tenantRow(1), name: 'a\u001b[2Jb' }
    const { run } = await cli.signedIn({ 'GET /v1/tenants': { body: data.page([row]) } })
    expect((await run('tenants', 'list')).stdout).toContain('a [2Jb')
  })
})

describe('tenants create', () => {
  const required = ['--name', 'New', '--parent', data.id(1), '--level', 'end_customer', '--country', 'de']

  it('201: sends what was given and nothing else', async () => {
    const { run, peer } = await cli.signedIn({ 'POST /v1/tenants': { status: 201, body: data.tenant } })
    const result = await run('tenants', 'create', ...required)
    expect(result.stdout).toBe(`Created end_customer New, stored in germany: ${data.id(9)}\n`)
    expect(peer.requests.at(-1)?.body).toEqual({
      name: 'New',
      parent_id: data.id(1),
      level: 'end_customer',
      device_country: 'DE',
    })
  })

  it('201: sends each option under its name in the API', async () => {
    const { run, peer } = await cli.signedIn({ 'POST /v1/tenants': { status: 201, body: data.tenant } })
    const words = ['--location', 'france', '--service-type', 'all_inclusive', '--provides', 'software_only', '--trial']
    const more = ['--usage-space', '50', '--external-id', 'x1', '--legal-name', 'New GmbH', '--company-country', 'AT']
    await run('tenants', 'create', ...required, ...words, ...more, '--email-reports', '--welcome-mail')
    expect(peer.requests.at(-1)?.body).toMatchObject({
      storage_location: 'france',
      service_type: 'all_inclusive',
      provided_service_types: ['software_only'],
      in_trial: true,
      usage_space_gb: '50',
      external_id: 'x1',
      email_reports: true,
      send_welcome_mail: true,
      company: { legal_name: 'New GmbH', country: 'AT' },
    })
  })

  it('409 tenant_name_taken: one line with advice', async () => {
    const { run } = await cli.signedIn({ 'POST /v1/tenants': problem(409, 'tenant_name_taken') })
    expect(await run('tenants', 'create', ...required)).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'tenantree: Title of tenant_name_taken (tenant_name_taken). Choose another --name.\n',
    })
  })

  it('422 invalid_request: names the fields', async () => {
    const errors = [{ pointer: '/name', code: 'too_small', detail: 'must not be blank' }]
    const { run } = await cli.signedIn({ 'POST /v1/tenants': problem(422, 'invalid_request', { errors }) })
    const { stderr } = await run('tenants', 'create', ...required)
    expect(stderr).toBe('tenantree: Title of invalid_request: name must not be blank (invalid_request)\n')
  })
})

describe('devices list and usage', () => {
  it('200: devices by tenant and state', async () => {
    const { run, peer } = await cli.signedIn({ 'GET /v1/devices': { body: data.page([data.device]) } })
    const { stdout } = await run('devices', 'list', '--tenant', data.id(1), '--state', 'active')
    expect(stdout).toContain('amber-ws-1')
    expect(peer.requests.at(-1)?.query.toString()).toBe(`tenant_id=${data.id(1)}&state=active&limit=101`)
  })

  it('200: usage of a month with its totals', async () => {
    const { run, peer } = await cli.signedIn({
      'GET /v1/usage': { body: data.page([data.usageUnit]) },
      'GET /v1/usage/totals': { body: data.page([data.usageTotal]) },
    })
    const { stdout } = await run('usage', '--month', '2027-01', '--tenant', data.id(1))
    expect(stdout).toContain(
      'Amber     -     amber-ws-1  Backup Basic            2             2      1  -     standalone_device',
    )
    expect(stdout).toContain('Backup Basic: 1 units of 1 devices at 1 customers, 0 devices in trial')
    expect(peer.requests.at(-1)?.query.toString()).toBe(`month=2027-01&tenant_id=${data.id(1)}`)
  })

  it('200: usage --json prints the rows only', async () => {
    const { run } = await cli.signedIn({ 'GET /v1/usage': { body: data.page([data.usageUnit]) } })
    expect(JSON.parse((await run('usage', '--json')).stdout)).toEqual([data.usageUnit])
  })
})

describe('words', () => {
  it.each([
    [['tenantz'], "tenantree: unknown command 'tenantz' (Did you mean tenants?)\n"],
    [['tenants', 'list', '--level', 'king'], "tenantree: option '--level <level>' argument 'king' is invalid"],
    [['tenants', 'list', '--limit', '0'], 'It has to be a whole number from 1.\n'],
    [['tenants', 'create', '--name', 'x'], "tenantree: required option '--parent <id>' not specified\n"],
    [['whoami', '--server', 'localhost:1'], 'tenantree: localhost:1 is not the address of a server'],
    [['whoami'], 'tenantree: you are not signed in to http://localhost:8080; run tenantree login'],
  ])('%j: one line and exit code 1', async (words, line) => {
    const result = await cli.run(...words)
    expect(result).toEqual({ exitCode: 1, stdout: '', stderr: expect.stringContaining(line) })
    expect(result.stderr.split('\n')).toHaveLength(2)
  })

  it('a server that is down: one line and exit code 1', async () => {
    const { run, peer } = await cli.signedIn({})
    await peer[Symbol.asyncDispose]()
    const { exitCode, stderr } = await run('whoami')
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/^tenantree: http.* cannot be reached: connect ECONNREFUSED .*\. Check --server; .*\n$/)
  })
})

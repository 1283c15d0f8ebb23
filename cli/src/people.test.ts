import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { problem } from '../../sdk/test/peer.ts'
import { openCli } from '../test/cli.ts'
import { id, me, page } from '../test/data.ts'

let cli: Awaited<ReturnType<typeof openCli>>
beforeEach(async () => {
  cli = await openCli()
  return () => cli.close()
})
const tokens = () => JSON.parse(readFileSync(join(cli.home, 'tenantree', 'credentials.json'), 'utf8')).tokens

const user = {
  id: id(50),
  tenant_id: id(1),
  tenant_name: 'Kiez IT',
  email: 'rita@kiez.example',
  name: 'Rita',
  role: 'manager',
  may_purchase: true,
  security_officer: false,
  support: false,
  second_factor: false,
  state: 'active',
  created_at: '2027-01-01T00:00:00Z',
  version: 1,
}
const apiKey = {
  id: id(90),
  tenant_id: id(1),
  tenant_name: 'Kiez IT',
  name: 'Sync',
  hint: 'ttk_abcd',
  role: 'manager',
  scopes: ['tenants.create'],
  created_by: 'Rita',
  created_at: '2027-01-01T00:00:00Z',
  expires_at: '2027-04-01T00:00:00Z',
  expired: false,
}

describe('users', () => {
  it('200: lists those of a tenant', async () => {
    const { run, peer } = await cli.signedIn({ 'GET /v1/users': { body: page([user]) } })
    expect((await run('users', 'list', '--tenant', id(1))).stdout).toContain('rita@kiez.example  Kiez IT  manager  yes')
    expect(peer.requests.at(-1)?.query.get('tenant_id')).toBe(id(1))
  })
  it('201: invites, and shows the link once', async () => {
    const link = 'http://x.example/sign-in/link?token=ttl_1'
    const body = { user, sign_in_url: link, sign_in_expires_at: '2027-01-08T00:00:00Z' }
    const { run, peer } = await cli.signedIn({ 'POST /v1/users': { status: 201, body } })
    const words = ['--tenant', id(1), '--email', user.email, '--name', 'Rita', '--role', 'manager']
    expect((await run('users', 'invite', ...words)).stdout).toContain(link)
    expect(peer.requests.at(-1)?.body).toEqual({ tenant_id: id(1), email: user.email, name: 'Rita', role: 'manager' })
  })
  it('409 last_superuser: one line with advice', async () => {
    const { run } = await cli.signedIn({ [`DELETE /v1/users/${id(50)}`]: problem(409, 'last_superuser') })
    expect((await run('users', 'remove', id(50))).stderr).toContain('Make someone else a superuser first.')
  })
})

describe('API keys', () => {
  it('201: prints the key alone on standard output', async () => {
    const made = { status: 201, body: { api_key: apiKey, secret: 'ttk_abcdef' } }
    const { run, peer } = await cli.signedIn({ 'POST /v1/api-keys': made })
    const words = ['--tenant', id(1), '--name', 'Sync', '--role', 'manager', '--may', 'tenants.create', '--days', '30']
    const { stdout, stderr } = await run('api-keys', 'create', ...words)
    expect(stdout).toBe('ttk_abcdef\n')
    expect(stderr).toContain('never again')
    expect(peer.requests.at(-1)?.body).toMatchObject({ scopes: ['tenants.create'], expires_in_days: 30 })
    expect((await run('api-keys', 'create', ...words.slice(0, -1), '366')).stderr).toContain('1 to 365 days')
  })
  it('200 and 204: lists and revokes', async () => {
    const { run } = await cli.signedIn({
      'GET /v1/api-keys': { body: page([apiKey]) },
      [`DELETE /v1/api-keys/${id(90)}`]: { status: 204 },
    })
    expect((await run('api-keys', 'list')).stdout).toContain('ttk_abcd...')
    expect((await run('api-keys', 'revoke', id(90))).stdout).toBe(`Revoked ${id(90)}.\n`)
  })
  it('200: login --key-stdin keeps the key; whoami and logout know that it is one', async () => {
    const peer = await cli.serve({ 'GET /v1/api-keys/current': { body: apiKey } })
    const { stdout } = await cli.runWith('ttk_abcdef\n', ['login', '--server', peer.url, '--key-stdin'])
    expect(stdout).toBe(`Signed in to ${peer.url} with the key Sync of Kiez IT.\n`)
    expect(tokens()).toEqual({ [peer.url]: 'ttk_abcdef' })
    expect((await cli.run('whoami')).stdout).toContain('Sync (ttk_abcd...)')
    expect((await cli.run('logout')).stderr).toBe('')
    expect(peer.requests.some(({ path }) => path === '/v1/sessions/current')).toBe(false)
    const { stderr } = await cli.runWith('secret\n', ['login', '--server', peer.url, '--key-stdin'])
    expect(stderr).toContain('it begins with ttk_')
  })
})

describe('login with a second factor', () => {
  const asked = problem(401, 'second_factor_required', { params: { challenge: 'ttc_1' } })
  const words = (url: string) => ['login', '--server', url, '--email', me.user.email, '--password-stdin']
  it('201: --code answers the challenge', async () => {
    const session = { status: 201, headers: { 'set-cookie': 'tenantree_session=tts_2; Path=/' }, body: me }
    const peer = await cli.serve({ 'POST /v1/sessions': asked, 'POST /v1/sessions/code': session })
    expect((await cli.runWith('p\n', [...words(peer.url), '--code', '123456'])).exitCode).toBe(0)
    expect(peer.requests.at(-1)?.body).toEqual({ challenge: 'ttc_1', code: '123456' })
    expect(tokens()).toEqual({ [peer.url]: 'tts_2' })
  })
  it('without a terminal and without --code: says what to give', async () => {
    const peer = await cli.serve({ 'POST /v1/sessions': asked })
    const { stderr } = await cli.runWith('p\n', words(peer.url))
    expect(stderr).toBe('tenantree: give the code of your second factor with --code\n')
  })
})

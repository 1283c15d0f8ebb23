import type { Access, DueRecord, Retention } from '@tenantree/sdk'
import { beforeEach, expect, it } from 'vitest'
import { problem } from '../../sdk/test/peer.ts'
import { openCli } from '../test/cli.ts'
import { id, page } from '../test/data.ts'

let cli: Awaited<ReturnType<typeof openCli>>
beforeEach(async () => {
  cli = await openCli()
  return () => cli.close()
})

const row: Retention = {
  kind: 'ended_devices',
  title: 'Uninstalled and deleted devices',
  erases: 'The device.',
  kept_for: { count: 90, unit: 'days' },
  default: { count: 90, unit: 'days' },
  at_least: { count: 1, unit: 'days' },
  due: [{ on: '2027-04-06', count: 3 }],
  due_count: 3,
  version: 4,
}
const tenant = { id: id(2), name: 'Amber', level: 'reseller' } as const

it('200: retention list shows how long and what goes when; of one tenant if asked', async () => {
  const { run, peer } = await cli.signedIn({
    'GET /v1/retention': { body: page([row]) },
    [`GET /v1/tenants/${id(2)}/retention`]: { body: page([{ ...row, due: [], due_count: 0 }]) },
  })
  expect((await run('retention', 'list')).stdout).toMatch(/ended_devices .*90 days +3 +2027-04-06/)
  expect((await run('retention', 'list', '--tenant', id(2))).stdout).toMatch(/90 days +0/)
  expect(peer.requests.at(-1)?.path).toBe(`/v1/tenants/${id(2)}/retention`)
})

it('200: retention due lists the records of a kind', async () => {
  const due: DueRecord = { id: id(7), tenant, name: 'PC-7', since: '2027-01-05T10:00:00.000Z', goes_on: '2027-04-06' }
  const { run, peer } = await cli.signedIn({ 'GET /v1/retention/ended_devices': { body: page([due]) } })
  const { stdout } = await run('retention', 'due', 'ended_devices', '--tenant', id(2), '--limit', '5')
  expect(stdout).toMatch(/2027-04-06 +PC-7 +Amber/)
  expect(peer.requests.at(-1)?.query.toString()).toBe(`tenant_id=${id(2)}&limit=6`)
})

it('200: retention set sends the version that it has read', async () => {
  const { run, peer } = await cli.signedIn({
    'GET /v1/retention': { body: page([row]) },
    'PUT /v1/retention/ended_devices': { body: { ...row, kept_for: { count: 60, unit: 'days' } } },
  })
  expect((await run('retention', 'set', 'ended_devices', '--keep', '60')).stdout).toContain('kept for 60 days')
  expect(peer.requests.at(-1)).toMatchObject({ headers: { 'if-match': '"4"' }, body: { count: 60 } })
  expect((await run('retention', 'set', 'nothing', '--keep', '60')).stderr).toContain('there is no kind nothing')
  expect((await run('retention', 'set', 'ended_devices', '--keep', '0')).exitCode).toBe(1)
})

it('422 kept_too_short: one line on stderr', async () => {
  const { run } = await cli.signedIn({
    'GET /v1/retention': { body: page([row]) },
    'PUT /v1/retention/ended_devices': problem(422, 'kept_too_short'),
  })
  const { exitCode, stderr } = await run('retention', 'set', 'ended_devices', '--keep', '1')
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('(kept_too_short)') })
})

it('200: access-log lists who came in, and who was refused', async () => {
  const access: Access = {
    id: id(8),
    at: '2027-01-05T10:00:00.000Z',
    tenant,
    actor: { kind: 'user', id: id(9), name: 'Ada' },
    how: 'password',
    refused: true,
    address: '192.0.2.7',
    user_agent: '',
  }
  const { run, peer } = await cli.signedIn({ 'GET /v1/access-log': { body: page([access]) } })
  expect((await run('access-log', '--actor', id(9))).stdout).toMatch(/Ada +Amber +password +refused +192\.0\.2\.7/)
  expect(peer.requests.at(-1)?.query.get('actor_id')).toBe(id(9))
})

import { beforeEach, expect, it } from 'vitest'
import { problem } from '../../sdk/test/peer.ts'
import { openCli } from '../test/cli.ts'
import * as data from '../test/data.ts'

let cli: Awaited<ReturnType<typeof openCli>>
beforeEach(async () => {
  cli = await openCli()
  return () => cli.close()
})

const license = {
  id: data.id(80),
  offer: { id: data.id(60), product: 'Backup', edition: 'Server' },
  kind: 'commercial',
  state: 'assigned',
  company: { id: data.id(2), name: 'Amber', level: 'end_customer' },
  holder: { kind: 'device', id: data.id(70), name: 'amber-ws-1', tenant_id: data.id(2), tenant_name: 'Amber' },
  valid_until: '2027-06-30',
  next_renewal: null,
  pool: { id: data.id(1), name: 'Kiez IT' },
}

it('200: licenses list sends the filters and shows who has what', async () => {
  const { run, peer } = await cli.signedIn({ 'GET /v1/licenses': { body: data.page([license]) } })
  const { stdout, exitCode } = await run('licenses', 'list', '--tenant', data.id(2), '--unused', '--kind', 'commercial')
  expect([exitCode, stdout]).toEqual([
    0,
    expect.stringMatching(/Backup Server +commercial +assigned +Amber +amber-ws-1 +2027-06-30/),
  ])
  const sent = Object.fromEntries(peer.requests.at(-1)?.query ?? [])
  expect(sent).toEqual({ tenant_id: data.id(2), kind: 'commercial', validity: 'all', use: 'unused', limit: '101' })
  expect((await run('licenses', 'list', '--used', '--unused')).exitCode).toBe(1)
})

it('200: licenses assign takes a free one or the one that is named', async () => {
  const { run, peer } = await cli.signedIn({
    'POST /v1/licenses/assign': { body: license },
    [`POST /v1/licenses/${data.id(80)}/assign`]: { body: license },
  })
  const to = `device:${data.id(70)}`
  const taken = await run('licenses', 'assign', '--to', to, '--product', 'Backup')
  expect(taken).toEqual({ exitCode: 0, stdout: 'amber-ws-1 has a license of Backup Server.\n', stderr: '' })
  const holder = { holder_kind: 'device', holder_id: data.id(70) }
  expect(peer.requests.at(-1)?.body).toEqual({ ...holder, product: 'Backup' })
  await run('licenses', 'assign', '--to', to, '--license', data.id(80))
  expect(peer.requests.at(-1)?.body).toEqual(holder)
  for (const words of [
    ['--to', to],
    ['--to', 'printer:1', '--product', 'Backup'],
  ])
    expect((await run('licenses', 'assign', ...words)).exitCode).toBe(1)
})

it('409 insufficient_unassigned: says what to do', async () => {
  const { run } = await cli.signedIn({ 'POST /v1/licenses/assign': problem(409, 'insufficient_unassigned') })
  const { stderr, exitCode } = await run('licenses', 'assign', '--to', `device:${data.id(70)}`, '--offer', data.id(60))
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining('tenantree licenses pool shows what there is')])
})

it('200: release and move name licenses, or so many of a type', async () => {
  const { run, peer } = await cli.signedIn({
    'POST /v1/licenses/actions': { body: { changed: 2 } },
    'POST /v1/licenses/move': { body: { changed: 3 } },
  })
  expect((await run('licenses', 'release', data.id(80), data.id(81))).stdout).toBe('Released: 2.\n')
  expect(peer.requests.at(-1)?.body).toEqual({ action: 'release', ids: [data.id(80), data.id(81)] })
  const some = ['--from', data.id(1), '--offer', data.id(60), '--count', '3']
  expect((await run('licenses', 'move', '--to', data.id(2), ...some)).stdout).toBe('Moved: 3.\n')
  const body = { pool_id: data.id(2), from_pool_id: data.id(1), offer_id: data.id(60), quantity: 3 }
  expect(peer.requests.at(-1)?.body).toEqual(body)
  expect((await run('licenses', 'move', '--to', data.id(2), '--count', 'three')).exitCode).toBe(1)
})

it('200: licenses pool shows the numbers', async () => {
  const row = {
    offer: license.offer,
    total: 7,
    assigned: 4,
    unassigned: 3,
    set_aside: 1,
    trial: 0,
    pending_cancel: 0,
    expiring: 2,
  }
  const path = `GET /v1/tenants/${data.id(1)}/pool`
  const { run } = await cli.signedIn({
    [path]: { body: { tenant_id: data.id(1), numbers: [], rows: [row], set_aside: [] } },
  })
  expect((await run('licenses', 'pool', data.id(1))).stdout).toMatch(/Backup Server +7 +4 +3 +1 +0 +2/)
})

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import { problem } from '../../sdk/test/peer.ts'
import { openCli } from '../test/cli.ts'
import * as data from '../test/data.ts'

let cli: Awaited<ReturnType<typeof openCli>>
beforeEach(async () => {
  cli = await openCli()
  return () => cli.close()
})

const path = `/v1/tenants/${data.id(9)}`
const tenant = {
  ...data.tenant,
  state: 'inactive',
  purge_at: '2027-02-04T10:00:00.000Z',
  ancestors: [{ name: 'Havel' }],
}

it.each([
  ['inactivate', 'New is inactive, with everything below it.\n'],
  ['reactivate', 'New is back: inactive.\n'],
  ['restore', 'New is back, inactive. tenantree tenants reactivate lets it in again.\n'],
])('200: tenants %s', async (name, stdout) => {
  const { run } = await cli.signedIn({ [`POST ${path}/${name}`]: { body: tenant } })
  expect(await run('tenants', name, data.id(9))).toEqual({ exitCode: 0, stdout, stderr: '' })
})

it('200: tenants delete sends the name that was typed again', async () => {
  const { run, peer } = await cli.signedIn({ [`POST ${path}/delete`]: { body: tenant } })
  const { stdout } = await run('tenants', 'delete', data.id(9), '--confirm', 'New', '--with-everything-below')
  expect(stdout).toBe('New is deleted; it can be restored until 2027-02-04T10:00:00.000Z.\n')
  expect(peer.requests.at(-1)?.body).toEqual({ confirm_name: 'New', with_everything_below: true })
  expect((await run('tenants', 'delete', data.id(9))).exitCode).toBe(1)
})

it('200: tenants move; a dry run that would be refused fails', async () => {
  const preview = {
    allowed: false,
    findings: [{ code: 'offer_not_offered', detail: 'Spree may not sell Backup.', refuses: true }],
    tenant_count: 2,
    device_count: 1,
    losing_sight: [{ id: data.id(1), name: 'Havel', level: 'reseller' }],
    gaining_sight: [],
  }
  const { run, peer } = await cli.signedIn({
    [`POST ${path}/move`]: { body: tenant },
    [`POST ${path}/move-preview`]: { body: preview },
  })
  expect((await run('tenants', 'move', data.id(9), '--to', data.id(3))).stdout).toBe('New is now under Havel.\n')
  expect(peer.requests.at(-1)?.body).toEqual({ parent_id: data.id(3), allow_unlicensed: false })
  const tried = await run('tenants', 'move', data.id(9), '--to', data.id(3), '--dry-run')
  expect(tried.stdout).toBe(
    'No: Spree may not sell Backup.\nTenants that would go: 2, devices: 1.\nNo longer seen by Havel.\n',
  )
  expect([tried.exitCode, tried.stderr]).toEqual([1, 'tenantree: the move would be refused; choose another --to\n'])
})

it('200: tenants import and export; 422 names the rows', async () => {
  const csv = 'name,level,device_country\nA,site,DE\n'
  const file = join(cli.home, 'tenants.csv')
  writeFileSync(file, csv)
  const { run, peer } = await cli.signedIn({
    'POST /v1/tenants/import': ({ body }) =>
      (body as { dry_run: boolean }).dry_run
        ? { body: { dry_run: true, rows: 1 } }
        : problem(422, 'import_refused', { errors: [{ pointer: '/rows/2/level', code: 'x', detail: 'is wrong' }] }),
  })
  expect((await run('tenants', 'import', file, '--dry-run')).stdout).toBe('1 tenants can be created.\n')
  expect(peer.requests.at(-1)?.body).toEqual({ csv, dry_run: true })
  const refused = await run('tenants', 'import', file)
  expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringContaining('rows/2/level is wrong')])
  expect(readFileSync(file, 'utf8')).toBe(csv)
  expect((await run('tenants', 'import', 'missing.csv')).stderr).toContain('cannot read')
})

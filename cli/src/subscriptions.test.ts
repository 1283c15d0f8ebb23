import { beforeEach, expect, it } from 'vitest'
import { openCli } from '../test/cli.ts'
import * as data from '../test/data.ts'

let cli: Awaited<ReturnType<typeof openCli>>
beforeEach(async () => {
  cli = await openCli()
  return () => cli.close()
})

const [id, tenantId] = [data.id(7), data.id(9)]
const offer = { id: data.id(8), product: 'Backup', edition: 'Server' }
const subscription = {
  id,
  tenant_name: 'Havel',
  offer,
  state: 'in_trial',
  started_on: '2027-01-05',
  trial: { ends_at: '2027-02-05T00:00:00.000Z', end_policy: 'convert' },
  ended_on: null,
}

it('200: subscriptions list, add with a trial, activate, end', async () => {
  const { run, peer } = await cli.signedIn({
    'GET /v1/subscriptions': { body: { data: [subscription], next: null } },
    'POST /v1/subscriptions': { status: 201, body: subscription },
    [`PUT /v1/subscriptions/${id}/state`]: { body: { ...subscription, state: 'ended' } },
  })
  expect((await run('subscriptions', 'list')).stdout).toContain('Backup Server')
  const added = await run('subscriptions', 'add', '--tenant', tenantId, '--offer', offer.id, '--trial')
  expect(added.stdout).toBe(`Backup Server of Havel: in_trial (${id}).\n`)
  expect(peer.requests.at(-1)?.body).toEqual({ tenant_id: tenantId, offer_id: offer.id, in_trial: true })
  expect((await run('subscriptions', 'end', id)).stdout).toContain('ended')
  expect(peer.requests.at(-1)?.body).toEqual({ state: 'ended' })
  await run('subscriptions', 'activate', id)
  expect(peer.requests.at(-1)?.body).toEqual({ state: 'active' })
})

it('200: trials list, start, start-production, switch-to-paid', async () => {
  const trial = {
    kind: 'device',
    id,
    name: 'HOST',
    tenant_name: 'Havel',
    offer,
    ends_at: '2027-02-05T00:00:00.000Z',
    at_end: 'deactivate',
  }
  const { run, peer } = await cli.signedIn({
    'GET /v1/trials': { body: { data: [trial], next: null } },
    [`POST /v1/devices/${id}/trial`]: { status: 201, body: { ends_at: trial.ends_at } },
    [`POST /v1/devices/${id}/switch-to-paid`]: { body: { device_id: id, trial: null } },
    [`POST /v1/tenants/${tenantId}/start-production`]: { body: { name: 'Havel' } },
  })
  expect((await run('trials', 'list', '--kind', 'device', '--within-days', '7')).stdout).toContain('deactivate')
  expect(peer.requests.at(-1)?.query.get('within_days')).toBe('7')
  expect((await run('trials', 'start', '--device', id, '--offer', offer.id)).stdout).toBe(
    `The trial runs until ${trial.ends_at}.\n`,
  )
  expect((await run('trials', 'switch-to-paid', id)).stdout).toBe('The device never was in trial.\n')
  expect((await run('trials', 'start-production', tenantId)).stdout).toBe('Havel is in production; today is charged.\n')
})

it('200: file-policies list, add, remove', async () => {
  const policy = {
    id,
    position: 1,
    direction: 'upload',
    web_sites: ['*.example.com'],
    mime_types: ['*/*'],
    action: 'sandbox',
    is_applied: false,
    missing_features: ['sandbox'],
  }
  const path = `/v1/tenants/${tenantId}/file-policies`
  const { run, peer } = await cli.signedIn({
    [`GET ${path}`]: { body: { data: [policy], next: null } },
    [`POST ${path}`]: { status: 201, body: policy },
    [`DELETE /v1/file-policies/${id}`]: { status: 204 },
  })
  expect((await run('file-policies', 'list', '--tenant', tenantId)).stdout).toContain('no, without sandbox')
  const added = await run(
    'file-policies',
    'add',
    '--tenant',
    tenantId,
    '--direction',
    'upload',
    '--action',
    'block',
    '--sites',
    'a.test',
    'b.test',
  )
  expect(added.stdout).toBe(`Added as number 1 (${id}).\n`)
  expect(peer.requests.at(-1)?.body).toEqual({
    direction: 'upload',
    action: 'block',
    web_sites: ['a.test', 'b.test'],
    mime_types: ['*/*'],
  })
  expect((await run('file-policies', 'remove', id)).stdout).toBe('It is removed.\n')
})

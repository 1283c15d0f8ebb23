import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as given from '../../../test/given.ts'
import { auditOf, query, refusal, writesNothing } from '../../../test/state.ts'
import { type Client, openWorld, type World } from '../../../test/world.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

const provider = { issuer: 'https://login.example.com', clientId: 'console', clientSecret: 'a secret of the client' }
const settingOf = (from: typeof provider, fields = {}) => ({
  issuer: from.issuer,
  client_id: from.clientId,
  client_secret: from.clientSecret,
  covers_below: false,
  ...fields,
})
const setProvider = (tenantId: string, fields = {}, as = world.vendor) =>
  as.put(`/v1/tenants/${tenantId}/identity-provider`, settingOf(provider, fields))
const askFor = (tenantId: string, policy: Record<string, boolean>, as = world.vendor) =>
  as.put(`/v1/tenants/${tenantId}/sign-in-policy`, { require_second_factor: false, ...policy })

async function organization() {
  const tenant = await given.tenant(world.vendor, world.vendorId, { level: 'reseller' })
  given.expectOk(await setProvider(tenant.id))
  return { id: tenant.id as string }
}

describe('setting the provider', () => {
  const path = (tenantId: string) => `/v1/tenants/${tenantId}/identity-provider`

  it('200: the secret is sealed, never shown, and in no audit entry', async () => {
    const { id } = await organization()
    const { body } = await world.vendor.get(path(id))
    expect(body).toEqual({
      provider: {
        issuer: provider.issuer,
        client_id: provider.clientId,
        covers_below: false,
        updated_at: expect.any(String),
      },
      redirect_uri: `${world.url}/sign-in/callback`,
    })
    const [row] = await query(world, 'select * from identity_providers where tenant_id = $1', [id])
    expect(row?.client_secret).toMatch(/^v1\./)
    expect(JSON.stringify([row, body, await auditOf(world, id)])).not.toContain(provider.clientSecret)
  })

  it('422: the stored secret is kept for the same issuer and client only: it is told to nobody else', async () => {
    const { id } = await organization()
    const put = (fields: Record<string, unknown>) =>
      world.vendor.put(path(id), { ...settingOf(provider), client_secret: undefined, ...fields })
    const stored = () => query(world, 'select client_secret from identity_providers where tenant_id = $1', [id])
    const before = await stored()
    expect((await put({ covers_below: true })).body.provider.covers_below).toBe(true)
    expect(await stored()).toEqual(before)
    for (const fields of [{ issuer: 'https://login.evil.example' }, { client_id: 'another' }]) {
      const answer = await writesNothing(world, () => put(fields))
      expect([refusal(answer), answer.body.errors[0].pointer]).toEqual(['422 invalid_request', '/client_secret'])
    }
  })

  it.each([
    'http://login.example.com',
    'http://10.0.0.1',
    'https://10.0.0.1',
    'https://[::ffff:192.168.0.1]',
    'https://169.254.169.254',
    'https://user:secret@login.example.com',
  ])('422 issuer_refused: %s', async (issuer) => {
    const { id } = await organization()
    expect(refusal(await writesNothing(world, () => setProvider(id, { issuer })))).toBe('422 issuer_refused')
  })

  it('422: an issuer is https or http, without query and fragment', async () => {
    const { id } = await organization()
    for (const issuer of ['ftp://login.example.com', 'https://a.example/?b', 'https://a.example/#c', 'nothing'])
      expect(refusal(await setProvider(id, { issuer })), issuer).toBe('422 invalid_request')
  })

  it('403 for all but superusers, 404 for a tenant of another branch', async () => {
    const [a, b] = [await given.channel(world), await given.channel(world)]
    const administrator = await given.user(world, a.reseller.as, a.reseller.id, 'administrator')
    const tries: ((as: Client, id: string) => ReturnType<Client['get']>)[] = [
      (as, id) => setProvider(id, {}, as),
      (as, id) => as.delete(path(id)),
      (as, id) => as.post(`${path(id)}/check`),
    ]
    for (const act of tries) {
      expect(refusal(await act(administrator, a.reseller.id))).toBe('403 not_allowed')
      expect(refusal(await writesNothing(world, () => act(a.reseller.as, b.reseller.id)))).toBe('404 not_found')
    }
    expect(refusal(await a.reseller.as.get(path(a.subDistributor.id)))).toBe('404 not_found')
    given.expectOk(await setProvider(a.reseller.id, {}, a.reseller.as))
    expect(refusal(await askFor(a.reseller.id, { require_single_sign_on: true }, administrator))).toBe(
      '403 not_allowed',
    )
    expect((await askFor(a.reseller.id, { require_second_factor: false }, administrator)).status).toBe(200)
    const customer = await a.customer.as.get(`/v1/tenants/${a.customer.id}/sign-in-policy`)
    expect(customer.body).toMatchObject({ single_sign_on_provided: false })
  })
})

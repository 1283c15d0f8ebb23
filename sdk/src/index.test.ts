import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { problem, startPeer } from '../test/peer.ts'
import { ConnectionError, createTenantree, ProblemError } from './index.ts'

const tenant = { id: '0198c0de-0000-7000-8000-000000000001', name: 'Kiez IT' }

describe('createTenantree', () => {
  it('binds each operation of openapi.json', () => {
    const text = readFileSync(new URL('../../contract/openapi.json', import.meta.url), 'utf8')
    const names = [...text.matchAll(/"operationId": "(\w+)"/g)].map((match) => match[1])
    expect(names.length).toBeGreaterThan(40)
    expect(Object.keys(createTenantree({ baseUrl: 'http://localhost' })).sort()).toEqual(names.sort())
  })

  it('200: gives the data itself and sends the token', async () => {
    await using peer = await startPeer({ [`GET /v1/tenants/${tenant.id}`]: { body: tenant } })
    const api = createTenantree({ baseUrl: `${peer.url}/`, token: 'tts_1' })
    expect(await api.getTenant({ path: { id: tenant.id } })).toEqual(tenant)
    expect(peer.requests[0]?.headers.authorization).toBe('Bearer tts_1')
  })

  it('200: without a token sends none', async () => {
    await using peer = await startPeer({ 'GET /v1/instance': { body: {} } })
    await createTenantree({ baseUrl: peer.url }).getInstance()
    expect(peer.requests[0]?.headers).not.toHaveProperty('authorization')
  })

  it('200: leaves out a filter that is undefined', async () => {
    await using peer = await startPeer({ 'GET /v1/tenants': { body: { data: [], next: null } } })
    await createTenantree({ baseUrl: peer.url }).listTenants({ query: { level: undefined, q: 'a&b' } })
    expect([...(peer.requests[0]?.query ?? [])]).toEqual([['q', 'a&b']])
  })

  it('200: gives a file as a Blob', async () => {
    const answer = { headers: { 'content-type': 'application/pdf' }, body: Buffer.from('%PDF-1.7') }
    await using peer = await startPeer({ [`GET /v1/invoices/${tenant.id}/pdf`]: answer })
    const file = await createTenantree({ baseUrl: peer.url }).downloadInvoicePdf({ path: { id: tenant.id } })
    expect(await file.text()).toBe('%PDF-1.7')
  })

  it('412 stale_version: sends the headers and the body', async () => {
    const path = `/v1/tenants/${tenant.id}`
    await using peer = await startPeer({ [`PATCH ${path}`]: problem(412, 'stale_version') })
    const api = createTenantree({ baseUrl: peer.url })
    const change = api.updateTenant({ path: { id: tenant.id }, headers: { 'if-match': '"7"' }, body: { name: 'New' } })
    await expect(change).rejects.toMatchObject({ code: 'stale_version' })
    expect(peer.requests).toMatchObject([{ headers: { 'if-match': '"7"' }, body: { name: 'New' } }])
  })

  it('204: succeeds', async () => {
    await using peer = await startPeer({ 'DELETE /v1/sessions/current': { status: 204 } })
    await createTenantree({ baseUrl: peer.url }).signOut()
    expect(peer.requests).toHaveLength(1)
  })
})

describe('failures', () => {
  it('422 invalid_request: throws all that the problem says', async () => {
    const errors = [{ pointer: '/name', code: 'too_small', detail: 'must not be blank' }]
    const answer = problem(422, 'invalid_request', { detail: 'One error', errors, params: { max: 3 } })
    await using peer = await startPeer({ 'GET /v1/me': answer })
    const failure = await createTenantree({ baseUrl: peer.url })
      .getMe()
      .catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(ProblemError)
    expect(failure).toMatchObject({
      message: 'Title of invalid_request: One error',
      code: 'invalid_request',
      status: 422,
      title: 'Title of invalid_request',
      detail: 'One error',
      errors,
      params: { max: 3 },
      requestId: 'request-1',
    })
  })

  it.each([
    ['a page of another server', { headers: { 'content-type': 'text/html' }, body: '<p>Hi' }, 'a web page'],
    ["a proxy's 502", { status: 502, headers: { 'content-type': 'text/html' }, body: '<p>Bad' }, 'answered 502'],
    ['an error of another form', { status: 400, body: { error: 'no' } }, 'answered 400'],
  ])('%s is a ConnectionError', async (_, answer, words) => {
    await using peer = await startPeer({ 'GET /v1/me': answer })
    const failure = await createTenantree({ baseUrl: peer.url })
      .getMe()
      .catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(ConnectionError)
    expect(String(failure)).toContain(words)
  })

  it('a server that is down is a ConnectionError that says why', async () => {
    const peer = await startPeer({})
    await peer[Symbol.asyncDispose]()
    const failure = await createTenantree({ baseUrl: peer.url, retries: 0 })
      .getMe()
      .catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(ConnectionError)
    expect(String(failure)).toContain(`${peer.url}/v1/me cannot be reached: connect ECONNREFUSED`)
  })

  it('an aborted request stays an AbortError', async () => {
    await using peer = await startPeer({ 'GET /v1/me': problem(503, 'unavailable') })
    const stop = new AbortController()
    const failure = createTenantree({ baseUrl: peer.url }).getMe({ signal: stop.signal })
    stop.abort()
    await expect(failure).rejects.toMatchObject({ name: 'AbortError' })
  })
})

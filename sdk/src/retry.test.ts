import { describe, expect, it } from 'vitest'
import { problem, startPeer } from '../test/peer.ts'
import { createTenantree } from './index.ts'

const busy = problem(503, 'unavailable')
const offer = { product: 'Backup', edition: 'Basic', unit: 'device', charge_model: 'active_use' } as const

describe('retries', () => {
  it('503, then 201: a POST is repeated under the same idempotency key', async () => {
    await using peer = await startPeer({ 'POST /v1/offers': [busy, { status: 201, body: { id: '1' } }] })
    await createTenantree({ baseUrl: peer.url }).createOffer({ body: offer })
    const keys = peer.requests.map((request) => request.headers['idempotency-key'])
    expect(keys).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/), keys[0]])
    expect(peer.requests[1]?.body).toEqual(offer)
  })

  it('201: each POST has a key of its own, and a given key is kept', async () => {
    await using peer = await startPeer({ 'POST /v1/offers': { status: 201, body: {} } })
    const api = createTenantree({ baseUrl: peer.url })
    await api.createOffer({ body: offer })
    await api.createOffer({ body: offer })
    await api.createOffer({ body: offer, headers: { 'idempotency-key': 'mine' } })
    const keys = peer.requests.map((request) => request.headers['idempotency-key'])
    expect(new Set(keys).size).toBe(3)
    expect(keys[2]).toBe('mine')
  })

  it('503 twice, then 200: the last allowed repeat succeeds', async () => {
    await using peer = await startPeer({ 'GET /v1/me': [busy, busy, { body: { ok: true } }] })
    expect(await createTenantree({ baseUrl: peer.url }).getMe()).toEqual({ ok: true })
  })

  it('503 three times: gives up', async () => {
    await using peer = await startPeer({ 'GET /v1/me': busy })
    await expect(createTenantree({ baseUrl: peer.url }).getMe()).rejects.toMatchObject({ code: 'unavailable' })
    expect(peer.requests).toHaveLength(3)
  })

  it('409 request_in_progress is repeated, another 409 is not', async () => {
    await using peer = await startPeer({
      'POST /v1/offers': [problem(409, 'request_in_progress'), problem(409, 'offer_exists'), { status: 201 }],
    })
    const create = createTenantree({ baseUrl: peer.url }).createOffer({ body: offer })
    await expect(create).rejects.toMatchObject({ code: 'offer_exists' })
    expect(peer.requests).toHaveLength(2)
  })

  it('a sign-in is sent once and without a key', async () => {
    await using peer = await startPeer({ 'POST /v1/sessions': busy })
    const signIn = createTenantree({ baseUrl: peer.url }).signIn({ body: { email: 'a@b.example', password: 'p' } })
    await expect(signIn).rejects.toMatchObject({ code: 'unavailable' })
    expect(peer.requests).toHaveLength(1)
    expect(peer.requests[0]?.headers).not.toHaveProperty('idempotency-key')
  })

  it('429 with a Retry-After beyond five seconds is not waited for', async () => {
    const later = problem(429, 'too_many_requests')
    await using peer = await startPeer({
      'GET /v1/me': { ...later, headers: { ...later.headers, 'retry-after': '6' } },
    })
    await expect(createTenantree({ baseUrl: peer.url }).getMe()).rejects.toMatchObject({ status: 429 })
    expect(peer.requests).toHaveLength(1)
  })

  it('a lost connection is repeated', async () => {
    await using peer = await startPeer({ 'GET /v1/me': { body: { ok: true } } })
    let lost = 0
    const flaky = (request: Request) => (lost++ === 0 ? fetch('http://127.0.0.1:1') : fetch(request))
    expect(await createTenantree({ baseUrl: peer.url, fetch: flaky }).getMe()).toEqual({ ok: true })
    expect(lost).toBe(2)
  })
})

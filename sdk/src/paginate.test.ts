import { expect, it } from 'vitest'
import { type PeerRequest, problem, startPeer } from '../test/peer.ts'
import { createTenantree, paginate } from './index.ts'

const pages: Record<string, { data: { name: string }[]; next: string | null }> = {
  first: { data: [{ name: 'a' }, { name: 'b' }], next: 'second' },
  second: { data: [], next: 'third' },
  third: { data: [{ name: 'c' }], next: null },
}
const answer = ({ query }: PeerRequest) => ({ body: pages[query.get('cursor') ?? 'first'] })

it('200: visits all pages, an empty one too, and keeps the filters', async () => {
  await using peer = await startPeer({ 'GET /v1/tenants': answer })
  const names = []
  for await (const row of paginate(createTenantree({ baseUrl: peer.url }).listTenants, { q: 'x' })) names.push(row.name)
  expect(names).toEqual(['a', 'b', 'c'])
  expect(peer.requests.map(({ query }) => query.toString())).toEqual(['q=x', 'q=x&cursor=second', 'q=x&cursor=third'])
})

it('200: asks for no page that nobody wants', async () => {
  await using peer = await startPeer({ 'GET /v1/tenants': answer })
  for await (const row of paginate(createTenantree({ baseUrl: peer.url }).listTenants, {})) if (row.name === 'b') break
  expect(peer.requests).toHaveLength(1)
})

it('401: a refused page ends with the problem', async () => {
  await using peer = await startPeer({ 'GET /v1/tenants': problem(401, 'unauthenticated') })
  const rows = paginate(createTenantree({ baseUrl: peer.url }).listTenants, {})
  await expect(rows.next()).rejects.toMatchObject({ code: 'unauthenticated' })
})

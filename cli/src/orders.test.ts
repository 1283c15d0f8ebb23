import { beforeEach, expect, it } from 'vitest'
import { problem } from '../../sdk/test/peer.ts'
import { openCli } from '../test/cli.ts'
import * as data from '../test/data.ts'

let cli: Awaited<ReturnType<typeof openCli>>
beforeEach(async () => {
  cli = await openCli()
  return () => cli.close()
})

const eur = (amount: string) => ({ amount, currency: 'EUR' })
const offer = { id: data.id(60), product: 'Backup', edition: 'Server' }
const line = {
  offer,
  term: { code: 'annual', name: '1 year', months: 12 },
  quantity: 5,
  unit_price: eur('14.90'),
  first: { from: '2027-11-25', to: '2027-11-30', days: 6, whole_days: 30 },
  first_amount: eur('14.90'),
  recurring: { from: '2027-12-01', until: '2028-10-31', amount: eur('74.50') },
}
const preview = {
  lines: [line],
  additions: [],
  totals: [eur('14.90')],
  payment_mode: 'monthly',
  terms: { required: true, version: 3 },
}
const order = {
  id: data.id(90),
  buyer: { id: data.id(2), name: 'Amber', level: 'reseller' },
  state: 'accepted',
  first_total: eur('14.90'),
  payment_failure: null,
  withdrawable_until: '2027-12-02T10:00:00.000Z',
}
const wanted = ['--buyer', data.id(2), '--line', `${data.id(60)}:annual:5`, '--mode', 'monthly']

it('200: orders preview shows the amounts and which terms to accept', async () => {
  const { run, peer } = await cli.signedIn({ 'POST /v1/orders/preview': { body: preview } })
  const { stdout, exitCode } = await run('orders', 'preview', ...wanted)
  expect([exitCode, stdout]).toEqual([
    0,
    expect.stringMatching(/Backup Server +1 year +5 +14\.90 EUR .*6\/30 +14\.90 EUR +74\.50 EUR/),
  ])
  expect(stdout).toContain('--accept-terms 3')
  expect(peer.requests.at(-1)?.body).toMatchObject({ lines: [{ offer_id: data.id(60), term: 'annual', quantity: 5 }] })
})

it('201: orders place sends terms and key; a refusal is exit code 1', async () => {
  const { run, peer } = await cli.signedIn({
    'POST /v1/orders': [{ status: 201, body: order }, problem(403, 'purchase_not_allowed')],
  })
  const placed = await run('orders', 'place', ...wanted, '--accept-terms', '3', '--key', 'k-1')
  expect([placed.exitCode, placed.stdout]).toEqual([0, expect.stringContaining('for Amber is accepted: 14.90 EUR now')])
  const sent = peer.requests.at(-1)
  expect([sent?.body, sent?.headers['idempotency-key']]).toMatchObject([
    { terms_version: 3, payment_mode: 'monthly' },
    'k-1',
  ])
  expect((await run('orders', 'place', ...wanted)).exitCode).toBe(1)
})

it('exit code 1: a line that is none, before anything is sent', async () => {
  const { run, peer } = await cli.signedIn({})
  const before = peer.requests.length
  for (const text of ['x', 'a:b:1.5', 'a:b:-1', 'a:b:1:2'])
    expect((await run('orders', 'preview', '--buyer', data.id(2), '--line', text)).exitCode).toBe(1)
  expect(peer.requests.length).toBe(before)
})

it('200: orders withdraw', async () => {
  const { run } = await cli.signedIn({
    [`POST /v1/orders/${data.id(90)}/withdraw`]: { body: { ...order, state: 'withdrawn', withdrawable_until: null } },
  })
  const { stdout, exitCode } = await run('orders', 'withdraw', data.id(90))
  expect([exitCode, stdout]).toEqual([0, expect.stringContaining('is withdrawn')])
})

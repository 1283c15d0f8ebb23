import { afterAll, beforeAll, expect, it } from 'vitest'
import { goneAddress, machine, movedClock } from '../test/given.ts'
import { type Answer, hangUp, html, installToken, type Peer, problem, startPeer } from '../test/peer.ts'
import { createAgent, enroll } from './agent.ts'
import type { AgentEvent } from './loop.ts'

let peer: Peer
beforeAll(async () => {
  peer = await startPeer()
})
afterAll(() => peer.close())

async function given(name: string, waits: number) {
  const { device_key } = await enroll({ server: peer.url, installToken, machine: machine(name) })
  const { clock, waited, signal } = movedClock(waits)
  const agent = createAgent({ server: peer.url, deviceKey: device_key, clock, random: () => 0.5 })
  const sent = () => peer.seen.filter(({ key }) => key === device_key)
  return { agent, clock, waited, signal, sent }
}
const tooMany =
  (retryAfter: string): Answer =>
  (response) =>
    void response.writeHead(429, { 'retry-after': retryAfter }).end()

it('a day of signals: each waits as long as the server said and up to a tenth more', async () => {
  const { agent, waited, signal, sent } = await given('day', 288)
  await agent.run(signal)
  expect(sent()).toHaveLength(288)
  expect(new Set(waited)).toEqual(new Set([315_000]))
})

it('a signal unanswered is sent again with growing waits; one answered is done', async () => {
  const { agent, waited, signal, sent } = await given('failing', 6)
  peer.script(hangUp, html(502), problem('unavailable'), html(200))
  const kinds: string[] = []
  await agent.run(signal, { report: ({ kind }: AgentEvent) => void kinds.push(kind) })
  expect(kinds).toEqual(['failed', 'failed', 'failed', 'failed', 'answered', 'answered'])
  expect(waited).toEqual([2500, 5000, 10_000, 20_000, 315_000, 315_000])
  expect(sent()).toHaveLength(6)
})

it('after an answer the waits begin anew', async () => {
  const { agent, waited, signal } = await given('again', 4)
  peer.script(hangUp, html(502))
  await agent.run(signal, { report: ({ kind }) => (kind === 'answered' ? peer.script(hangUp) : undefined) })
  expect(waited).toEqual([2500, 5000, 315_000, 2500])
})

it('429: Retry-After is honored, in seconds and as a date of the injected clock', async () => {
  const { agent, waited, signal } = await given('limited', 3)
  peer.script(tooMany('40'), tooMany('Sat, 01 Mar 2031 00:01:42 GMT'))
  await agent.run(signal)
  expect(waited).toEqual([42_000, 63_000, 315_000])
})

it('a server that is down for a week: never more than 15 minutes between two signals', async () => {
  const server = await goneAddress(startPeer)
  const { clock, waited, signal } = movedClock(30)
  await createAgent({ server, deviceKey: 'ttd_x', clock, random: () => 0.999 }).run(signal)
  expect(waited).toHaveLength(30)
  expect(Math.max(...waited)).toBe(899_100)
})

it.each([
  ['401 device_key_invalid', 'device_key_invalid'],
  ['403 device_refused', 'device_refused'],
])('%s ends the run after one signal', async (_what, code) => {
  const { agent, waited, signal, sent } = await given(code, 5)
  peer.script(problem(code))
  await expect(agent.run(signal)).rejects.toMatchObject({ code })
  expect([sent().length, waited.length]).toEqual([1, 0])
})

it('403 of a proxy is no refusal of the device: the next signal is counted', async () => {
  const { agent, waited, signal } = await given('proxy', 2)
  peer.script(html(403))
  await agent.run(signal)
  expect(waited).toEqual([2500, 315_000])
})

it('aborted while a signal is on its way: ends without an error and without another signal', async () => {
  const { agent, sent } = await given('stopped', 1)
  const stop = new AbortController()
  peer.script(() => stop.abort())
  await agent.run(stop.signal)
  expect(sent()).toHaveLength(1)
})

it('aborted in the wait of the system clock: ends at once', async () => {
  const { device_key } = await enroll({ server: peer.url, installToken, machine: machine('waiting') })
  const stop = new AbortController()
  const agent = createAgent({ server: peer.url, deviceKey: device_key })
  await agent.run(stop.signal, { report: () => queueMicrotask(() => stop.abort()) })
  expect(peer.seen.filter(({ key }) => key === device_key)).toHaveLength(1)
})

it('values: the highest since the last signal that was answered, and none where nothing was measured', async () => {
  const { agent, signal, sent } = await given('measured', 6)
  const measured = [
    { used_storage: 5 },
    { used_storage: 9, protected_users: 2 },
    { used_storage: 7 },
    { used_storage: 1 },
    {},
    {},
  ]
  peer.script(hangUp, html(502))
  await agent.run(signal, { readPeaks: async () => measured.shift() ?? {} })
  expect(sent().map(({ body }) => body.peaks)).toEqual([
    { used_storage: 5 },
    { used_storage: 9, protected_users: 2 },
    { used_storage: 9, protected_users: 2 },
    { used_storage: 1 },
    undefined,
    undefined,
  ])
})

import net from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { goneAddress, machine } from '../test/given.ts'
import { type Answer, hangUp, html, installToken, json, type Peer, peerDay, problem, startPeer } from '../test/peer.ts'
import { createAgent, enroll } from './agent.ts'
import { parseServerUrl } from './server-url.ts'
import { agentVersion } from './version.ts'

let peer: Peer
beforeAll(async () => {
  peer = await startPeer()
})
afterAll(() => peer.close())

const enrollAs = (name: string) => enroll({ server: peer.url, installToken, machine: machine(name) })

it('201: many machines become devices of their own, each with its key', async () => {
  const names = Array.from({ length: 20 }, (_, index) => `many-${index}`)
  const devices = await Promise.all(names.map(enrollAs))
  expect(new Set(devices.map(({ device_id }) => device_id)).size).toBe(20)
  const beats = devices.map(({ device_key }) => createAgent({ server: peer.url, deviceKey: device_key }).heartbeat())
  expect(await Promise.all(beats)).toEqual(devices.map(() => ({ heartbeat_after_s: 300, day: peerDay })))
})

it('201: the same machine is the same device; its former key ends', async () => {
  const first = await enrollAs('twice')
  const second = await enrollAs('twice')
  expect(second.device_id).toBe(first.device_id)
  const former = createAgent({ server: peer.url, deviceKey: first.device_key })
  await expect(former.heartbeat()).rejects.toMatchObject({ code: 'device_key_invalid' })
})

it('204: after an uninstall the key is no longer known', async () => {
  const { device_key } = await enrollAs('leaving')
  const agent = createAgent({ server: `${peer.url}/`, deviceKey: device_key })
  await agent.uninstall()
  await expect(agent.heartbeat()).rejects.toMatchObject({ code: 'device_key_invalid' })
})

it('401 install_token_invalid', async () => {
  const wrong = enroll({ server: peer.url, installToken: 'tti_wrong', machine: machine('wrong') })
  await expect(wrong).rejects.toMatchObject({ code: 'install_token_invalid' })
  expect(peer.devices.has('machine-wrong')).toBe(false)
})

it('403 device_refused', async () => {
  const { device_key } = await enrollAs('refused')
  peer.devices.get('machine-refused')!.state = 'deactivated'
  const agent = createAgent({ server: peer.url, deviceKey: device_key })
  await expect(agent.heartbeat()).rejects.toMatchObject({ code: 'device_refused' })
})

const badKey = { device_id: 'd', device_key: 'a\nb', tenant_name: 't', heartbeat_after_s: 1 }
const answers: [what: string, answer: Answer, code: string][] = [
  ['200 with a web page', html(200), 'not_a_tenantree_server'],
  ['404 with a web page', html(404), 'not_a_tenantree_server'],
  ['401 of another API', json(401, { error: 'unauthorized' }), 'not_a_tenantree_server'],
  ['201 with other JSON', json(201, { id: 7 }), 'not_a_tenantree_server'],
  ['201 with a list', json(201, []), 'not_a_tenantree_server'],
  ['201 with a key that fits no header', json(201, badKey), 'not_a_tenantree_server'],
  ['201 without end', (response) => void response.writeHead(201).end('x'.repeat(10 ** 6)), 'not_a_tenantree_server'],
  ['a 301', (response) => void response.writeHead(301, { location: 'https://x.test/' }).end(), 'server_moved'],
  ['422 of a later server', problem('invalid_request'), 'request_refused'],
  ['404 of a Tenantree server', problem('not_found'), 'request_refused'],
  ['503 with a problem', problem('unavailable'), 'server_failing'],
  ['502 of a proxy', html(502), 'server_failing'],
  ['429', html(429), 'too_many_requests'],
  ['a broken connection', hangUp, 'server_unreachable'],
]
it.each(answers)('%s', async (_what, answer, code) => {
  peer.script(answer)
  const error = await enrollAs('unlucky').catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ name: 'AgentError', code })
  expect(error).toHaveProperty('message', expect.stringMatching(/^.{20,400}\.$/))
})

it('a title with control characters does not reach the terminal', async () => {
  peer.script(json(422, { code: 'x', title: 'a\u001b[31m\nb', status: 422 }))
  await expect(enrollAs('tricked')).rejects.toThrow('refuses: a [31m b (x)')
})

it('server_unreachable: nobody listens', async () => {
  const gone = enroll({ server: await goneAddress(startPeer), installToken, machine: machine('gone') })
  await expect(gone).rejects.toMatchObject({
    code: 'server_unreachable',
    message: expect.stringMatching(/is refused\. Check/),
  })
})

it('not_a_tenantree_server: another protocol', async () => {
  const mail = net.createServer((socket) => socket.end('220 mail.test ESMTP\r\n'))
  await new Promise<void>((resolve) => mail.listen(0, '127.0.0.1', resolve))
  const server = `http://127.0.0.1:${(mail.address() as net.AddressInfo).port}`
  const wrong = enroll({ server, installToken, machine: machine('mail') })
  await expect(wrong).rejects.toMatchObject({ code: 'not_a_tenantree_server' })
  mail.close()
})

it('interrupted: before the request, nothing is sent', async () => {
  const before = peer.seen.length
  const call = { server: peer.url, installToken, machine: machine('stopped'), signal: AbortSignal.abort() }
  await expect(enroll(call)).rejects.toMatchObject({ code: 'interrupted' })
  expect(peer.seen.length).toBe(before)
})

it.each([
  ['https://console.example.com/', 'https://console.example.com'],
  ['http://localhost:8080/base//', 'http://localhost:8080/base'],
])('address %s is %s', (text, url) => {
  expect(parseServerUrl(text)).toBe(url)
})

it.each([
  '',
  'localhost:8080',
  'ftp://x.test',
  'http://',
  'http://u:p@x.test',
  'http://x.test/?a=1',
  'http://x.test/#a',
])('server_url_invalid: %j', (text) => {
  expect(() => parseServerUrl(text)).toThrow(expect.objectContaining({ code: 'server_url_invalid' }))
})

it('the version is that of the package', () => {
  expect(agentVersion).toMatch(/^\d+\.\d+\.\d+/)
})

import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Machine } from '../src/index.ts'

/** What the peer does with one request instead of its rules. */
export type Answer = (response: ServerResponse) => void
export type Seen = { path: string; key: string | null; body: Record<string, unknown> }
export type PeerDevice = { id: string; key: string; machine: Machine; state: 'active' | 'deactivated' | 'uninstalled' }
export type Peer = Awaited<ReturnType<typeof startPeer>>

export const installToken = 'tti_peer-0123456789'
export const peerDay = '2031-03-01'

const titles: Record<string, [status: number, title: string]> = {
  install_token_invalid: [401, 'The install token is not valid'],
  device_key_invalid: [401, 'The device key is not valid'],
  device_refused: [403, 'The device is refused'],
  not_found: [404, 'Not found'],
  invalid_request: [422, 'The request has errors'],
  unavailable: [503, 'The service is not available right now'],
}

export const problem =
  (code: string): Answer =>
  (response) => {
    const [status, title] = titles[code] ?? [500, 'Something went wrong on our side']
    const text = JSON.stringify({ type: 'about:blank', title, status, code, request_id: 'r-1' })
    response.writeHead(status, { 'content-type': 'application/problem+json' }).end(text)
  }
export const json =
  (status: number, value: unknown): Answer =>
  (response) =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
export const html =
  (status: number): Answer =>
  (response) =>
    void response.writeHead(status, { 'content-type': 'text/html' }).end('<!doctype html><title>Hello</title>')
/** Takes the request and breaks the connection: the agent cannot know whether it was counted. */
export const hangUp: Answer = (response) => void response.destroy()

/** A server that speaks the agent's wire: one machine is one device, enrolling it again ends its former key. */
export async function startPeer() {
  const seen: Seen[] = []
  const scripted: Answer[] = []
  const devices = new Map<string, PeerDevice>()
  const server = createServer(async (request, response) => {
    const one = await read(request)
    seen.push(one)
    const answer = scripted.shift() ?? decide(devices, one)
    answer(response)
    server.emit('seen')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    devices,
    /** The next requests get these answers, in this order. */
    script: (...answers: Answer[]) => void scripted.push(...answers),
    beats: () => seen.filter(({ path }) => path === '/agent/v1/heartbeat').length,
    /** Resolves when the peer has answered that many requests in all. */
    async reached(count: number) {
      while (seen.length < count) await once(server, 'seen')
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function read(request: IncomingMessage): Promise<Seen> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  const key = request.headers.authorization?.replace(/^Bearer /, '') ?? null
  const path = request.method === 'POST' ? (request.url ?? '') : `${request.method} ${request.url}`
  return { path, key, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) }
}

function decide(devices: Map<string, PeerDevice>, seen: Seen): Answer {
  if (seen.path === '/agent/v1/enrol') return enrol(devices, seen.body)
  const device = [...devices.values()].find(({ key, state }) => key === seen.key && state !== 'uninstalled')
  if (device === undefined) return problem('device_key_invalid')
  if (device.state === 'deactivated') return problem('device_refused')
  if (seen.path === '/agent/v1/heartbeat') return heartbeat(seen.body)
  if (seen.path !== '/agent/v1/uninstall') return problem('not_found')
  device.state = 'uninstalled'
  return (response) => void response.writeHead(204).end()
}

/** Unknown fields are refused, as the server does. */
const hasExactly = (value: object, fields: string) => Object.keys(value).sort().join() === fields

function enrol(devices: Map<string, PeerDevice>, body: Record<string, unknown>): Answer {
  const machine = body.machine as Machine
  const fields = 'architecture,host_name,machine_id,machine_kind,os,os_version'
  const isWell = hasExactly(body, 'agent_version,install_token,machine') && hasExactly(machine, fields)
  if (!isWell) return problem('invalid_request')
  if (body.install_token !== installToken) return problem('install_token_invalid')
  const id = devices.get(machine.machine_id)?.id ?? crypto.randomUUID()
  const key = `ttd_${crypto.randomUUID()}`
  devices.set(machine.machine_id, { id, key, machine, state: 'active' })
  return json(201, { device_id: id, device_key: key, tenant_name: 'Acme Bakery', heartbeat_after_s: 60 })
}

function heartbeat(body: Record<string, unknown>): Answer {
  const { peaks = { used_storage: 0 }, ...rest } = body
  const isMeasured = Object.entries(peaks as object).every(
    ([name, value]) => /^(selected_size|used_storage|protected_users)$/.test(name) && Number.isInteger(value),
  )
  const isWell =
    isMeasured && hasExactly(rest, 'agent_version,sent_at') && /^[\d-]+T[\d:.]+Z$/.test(String(body.sent_at))
  return isWell ? json(200, { heartbeat_after_s: 300, day: peerDay }) : problem('invalid_request')
}

import { newId } from '../../server/src/platform/ids.ts'
import type { Ended, Request, Said } from './client.ts'
import type { Clients, Server } from './processes.ts'
import type { Kind, Told } from './race.ts'
import type { Device, Stock, World } from './world.ts'

/** What a device's agent asks when it starts, or what the console asks when somebody gives a device a license. */
function toRequest({ token }: World, stock: Stock, { device, kind }: { device: Device; kind: Kind }): Request {
  if (kind === 'agent')
    return {
      path: '/agent/v1/license',
      token: device.key,
      body: JSON.stringify({ product: stock.product }),
      idempotencyKey: null,
    }
  const body = { holder_kind: 'device', holder_id: device.id, offer_id: stock.offerId }
  return { path: '/v1/licenses/assign', token, body: JSON.stringify(body), idempotencyKey: newId() }
}

const refusals: Record<Kind, string> = { agent: '403 no_license', assign: '409 insufficient_unassigned' }

function toTold(device: Device, kind: Kind, { status, body }: Said): Told {
  const answer: { license_id?: string; id?: string; code?: string } = body.startsWith('{') ? JSON.parse(body) : {}
  if (status === 200)
    return { device, licenseId: answer.license_id ?? answer.id ?? null, isRefused: false, said: '200' }
  const said = `${status} ${answer.code ?? body.slice(0, 200)}`
  return { device, licenseId: null, isRefused: said === refusals[kind], said }
}

type Asked = { world: World; clients: Clients; count: number }

export async function raceOverHttp(
  { world, clients, count }: Asked,
  stock: Stock,
  { devices, kind }: { devices: readonly Device[]; kind: Kind },
): Promise<{ told: Told[]; ended: Ended }> {
  const ended = await clients.run({
    servers: world.servers.map(({ url }) => url),
    clients: count,
    requests: devices.map((device) => toRequest(world, stock, { device, kind })),
  })
  return { told: devices.map((device, at) => toTold(device, kind, ended.said[at]!)), ended }
}

export const cpuOf = async (servers: readonly Server[]): Promise<number> => {
  const all = await Promise.all(servers.map((server) => server.cpuMs()))
  return all.reduce((sum, ms) => sum + ms, 0)
}

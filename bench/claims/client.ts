// A program: so many clients, each with a connection of its own to one of the servers, ask one request after the other until all are asked. Nobody tries again.
import { Agent, request } from 'node:http'

export type Request = { path: string; token: string; body: string; idempotencyKey: string | null }
export type Order = { servers: readonly string[]; clients: number; requests: readonly Request[] }
export type Said = { status: number; body: string; ms: number }
/** In the order of the requests. */
export type Ended = { wallMs: number; said: Said[] }

function ask(agent: Agent, server: string, { path, token, body, idempotencyKey }: Request): Promise<Said> {
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...(idempotencyKey === null ? {} : { 'idempotency-key': idempotencyKey }),
  }
  const from = performance.now()
  return new Promise((resolve, reject) => {
    const sent = request(`${server}${path}`, { method: 'POST', agent, headers }, (answer) => {
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (chunk: string) => {
        text += chunk
      })
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: text, ms: performance.now() - from }))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

async function run({ servers, clients, requests }: Order): Promise<Ended> {
  const said: Said[] = []
  let next = 0
  const client = async (server: string) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    for (let at = next++; at < requests.length; at = next++) {
      // A connection that breaks is an answer too, and none that may be given.
      said[at] = await ask(agent, server, requests[at]!).catch((error) => ({ status: 0, body: String(error), ms: 0 }))
    }
    agent.destroy()
  }
  const from = performance.now()
  await Promise.all(Array.from({ length: clients }, (_, n) => client(servers[n % servers.length]!)))
  return { wallMs: performance.now() - from, said }
}

process.on('message', async (order: Order) => process.send?.(await run(order)))
process.on('disconnect', () => process.exit(0))

// A program: asks the server what it is told to, one request after the other on one kept connection, and answers how long each took.
// A process of its own, so that what it costs is not counted as the server's.
import { Agent, request } from 'node:http'

export type Asked = { url: string; token: string; method?: 'GET' | 'POST'; body?: unknown; status: number }

const agent = new Agent({ keepAlive: true, maxSockets: 1 })

function ask({ url, token, method = 'GET', body, status }: Asked): Promise<number> {
  const text = body === undefined ? undefined : JSON.stringify(body)
  const headers = { authorization: `Bearer ${token}`, ...(text ? { 'content-type': 'application/json' } : {}) }
  const from = performance.now()
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, agent, headers }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk) => chunks.push(chunk))
      answer.on('end', () => {
        if (answer.statusCode === status) return resolve(performance.now() - from)
        reject(new Error(`${answer.statusCode} from ${method} ${url}: ${Buffer.concat(chunks)}`))
      })
    })
    sent.on('error', reject)
    sent.end(text)
  })
}

process.on('message', async ({ id, asked }: { id: number; asked: Asked[] }) => {
  const times: number[] = []
  try {
    for (const one of asked) times.push(await ask(one))
    process.send?.({ id, times })
  } catch (error) {
    process.send?.({ id, error: String(error) })
  }
})
process.on('disconnect', () => process.exit(0))

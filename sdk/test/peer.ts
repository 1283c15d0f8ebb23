import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'

export type PeerRequest = {
  method: string
  path: string
  query: URLSearchParams
  headers: Record<string, string | string[] | undefined>
  body: unknown
}
export type PeerAnswer = { status?: number; headers?: Record<string, string>; body?: unknown }
type Answer = PeerAnswer | ((request: PeerRequest) => PeerAnswer)

/** Answers by "METHOD /path". A list of answers is given out one by one, the last one again and again. */
export type Answers = Record<string, Answer | Answer[]>

export type Peer = AsyncDisposable & { url: string; requests: PeerRequest[] }

export const problem = (status: number, code: string, more: object = {}): PeerAnswer => ({
  status,
  headers: { 'content-type': 'application/problem+json' },
  body: { type: `/problems/${code}`, title: `Title of ${code}`, status, code, request_id: 'request-1', ...more },
})

const pick = (answers: Answers, request: PeerRequest): PeerAnswer => {
  const entry = answers[`${request.method} ${request.path}`]
  const answer = Array.isArray(entry) ? (entry.length > 1 ? entry.shift() : entry[0]) : entry
  if (answer === undefined) return problem(404, 'not_found')
  return typeof answer === 'function' ? answer(request) : answer
}

const encode = (body: unknown) => {
  if (body === undefined || typeof body === 'string' || Buffer.isBuffer(body)) return body
  return JSON.stringify(body)
}

/** A real HTTP server on a free port that says what a test tells it to say. */
export async function startPeer(answers: Answers): Promise<Peer> {
  const requests: PeerRequest[] = []
  const server = createServer(async (incoming, outgoing) => {
    const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://peer')
    const body = await json(incoming).catch(() => null)
    const request = {
      method: incoming.method ?? '',
      path: pathname,
      query: searchParams,
      headers: incoming.headers,
      body,
    }
    requests.push(request)
    const answer = pick(answers, request)
    outgoing.writeHead(answer.status ?? 200, { 'content-type': 'application/json', ...answer.headers })
    outgoing.end(encode(answer.body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const close = () => {
    server.closeAllConnections()
    return new Promise<void>((resolve) => server.close(() => resolve()))
  }
  return { url: `http://127.0.0.1:${port}`, requests, [Symbol.asyncDispose]: close }
}

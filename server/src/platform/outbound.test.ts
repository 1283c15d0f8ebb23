import { createServer, type RequestListener } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { createOutboundFetch, isOutboundUrl, mayReach, OutboundRefused } from './outbound.ts'

const production = { allowLoopback: false, privateHosts: ['login.corp.example'] }
const trial = { allowLoopback: true, privateHosts: [] }

describe('what may be asked', () => {
  it.each([
    ['https://login.example.com', true, true],
    ['https://login.example.com:8443/tenant', true, true],
    ['https://192.0.0.1', false, false],
    ['https://8.8.8.8', true, true],
    ['http://login.example.com', false, false],
    ['http://localhost:9000', false, true],
    ['http://127.0.0.1:9000', false, true],
    ['http://[::1]:9000', false, true],
    ['http://0x7f.1:9000', false, true],
    ['https://127.0.0.1', false, true],
    ['https://10.0.0.1', false, false],
    ['https://172.31.255.255', false, false],
    ['https://172.32.0.1', true, true],
    ['https://192.168.1.1', false, false],
    ['https://100.64.0.1', false, false],
    ['https://169.254.169.254', false, false],
    ['https://0.0.0.0', false, false],
    ['https://224.0.0.1', false, false],
    ['https://[fd00::1]', false, false],
    ['https://[fe80::1]', false, false],
    ['https://[::ffff:10.0.0.1]', false, false],
    ['https://[64:ff9b::a00:1]', false, false],
    ['https://[2002:a00:1::]', false, false],
    ['https://[2606:4700::1111]', true, true],
    ['https://user:password@login.example.com', false, false],
    ['ftp://login.example.com', false, false],
    ['javascript:alert(1)', false, false],
    ['login.example.com', false, false],
  ])('%s: in production %s, to try things out %s', (url, inProduction, inTrial) => {
    expect([isOutboundUrl(url, production), isOutboundUrl(url, trial)]).toEqual([inProduction, inTrial])
  })

  it('a name that leads into a private network: only where the operator has named it', () => {
    expect(mayReach('10.0.0.1', 'login.corp.example', production)).toBe(true)
    expect(mayReach('10.0.0.1', 'other.corp.example', production)).toBe(false)
    expect(mayReach('127.0.0.1', 'evil.example', production)).toBe(false)
    expect(mayReach('93.184.216.34', 'evil.example', production)).toBe(true)
    expect(mayReach('not an address', 'evil.example', production)).toBe(false)
  })
})

describe('asking', () => {
  const stops: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop()
  })
  const serve = async (answer: RequestListener): Promise<number> => {
    const server = createServer(answer)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    stops.push(() => new Promise((resolve) => server.close(() => resolve()).closeAllConnections()))
    const address = server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }
  const get = { method: 'GET', headers: {} }

  it('sends the body, answers status, headers and body, and follows no redirect', async () => {
    const port = await serve((request, answer) => {
      if (request.url === '/away') answer.writeHead(302, { location: 'http://10.0.0.1/' }).end()
      else request.pipe(answer.writeHead(201, { 'x-method': request.method }))
    })
    const fetch = createOutboundFetch(trial)
    const posted = await fetch(`http://localhost:${port}/`, { method: 'POST', headers: {}, body: 'a=b' })
    expect([posted.status, posted.headers.get('x-method'), await posted.text()]).toEqual([201, 'POST', 'a=b'])
    expect((await fetch(`http://127.0.0.1:${port}/away`, get)).status).toBe(302)
  })

  it('a name that leads to this machine is refused when the connection is made, and nobody is asked', async () => {
    let asked = 0
    const port = await serve((_request, answer) => {
      asked += 1
      answer.end()
    })
    const fetch = createOutboundFetch({ allowLoopback: false, privateHosts: [] })
    await expect(fetch(`https://localhost:${port}/`, get)).rejects.toThrow(OutboundRefused)
    await expect(fetch(`http://127.0.0.1:${port}/`, get)).rejects.toThrow(OutboundRefused)
    expect(asked).toBe(0)
  })

  it('an answer of more than 1 MB is not read', async () => {
    const port = await serve((_request, answer) => answer.end(Buffer.alloc(1_048_577)))
    await expect(createOutboundFetch(trial)(`http://127.0.0.1:${port}/`, get)).rejects.toThrow('too long')
  })
})

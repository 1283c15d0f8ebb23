import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { problem } from '../../sdk/test/peer.ts'
import { openCli } from '../test/cli.ts'
import { me } from '../test/data.ts'

let cli: Awaited<ReturnType<typeof openCli>>
beforeEach(async () => {
  cli = await openCli()
  return () => cli.close()
})

const instance = { 'GET /v1/instance': { body: { version: '0.1.0', mode: 'demo' } } }
const ready = { 'GET /readyz': { body: {} } }

describe('doctor outside a checkout', () => {
  it('all is well: exit code 0', async () => {
    const { run, peer } = await cli.signedIn({ ...instance, ...ready, 'GET /v1/me': { body: me } })
    const lines = [
      `ok    ${peer.url} is Tenantree 0.1.0 in demo mode`,
      'ok    The server is ready',
      'ok    Signed in as rita@kiez.example until 2027-01-02T00:00:00Z',
    ]
    expect(await run('doctor')).toEqual({ exitCode: 0, stdout: `${lines.join('\n')}\n`, stderr: '' })
  })

  it('a server that is not ready and a session that is over: exit code 1', async () => {
    const over = { 'GET /v1/me': problem(401, 'unauthenticated'), 'GET /readyz': { status: 503 } }
    const { run } = await cli.signedIn({ ...instance, ...over })
    const { exitCode, stdout } = await run('doctor', '--json')
    expect(exitCode).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject([
      { name: 'reachable', ok: true },
      { name: 'ready', ok: false, finding: expect.stringContaining('503') },
      { name: 'signed_in', ok: false, finding: 'The session is over: run tenantree login' },
    ])
  })

  it('a server that is down: says so and looks no further', async () => {
    const peer = await cli.serve({})
    await peer[Symbol.asyncDispose]()
    const { exitCode, stdout } = await cli.run('doctor', '--server', peer.url)
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/^FAIL {2}http.* cannot be reached: connect ECONNREFUSED .*\n$/)
  })
})

describe('doctor in a checkout', () => {
  const put = (path: string, text: string) => {
    mkdirSync(dirname(join(cli.home, path)), { recursive: true })
    writeFileSync(join(cli.home, path), text)
  }

  it('gives the exit code of the doctor of the checkout', async () => {
    put('server/src/doctor.ts', 'const code: number = 3; process.exit(code)')
    put('node_modules/.bin/.keep', '')
    symlinkSync(process.execPath, join(cli.home, 'node_modules/.bin/node'))
    expect(await cli.run('doctor')).toEqual({ exitCode: 3, stdout: '', stderr: '' })
  })

  it('says to install a checkout that has no Node of its own yet', async () => {
    put('server/src/doctor.ts', '')
    const { exitCode, stderr } = await cli.run('doctor')
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: `tenantree: ${cli.home} is not installed yet; run npm start there once\n`,
    })
  })
})

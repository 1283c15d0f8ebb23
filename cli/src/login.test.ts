import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { problem } from '../../sdk/test/peer.ts'
import { openCli } from '../test/cli.ts'
import { me } from '../test/data.ts'

let cli: Awaited<ReturnType<typeof openCli>>
beforeEach(async () => {
  cli = await openCli()
  return () => cli.close()
})

const file = () => join(cli.home, 'tenantree', 'credentials.json')
const stored = () => JSON.parse(readFileSync(file(), 'utf8'))
const login = (url: string, ...words: string[]) => ['login', '--server', url, '--email', me.user.email, ...words]

describe('login', () => {
  it('201: sends the first line of standard input as the password and keeps the token for this user only', async () => {
    const peer = await cli.serve({})
    const result = await cli.runWith('pass word \r\nmore', login(peer.url, '--password-stdin'))
    expect(result).toEqual({
      exitCode: 0,
      stdout: `Signed in to ${peer.url} as ${me.user.email} at Kiez IT.\n`,
      stderr: '',
    })
    expect(peer.requests[0]?.body).toEqual({ email: me.user.email, password: 'pass word ' })
    expect(stored()).toEqual({ current: peer.url, tokens: { [peer.url]: 'tts_1' } })
    expect(statSync(file()).mode & 0o777).toBe(0o600)
  })

  it('201: a one-time link names the server and the token', async () => {
    const peer = await cli.serve({})
    const { exitCode } = await cli.run('login', '--link', `${peer.url}/sign-in/link?token=abc`)
    expect(exitCode).toBe(0)
    expect(peer.requests).toMatchObject([{ path: '/v1/sessions/link', body: { token: 'abc' } }])
    expect(stored().tokens).toEqual({ [peer.url]: 'tts_1' })
  })

  it('201: a second server is kept beside the first and becomes the current one', async () => {
    const [first, second] = [await cli.serve({}), await cli.serve({ 'GET /v1/me': { body: me } })]
    for (const peer of [first, second]) await cli.runWith('p\n', login(peer.url, '--password-stdin'))
    expect(stored()).toEqual({ current: second.url, tokens: { [first.url]: 'tts_1', [second.url]: 'tts_1' } })
    expect((await cli.run('whoami')).stdout).toContain('Rita <rita@kiez.example>')
    expect(second.requests.at(-1)?.headers.authorization).toBe('Bearer tts_1')
  })

  it('401 sign_in_failed: nothing is stored', async () => {
    const peer = await cli.serve({ 'POST /v1/sessions': problem(401, 'sign_in_failed') })
    const { exitCode, stderr } = await cli.runWith('p\n', login(peer.url, '--password-stdin'))
    expect(exitCode).toBe(1)
    expect(stderr).toBe(
      'tenantree: Title of sign_in_failed (sign_in_failed). Check both and run tenantree login again.\n',
    )
    expect(existsSync(file())).toBe(false)
  })

  it('a server that gives no session is no Tenantree server', async () => {
    const peer = await cli.serve({ 'POST /v1/sessions': { status: 201, body: me } })
    const { stderr } = await cli.runWith('p\n', login(peer.url, '--password-stdin'))
    expect(stderr).toBe(`tenantree: ${peer.url} gave no session; is it a Tenantree server?\n`)
  })

  it.each([
    [['login', '--email', 'a@b.example'], 'give the password on standard input with --password-stdin'],
    [['login', '--password-stdin'], 'give the e-mail address with --email'],
    [['login', '--email', 'a@b.example', '--password-stdin'], '--password-stdin found no password on standard input'],
    [['login', '--link', 'http://localhost:8080/'], 'that is no sign-in link'],
  ])('%j without a terminal: says what to give', async (words, line) => {
    const { exitCode, stderr } = await cli.run(...words)
    expect(exitCode).toBe(1)
    expect(stderr).toContain(line)
  })
})

describe('logout', () => {
  it('204: the token is gone', async () => {
    const { run, peer } = await cli.signedIn({ 'DELETE /v1/sessions/current': { status: 204 } })
    expect(await run('logout')).toEqual({ exitCode: 0, stdout: `Signed out of ${peer.url}.\n`, stderr: '' })
    expect(stored()).toEqual({ current: null, tokens: {} })
  })

  it('500: the token is gone all the same, and it says so', async () => {
    const { run } = await cli.signedIn({ 'DELETE /v1/sessions/current': problem(500, 'internal_error') })
    expect((await run('logout')).stderr).toContain('did not confirm')
    expect(stored().tokens).toEqual({})
  })
})

describe('whoami', () => {
  it('401 unauthenticated: says to sign in', async () => {
    const { run } = await cli.signedIn({ 'GET /v1/me': problem(401, 'unauthenticated') })
    const line = 'tenantree: Title of unauthenticated (unauthenticated). Run tenantree login.\n'
    expect(await run('whoami')).toEqual({ exitCode: 1, stdout: '', stderr: line })
  })

  it.each(['{', '[]', '{"current":1,"tokens":{}}'])('a damaged file %s: says which', async (text) => {
    await cli.signedIn({})
    writeFileSync(file(), text)
    const { stderr } = await cli.run('whoami')
    expect(stderr).toBe(`tenantree: ${file()} is damaged; delete it and run tenantree login\n`)
  })
})

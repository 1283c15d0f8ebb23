import { readdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { emptyFolder, goneAddress, movedClock } from '../test/given.ts'
import { html, installToken, type Peer, peerDay, problem, startPeer } from '../test/peer.ts'
import { runProgram } from './cli.ts'
import type { Io } from './commands.ts'
import { getState, removeState } from './state.ts'

let peer: Peer
beforeAll(async () => {
  peer = await startPeer()
})
afterAll(() => peer.close())

async function program(argv: string[], io: Partial<Io> = {}) {
  const out: string[] = []
  const err: string[] = []
  const collected = { say: (line: string) => void out.push(line), warn: (line: string) => void err.push(line) }
  const code = await runProgram(argv, { ...collected, signal: new AbortController().signal, ...io })
  return { code, out: out.join('\n'), err }
}
const enrollArgs = (dir: string, server = peer.url, token = installToken) =>
  ['enroll', '--server', server, '--token', token, '--state-dir', dir] as const
const inDir = (dir: string, ...args: string[]) => program([...args, '--state-dir', dir])
async function enrolledDir() {
  const dir = await emptyFolder()
  expect(await program([...enrollArgs(dir)])).toMatchObject({ code: 0, err: [] })
  return dir
}
const failure = (text: RegExp) => ({ code: 1, out: '', err: [expect.stringMatching(text)] })

describe('enroll', () => {
  it('keeps the device, with what the machine told', async () => {
    const dir = await emptyFolder()
    const { out } = await program([...enrollArgs(dir)])
    const state = await getState(dir)
    expect(out).toContain(`as device ${state.device_id} of Acme Bakery.`)
    expect(peer.devices.get(state.machine_id)).toMatchObject({ id: state.device_id, key: state.device_key })
  })

  it('again on an enrolled machine: says so, ends with 0, makes no new key', async () => {
    const dir = await enrolledDir()
    const before = await getState(dir)
    expect(await program([...enrollArgs(dir)])).toMatchObject({ code: 0, out: expect.stringContaining('already') })
    expect(await getState(dir)).toEqual(before)
  })

  it('again with --force, or with a key that is no longer known: the same device with a new key', async () => {
    const dir = await enrolledDir()
    const first = await getState(dir)
    expect(await program([...enrollArgs(dir), '--force'])).toMatchObject({ code: 0 })
    const second = await getState(dir)
    peer.devices.get(first.machine_id)!.key = 'ttd_other'
    expect(await program([...enrollArgs(dir)])).toMatchObject({ code: 0, err: [] })
    const third = await getState(dir)
    expect(new Set([first, second, third].map(({ device_id }) => device_id)).size).toBe(1)
    expect(new Set([first, second, third].map(({ device_key }) => device_key)).size).toBe(3)
  })

  it('1: enrolled at another server, until forced', async () => {
    const dir = await enrolledDir()
    const other = await startPeer()
    expect(await program([...enrollArgs(dir, other.url)])).toEqual(failure(/enrolled at .*--force/))
    expect(other.seen).toEqual([])
    expect(await program([...enrollArgs(dir, other.url), '--force'])).toMatchObject({ code: 0 })
    expect((await getState(dir)).server).toBe(other.url)
    await other.close()
  })

  it('1: a state folder that cannot be written; the server is not asked', async () => {
    const dir = await emptyFolder()
    await writeFile(path.join(dir, 'file'), '')
    const before = peer.seen.length
    expect(await program([...enrollArgs(path.join(dir, 'file', 'state'))])).toEqual(
      failure(/Cannot write .*--state-dir/),
    )
    expect(peer.seen.length).toBe(before)
  })

  it('1: a damaged state file, until forced', async () => {
    const dir = await emptyFolder()
    await writeFile(path.join(dir, 'device.json'), '{"server":')
    expect(await program([...enrollArgs(dir)])).toEqual(failure(/damaged.*--force/))
    expect(await program([...enrollArgs(dir), '--force'])).toMatchObject({ code: 0 })
  })

  it('1: each unusable server or token is one line, and no state is left', async () => {
    const dir = await emptyFolder()
    expect(await program([...enrollArgs(dir, 'localhost:1')])).toEqual(failure(/not a server address/))
    expect(await program([...enrollArgs(dir, await goneAddress(startPeer))])).toEqual(failure(/Cannot reach/))
    expect(await program([...enrollArgs(dir, peer.url, 'tti_no')])).toEqual(failure(/token is not valid\. Copy/))
    peer.script(html(200))
    expect(await program([...enrollArgs(dir)])).toEqual(failure(/not a Tenantree server/))
    expect(await readdir(dir)).toEqual([])
  })
})

describe('run', () => {
  it('sends until stopped, ends with 0, and status shows the last success', async () => {
    const dir = await enrolledDir()
    expect((await inDir(dir, 'status')).out).toContain('last success  none yet')
    const { clock, signal } = movedClock(3)
    peer.script(html(502))
    const { code, err } = await program(['run', '--state-dir', dir], { clock, signal, random: () => 0 })
    expect([code, err]).toEqual([0, [expect.stringMatching(/fails with status 502.*Next try in 1 s\.$/)]])
    expect((await inDir(dir, 'status')).out).toContain(`last success  2031-03-01T00:05:01.000Z, counted for ${peerDay}`)
  })

  it('--once: one signal; a failed one is 1', async () => {
    const dir = await enrolledDir()
    const before = peer.beats()
    expect(await inDir(dir, 'run', '--once')).toMatchObject({ code: 0, out: `The signal counts for ${peerDay}.` })
    peer.script(html(502))
    expect(await inDir(dir, 'run', '--once')).toEqual(failure(/502/))
    expect(peer.beats() - before).toBe(2)
  })

  it.each(['device_key_invalid', 'device_refused'])('1: %s is one line', async (problemCode) => {
    const dir = await enrolledDir()
    peer.script(problem(problemCode))
    const { code, err } = await inDir(dir, 'run')
    expect([code, err.length]).toEqual([1, 1])
  })

  it('1: unenrolled meanwhile: no further signal', async () => {
    const dir = await enrolledDir()
    const before = peer.beats()
    const { clock } = movedClock(9)
    const forgetting = { ...clock, wait: () => removeState(dir) }
    const { code, err } = await program(['run', '--state-dir', dir], { clock: forgetting })
    expect([code, err, peer.beats() - before]).toEqual([1, [expect.stringMatching(/not enrolled/)], 1])
  })

  it('0: stopped before the first signal', async () => {
    const dir = await enrolledDir()
    const before = peer.beats()
    const stopped = { signal: AbortSignal.abort() }
    expect(await program(['run', '--state-dir', dir], stopped)).toMatchObject({ code: 0, err: [] })
    expect(await program(['run', '--once', '--state-dir', dir], stopped)).toMatchObject({ code: 0, err: [] })
    expect(peer.beats()).toBe(before)
  })
})

describe('unenroll', () => {
  it('reports the uninstall and forgets the device', async () => {
    const dir = await enrolledDir()
    const { machine_id } = await getState(dir)
    expect(await inDir(dir, 'unenroll')).toMatchObject({ code: 0, err: [] })
    expect(peer.devices.get(machine_id)?.state).toBe('uninstalled')
    expect(await readdir(dir)).toEqual([])
    expect(await inDir(dir, 'unenroll')).toEqual(failure(/not enrolled/))
  })

  it('1: the server cannot be told: the state is kept, until forced', async () => {
    const dir = await enrolledDir()
    const before = await getState(dir)
    peer.script(html(502), html(502))
    expect(await inDir(dir, 'unenroll')).toEqual(failure(/502.*--force/))
    expect(await getState(dir)).toEqual(before)
    expect(await inDir(dir, 'unenroll', '--force')).toMatchObject({ code: 0, err: [expect.stringMatching(/502/)] })
    expect(await readdir(dir)).toEqual([])
  })

  it('0: a device that the server does not know any more is forgotten', async () => {
    const dir = await enrolledDir()
    peer.script(problem('device_key_invalid'))
    expect(await inDir(dir, 'unenroll')).toMatchObject({ code: 0 })
    expect(await readdir(dir)).toEqual([])
  })
})

describe('the command line', () => {
  it.each([
    [[], /Give a command/],
    [['enrol'], /no command "enrol"/],
    [['run', '--twice'], /Unknown option '--twice'\. See/],
    [['run', '--once=yes'], /--once/],
    [['status', 'now'], /Unexpected argument 'now'\. See/],
    [['enroll', '--token', 'x'], /needs --server/],
    [['enroll', '--server', 'http://x.test'], /needs --token/],
    [['enroll', '--server'], /--server/],
  ])('1: %j', async (argv, text) => {
    const result = await program(argv)
    expect(result).toEqual(failure(text))
    expect(result.err[0]).not.toContain('\n')
  })

  it('1: run, status and unenroll on a machine that is not enrolled', async () => {
    const dir = await emptyFolder()
    for (const command of ['run', 'status', 'unenroll']) {
      expect(await inDir(dir, command)).toEqual(failure(/not enrolled.*enroll first/))
    }
  })

  it('0: --help, --version', async () => {
    expect(await program(['run', '--help'])).toMatchObject({ code: 0, out: expect.stringContaining('unenroll') })
    expect(await program(['--version'])).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+/) })
  })
})

describe('run --peaks', () => {
  it('tells what the file has', async () => {
    const dir = await enrolledDir()
    const file = path.join(dir, 'peaks.json')
    await writeFile(file, '{"used_storage": 9007199254740991, "protected_users": 1000000000}')
    expect(await inDir(dir, 'run', '--once', '--peaks', file)).toMatchObject({ code: 0, err: [] })
    expect(peer.seen.at(-1)?.body.peaks).toEqual({
      used_storage: Number.MAX_SAFE_INTEGER,
      protected_users: 1_000_000_000,
    })
  })

  it.each([
    ['half-written', '{"used_storage": 1'],
    ['a list', '[]'],
    ['negative', '{"used_storage": -1}'],
    ['a fraction', '{"used_storage": 1.5}'],
    ['text', '{"used_storage": "1"}'],
    ['too large', '{"used_storage": 9007199254740992}'],
    ['too many users', '{"protected_users": 1000000001}'],
    ['another metric', '{"free_storage": 1}'],
    ['missing', null],
  ])('a file that is %s: said in a line, and the signal is sent without it', async (_what, text) => {
    const dir = await enrolledDir()
    const file = path.join(dir, 'peaks.json')
    if (text !== null) await writeFile(file, text)
    const { code, err } = await inDir(dir, 'run', '--once', '--peaks', file)
    expect([code, err]).toEqual([0, [expect.stringMatching(/^No values are taken from .*peaks\.json: .+\.$/)]])
    expect(peer.seen.at(-1)).toMatchObject({ path: '/agent/v1/heartbeat' })
    expect(peer.seen.at(-1)?.body).not.toHaveProperty('peaks')
  })
})

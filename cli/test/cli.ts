import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { type Answers, type Peer, startPeer } from '../../sdk/test/peer.ts'
import { run } from '../src/program.ts'
import { me } from './data.ts'

const collect = () => {
  const chunks: Buffer[] = []
  const stream = new Writable({ write: (chunk, _encoding, done) => done(void chunks.push(Buffer.from(chunk))) })
  return { stream, text: () => Buffer.concat(chunks).toString() }
}

/** The command line in a home and a working folder of its own. */
export async function openCli() {
  const home = mkdtempSync(join(tmpdir(), 'tenantree-cli-'))
  const peers: Peer[] = []

  const runWith = async (input: string, words: readonly string[]) => {
    const [stdout, stderr] = [collect(), collect()]
    const env = { XDG_CONFIG_HOME: home }
    const streams = { stdin: Readable.from([input]), stdout: stdout.stream, stderr: stderr.stream }
    const exitCode = await run(words, { ...streams, env, cwd: home })
    return { exitCode, stdout: stdout.text(), stderr: stderr.text() }
  }
  const runWords = (...words: string[]) => runWith('', words)

  const serve = async (answers: Answers) => {
    const session = { status: 201, headers: { 'set-cookie': 'tenantree_session=tts_1; Path=/; HttpOnly' }, body: me }
    const peer = await startPeer({ 'POST /v1/sessions': session, 'POST /v1/sessions/link': session, ...answers })
    peers.push(peer)
    return peer
  }

  /** A server and a session there. */
  const signedIn = async (answers: Answers) => {
    const peer = await serve(answers)
    await runWith('secret\n', ['login', '--server', peer.url, '--email', me.user.email, '--password-stdin'])
    return { peer, run: runWords }
  }

  const close = async () => {
    await Promise.all(peers.map((peer) => peer[Symbol.asyncDispose]()))
    rmSync(home, { recursive: true, force: true })
  }
  return { home, run: runWords, runWith, serve, signedIn, close }
}

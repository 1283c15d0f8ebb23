import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll } from 'vitest'
import type { Clock, Machine } from '../src/index.ts'
import type { Peer } from './peer.ts'

const folders: string[] = []
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))))

/** Removed when the test file is done. */
export async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'tenantree-agent-'))
  folders.push(folder)
  return folder
}

export const machine = (name: string): Machine => ({
  machine_id: `machine-${name}`,
  host_name: name,
  os: 'linux',
  os_version: 'Debian GNU/Linux 12 (bookworm)',
  architecture: 'x64',
  machine_kind: 'virtual',
})

/** A clock that stands until the agent waits: then the whole wait is over at once. It ends the run after `waits` of them. */
export function movedClock(waits: number) {
  const stop = new AbortController()
  const waited: number[] = []
  let nowMs = Date.parse('2031-03-01T00:00:00Z')
  const clock: Clock = {
    now: () => new Date(nowMs),
    wait: async (ms) => {
      waited.push(ms)
      nowMs += ms
      if (waited.length >= waits) stop.abort()
    },
  }
  return { clock, waited, signal: stop.signal }
}

/** An address where nobody listens: that of a peer that has just gone. */
export async function goneAddress(startPeer: () => Promise<Peer>): Promise<string> {
  const peer = await startPeer()
  await peer.close()
  return peer.url
}

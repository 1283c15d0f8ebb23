import { spawn } from 'node:child_process'
import { open, readFile, realpath, rename, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { runAs } from './account.ts'
import type { Binaries } from './binaries.ts'
import type { ClusterFolder } from './folder.ts'

/** What postmaster.pid tells. `status` is one of starting, ready, standby, stopping. */
export type Postmaster = { pid: number; port: number; status: string }

const pollMs = 20
const logLimitBytes = 20 * 1024 * 1024

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** The PostgreSQL that runs on the folder, null when none does: a file that a killed one left behind counts for nothing. */
export async function findPostmaster(path: string): Promise<Postmaster | null> {
  const lines = (await readFile(join(path, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')
  const pid = Number(lines[0])
  if (!(pid > 0) || !(await isPostmaster(pid, path))) return null
  return { pid, port: Number(lines[3] ?? 0), status: (lines[7] ?? 'starting').trim() }
}

/** After a restart of the machine the number may be another program's: a postmaster's own words name its folder. */
async function isPostmaster(pid: number, path: string): Promise<boolean> {
  if (!isAlive(pid)) return false
  if (process.platform !== 'linux') return true
  // Empty for one that has ended and waits to be collected.
  const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0')
  const folder = words[words.indexOf('-D') + 1] ?? ''
  return words.includes('-D') && (await realPath(folder)) === (await realPath(path))
}

const realPath = (path: string): Promise<string> => realpath(path).catch(() => path)

/** Starts PostgreSQL in a process group of its own, so that Ctrl-C in the terminal reaches only us. Returns when it shows or has ended. */
export async function startPostmaster(options: {
  binaries: Binaries
  folder: ClusterFolder
  logPath: string
  fsync: boolean
}): Promise<void> {
  const { binaries, folder, logPath } = options
  await removeForeignPidFile(folder.path)
  await turnOver(logPath)
  const log = await open(logPath, 'a', 0o600)
  try {
    const child = spawn(binaries.postgres, ['-D', folder.path, ...settings(await findFreePort(), options.fsync)], {
      cwd: folder.path,
      detached: true,
      env: { ...process.env, LC_ALL: 'C' },
      stdio: ['ignore', log.fd, log.fd],
      ...runAs(folder.account),
    })
    let hasFailed = false
    child.once('error', () => (hasFailed = true))
    child.once('exit', () => (hasFailed = true))
    child.unref()
    await waitFor(2_000, async () => (hasFailed ? true : findPostmaster(folder.path)))
  } finally {
    await log.close()
  }
}

/** PostgreSQL refuses to start while the number in its file is that of any living process of its user. */
async function removeForeignPidFile(path: string): Promise<void> {
  const file = join(path, 'postmaster.pid')
  const pid = Number((await readFile(file, 'utf8').catch(() => '')).split('\n')[0])
  if (pid > 0 && isAlive(pid) && !(await isPostmaster(pid, path))) await rm(file, { force: true })
}

async function turnOver(logPath: string): Promise<void> {
  const size = (await stat(logPath).catch(() => null))?.size ?? 0
  if (size > logLimitBytes) await rename(logPath, `${logPath}.1`)
}

/** Small enough that all processes stay well under a gigabyte. */
function settings(port: number, fsync: boolean): string[] {
  const values = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    // Several server processes, each with its pools, its jobs and its lock; a slot that nobody uses costs next to nothing.
    max_connections: 200,
    shared_buffers: '128MB',
    max_wal_size: '512MB',
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_line_prefix: '%m [%p] %u@%d ',
    ...(fsync ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  }
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

async function findFreePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** Waits until `check` answers something, or the time is over: then null. */
export async function waitFor<T>(timeoutMs: number, check: () => Promise<T | null>): Promise<T | null> {
  for (const end = performance.now() + timeoutMs; ; await wait(pollMs)) {
    const answer = await check()
    if (answer !== null || performance.now() > end) return answer
  }
}

const hasEnded = async (path: string, pid: number) => ((await findPostmaster(path))?.pid === pid ? null : true)

/** Fast shutdown: ends the sessions, writes everything, and is over when this returns. */
export async function stopPostmaster(path: string): Promise<void> {
  const running = await findPostmaster(path)
  if (running === null) return
  process.kill(running.pid, 'SIGINT')
  if (await waitFor(30_000, () => hasEnded(path, running.pid))) return
  // Immediate shutdown: nothing is lost, the next start replays the log.
  process.kill(running.pid, 'SIGQUIT')
  await waitFor(10_000, () => hasEnded(path, running.pid))
}

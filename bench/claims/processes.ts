import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { DatabaseUrls } from '../../server/src/platform/database.ts'
import type { Ended, Order } from './client.ts'

/** Where V8's profiles of the processes go; null: none are made. */
type Profiling = { folder: string | null }

export type Server = { url: string; cpuMs(): Promise<number>; close(): Promise<void> }
export type Clients = { run(order: Order): Promise<Ended>; close(): Promise<void> }

function open(program: string, { folder }: Profiling): ChildProcess {
  const execArgv = folder === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${folder}`, `--cpu-prof-name=${program}.%p`]
  return fork(fileURLToPath(new URL(program, import.meta.url)), [], { execArgv })
}

async function ask<Answer>(child: ChildProcess, message: object): Promise<Answer> {
  const ended = new AbortController()
  const lost = once(child, 'exit', { signal: ended.signal }).then(() => {
    throw new Error('a process of the benchmark has ended')
  })
  lost.catch(() => {})
  child.send(message)
  const [answer] = await Promise.race([once(child, 'message', { signal: ended.signal }), lost])
  ended.abort()
  return answer as Answer
}

const close = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null) return
  const exited = once(child, 'exit')
  child.disconnect()
  await exited
}

export async function startServer(urls: DatabaseUrls, profiling: Profiling): Promise<Server> {
  const child = open('server.ts', profiling)
  const { url } = await ask<{ url: string }>(child, urls)
  return {
    url,
    cpuMs: async () => (await ask<{ cpuMs: number }>(child, {})).cpuMs,
    close: () => close(child),
  }
}

/** The clients are a process of their own, so that what they cost is not counted as the servers'. */
export function startClients(profiling: Profiling): Clients {
  const child = open('client.ts', profiling)
  return { run: (order) => ask<Ended>(child, order), close: () => close(child) }
}

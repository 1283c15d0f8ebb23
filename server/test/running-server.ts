import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeScratch } from './scratch.ts'

export const root = fileURLToPath(new URL('../..', import.meta.url))

export type RunningServer = {
  url: string
  /** The token of the sign-in link that the start printed. */
  link: string
  dataDir: string
  pid: number
  /** Ctrl-C, and the wait for the end. Answers the exit code. */
  stop(): Promise<number | null>
}
export type Output = { code: number | null; stdout: string; stderr: string }

/** Starts the server as `npm start` does, in a data folder of its own, and waits for the line that says it runs. */
export async function startServer(
  words: readonly string[],
  env: Record<string, string> = {},
  dataDir?: string,
): Promise<RunningServer> {
  const folder = dataDir ?? (await makeScratch(`tenantree-server-${process.pid}-`))
  const child = spawn(process.execPath, [join(root, 'server/src/main.ts'), ...words], {
    cwd: root,
    env: { ...process.env, PORT: '0', DATA_DIR: folder, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve))
  const text = await readUntilRunning(child).catch(async (error) => {
    if (dataDir === undefined) await rm(folder, { recursive: true, force: true })
    throw error
  })
  const [, url, link] = /running at (\S+)[\s\S]*token=(\S+)/.exec(text) ?? []
  return {
    url: url ?? '',
    link: link ?? '',
    dataDir: folder,
    pid: child.pid ?? 0,
    async stop() {
      child.kill('SIGINT')
      const code = await ended
      if (dataDir === undefined) await rm(folder, { recursive: true, force: true })
      return code
    },
  }
}

const readUntilRunning = (child: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = ''
    const read = (chunk: Buffer) => {
      text += chunk.toString()
      if (text.includes('Stop with Ctrl-C')) resolve(text)
    }
    child.stdout?.on('data', read)
    child.stderr?.on('data', read)
    child.on('exit', (code) => reject(new Error(`the server ended with ${code}: ${text}`)))
  })

/** Runs a program of the repository to its end, such as `agent/bin/tenantree-agent.mjs`. */
export const runProgram = (
  program: string,
  words: readonly string[],
  env: Record<string, string> = {},
): Promise<Output> =>
  new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(root, program), ...words],
      { env: { ...process.env, ...env } },
      (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : 1, stdout, stderr }),
    )
  })

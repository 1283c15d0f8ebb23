import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rmdir, stat, statfs } from 'node:fs/promises'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Config } from './config.ts'
import { diagnoseDatabase } from './diagnosis-database.ts'
import { checkMailServer } from './mail-server.ts'
import { explainFolderError } from './secrets.ts'
import { explainListenError, messageOf, StartFailure } from './start-failure.ts'

/** One line of the doctor. `advice` is there when it is not ok. */
export type Finding = { check: string; ok: boolean; what: string; advice: string | null }

const leastFreeBytes = 512 * 1024 * 1024

/** Looks at everything that can stop a start or the tests, and changes nothing. */
export async function diagnose(config: Config): Promise<Finding[]> {
  return [
    await examine('node', async () => checkNode(process.versions.node)),
    await examine('port', () => checkPort(config)),
    await examine('data folder', () => checkDataFolder(config.dataDir)),
    await examine('free disk', () => checkFreeDisk(config.dataDir)),
    await examine('database', () => diagnoseDatabase(config)),
    await examine('mail', () => checkMail(config)),
    await examine('browser for tests', checkBrowser),
  ]
}

/** A check answers what is well, or throws the StartFailure that a start would end with. */
export async function examine(check: string, look: () => Promise<string>): Promise<Finding> {
  try {
    return { check, ok: true, what: await look(), advice: null }
  } catch (error) {
    if (error instanceof StartFailure) return { check, ok: false, what: error.what, advice: error.advice }
    return { check, ok: false, what: messageOf(error), advice: 'This is a defect of Tenantree: please report it' }
  }
}

export function checkNode(version: string): string {
  if (Number(version.split('.')[0]) >= 24) return `Node ${version}`
  throw new StartFailure(`Node ${version} is too old for the server`, 'Run npm start, which brings the right one')
}

async function checkPort(config: Config): Promise<string> {
  const { host, port } = config
  const server = createServer()
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, host, resolve)
    })
    return port === 0 ? `Any free port of ${host}` : `Port ${port} of ${host} is free`
  } catch (error) {
    if (await isTenantree(config)) return `Tenantree is running on port ${port} of ${host}`
    throw explainListenError(error, config)
  } finally {
    server.close()
  }
}

async function isTenantree({ host, port }: Config): Promise<boolean> {
  try {
    const answer = await fetch(`http://${host}:${port}/v1/instance`, { signal: AbortSignal.timeout(2_000) })
    return answer.ok && 'mode' in Object(await answer.json())
  } catch {
    return false
  }
}

/** A folder of a moment is the only proof: rights, read-only disks and quotas all have a say. */
async function checkDataFolder(dataDir: string): Promise<string> {
  try {
    const existing = await findExisting(dataDir)
    await rmdir(await mkdtemp(join(existing, '.tenantree-probe-')))
    return existing === dataDir ? `${dataDir} can be written` : `${dataDir} can be made`
  } catch (error) {
    throw explainFolderError(error, dataDir)
  }
}

async function findExisting(path: string): Promise<string> {
  const found = await stat(path).catch(() => null)
  return found !== null || path === dirname(path) ? path : findExisting(dirname(path))
}

async function checkFreeDisk(dataDir: string): Promise<string> {
  const { bavail, bsize } = await statfs(await findExisting(dataDir))
  const freeBytes = bavail * bsize
  const free = `${(freeBytes / 1024 ** 3).toFixed(1)} GiB`
  if (freeBytes >= leastFreeBytes) return `${free} are free for ${dataDir}`
  throw new StartFailure(
    `Only ${free} are free for ${dataDir}`,
    'Free some space, or choose another disk with DATA_DIR',
  )
}

async function checkMail({ smtpUrl, mode }: Config): Promise<string> {
  if (smtpUrl !== null) return checkMailServer(smtpUrl)
  if (mode !== 'production') return 'No mail server: mails go to the Mailbox page of the console'
  throw new StartFailure(
    'No mail server is set: mails stay queued',
    'Set SMTP_URL, for example SMTP_URL=smtp://user:password@host:587',
  )
}

const browserProgram = fileURLToPath(new URL('../../test/browser/find-browser.ts', import.meta.url))

/** The tests' own program says it; where the tests are not installed there is nothing to look for. */
async function checkBrowser(): Promise<string> {
  if (!existsSync(browserProgram)) return 'The tests are not part of this installation'
  const { code, output } = await run(browserProgram)
  const line = output.trim().split('\n').at(-1) ?? ''
  if (code === 0) return line
  const end = line.indexOf('. ')
  throw new StartFailure(line.slice(0, end), line.slice(end + 2))
}

function run(program: string): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    const take = (chunk: unknown) => {
      output += String(chunk)
    }
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, output }))
  })
}

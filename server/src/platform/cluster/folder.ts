import { createHash, randomBytes } from 'node:crypto'
import { chmod, mkdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { prepareDataFolder, writeOnce } from '../secrets.ts'
import { type Account, canReach, findAccount } from './account.ts'
import { systemFolder } from './binaries.ts'

export type ClusterFolder = {
  /** Holds the database folder and, while it is made, its draft. */
  home: string
  path: string
  account: Account | null
}

/**
 * Where the database of a data folder is: in it, or, for root in a folder that PostgreSQL's own user cannot reach (as /root is),
 * in a folder under /var/lib/tenantree that the data folder's file `postgres-folder` names.
 */
export async function prepareClusterFolder(dataDir: string): Promise<ClusterFolder> {
  await prepareDataFolder(dataDir)
  const inside = join(dataDir, 'postgres')
  const account = await findAccount(inside)
  if (account === null) return { home: dataDir, path: inside, account }
  await openForPassing(dataDir)
  if (await canReach(account, dataDir)) return { home: dataDir, path: inside, account }
  const home = await writeOnce(join(dataDir, 'postgres-folder'), nameOutside(dataDir))
  await mkdir(home, { recursive: true, mode: 0o711 })
  const path = join(home, 'postgres')
  return { home, path, account: await findAccount(path) }
}

/** The random part keeps apart what was made for a data folder that has been deleted since. */
function nameOutside(dataDir: string): string {
  const hash = createHash('sha256').update(dataDir).digest('hex').slice(0, 12)
  return join(systemFolder, `${hash}-${randomBytes(3).toString('hex')}`)
}

/** Lets others pass through the data folder by name, without listing it: `secrets` inside stays closed. */
async function openForPassing(dataDir: string): Promise<void> {
  const { mode, uid } = await stat(dataDir)
  if (uid === 0) await chmod(dataDir, (mode & 0o777) | 0o011)
}

/** Where the database of a data folder is, for a look that makes nothing. */
export async function findClusterPath(dataDir: string): Promise<string> {
  const outside = await readFile(join(dataDir, 'postgres-folder'), 'utf8').catch(() => null)
  return join(outside?.trim() ?? dataDir, 'postgres')
}

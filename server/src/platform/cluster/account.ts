import { readFile, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/** The user that PostgreSQL runs as, where that is not the one who started us: it refuses to run as root. */
export type Account = { uid: number; gid: number }

const isRoot = (): boolean => process.getuid?.() === 0

/** null: PostgreSQL runs as this very user. A folder that has an owner already keeps it. */
export async function findAccount(clusterFolder: string): Promise<Account | null> {
  if (!isRoot()) return null
  const present = await stat(clusterFolder).catch(() => null)
  if (present !== null && present.uid !== 0) return { uid: present.uid, gid: present.gid }
  return findNobody()
}

/** initdb looks its user up by name, so the number has to be one of the machine's own users. */
async function findNobody(): Promise<Account> {
  const lines = await readFile('/etc/passwd', 'utf8').catch(() => '')
  const fields = /^nobody:[^:]*:(\d+):(\d+):/m.exec(lines)
  return fields ? { uid: Number(fields[1]), gid: Number(fields[2]) } : { uid: 65_534, gid: 65_534 }
}

/** Whether the account can reach what lies in the folder: every folder above, and itself, has to let it pass. */
export async function canReach(account: Account | null, folder: string): Promise<boolean> {
  if (account === null) return true
  const above = dirname(folder)
  return isPassable(account, await stat(folder)) && (above === folder || canReach(account, above))
}

function isPassable(account: Account, { uid, gid, mode }: { uid: number; gid: number; mode: number }): boolean {
  if (uid === account.uid) return (mode & 0o100) !== 0
  return (mode & (gid === account.gid ? 0o010 : 0o001)) !== 0
}

/** What spawn needs to run a program as the account. */
export const runAs = (account: Account | null): Partial<Account> => account ?? {}

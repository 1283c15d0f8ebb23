import { findClusterState, openCluster } from './cluster/index.ts'
import type { Config } from './config.ts'
import { toPlace } from './migrations/connect.ts'
import { countPending } from './migrations/index.ts'

/** Whether a start would take the database as it is. Throws the StartFailure that the start would end with. */
export async function diagnoseDatabase(config: Config): Promise<string> {
  if (config.databaseUrl !== null) {
    return `${toPlace(config.databaseUrl)}: ${toWords(await countPending(config.databaseUrl))}`
  }
  const { isMade, path } = await findClusterState(config.dataDir)
  if (!isMade) return `The embedded PostgreSQL will be made in ${path} at the first start`
  return `${path}: ${toWords(await withOwner(config, countPending))}`
}

const toWords = (pending: number): string =>
  pending === 0 ? 'the database is up to date' : `the next start runs ${pending} migrations`

/**
 * Calls `fn` with the owner's URL. An embedded PostgreSQL that runs is used as it is; one that does not is opened for that
 * long, and stopped. Throws StartFailure.
 */
export async function withOwner<T>(config: Config, fn: (ownerUrl: string) => Promise<T>): Promise<T> {
  if (config.databaseUrl !== null) return fn(config.databaseUrl)
  const { ownerUrl } = await findClusterState(config.dataDir)
  if (ownerUrl !== null) return fn(ownerUrl)
  const cluster = await openCluster({ dataDir: config.dataDir })
  try {
    return await fn(cluster.ownerUrl)
  } finally {
    await cluster.stop()
  }
}

import { join } from 'node:path'
import pg from 'pg'
import { prepareBinaries } from './binaries.ts'
import { getCredentials, toUrl } from './credentials.ts'
import { findClusterPath, prepareClusterFolder } from './folder.ts'
import { findMajorVersion, initialize } from './initialize.ts'
import { takeOwnership } from './ownership.ts'
import { findPostmaster, stopPostmaster } from './postmaster.ts'

/** The embedded PostgreSQL of one data folder, held by this process. */
export type Cluster = {
  /** Signs in as `tenantree`, who owns the database of that name. */
  ownerUrl: string
  /** Signs in as the superuser, for tests. */
  superUrl: string
  /** Stops PostgreSQL and waits for its end. */
  stop(): Promise<void>
}

/**
 * Opens the embedded PostgreSQL of the data folder: made at first use, adopted where a killed server left it running.
 * `fsync: false` is for tests, whose data may be lost with the machine. Throws StartFailure.
 */
export async function openCluster({ dataDir, fsync = true }: { dataDir: string; fsync?: boolean }): Promise<Cluster> {
  const folder = await prepareClusterFolder(dataDir)
  const binaries = await prepareBinaries(folder.account)
  const isMade = (await findMajorVersion(folder.path)) !== null
  const { superPassword: password, ownerPassword } = await getCredentials(dataDir, isMade)
  await initialize(binaries, folder, { superPassword: password, fsync })
  const logPath = join(dataDir, 'postgres.log')
  const { port, connection } = await takeOwnership({ binaries, folder, dataDir, logPath, fsync, password })
  // The lock's connection stays open meanwhile: nobody may adopt a server that is about to stop.
  const stop = () => stopPostmaster(folder.path).finally(() => connection.end().catch(() => {}))
  try {
    await prepareOwner(connection, ownerPassword)
  } catch (error) {
    await stop()
    throw error
  }
  return {
    ownerUrl: toOwnerUrl(port, ownerPassword),
    superUrl: toUrl(port, { user: 'postgres', password, database: 'postgres' }),
    stop,
  }
}

export type ClusterState = { isMade: boolean; path: string; ownerUrl: string | null }

/** A look that starts and makes nothing. `ownerUrl` is null while no PostgreSQL runs on the folder. Throws StartFailure. */
export async function findClusterState(dataDir: string): Promise<ClusterState> {
  const path = await findClusterPath(dataDir)
  const isMade = (await findMajorVersion(path)) !== null
  const running = await findPostmaster(path)
  if (running === null) return { isMade, path, ownerUrl: null }
  const { ownerPassword } = await getCredentials(dataDir, isMade)
  return { isMade, path, ownerUrl: toOwnerUrl(running.port, ownerPassword) }
}

const toOwnerUrl = (port: number, password: string): string =>
  toUrl(port, { user: 'tenantree', password, database: 'tenantree' })

/** The role and the database that everything else uses. Run at each start, so that a crash between the two is made good. */
async function prepareOwner(connection: pg.Client, password: string): Promise<void> {
  const { rows } = await connection.query<{ role: boolean; database: boolean }>(
    `select exists (select from pg_roles where rolname = 'tenantree') as role,
            exists (select from pg_database where datname = 'tenantree') as database`,
  )
  if (!rows[0]?.role) await connection.query('create role tenantree')
  await connection.query(
    `alter role tenantree login createrole createdb nosuperuser password ${pg.escapeLiteral(password)}`,
  )
  if (!rows[0]?.database) await connection.query('create database tenantree owner tenantree')
}

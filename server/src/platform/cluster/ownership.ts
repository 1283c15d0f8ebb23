import { readFile } from 'node:fs/promises'
import pg from 'pg'
import { codeOf, messageOf, StartFailure } from '../start-failure.ts'
import type { Binaries } from './binaries.ts'
import type { ClusterFolder } from './folder.ts'
import { findPostmaster, startPostmaster, waitFor } from './postmaster.ts'

/** The advisory lock that the owner of a running embedded PostgreSQL holds in its database `postgres`. */
export const ownerLock = '8367040051'

/** How the owner shows in the list of sessions: the refusal names its process. */
export const ownerName = (pid: number): string => `tenantree ${pid}`

export type Ownership = { port: number; connection: pg.Client }

type Start = {
  binaries: Binaries
  folder: ClusterFolder
  dataDir: string
  logPath: string
  fsync: boolean
  password: string
}

const startTimeoutMs = 60_000
const lockTimeoutMs = 1_500

/**
 * Starts PostgreSQL on the folder, or adopts one that a killed server left running, and takes its lock: of two that try at
 * once exactly one gets it, and the other leaves PostgreSQL as it is. Throws StartFailure.
 */
export async function takeOwnership(start: Start): Promise<Ownership> {
  let starts = 0
  const connected = await waitFor(startTimeoutMs, async () => {
    const running = await findPostmaster(start.folder.path)
    if (running !== null) return running.status === 'ready' ? connect(running.port, start) : null
    if (starts >= 5) throw await explainFailedStart(start)
    starts += 1
    await startPostmaster(start)
    return null
  })
  if (connected === null) throw await explainFailedStart(start)
  if (await takeLock(connected.connection)) return connected
  const owner = await findOwner(connected.connection)
  await connected.connection.end()
  throw new StartFailure(
    `Tenantree is running already on this data folder (${start.dataDir}${owner})`,
    'Stop that one first, or choose another folder: DATA_DIR=./other PORT=8081 npm start',
  )
}

/** null: it is not ready yet, or just stopping. */
async function connect(port: number, start: Start): Promise<Ownership | null> {
  const connection = new pg.Client({
    host: '127.0.0.1',
    port,
    user: 'postgres',
    password: start.password,
    database: 'postgres',
    application_name: ownerName(process.pid),
    connectionTimeoutMillis: 5_000,
  })
  connection.on('error', () => {})
  try {
    await connection.connect()
    return { port, connection }
  } catch (error) {
    if (codeOf(error) !== '28P01') return null
    throw new StartFailure(
      `The password of the embedded database in ${start.dataDir}/secrets is not the one it was made with`,
      'Put the folder secrets back from your back-up, or choose another folder with DATA_DIR',
      { cause: error },
    )
  }
}

/** Tried for a moment: the session of a server that was killed just now may not have been noticed yet. */
const takeLock = (connection: pg.Client): Promise<true | null> =>
  waitFor(lockTimeoutMs, async () => {
    const { rows } = await connection.query<{ taken: boolean }>('select pg_try_advisory_lock($1) as taken', [ownerLock])
    return rows[0]?.taken ? true : null
  })

async function findOwner(connection: pg.Client): Promise<string> {
  const { rows } = await connection.query<{ name: string }>(
    `select a.application_name as name from pg_locks l join pg_stat_activity a using (pid)
     where l.locktype = 'advisory' and l.granted and (l.classid::bigint << 32 | l.objid::bigint) = $1`,
    [ownerLock],
  )
  const pid = /^tenantree (\d+)$/.exec(rows[0]?.name ?? '')?.[1]
  return pid ? `, process ${pid}` : ''
}

async function explainFailedStart({ folder, logPath }: Start): Promise<StartFailure> {
  const log = await readFile(logPath, 'utf8').catch((error) => messageOf(error))
  const reason = log
    .split('\n')
    .filter((line) => /FATAL|PANIC|ERROR|error while loading/.test(line))
    .at(-1)
  return new StartFailure(
    `The embedded PostgreSQL in ${folder.path} does not start${reason ? ` (${reason.replace(/^.*?(FATAL|PANIC|ERROR): */, '')})` : ''}`,
    `Read the end of ${logPath}; nothing was changed`,
  )
}

import { fileURLToPath } from 'node:url'
import { Logger, runMigrations } from 'graphile-worker'
import type pg from 'pg'
import { messageOf, StartFailure } from '../start-failure.ts'
import { connect, toPlace } from './connect.ts'
import { decidePending, decideUsable } from './decide.ts'
import { type Migration, readMigrations } from './files.ts'
import { prepareRoles, type RoleUrls } from './roles.ts'
import { findApplied, forgetUnfinished, readState } from './state.ts'

export type { RoleUrls } from './roles.ts'

export const migrationsFolder = fileURLToPath(new URL('../../../migrations', import.meta.url))

/** Held by the one who migrates this database; others wait for it. */
const migrationLock = '8367040052'

/**
 * Brings the database to the state of the files and makes the roles. Of several that start at once one does it, the others
 * wait. Throws StartFailure where the database is not fit or not ours, before anything is written.
 */
export async function migrate(ownerUrl: string, options: { dataDir: string; folder?: string }): Promise<RoleUrls> {
  const files = await readMigrations(options.folder ?? migrationsFolder)
  const client = await connect(ownerUrl)
  try {
    await client.query('select pg_advisory_lock($1)', [migrationLock])
    decideUsable(await readState(client), toPlace(ownerUrl))
    const pending = decidePending(files, await findApplied(client))
    const urls = await prepareRoles(client, ownerUrl, options.dataDir)
    await createLedger(client)
    await migrateJobs(ownerUrl)
    for (const migration of pending) await run(client, migration)
    return urls
  } finally {
    await client.end()
  }
}

/** What a start would say of the database, without changing it: how many files are still to be run. Throws StartFailure. */
export async function countPending(ownerUrl: string, folder = migrationsFolder): Promise<number> {
  const files = await readMigrations(folder)
  const client = await connect(ownerUrl)
  try {
    decideUsable(await readState(client), toPlace(ownerUrl))
    return decidePending(files, await findApplied(client)).length
  } finally {
    await client.end()
  }
}

/** Lets a file that was begun and not finished be tried again, and answers its name. Nothing of it is in the database. */
export async function allowRetry(ownerUrl: string): Promise<string | null> {
  const client = await connect(ownerUrl)
  try {
    return await forgetUnfinished(client)
  } finally {
    await client.end()
  }
}

async function createLedger(client: pg.Client): Promise<void> {
  await client.query('create schema if not exists app')
  await client.query(
    `create table if not exists app.migrations (
       number      int         primary key,
       name        text        not null,
       sha256      text        not null,
       started_at  timestamptz not null,
       finished_at timestamptz
     )`,
  )
}

/** The job queue's own tables: the functions of our files call them. */
async function migrateJobs(connectionString: string): Promise<void> {
  await runMigrations({ connectionString, maxPoolSize: 1, logger: new Logger(() => () => {}) })
}

/**
 * One file, one transaction, its end noted in it: an unfinished row means that nothing of the file is there. The row stands
 * before, on its own, so that a file that fails stops every later start too.
 */
async function run(client: pg.Client, migration: Migration): Promise<void> {
  const { number, name, sha256 } = migration
  await client.query(`insert into app.migrations (number, name, sha256, started_at) values ($1, $2, $3, now())`, [
    number,
    name,
    sha256,
  ])
  try {
    await client.query('begin')
    for (const statement of migration.statements) await client.query(statement)
    await client.query('update app.migrations set finished_at = clock_timestamp() where number = $1', [number])
    await client.query('commit')
  } catch (error) {
    await client.query('rollback').catch(() => {})
    throw new StartFailure(
      `Migration ${name} failed (${messageOf(error)}); its changes were rolled back and nothing is lost`,
      'Correct what it says, then allow another try: node_modules/.bin/node server/src/doctor.ts --retry-migration',
      { cause: error },
    )
  }
}

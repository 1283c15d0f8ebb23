import { StartFailure } from '../start-failure.ts'
import type { Migration } from './files.ts'

/** What the database says about itself before anything in it is touched. */
export type DatabaseState = {
  version: number
  versionName: string
  encoding: string
  role: string
  isSuperuser: boolean
  mayCreateRoles: boolean
  mayCreate: boolean
  /** Tables in `public`, and in `app` where app.migrations is missing: somebody else's. */
  foreignTables: string[]
  isOurs: boolean
}

export type AppliedMigration = { number: number; name: string; sha256: string; isFinished: boolean }

/** Refuses a database that cannot be ours, before anything is written. Throws StartFailure. */
export function decideUsable(state: DatabaseState, place: string): void {
  const otherwise = 'or leave DATABASE_URL out to use the embedded PostgreSQL'
  if (state.version < 150_000) {
    throw new StartFailure(
      `The PostgreSQL at ${place} is of version ${state.versionName}, Tenantree needs 15 or newer`,
      `Upgrade it, ${otherwise}`,
    )
  }
  if (!state.isOurs && state.foreignTables.length > 0) {
    throw new StartFailure(
      `The database at ${place} belongs to something else (it has the table ${state.foreignTables[0]})`,
      `Name an empty database in DATABASE_URL, ${otherwise}; nothing in it was changed`,
    )
  }
  if (state.encoding !== 'UTF8') {
    throw new StartFailure(
      `The database at ${place} has the encoding ${state.encoding}, Tenantree needs UTF8`,
      `Make one with: create database tenantree encoding 'UTF8' template template0`,
    )
  }
  decideRole(state, place)
}

function decideRole({ role, ...state }: DatabaseState, place: string): void {
  if (state.isSuperuser) {
    throw new StartFailure(
      `DATABASE_URL signs in at ${place} as the superuser ${role}, whom row-level security does not bind`,
      `Make a role that owns the database: create role tenantree login createrole password '...'`,
    )
  }
  if (!state.mayCreateRoles) {
    throw new StartFailure(
      `The role ${role} of DATABASE_URL may not create roles`,
      `As a superuser there, run: alter role ${role} createrole`,
    )
  }
  if (!state.mayCreate) {
    throw new StartFailure(
      `The role ${role} of DATABASE_URL may not create tables at ${place}`,
      `As a superuser there, run: alter database your_database owner to ${role}`,
    )
  }
}

/** The files that are still to be run. Throws StartFailure when what was run is not what these files say. */
export function decidePending(files: readonly Migration[], applied: readonly AppliedMigration[]): Migration[] {
  const unfinished = applied.find((row) => !row.isFinished)
  if (unfinished) {
    throw new StartFailure(
      `Migration ${unfinished.name} was begun and not finished; its changes were rolled back and nothing is lost`,
      'Free disk space or correct what stopped it, then allow another try: node_modules/.bin/node server/src/doctor.ts --retry-migration',
    )
  }
  for (const row of applied) checkUnchanged(files[row.number - 1], row)
  return files.slice(applied.length)
}

function checkUnchanged(file: Migration | undefined, row: AppliedMigration): void {
  if (file === undefined) {
    throw new StartFailure(
      `The database was used by a newer Tenantree (it has migration ${row.name})`,
      'Start that newer release, or put back the back-up from before the upgrade',
    )
  }
  if (file.sha256 !== row.sha256) {
    throw new StartFailure(
      `The file ${file.name} was changed after the database had run it`,
      'Put the file back as it was released; a change to the database is a new file with the next number',
    )
  }
}

import type pg from 'pg'
import type { AppliedMigration, DatabaseState } from './decide.ts'

const stateQuery = `
  select current_setting('server_version_num')::int as version,
         current_setting('server_version') as version_name,
         current_setting('server_encoding') as encoding,
         current_user::text as role,
         r.rolsuper as is_superuser,
         r.rolcreaterole as may_create_roles,
         has_database_privilege(current_database(), 'create') and has_schema_privilege('public', 'create') as may_create,
         to_regclass('app.migrations') is not null as is_ours,
         array(select format('%I.%I', n.nspname, c.relname)
               from pg_class c join pg_namespace n on n.oid = c.relnamespace
               where n.nspname in ('public', 'app') and c.relkind in ('r', 'p', 'v', 'm', 'f')
                 -- What an extension brought is nobody's data.
                 and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
               order by 1 limit 1) as tables
  from pg_roles r where r.rolname = current_user`

type StateRow = {
  version: number
  version_name: string
  encoding: string
  role: string
  is_superuser: boolean
  may_create_roles: boolean
  may_create: boolean
  is_ours: boolean
  tables: string[]
}

export async function readState(client: pg.Client): Promise<DatabaseState> {
  const { rows } = await client.query<StateRow>(stateQuery)
  const row = rows[0]!
  return {
    version: row.version,
    versionName: row.version_name,
    encoding: row.encoding,
    role: row.role,
    isSuperuser: row.is_superuser,
    mayCreateRoles: row.may_create_roles,
    mayCreate: row.may_create,
    foreignTables: row.tables,
    isOurs: row.is_ours,
  }
}

/** What was run, in order; nothing where the database is still empty. */
export async function findApplied(client: pg.Client): Promise<AppliedMigration[]> {
  const { rows: present } = await client.query<{ ours: boolean }>(
    `select to_regclass('app.migrations') is not null as ours`,
  )
  if (!present[0]?.ours) return []
  const { rows } = await client.query<AppliedMigration>(
    `select number, name, sha256, finished_at is not null as "isFinished" from app.migrations order by number`,
  )
  return rows
}

/** Forgets that a file was begun; nothing of it is in the database, since its end is noted in its own transaction. */
export async function forgetUnfinished(client: pg.Client): Promise<string | null> {
  if ((await findApplied(client)).every((row) => row.isFinished)) return null
  const { rows } = await client.query<{ name: string }>(
    'delete from app.migrations where finished_at is null returning name',
  )
  return rows[0]?.name ?? null
}

import pg from 'pg'
import { getOrCreateSecret } from '../secrets.ts'
import { codeOf, StartFailure } from '../start-failure.ts'
import { asRole, canSignIn, toPlace } from './connect.ts'

export type RoleUrls = { owner: string; runtime: string; worker: string }

/**
 * Makes the roles that hold no other right than what the migrations grant: tt_runtime and tt_worker, who sign in with the
 * secrets of the data folder, and tt_search, who owns the search functions and never signs in.
 */
export async function prepareRoles(owner: pg.Client, ownerUrl: string, dataDir: string): Promise<RoleUrls> {
  await withRetries(() => createRole(owner, 'tt_search', 'nologin'))
  // The owner hands functions over to tt_search, which takes being a member.
  await withRetries(() => becomeMember(owner, 'tt_search'))
  return {
    owner: ownerUrl,
    runtime: await prepareLogin(owner, { ownerUrl, dataDir, role: 'tt_runtime' }),
    worker: await prepareLogin(owner, { ownerUrl, dataDir, role: 'tt_worker' }),
  }
}

async function prepareLogin(
  owner: pg.Client,
  at: { ownerUrl: string; dataDir: string; role: string },
): Promise<string> {
  const password = await getOrCreateSecret(at.dataDir, at.role)
  const url = asRole(at.ownerUrl, at.role, password)
  const isNew = await withRetries(() => createRole(owner, at.role, 'login'))
  if (!isNew && (await canSignIn(url))) return url
  try {
    await withRetries(() => owner.query(`alter role ${at.role} login password ${pg.escapeLiteral(password)}`))
  } catch (error) {
    if (codeOf(error) !== '42501') throw error
    throw new StartFailure(
      `The role ${at.role} at ${toPlace(at.ownerUrl)} was made by another role, and the password in ${at.dataDir}/secrets is not its own`,
      'Copy the folder secrets of the installation that made it, or use another PostgreSQL server',
      { cause: error },
    )
  }
  return url
}

/** True when the role was made now. */
async function createRole(owner: pg.Client, role: string, login: 'login' | 'nologin'): Promise<boolean> {
  const { rowCount } = await owner.query('select from pg_roles where rolname = $1', [role])
  if (rowCount) return false
  await owner.query(`create role ${role} ${login} nosuperuser nocreatedb nocreaterole noreplication nobypassrls`)
  return true
}

async function becomeMember(owner: pg.Client, role: string): Promise<void> {
  const { rows } = await owner.query<{ member: boolean }>(`select pg_has_role(current_user, $1, 'set') as member`, [
    role,
  ])
  if (!rows[0]?.member) await owner.query(`grant ${role} to current_user`)
}

/** Unique violation, exists already, and the "tuple concurrently updated" that has no code of its own. */
const raced = new Set(['23505', '42710', 'XX000', '40001'])

/** Roles belong to the whole server: another database of it may be making the same ones at this moment. */
async function withRetries<T>(change: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await change()
    } catch (error) {
      if (attempt === 10 || !raced.has(codeOf(error))) throw error
    }
  }
}

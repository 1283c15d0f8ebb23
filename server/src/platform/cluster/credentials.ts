import { findSecret, getOrCreateSecret } from '../secrets.ts'
import { StartFailure } from '../start-failure.ts'

export type Credentials = { superPassword: string; ownerPassword: string }

/** The passwords of the embedded database, made before the database is. A database whose passwords are gone is left as it is. */
export async function getCredentials(dataDir: string, isMade: boolean): Promise<Credentials> {
  if (isMade && (await findSecret(dataDir, 'postgres')) === null) {
    throw new StartFailure(
      `The password of the embedded database is missing (${dataDir}/secrets/postgres)`,
      'Put the folder secrets back from your back-up, or choose another folder with DATA_DIR',
    )
  }
  return {
    superPassword: await getOrCreateSecret(dataDir, 'postgres'),
    ownerPassword: await getOrCreateSecret(dataDir, 'owner'),
  }
}

export function toUrl(port: number, login: { user: string; password: string; database: string }): string {
  return `postgres://${login.user}:${encodeURIComponent(login.password)}@127.0.0.1:${port}/${login.database}`
}

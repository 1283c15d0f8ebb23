import pg from 'pg'
import { codeOf, messageOf, StartFailure } from '../start-failure.ts'

/** Opens one connection to the database. Throws StartFailure with words of its own for each reason. */
export async function connect(url: string): Promise<pg.Client> {
  const client = openClient(url)
  try {
    await client.connect()
    return client
  } catch (error) {
    await client.end().catch(() => {})
    throw explainConnectError(error, url)
  }
}

/** Whether the login of the URL is accepted; what is not about the password is thrown. */
export async function canSignIn(url: string): Promise<boolean> {
  const client = openClient(url)
  try {
    await client.connect()
    return true
  } catch (error) {
    if (codeOf(error) === '28P01') return false
    throw explainConnectError(error, url)
  } finally {
    await client.end().catch(() => {})
  }
}

function openClient(connectionString: string): pg.Client {
  const client = new pg.Client({
    connectionString,
    connectionTimeoutMillis: 10_000,
    application_name: 'tenantree setup',
  })
  // A server that ends while the connection idles must not end this process; the next query says so.
  client.on('error', () => {})
  return client
}

/** The same database, as another role. */
export function asRole(url: string, role: string, password: string): string {
  const other = new URL(url)
  other.username = role
  other.password = password
  return other.href
}

/** What may be shown of a database URL: everything but the password. */
export function toPlace(url: string): string {
  const { hostname, port, pathname } = new URL(url)
  return `${hostname || 'localhost'}:${port || '5432'}/${decodeURIComponent(pathname.slice(1))}`
}

type Reason = (at: { place: string; host: string; user: string; database: string }) => [string, string]

const reasons: Record<string, Reason> = {
  ENOTFOUND: ({ host }) => [
    `The host ${host} of DATABASE_URL is not known`,
    'Correct the host name in DATABASE_URL, or leave it out to use the embedded PostgreSQL',
  ],
  ECONNREFUSED: ({ place }) => [
    `No PostgreSQL listens at ${place}`,
    'Start it, or correct host and port in DATABASE_URL; leave it out to use the embedded PostgreSQL',
  ],
  ETIMEDOUT: ({ place }) => [
    `No answer from PostgreSQL at ${place} within 10 seconds`,
    'Correct host and port in DATABASE_URL, or open the firewall between here and there',
  ],
  '28P01': ({ user, place }) => [
    `PostgreSQL at ${place} refuses the password of ${user || 'the user'}`,
    'Correct user and password in DATABASE_URL; special characters are written as %40 and the like',
  ],
  '28000': ({ user, place }) => [
    `PostgreSQL at ${place} does not let ${user || 'the user'} sign in`,
    'Allow it in pg_hba.conf there, or correct the user in DATABASE_URL',
  ],
  '3D000': ({ database, place }) => [
    `There is no database ${database} at ${place}`,
    `Make it there (create database ${database} owner your_role), or correct the name in DATABASE_URL`,
  ],
  '53300': ({ place }) => [
    `PostgreSQL at ${place} has no free connection`,
    'Raise max_connections there (Tenantree needs 25), or end other programs that use it',
  ],
  '57P03': ({ place }) => [
    `PostgreSQL at ${place} is starting or stopping`,
    'Wait until it is ready, then start again',
  ],
}

const sameReason: Record<string, string> = {
  EAI_AGAIN: 'ENOTFOUND',
  EHOSTUNREACH: 'ETIMEDOUT',
  ENETUNREACH: 'ETIMEDOUT',
}

function explainConnectError(error: unknown, url: string): StartFailure {
  const { hostname, username, pathname } = new URL(url)
  const at = {
    place: toPlace(url),
    host: hostname || 'localhost',
    user: decodeURIComponent(username),
    database: decodeURIComponent(pathname.slice(1)),
  }
  const code = /timeout/i.test(messageOf(error)) ? 'ETIMEDOUT' : codeOf(innermost(error))
  const reason = reasons[sameReason[code] ?? code]
  const words: [string, string] = reason
    ? reason(at)
    : [`PostgreSQL at ${at.place} cannot be used (${messageOf(innermost(error))})`, 'Correct DATABASE_URL']
  return new StartFailure(...words, { cause: error })
}

/** Node tries each address of a name, and reports them all together. */
function innermost(error: unknown): unknown {
  return error instanceof AggregateError && error.errors.length > 0 ? error.errors[0] : error
}

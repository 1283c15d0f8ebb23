import pg from 'pg'

export const openClient = async (connectionString: string): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString, options: '-c TimeZone=UTC' })
  // A query tells of a lost connection by itself.
  client.on('error', () => {})
  await client.connect()
  return client
}

/** A new database beside the one of the url. */
export async function createDatabase(ownerUrl: string, name: string): Promise<string> {
  const client = await openClient(ownerUrl)
  await client.query(`create database ${name}`).finally(() => client.end())
  return inDatabase(ownerUrl, name)
}

export function inDatabase(url: string, name: string): string {
  const other = new URL(url)
  other.pathname = name
  return other.href
}

export const post = async (url: string, body: unknown, token?: string): Promise<Response> => {
  const headers = { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) }
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
  if (!answer.ok) throw new Error(`${answer.status} from ${url}: ${await answer.text()}`)
  return answer
}

/** Answers the session's token. */
export async function signIn(url: string, link: string): Promise<string> {
  const answer = await post(`${url}/v1/sessions/link`, { token: link })
  return /tenantree_session=(tts_[^;]+)/.exec(answer.headers.get('set-cookie') ?? '')?.[1] ?? ''
}

/** A superuser of the tenant, signed in. */
export async function addUser(url: string, vendorToken: string, tenantId: string): Promise<string> {
  const body = { tenant_id: tenantId, email: `${tenantId}@users.example`, name: 'User', role: 'superuser' }
  const made: { sign_in_url: string } = JSON.parse(await (await post(`${url}/v1/users`, body, vendorToken)).text())
  return signIn(url, new URL(made.sign_in_url).searchParams.get('token') ?? '')
}

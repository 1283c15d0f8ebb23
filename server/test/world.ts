import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { type Application, type ApplicationOptions, createApplication } from '../src/application.ts'
import { createOperatorLink } from '../src/identity/index.ts'
import type { Mode } from '../src/platform/config.ts'
import { startJobs } from '../src/platform/jobs.ts'
import { openLog } from '../src/platform/log.ts'
import { type Relay, startRelay } from '../src/platform/outbox.ts'
import { ensureVendor, sumsConsumer } from '../src/tenants/index.ts'
import { createTestDatabase, type TestDatabase, withClient } from './database.ts'

// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever comes
export type Answer = { status: number; body: any; headers: Headers; bytes: Uint8Array }
type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
export type Client = {
  token: string | null
  get(path: string, headers?: Record<string, string>): Promise<Answer>
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
  put(path: string, body?: unknown, version?: number): Promise<Answer>
  patch(path: string, body: unknown, version: number): Promise<Answer>
  delete(path: string): Promise<Answer>
}

/** Without a mail server mails go to the mailbox. */
export type WorldOptions = { mode?: Mode; smtpUrl?: string; stripe?: ApplicationOptions['stripe'] }

/** The real server on a database of its own, with the clock standing still at `now`. Each test makes its own tenants in it. */
export type World = {
  url: string
  application: Application
  database: TestDatabase
  vendor: Client
  vendorId: string
  as(token: string | null): Client
  /** Moves the clock and waits for everything that became due. */
  moveTo(instant: string): Promise<void>
  /** Waits until everything committed so far has reached the outbox's readers. */
  drain(): Promise<void>
  close(): Promise<void>
}

export async function openWorld(now = '2027-01-05T10:00:00Z', options: WorldOptions = {}): Promise<World> {
  const database = await createTestDatabase()
  let url = ''
  const log = openLog(process.env.LOG_LEVEL ?? 'fatal')
  const application = await createApplication({
    urls: database.urls,
    mode: options.mode ?? 'test',
    smtpUrl: options.smtpUrl ?? null,
    stripe: options.stripe ?? null,
    log,
    auditKey: generateKeyPairSync('ed25519').privateKey,
    vaultKey: randomBytes(32),
    baseUrl: () => url,
    consoleFolder: null,
  })
  const { app, db } = application
  url = await app.listen({ host: '127.0.0.1', port: 0 })
  const jobs = await startJobs(database.urls.owner, application.jobs, log)
  const relay = startRelay(db, [sumsConsumer], log, 3_600_000)
  const call = await db.systemCall('test')
  const vendorRecord = await ensureVendor(db, call, {
    name: 'Vendor',
    company: { legal_name: 'Vendor AG', street: '1 Vendor Way', city: 'Hamburg', country: 'DE' },
  })
  await application.runDue(call)
  const as = (token: string | null) => createClient(url, token)
  const vendor = as(await signInWithLink(url, await createOperatorLink(db, call, vendorRecord)))
  const moveTo = async (to: string) => {
    const moved = await vendor.post('/v1/test-clock', { to, frozen: true })
    if (moved.status !== 200) throw new Error(`the clock did not move: ${JSON.stringify(moved.body)}`)
  }
  if (options.mode !== 'production') await moveTo(now)
  return {
    url,
    application,
    database,
    vendor,
    vendorId: vendorRecord.id,
    as,
    moveTo,
    drain: () => drain(database, relay),
    async close() {
      await relay.stop()
      await jobs.stop()
      await application.close()
      await database.drop()
    },
  }
}

/** Signs in with a single-use link's token; answers the session's token. */
export async function signInWithLink(url: string, link: string): Promise<string> {
  const answer = await createClient(url, null).post('/v1/sessions/link', { token: link })
  return readToken(answer)
}

/** The session's token out of the cookie that a sign-in sets. */
export function readToken(answer: Answer): string {
  const token = /tenantree_session=(tts_[^;]+)/.exec(answer.headers.get('set-cookie') ?? '')?.[1]
  if (token === undefined) throw new Error(`no session: ${answer.status} ${JSON.stringify(answer.body)}`)
  return token
}

export function createClient(url: string, token: string | null): Client {
  const credentials: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` }
  const send = async (
    method: Method,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { ...credentials, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    return read(response)
  }
  return {
    token,
    get: (path, headers) => send('GET', path, undefined, headers),
    post: (path, body, headers) => send('POST', path, body, headers),
    put: (path, body, version) => send('PUT', path, body, version === undefined ? {} : { 'if-match': `"${version}"` }),
    patch: (path, body, version) => send('PATCH', path, body, { 'if-match': `"${version}"` }),
    delete: (path) => send('DELETE', path),
  }
}

async function read(response: Response): Promise<Answer> {
  const bytes = new Uint8Array(await response.arrayBuffer())
  const isJson = bytes.length > 0 && /[/+]json\b/.test(response.headers.get('content-type') ?? '')
  const body = isJson ? JSON.parse(new TextDecoder().decode(bytes)) : null
  return { status: response.status, body, headers: response.headers, bytes }
}

/**
 * Reads the outbox until nothing committed so far is left unread. One round is not enough: the horizon also waits for running
 * transactions of the other databases of the server, which are other tests'.
 */
async function drain(database: TestDatabase, relay: Relay): Promise<void> {
  await withClient(database.urls.worker, async (client) => {
    const { rows: newest } = await client.query('select xid, id from outbox order by xid desc, id desc limit 1')
    if (!newest[0]) return
    const isRead = async () => {
      await relay.drain()
      const { rows } = await client.query(
        'select 1 from app.outbox_positions where consumer = $3 and (xid, id) >= ($1::xid8, $2::uuid)',
        [newest[0].xid, newest[0].id, sumsConsumer.name],
      )
      return rows.length > 0
    }
    while (!(await isRead())) await new Promise((resolve) => setTimeout(resolve, 20))
  })
}

import { fileURLToPath } from 'node:url'
import { type Application, createApplication, readAuditKey } from './application.ts'
import { loadDemo } from './demo/index.ts'
import { createOperatorLink } from './identity/index.ts'
import { openCluster } from './platform/cluster/index.ts'
import { type Config, loadConfig } from './platform/config.ts'
import type { Database } from './platform/database.ts'
import { startTicking } from './platform/due.ts'
import { startJobs } from './platform/jobs.ts'
import { type Log, openLog } from './platform/log.ts'
import { migrate } from './platform/migrations/index.ts'
import { startRelay } from './platform/outbox.ts'
import { explainListenError, StartFailure } from './platform/start-failure.ts'
import { readVaultKey } from './platform/vault.ts'
import { ensureVendor, sumsConsumer, type TenantRecord } from './tenants/index.ts'

const consoleFolder = fileURLToPath(new URL('../../web/dist', import.meta.url))
const relayEveryMs = 500
const presenceEveryMs = 5_000
const dueEveryMs = 60_000

/** What has been started, ended in the opposite order. */
type Stop = () => Promise<void>

async function start(config: Config, log: Log, stops: Stop[]): Promise<void> {
  const ownerUrl = await openStorage(config, stops)
  const roles = await migrate(ownerUrl, { dataDir: config.dataDir })
  let url = config.publicUrl ?? ''
  const application = await createApplication({
    urls: roles,
    mode: config.mode,
    log,
    auditKey: await readAuditKey(config.dataDir),
    vaultKey: await readVaultKey(config.dataDir),
    auditCheckpointFile: config.auditCheckpointFile,
    baseUrl: () => url,
    smtpUrl: config.smtpUrl,
    stripe: config.stripe,
    privateHosts: config.privateHosts,
    trustedProxies: config.trustedProxies,
    consoleFolder,
  })
  stops.push(() => application.close())
  const { app, db } = application
  const address = await app.listen({ host: config.host, port: config.port }).catch((error: unknown) => {
    throw explainListenError(error, config)
  })
  url = config.publicUrl ?? toAddress(config, new URL(address).port)
  log.info({ address }, 'listening')

  const relay = startRelay(db, [sumsConsumer], log, relayEveryMs)
  stops.push(() => relay.stop())
  const vendor = await fill(application, config)
  const runner = await startJobs(roles.owner, application.jobs, log)
  stops.push(() => runner.stop())
  const ticking = startTicking(async () => application.runDue(await db.systemCall('due')), dueEveryMs)
  stops.push(() => ticking.stop())
  const presence = startTicking(() => application.flushPresence(), presenceEveryMs)
  stops.push(() => presence.stop())
  await announce(db, vendor, config, url)
}

async function openStorage(config: Config, stops: Stop[]): Promise<string> {
  if (config.databaseUrl !== null) return config.databaseUrl
  const cluster = await openCluster({ dataDir: config.dataDir })
  stops.push(() => cluster.stop())
  return cluster.ownerUrl
}

const toAddress = ({ host }: Config, port: string): string => {
  const name = host === '0.0.0.0' || host === '::' || host === '127.0.0.1' ? 'localhost' : host
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`
}

/** The demo channel, or at least the vendor, who is answered, and months to write in. */
async function fill({ db, hooks, ingest, runDue }: Application, config: Config): Promise<TenantRecord> {
  const call = await db.systemCall('start')
  if (config.mode === 'demo' && !config.empty) {
    await runDue(call)
    const report = showProgress('Making the demo channel')
    await loadDemo({ db, hooks, ingest, runDue, report })
  }
  const vendor = await ensureVendor(db, await db.systemCall('start'), { name: 'Vendor' })
  await runDue(await db.systemCall('start'))
  return vendor
}

/** Tells how far something long is, in steps of ten percent. */
function showProgress(what: string): (share: number) => void {
  let shown = -10
  return (share) => {
    const percent = Math.floor(share * 10) * 10
    if (percent <= shown) return
    process.stdout.write(`${shown < 0 ? `${what}:` : ''} ${percent} %${percent === 100 ? '\n' : ''}`)
    shown = percent
  }
}

async function announce(db: Database, vendor: TenantRecord, config: Config, url: string): Promise<void> {
  const token = await createOperatorLink(db, await db.systemCall('start'), vendor)
  const lines = [
    '',
    `Tenantree is running at ${url}`,
    `Sign in as the vendor (once, within an hour): ${url}/sign-in/link?token=${token}`,
    ...(config.mode === 'demo' ? ['Demo accounts of every level are on the sign-in page.'] : []),
    'Stop with Ctrl-C.',
    '',
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}

/** Ends everything in the opposite order, once, whoever asks. */
function createStop(stops: Stop[]): () => Promise<void> {
  let stopping: Promise<void> | null = null
  const stopAll = async () => {
    for (let stop = stops.pop(); stop !== undefined; stop = stops.pop()) await stop()
  }
  return () => {
    stopping ??= stopAll()
    return stopping
  }
}

async function main(): Promise<void> {
  const stops: Stop[] = []
  const stop = createStop(stops)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop().then(() => process.exit(0)))
  try {
    const config = loadConfig(process.env, process.argv.slice(2))
    await start(config, openLog(config.logLevel), stops)
  } catch (error) {
    const log = openLog('error')
    await stop().catch((failure: unknown) => log.error({ err: failure }, 'the stop failed too'))
    if (error instanceof StartFailure) process.stderr.write(`${error.message}\n`)
    else log.fatal({ err: error }, 'the start failed')
    process.exit(1)
  }
}

await main()

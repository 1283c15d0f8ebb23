import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { join } from 'node:path'
import { createIngest, createPresence, type Ingest, monthKeeper } from './activity/index.ts'
import * as audit from './audit/index.ts'
import { addBillingRoutes, billingJob, monthlyBilling } from './billing/index.ts'
import * as catalog from './catalog/index.ts'
import { addDemoRoutes } from './demo/index.ts'
import { addDeviceRoutes } from './devices/index.ts'
import { addDocumentRoutes, openRenderer } from './documents/index.ts'
import { addEnrolmentRoutes, createAgents } from './enrolment/index.ts'
import * as identity from './identity/index.ts'
import type { CallContext } from './kernel/context.ts'
import { addMailRoutes, openMails, welcome } from './mails/index.ts'
import { addPlacementRoutes } from './placement/index.ts'
import type { Mode } from './platform/config.ts'
import { type Database, type DatabaseUrls, openDatabase } from './platform/database.ts'
import { type DueTask, runDue } from './platform/due.ts'
import { type App, createApp } from './platform/http/app.ts'
import { addConsole } from './platform/http/console-files.ts'
import { addDocumentation } from './platform/http/documentation.ts'
import { addHealth } from './platform/http/health.ts'
import { forgetOldKeys } from './platform/idempotency.ts'
import type { Log } from './platform/log.ts'
import { forgetOldEvents } from './platform/outbox.ts'
import { writeOnce } from './platform/secrets.ts'
import { addTestClockRoutes } from './platform/test-clock.ts'
import * as pricing from './pricing/index.ts'
import { addReportRoutes } from './reports/index.ts'
import * as subscriptions from './subscriptions/index.ts'
import * as tenants from './tenants/index.ts'
import { addUsageRoutes } from './usage/index.ts'
import { version } from './version.ts'
import * as views from './views/index.ts'

export type ApplicationOptions = {
  urls: DatabaseUrls
  mode: Mode
  log: Log
  auditKey: KeyObject
  auditCheckpointFile?: string | null
  baseUrl: () => string
  /** null or left out: mails go to the mailbox, or wait. */
  smtpUrl?: string | null
  consoleFolder: string | null
}

export type Application = {
  app: App
  db: Database
  hooks: { tenants: tenants.TenantHooks; catalog: catalog.CatalogHooks }
  ingest: Ingest
  runDue(call: CallContext): Promise<void>
  flushPresence(): Promise<void>
  jobs: Readonly<Record<string, (payload: Record<string, unknown>) => Promise<void>>>
  close(): Promise<void>
}

const constraints = {
  ...tenants.constraints,
  ...identity.constraints,
  ...catalog.constraints,
  ...pricing.constraints,
  ...subscriptions.constraints,
  ...views.constraints,
}

/** Puts the slices together: what they say to each other, the routes, the due work. The one place that knows all of them. */
export async function createApplication(options: ApplicationOptions): Promise<Application> {
  const { log, baseUrl } = options
  const db = openDatabase(options.urls, constraints)
  const hooks = { tenants: tenants.createTenantHooks(), catalog: catalog.createCatalogHooks() }
  hooks.tenants.afterCreate.push(pricing.publishToNewBuyer, welcome)
  hooks.tenants.checkMove.push(catalog.checkOffersUnder, pricing.checkPricesUnder)
  hooks.tenants.afterMove.push(pricing.publishToNewBuyer)
  hooks.catalog.beforeEnable.push(pricing.requirePrice)

  const ingest = createIngest(db)
  const presence = createPresence(db)
  const renderer = openRenderer()
  const mails = openMails(db, options)
  const tasks = [...dueTasks(db, options.auditKey), ...mails.tasks]
  const { auditCheckpointFile } = options
  if (auditCheckpointFile) tasks.push(await audit.openOutsideCheckpoints(db, auditCheckpointFile))
  const due = (call: CallContext) => runDue(tasks, call, log)

  const app = await createApp({ log, authenticate: (request) => identity.authenticate(db, request) })
  await addDocumentation(app, version)
  addHealth(app, () => db.ping())
  const isMovable = options.mode !== 'production'
  addDemoRoutes(app, { db, mode: options.mode, mailDelivery: mails.kind })
  identity.addIdentityRoutes(app, { db, baseUrl })
  audit.addAuditRoutes(app, { db, key: options.auditKey })
  views.addViewRoutes(app, db)
  addPlacementRoutes(app, db)
  tenants.addTenantRoutes(app, db, hooks.tenants)
  tenants.addLifeRoutes(app, db, hooks.tenants)
  tenants.addCsvRoutes(app, db, hooks.tenants)
  tenants.addBrandingRoutes(app, db)
  addMailRoutes(app, { db, isMailbox: mails.kind === 'mailbox' })
  catalog.addCatalogRoutes(app, db, hooks.catalog)
  pricing.addPricingRoutes(app, db)
  subscriptions.addSubscriptionRoutes(app, db)
  addDeviceRoutes(app, { db, baseUrl })
  addEnrolmentRoutes(app, { db, agents: createAgents(db), ingest, presence })
  addBillingRoutes(app, db)
  addDocumentRoutes(app, { db, renderer })
  addReportRoutes(app, db)
  addUsageRoutes(app, db)
  addTestClockRoutes(app, { db, isMovable, runDue: due })
  if (options.consoleFolder !== null) await addConsole(app, options.consoleFolder)

  return {
    app,
    db,
    hooks,
    ingest,
    runDue: due,
    flushPresence: () => presence.flush(),
    jobs: { 'billing.run': billingJob(db), ...mails.jobs },
    async close() {
      await app.close()
      await ingest.drain()
      await presence.flush()
      await renderer.close()
      mails.close()
      await db.close()
    },
  }
}

const dueTasks = (db: Database, auditKey: KeyObject): DueTask[] => [
  monthKeeper(db),
  tenants.trialEnds(db),
  monthlyBilling(db),
  tenants.purge(db),
  tenants.strays(db),
  identity.expiry(db),
  { name: 'idempotency.expiry', run: (call) => forgetOldKeys(db, call) },
  { name: 'outbox.expiry', run: (call) => forgetOldEvents(db, call) },
  views.expiry(db),
  audit.sealer(db, auditKey),
]

/** The key that signs audit checkpoints: made at the first start, kept in the data folder. */
export async function readAuditKey(dataDir: string): Promise<KeyObject> {
  const made = generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' })
  return createPrivateKey(await writeOnce(join(dataDir, 'secrets', 'audit-key.pem'), made.toString().trim()))
}

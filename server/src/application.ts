import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { join } from 'node:path'
import { createIngest, createPresence, type Ingest, monthKeeper, signals } from './activity/index.ts'
import * as audit from './audit/index.ts'
import { addBillingRoutes, billingJob, invoices, monthlyBilling } from './billing/index.ts'
import * as catalog from './catalog/index.ts'
import { addDemoRoutes } from './demo/index.ts'
import * as devices from './devices/index.ts'
import { addDocumentRoutes, openRenderer, type Renderer } from './documents/index.ts'
import { addEnrolmentRoutes, addWorkRoutes, createAgents } from './enrolment/index.ts'
import * as identity from './identity/index.ts'
import { addKeepingRoutes, type KeepingClock, keeper } from './keeping/index.ts'
import type { CallContext } from './kernel/context.ts'
import * as licenses from './licenses/index.ts'
import { addMailRoutes, mailContents, openMails, welcome } from './mails/index.ts'
import * as networks from './networks/index.ts'
import * as orders from './orders/index.ts'
import * as peaks from './peaks/index.ts'
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
import type { OutboundRules } from './platform/outbound.ts'
import { forgetOldEvents } from './platform/outbox.ts'
import { writeOnce } from './platform/secrets.ts'
import { addTestClockRoutes } from './platform/test-clock.ts'
import { createVault } from './platform/vault.ts'
import * as pricing from './pricing/index.ts'
import { addReportRoutes } from './reports/index.ts'
import * as subscribers from './subscribers/index.ts'
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
  /** 32 bytes: seals the secrets that have to be read again. */
  vaultKey: Uint8Array
  auditCheckpointFile?: string | null
  baseUrl: () => string
  /** null or left out: mails go to the mailbox, or wait. */
  smtpUrl?: string | null
  /** null or left out: orders are paid by invoice only. */
  stripe?: orders.StripeOptions | null
  /** Hosts in private networks that may be asked although users type their addresses: identity providers. */
  privateHosts?: readonly string[]
  /** Proxies whose word for the address of a client is taken; left out, those on this machine. */
  trustedProxies?: readonly string[]
  consoleFolder: string | null
}

export type Application = {
  app: App
  db: Database
  hooks: {
    tenants: tenants.TenantHooks
    catalog: catalog.CatalogHooks
    devices: devices.DeviceHooks
    holders: networks.HolderHooks
    licenses: licenses.LicenseHooks
  }
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
  ...networks.constraints,
  ...subscribers.constraints,
  ...licenses.constraints,
  ...subscriptions.constraints,
  ...views.constraints,
}

/** Puts the slices together: what they say to each other, the routes, the due work. The one place that knows all of them. */
export async function createApplication(options: ApplicationOptions): Promise<Application> {
  const { log, baseUrl } = options
  const db = openDatabase(options.urls, constraints)
  const hooks = createHooks()
  const ingest = createIngest(db, [peaks.saveReports])
  const presence = createPresence(db)
  const renderer = openRenderer()
  const mails = openMails(db, options)
  const payments = orders.createPayments(options.stripe ? orders.openStripe(options.stripe) : null)
  const vault = createVault(options.vaultKey)
  const clocks = keepingClocks(hooks)
  const unsubscribing = subscriptions.createUnsubscribing(vault)
  const tasks = [
    ...dueTasks(db, options.auditKey, clocks, payments),
    identity.sealer(db, vault),
    subscriptions.announcements(db, { baseUrl, unsubscribing }),
    ...mails.tasks,
  ]
  if (options.auditCheckpointFile) tasks.push(await audit.openOutsideCheckpoints(db, options.auditCheckpointFile))
  const due = (call: CallContext) => runDue(tasks, call, log)

  const app = await openApp(db, options)
  await addDocumentation(app, version)
  addHealth(app, () => db.ping())
  addDemoRoutes(app, { db, mode: options.mode, mailDelivery: mails.kind })
  identity.addIdentityRoutes(app, { db, baseUrl, vault, outbound: toOutbound(options) })
  identity.addAccessLogRoutes(app, db)
  audit.addAuditRoutes(app, { db, key: options.auditKey })
  addKeepingRoutes(app, db, clocks)
  views.addViewRoutes(app, db)
  addPlacementRoutes(app, db)
  tenants.addTenantRoutes(app, db, hooks.tenants)
  tenants.addLifeRoutes(app, db, hooks.tenants)
  tenants.addCsvRoutes(app, db, hooks.tenants)
  tenants.addBrandingRoutes(app, db)
  addMailRoutes(app, { db, isMailbox: mails.kind === 'mailbox' })
  addSaleRoutes(app, { db, hooks, payments, baseUrl, unsubscribing })
  const agents = createAgents(db)
  addEnrolmentRoutes(app, { db, agents, ingest, presence, hooks: hooks.devices })
  addWorkRoutes(app, { db, agents, hooks: hooks.licenses })
  addMonthRoutes(app, db, renderer)
  addTestClockRoutes(app, { db, isMovable: options.mode !== 'production', runDue: due })
  if (options.consoleFolder !== null) await addConsole(app, options.consoleFolder)

  return {
    app,
    db,
    hooks,
    ingest,
    runDue: due,
    flushPresence: () => presence.flush(),
    jobs: { 'billing.run': billingJob(db), [identity.resetJob]: identity.mailReset(db, baseUrl), ...mails.jobs },
    async close() {
      await app.close()
      await ingest.drain()
      await presence.flush()
      await identity.writeAccesses(db)
      await renderer.close()
      mails.close()
      await db.close()
    },
  }
}

/** What the slices say to each other in the transaction of a change. */
function createHooks(): Application['hooks'] {
  const hooks = {
    tenants: tenants.createTenantHooks(),
    catalog: catalog.createCatalogHooks(),
    devices: devices.createDeviceHooks(),
    holders: networks.createHolderHooks(),
    licenses: licenses.createLicenseHooks(),
  }
  hooks.tenants.afterCreate.push(pricing.publishToNewBuyer, welcome)
  hooks.tenants.checkMove.push(catalog.checkOffersUnder, pricing.checkPricesUnder)
  hooks.tenants.afterMove.push(pricing.publishToNewBuyer, networks.followSite, subscribers.followSite)
  licenses.joinTree(hooks)
  hooks.licenses.comparePrices.push(orders.compareEditions)
  hooks.licenses.afterEditionChange.push(orders.chargeEditionChange)
  hooks.licenses.isInTrial.push(subscriptions.isDeviceInTrial)
  hooks.holders.beforeRemove.push(peaks.stopAtDeletion)
  hooks.devices.stateChanged.push(peaks.followState)
  hooks.catalog.beforeEnable.push(pricing.requirePrice)
  hooks.catalog.beforeDisable.push(orders.refuseOwned, subscriptions.refuseSubscribed)
  return hooks
}

type Sale = {
  db: Database
  hooks: Application['hooks']
  payments: orders.Payments
  baseUrl: () => string
  unsubscribing: ReturnType<typeof subscriptions.createUnsubscribing>
}

/** What is sold, to whom, and who has it. */
function addSaleRoutes(app: App, { db, hooks, payments, baseUrl, unsubscribing }: Sale): void {
  catalog.addCatalogRoutes(app, db, hooks.catalog)
  pricing.addPricingRoutes(app, db)
  subscriptions.addSubscriptionRoutes(app, db, unsubscribing)
  tenants.addTenantTrialRoutes(app, db)
  networks.addNetworkRoutes(app, db, hooks.holders)
  subscribers.addSubscriberRoutes(app, db, hooks.holders)
  devices.addDeviceRoutes(app, { db, hooks: hooks.holders, baseUrl })
  licenses.addLicenseRoutes(app, db, hooks.licenses)
  orders.addOrderRoutes(app, { db, payments, baseUrl })
}

/** What a month comes to. */
function addMonthRoutes(app: App, db: Database, renderer: Renderer): void {
  addBillingRoutes(app, db)
  addDocumentRoutes(app, { db, renderer })
  addReportRoutes(app, db)
  addUsageRoutes(app, db)
  peaks.addPeakRoutes(app, db)
}

const openApp = (db: Database, { log, trustedProxies }: ApplicationOptions): Promise<App> =>
  createApp({ log, authenticate: (request) => identity.authenticate(db, request), trustedProxies })

/** Production asks nobody on its own machine; where users try things out their identity provider may stand beside. */
const toOutbound = ({ mode, privateHosts }: ApplicationOptions): OutboundRules => ({
  allowLoopback: mode !== 'production',
  privateHosts: privateHosts ?? [],
})

/** What is kept for a time and then erased, each by the slice that owns it. R-KEEP-1. */
const keepingClocks = (hooks: Pick<Application['hooks'], 'devices' | 'holders'>): KeepingClock[] => [
  devices.endedDevices(hooks.holders),
  devices.silentDevices(hooks.devices, hooks.holders),
  devices.trialDevices(hooks.devices, hooks.holders),
  subscribers.releasedSubscribers(hooks.holders),
  identity.removedUsers,
  tenants.deletedTenants,
  signals,
  peaks.reportedValues,
  mailContents,
  identity.accessLog,
  invoices,
]

const dueTasks = (
  db: Database,
  auditKey: KeyObject,
  clocks: readonly KeepingClock[],
  payments: orders.Payments,
): DueTask[] => [
  monthKeeper(db),
  tenants.trialEnds(db),
  ...subscriptions.trialEnds(db),
  // Before what they would end is expired, and before the month is billed.
  orders.openCharges(db, payments),
  orders.renewals(db, payments),
  licenses.expiry(db),
  orders.chargePeriods(db),
  monthlyBilling(db),
  tenants.purge(db),
  tenants.strays(db),
  identity.expiry(db),
  { name: 'idempotency.expiry', run: (call) => forgetOldKeys(db, call) },
  { name: 'outbox.expiry', run: (call) => forgetOldEvents(db, call) },
  views.expiry(db),
  identity.accessWriter(db),
  keeper(db, clocks),
  audit.sealer(db, auditKey),
]

/** The key that signs audit checkpoints: made at the first start, kept in the data folder. */
export async function readAuditKey(dataDir: string): Promise<KeyObject> {
  const made = generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' })
  return createPrivateKey(await writeOnce(join(dataDir, 'secrets', 'audit-key.pem'), made.toString().trim()))
}

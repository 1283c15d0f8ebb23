import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import type pg from 'pg'
import { type Application, createApplication } from '../../server/src/application.ts'
import { createOperatorLink } from '../../server/src/identity/index.ts'
import type { Cluster } from '../../server/src/platform/cluster/index.ts'
import { openLog } from '../../server/src/platform/log.ts'
import { migrate, type RoleUrls } from '../../server/src/platform/migrations/index.ts'
import { ensureVendor } from '../../server/src/tenants/index.ts'
import { addUser, createDatabase, inDatabase, openClient, signIn } from '../seats.ts'
import { loadLicenses } from './load.ts'

/** A reseller and the number of licenses of one type that it has, and how it is signed in. */
export type Seat = { tenantId: string; token: string; licenses: number; offerId: string }

/** The real server with its console, listening, and two resellers that differ by how many licenses they have. */
export type World = {
  url: string
  application: Application
  urls: RoleUrls
  bare: pg.Client
  /** With as many as there may be. */
  wide: Seat
  /** With a thousand. */
  narrow: Seat
  close(): Promise<void>
}

const consoleFolder = fileURLToPath(new URL('../../web/dist', import.meta.url))
const narrowRows = 1000

export async function openGridWorld(cluster: Cluster, dataDir: string, rows: number): Promise<World> {
  const urls = await migrate(await createDatabase(cluster.ownerUrl, 'grid'), { dataDir })
  let url = ''
  const application = await createApplication({
    urls,
    mode: 'test',
    log: openLog('fatal'),
    auditKey: generateKeyPairSync('ed25519').privateKey,
    vaultKey: randomBytes(32),
    baseUrl: () => url,
    consoleFolder,
  })
  const call = await application.db.systemCall('bench')
  const vendor = await ensureVendor(application.db, call, { name: 'Vendor' })
  const bare = await openClient(inDatabase(cluster.superUrl, 'grid'))
  url = await application.app.listen({ host: '127.0.0.1', port: 0 })
  const token = await signIn(url, await createOperatorLink(application.db, call, vendor))
  const send = sender(url, token)
  const offers = await addOffers(send)
  const seats: Seat[] = []
  for (const [name, licenses] of [
    ['Wide IT', rows],
    ['Narrow IT', narrowRows],
  ] as const)
    seats.push(await addReseller(send, bare, { url, token, name, vendor: vendor.id, offers, licenses }))
  await bare.query('vacuum (analyze)')
  return {
    ...{ url, application, urls, bare, wide: seats[0]!, narrow: seats[1]! },
    async close() {
      await bare.end()
      await application.close()
    },
  }
}

type Send = <Answer>(method: 'POST' | 'PUT', path: string, body?: unknown) => Promise<Answer>
type WithId = { id: string }

async function addOffers(send: Send): Promise<string[]> {
  const list = await send<WithId>('POST', '/v1/price-lists', { currency: 'EUR' })
  const ids: string[] = []
  for (const [rank, edition] of ['Core', 'Core+', 'Premium', 'Ultimate'].entries()) {
    const { id } = await send<WithId>('POST', '/v1/offers', {
      ...{ product: 'Browser Security', edition, rank: rank + 1, unit: 'user', charge_model: 'committed' },
      terms: [{ code: 'monthly', name: 'Month to month', months: 1 }],
    })
    await send('POST', `/v1/price-lists/${list.id}/prices`, {
      ...{ offer_id: id, term: 'monthly', unit_price: { amount: '4.90', currency: 'EUR' } },
    })
    ids.push(id)
  }
  return ids
}

type Wanted = { url: string; token: string; name: string; vendor: string; offers: readonly string[]; licenses: number }

/** The first offer was never bought, the second has all but a few of the licenses. */
async function addReseller(send: Send, bare: pg.Client, wanted: Wanted): Promise<Seat> {
  const { url, token, name, vendor, offers, licenses } = wanted
  const add = (tenantName: string, parent: string, level: string) =>
    send<WithId>('POST', '/v1/tenants', {
      ...{ name: tenantName, parent_id: parent, level, device_country: 'DE', service_type: 'all_inclusive' },
    })
  const { id } = await add(name, vendor, 'reseller')
  for (const offer of offers) await send('PUT', `/v1/tenants/${id}/offers/${offer}`)
  for (const customer of ['Alster Clinic', 'Brocken Foods', 'Cuxport Freight', 'Dornier Legal'])
    await add(`${customer} ${name.split(' ')[0]}`, id, 'end_customer')
  const [, many = '', few = ''] = offers
  await loadLicenses(bare, { tenantId: id, offerId: many, rows: licenses })
  await loadLicenses(bare, { tenantId: id, offerId: few, rows: 40 })
  return { tenantId: id, token: await addUser(url, token, id), licenses, offerId: many }
}

const sender =
  (url: string, token: string): Send =>
  async (method, path, body) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
    const answer = await fetch(`${url}${path}`, { method, headers, body: JSON.stringify(body ?? {}) })
    if (!answer.ok) throw new Error(`${answer.status} from ${path}: ${await answer.text()}`)
    return JSON.parse((await answer.text()) || '{}')
  }

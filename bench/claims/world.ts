import { randomBytes } from 'node:crypto'
import type pg from 'pg'
import { createOperatorLink } from '../../server/src/identity/index.ts'
import { createLicenses } from '../../server/src/licenses/index.ts'
import type { Cluster } from '../../server/src/platform/cluster/index.ts'
import { type Database, openDatabase } from '../../server/src/platform/database.ts'
import { hashSecret, newId } from '../../server/src/platform/ids.ts'
import { migrate, type RoleUrls } from '../../server/src/platform/migrations/index.ts'
import { ensureVendor } from '../../server/src/tenants/index.ts'
import { addUser, createDatabase, inDatabase, openClient, post, signIn } from '../seats.ts'
import { type Server, startServer } from './processes.ts'

export type Tenant = { id: string; realm_id: bigint; path: string }
export type Device = { id: string; key: string; customer: Tenant }
/** So many free licenses of an offer of their own. */
export type Stock = { offerId: string; product: string; productKey: string; licenses: number }

export type World = {
  urls: RoleUrls
  superUrl: string
  servers: Server[]
  db: Database
  /** Signed in as the superuser, whom row-level security does not hold. */
  bare: pg.Client
  reseller: Tenant
  /** The session of a superuser of the reseller. */
  token: string
  devices: Device[]
  stock(licenses: number): Promise<Stock>
  close(): Promise<void>
}

type Size = { processes: number; devices: number; profileFolder: string | null }

const devicesEach = 100

/** A distributor, a reseller with a pool, and its customers with 100 machines each; the real server in so many processes, listening. */
export async function openClaimsWorld(cluster: Cluster, dataDir: string, size: Size): Promise<World> {
  const name = 'claims'
  const urls = await migrate(await createDatabase(cluster.ownerUrl, name), { dataDir })
  const superUrl = inDatabase(cluster.superUrl, name)
  const bare = await openClient(superUrl)
  const db = openDatabase(urls, {})
  const vendor = await ensureVendor(db, await db.systemCall('bench'), { name: 'Vendor' })
  const servers: Server[] = []
  for (let n = 0; n < size.processes; n += 1) servers.push(await startServer(urls, { folder: size.profileFolder }))
  const url = servers[0]!.url
  const vendorToken = await signIn(url, await createOperatorLink(db, await db.systemCall('bench'), vendor))

  const add = (parentId: string, level: string) => addTenant({ url, token: vendorToken, bare }, { parentId, level })
  const distributor = await add(vendor.id, 'distributor')
  const reseller = await add(distributor.id, 'reseller')
  const devices: Device[] = []
  for (let n = 0; n < size.devices; n += devicesEach) {
    const customer = await add(reseller.id, 'end_customer')
    devices.push(...(await addDevices(bare, customer, Math.min(devicesEach, size.devices - n))))
  }
  await bare.query('analyze')
  const token = await addUser(url, vendorToken, reseller.id)
  return {
    urls,
    superUrl,
    servers,
    db,
    bare,
    reseller,
    token,
    devices,
    stock: (licenses) => addStock({ db, bare, url, token: vendorToken }, reseller, licenses),
    async close() {
      for (const server of servers) await server.close()
      await db.close()
      await bare.end()
    },
  }
}

const company = {
  legal_name: 'A Company Ltd',
  street: '1 Main Street',
  postal_code: '20457',
  city: 'Hamburg',
  country: 'DE',
}
const unique = (what: string): string => `${what} ${randomBytes(6).toString('hex')}`

type Caller = { url: string; token: string; bare: pg.Client }

async function addTenant(
  { url, token, bare }: Caller,
  { parentId, level }: { parentId: string; level: string },
): Promise<Tenant> {
  const body = {
    name: unique(level),
    parent_id: parentId,
    level,
    device_country: 'DE',
    service_type: 'all_inclusive',
    company,
  }
  const { id }: { id: string } = JSON.parse(await (await post(`${url}/v1/tenants`, body, token)).text())
  const { rows } = await bare.query<{ realm_id: string; path: string }>(
    'select realm_id, path from tenants where id = $1',
    [id],
  )
  return { id, realm_id: BigInt(rows[0]?.realm_id ?? 0), path: rows[0]?.path ?? '' }
}

/** Machines that were enrolled before: loaded by SQL, since their enrolment is not what is measured. */
async function addDevices(bare: pg.Client, customer: Tenant, count: number): Promise<Device[]> {
  const devices = Array.from({ length: count }, () => ({
    id: newId(),
    key: `ttd_${randomBytes(24).toString('base64url')}`,
    customer,
  }))
  const ids = devices.map(({ id }) => id)
  await bare.query(
    `insert into devices (realm_id, id, path, tenant_id, machine_id, host_name, host_name_key, os, os_version, architecture, machine_kind, agent_version,
       state, enrolled_at)
     select $1, n.id, $2, $3, n.id::text, 'HOST', 'host', 'windows', 'Windows 11 Pro', 'x64', 'physical', '1.0.0', 'active', now() from unnest($4::uuid[]) n (id)`,
    [customer.realm_id, customer.path, customer.id, ids],
  )
  await bare.query(
    'insert into device_keys (key_hash, realm_id, device_id) select n.hash, $1, n.id from unnest($2::bytea[], $3::uuid[]) n (hash, id)',
    [customer.realm_id, devices.map(({ key }) => hashSecret(key)), ids],
  )
  return devices
}

/** By the function that orders call, into the reseller's pool. */
async function addStock({ db, ...caller }: Caller & { db: Database }, owner: Tenant, licenses: number): Promise<Stock> {
  const product = unique('Backup')
  const terms = [{ code: 'year', name: '1 year', months: 12 }]
  const body = { product, edition: 'Standard', unit: 'device', charge_model: 'committed', terms }
  const made = await post(`${caller.url}/v1/offers`, body, caller.token)
  const { id: offerId }: { id: string } = JSON.parse(await made.text())
  const call = await db.systemCall('bench')
  const endsOn = call.now
    .add({ hours: 24 * 365 })
    .toString()
    .slice(0, 10)
  const { rows } = await caller.bare.query('select * from offers where id = $1', [offerId])
  const line = {
    orderLineId: null,
    offer: rows[0],
    term: 'year',
    quantity: licenses,
    startsOn: call.now.toString().slice(0, 10),
  }
  const lines = [{ ...line, endsOn, committedTo: endsOn, autoRenew: true }]
  await db.work(call, (tx) => createLicenses(tx, call, { owner, pool: owner, orderId: null, lines }))
  await caller.bare.query(
    'insert into enabled_offers (realm_id, tenant_id, offer_id, path, enabled_at) values ($1, $2, $3, $4, now())',
    [owner.realm_id, owner.id, offerId, owner.path],
  )
  await caller.bare.query('analyze licenses')
  return { offerId, product, productKey: rows[0].product_key, licenses }
}

import { generateKeyPairSync, randomBytes } from 'node:crypto'
import type pg from 'pg'
import { type Application, createApplication } from '../../server/src/application.ts'
import { createOperatorLink } from '../../server/src/identity/index.ts'
import type { Cluster } from '../../server/src/platform/cluster/index.ts'
import { openLog } from '../../server/src/platform/log.ts'
import { migrate, type RoleUrls } from '../../server/src/platform/migrations/index.ts'
import { ensureVendor } from '../../server/src/tenants/index.ts'
import { addUser, createDatabase, inDatabase, openClient, signIn } from '../seats.ts'
import { loadTree } from './load.ts'
import { planShape, type Shape } from './shape.ts'

export type Seat = { id: string; token: string; path: string; realmId: bigint }

/** The real server on a loaded tree, listening. Jobs and the outbox's reader do not run: nothing else disturbs what is measured. */
export type World = {
  size: number
  shape: Shape
  url: string
  application: Application
  urls: RoleUrls
  /** Signed in as the superuser, whom row-level security does not hold: what the owner's own SQL would cost. */
  bare: pg.Client
  idOf(path: string): Promise<string>
  /** A superuser of the tenant at the path, signed in. */
  seat(path: string): Promise<Seat>
  close(): Promise<void>
}

export async function openTreeWorld(cluster: Cluster, dataDir: string, size: number): Promise<World> {
  const name = `tree_${size}`
  const urls = await migrate(await createDatabase(cluster.ownerUrl, name), { dataDir })
  let url = ''
  const log = openLog('fatal')
  const application = await createApplication({
    urls,
    mode: 'test',
    log,
    auditKey: generateKeyPairSync('ed25519').privateKey,
    vaultKey: randomBytes(32),
    baseUrl: () => url,
    consoleFolder: null,
  })
  const call = await application.db.systemCall('bench')
  const vendor = await ensureVendor(application.db, call, { name: 'Vendor' })
  const bare = await openClient(inDatabase(cluster.superUrl, name))
  const shape = planShape(size)
  await loadTree(bare, shape)
  url = await application.app.listen({ host: '127.0.0.1', port: 0 })

  const rowOf = async (path: string) => {
    const { rows } = await bare.query<{ id: string; realm_id: string }>(
      'select id, realm_id from tenants where path = $1',
      [path],
    )
    return rows[0]!
  }
  const vendorToken = await signIn(url, await createOperatorLink(application.db, call, vendor))
  return {
    size,
    shape,
    url,
    application,
    urls,
    bare,
    idOf: async (path) => (await rowOf(path)).id,
    async seat(path) {
      const { id, realm_id } = await rowOf(path)
      const token = id === vendor.id ? vendorToken : await addUser(url, vendorToken, id)
      return { id, token, path, realmId: BigInt(realm_id) }
    },
    async close() {
      await bare.end()
      await application.close()
    },
  }
}

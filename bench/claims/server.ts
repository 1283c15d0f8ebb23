// A program: one server process as a deployment has several of them, on a database that is there. Tells its parent the address; asked, its CPU so far.
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { createApplication } from '../../server/src/application.ts'
import type { DatabaseUrls } from '../../server/src/platform/database.ts'
import { openLog } from '../../server/src/platform/log.ts'

async function start(urls: DatabaseUrls): Promise<void> {
  let url = ''
  const application = await createApplication({
    urls,
    mode: 'test',
    log: openLog('error'),
    auditKey: generateKeyPairSync('ed25519').privateKey,
    vaultKey: randomBytes(32),
    baseUrl: () => url,
    consoleFolder: null,
  })
  url = await application.app.listen({ host: '127.0.0.1', port: 0 })
  process.on('message', () => {
    const { user, system } = process.cpuUsage()
    process.send?.({ cpuMs: (user + system) / 1000 })
  })
  process.on('disconnect', () => void application.close().then(() => process.exit(0)))
  process.send?.({ url })
}

process.once('message', (urls: DatabaseUrls) => void start(urls))

// Writes contract/openapi.json from the routes, without listening and without a database; `--check` fails if it would change.
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createApplication } from './application.ts'
import { describe } from './platform/http/documentation.ts'
import { openLog } from './platform/log.ts'

const file = fileURLToPath(new URL('../../contract/openapi.json', import.meta.url))
const unused = 'postgres://nobody@127.0.0.1:1/none'
const { app, close } = await createApplication({
  urls: { runtime: unused, worker: unused },
  mode: 'production',
  log: openLog('silent'),
  auditKey: generateKeyPairSync('ed25519').privateKey,
  vaultKey: randomBytes(32),
  baseUrl: () => 'http://localhost',
  consoleFolder: null,
})
await app.ready()
const text = `${JSON.stringify(describe(app), null, 2)}\n`
await close()

if (!process.argv.includes('--check')) writeFileSync(file, text)
else if (readFileSync(file, 'utf8') !== text) {
  console.error('contract/openapi.json is not what the routes say. Run: node server/src/openapi.ts')
  process.exitCode = 1
}

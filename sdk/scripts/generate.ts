/** Writes src/generated from contract/openapi.json. `--check` writes to a temporary folder and reports what differs. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createClient } from '@hey-api/openapi-ts'

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const committed = at('../src/generated')

const generate = (folder: string) =>
  createClient({
    input: at('../../contract/openapi.json'),
    output: { path: folder, module: { extension: '.js' } },
    logs: { level: 'silent' },
    plugins: [
      { name: '@hey-api/client-fetch', baseUrl: false, throwOnError: true },
      '@hey-api/typescript',
      { name: '@hey-api/sdk', responseStyle: 'data' },
    ],
  })

const filesIn = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))

const read = (folder: string, file: string) => {
  try {
    return readFileSync(join(folder, file), 'utf8')
  } catch {
    return null
  }
}

async function check() {
  const fresh = mkdtempSync(join(tmpdir(), 'tenantree-sdk-'))
  try {
    await generate(fresh)
    const files = new Set([...filesIn(fresh), ...filesIn(committed)])
    return [...files].filter((file) => read(fresh, file) !== read(committed, file)).sort()
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
}

if (process.argv.includes('--check')) {
  const stale = await check()
  if (stale.length > 0) {
    console.error(`sdk/src/generated is not what contract/openapi.json gives: ${stale.join(', ')}`)
    console.error('Run npm run generate --workspace sdk and commit the result.')
    process.exit(1)
  }
} else {
  await generate(committed)
}

// `npm run bench claims`: 64 clients race for 2,000 licenses with 3,000 claims. See ../README.md.
import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openCluster } from '../../server/src/platform/cluster/index.ts'
import { runClaimsBench } from './bench.ts'

const { values } = parseArgs({
  options: {
    clients: { type: 'string', default: '64' },
    licenses: { type: 'string', default: '2000' },
    claims: { type: 'string', default: '3000' },
    /** Server processes that share the database. */
    processes: { type: 'string', default: '2' },
    turns: { type: 'string', default: '3' },
    /** Wrong implementations, with commas between, to prove that each is caught: oversell, short, numbers. */
    plant: { type: 'string', default: 'none' },
    /** Without waiting for the disk, so that nothing but CPU is compared. */
    'no-fsync': { type: 'boolean', default: false },
    /** A folder for V8's profiles of the servers. */
    profile: { type: 'string' },
  },
})
const [clients, licenses, claims, processes, turns] = [
  values.clients,
  values.licenses,
  values.claims,
  values.processes,
  values.turns,
].map(Number) as [number, number, number, number, number]
if (clients < 2 || licenses < 1 || claims < 1 || processes < 1)
  throw new Error('there are at least 2 clients, and one of all else')

const dataDir = await mkdtemp(join(tmpdir(), 'tenantree-bench-'))
const cluster = await openCluster({ dataDir, fsync: !values['no-fsync'] })
let removed: Promise<void> | null = null
const remove = () => {
  removed ??= cluster.stop().finally(() => rm(dataDir, { recursive: true, force: true }))
  return removed
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => remove().finally(() => process.exit(1)))
try {
  const result = await runClaimsBench(cluster, dataDir, {
    ...{ clients, licenses, claims, processes, turns },
    plant: values.plant,
    profileFolder: values.profile ?? null,
  })
  const machine = `${cpus().length} x ${cpus()[0]?.model.trim()}`
  console.log(JSON.stringify({ bench: 'claims', ...result, machine }))
  process.exitCode = result.pass ? 0 : 1
} catch (error) {
  // Whoever stopped it takes the database away under it.
  if (removed === null) throw error
} finally {
  await remove()
}

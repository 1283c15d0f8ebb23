// `npm run bench grid`: the license grid at 100,000 rows in a browser, and the API beneath it, each against its limit. See ../README.md.
import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openCluster } from '../../server/src/platform/cluster/index.ts'
import { runGridBench } from './bench.ts'

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '100000' },
    turns: { type: 'string', default: '5' },
    /** SQL that makes something slow once all is loaded, to prove that a limit is one. */
    plant: { type: 'string' },
  },
})
const dataDir = await mkdtemp(join(tmpdir(), 'tenantree-bench-'))
// What is measured reads.
const cluster = await openCluster({ dataDir, fsync: false })
let removed: Promise<void> | null = null
const remove = () => {
  removed ??= cluster.stop().finally(() => rm(dataDir, { recursive: true, force: true }))
  return removed
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => remove().finally(() => process.exit(1)))
try {
  const { rows, turns, plant } = values
  const result = await runGridBench(cluster, dataDir, {
    rows: Number(rows),
    turns: Number(turns),
    plant: plant ?? null,
  })
  const machine = `${cpus().length} x ${cpus()[0]?.model.trim()}`
  console.log(JSON.stringify({ bench: 'grid', ...result, machine }))
  process.exitCode = result.pass ? 0 : 1
} catch (error) {
  // Whoever stopped it takes the database away under it.
  if (removed === null) throw error
} finally {
  await remove()
}

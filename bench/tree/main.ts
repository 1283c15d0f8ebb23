// `npm run bench tree`: how lists, searches and moves of the tenant tree grow with the tree, each against its limit. See ../README.md.
import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openCluster } from '../../server/src/platform/cluster/index.ts'
import { runTreeBench } from './bench.ts'

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    sizes: { type: 'string' },
    turns: { type: 'string', default: '40' },
    /** SQL that makes something slow once all is loaded, to prove that a limit is one. */
    plant: { type: 'string' },
  },
})
const sizes = values.sizes?.split(',').map(Number) ?? (values.quick ? [10_000, 100_000] : [10_000, 100_000, 1_000_000])
if (!sizes.every((size) => size >= 2000)) throw new Error('a tree has 2,000 tenants or more')

const dataDir = await mkdtemp(join(tmpdir(), 'tenantree-bench-'))
// What is measured reads; the few writes are moves, whose time on a disk is the disk's.
const cluster = await openCluster({ dataDir, fsync: false })
let removed: Promise<void> | null = null
const remove = () => {
  removed ??= cluster.stop().finally(() => rm(dataDir, { recursive: true, force: true }))
  return removed
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => remove().finally(() => process.exit(1)))
try {
  const result = await runTreeBench(cluster, dataDir, {
    sizes,
    turns: Number(values.turns),
    plant: values.plant ?? null,
  })
  const machine = `${cpus().length} x ${cpus()[0]?.model.trim()}`
  console.log(JSON.stringify({ bench: 'tree', ...result, machine }))
  process.exitCode = result.pass ? 0 : 1
} catch (error) {
  // Whoever stopped it takes the database away under it.
  if (removed === null) throw error
} finally {
  await remove()
}

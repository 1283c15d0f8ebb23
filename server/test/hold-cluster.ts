// A program of the cluster's tests: opens the embedded PostgreSQL of a data folder and holds it until it is told to end.
import { openCluster } from '../src/platform/cluster/index.ts'
import { StartFailure } from '../src/platform/start-failure.ts'

try {
  const cluster = await openCluster({ dataDir: process.argv[2] ?? '', fsync: true })
  console.log(`open ${cluster.ownerUrl}`)
  process.on('SIGTERM', async () => {
    await cluster.stop()
    process.exit(0)
  })
  setInterval(() => {}, 60_000)
} catch (error) {
  if (!(error instanceof StartFailure)) throw error
  console.log(`refused ${error.message}`)
  process.exit(1)
}

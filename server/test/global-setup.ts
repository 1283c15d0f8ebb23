import { createHash } from 'node:crypto'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { type Cluster, openCluster } from '../src/platform/cluster/index.ts'
import { isAlive, stopPostmaster } from '../src/platform/cluster/postmaster.ts'
import { readMigrations } from '../src/platform/migrations/files.ts'
import { migrate, migrationsFolder, type RoleUrls } from '../src/platform/migrations/index.ts'
import { makeScratch, scratchFolders } from './scratch.ts'

/** The embedded server of this run: its passwords count for every database in it. */
export type TestServer = { superUrl: string; urls: RoleUrls; template: string; dataDir: string }

declare module 'vitest' {
  // biome-ignore lint/style/useConsistentTypeDefinitions: only an interface can be merged with the one of vitest
  export interface ProvidedContext {
    testServer: TestServer
  }
}

/** One server per run, migrated once into a template that each test database is a copy of; gone at the end. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  await removeDeadRuns()
  const dataDir = await makeScratch(`tenantree-test-${process.pid}-`)
  const cluster = await openCluster({ dataDir, fsync: false })
  const tearDown = async () => {
    await cluster.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
  try {
    project.provide('testServer', await prepareTemplate(cluster, dataDir))
  } catch (error) {
    await tearDown()
    throw error
  }
  return tearDown
}

async function prepareTemplate(cluster: Cluster, dataDir: string): Promise<TestServer> {
  const files = await readMigrations(migrationsFolder)
  const hash = createHash('sha256')
    .update(files.map((file) => file.sha256).join())
    .digest('hex')
  const template = `template_${hash.slice(0, 12)}`
  const client = new pg.Client({ connectionString: cluster.ownerUrl })
  await client.connect()
  try {
    await client.query(`create database ${template}`)
    const url = new URL(cluster.ownerUrl)
    url.pathname = template
    const urls = await migrate(url.href, { dataDir })
    await client.query(`alter database ${template} with is_template true allow_connections false`)
    return { superUrl: cluster.superUrl, urls, template, dataDir }
  } finally {
    await client.end()
  }
}

/** A run that was killed leaves its server behind: the next one ends it. */
async function removeDeadRuns(): Promise<void> {
  const found = await Promise.all(
    scratchFolders.map(async (parent) => (await readdir(parent)).map((name) => ({ name, folder: join(parent, name) }))),
  )
  for (const { name, folder } of found.flat()) {
    const pid = Number(/^tenantree-(?:test|server)-(\d+)-/.exec(name)?.[1] ?? 0)
    if (pid === 0 || isAlive(pid)) continue
    // Another user's folder stays: it is for that user's next run.
    await stopPostmaster(join(folder, 'postgres')).catch(() => {})
    await rm(folder, { recursive: true, force: true }).catch(() => {})
  }
}

import { spawnSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createEmptyDatabase, createTestDatabase, withClient } from '../../test/database.ts'
import { openMailCatcher } from '../../test/mail-catcher.ts'
import { openCluster } from './cluster/index.ts'
import { findPostmaster } from './cluster/postmaster.ts'
import { loadConfig } from './config.ts'
import { checkNode, diagnose, type Finding } from './diagnosis.ts'
import { withOwner } from './diagnosis-database.ts'
import { migrate } from './migrations/index.ts'

const doctor = fileURLToPath(new URL('../doctor.ts', import.meta.url))

let folder: string
let dataDir: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenantree-doctor-'))
  await chmod(folder, 0o711)
  dataDir = join(folder, 'data')
  // Quick to look at, and a fault that every test of another one sees beside it.
  vi.stubEnv('CHROMIUM_PATH', '/no/such/browser')
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(folder, { recursive: true, force: true })
})

const find = async (check: string, env: NodeJS.ProcessEnv = {}): Promise<Finding | undefined> =>
  (await diagnose(loadConfig({ PORT: '0', DATA_DIR: dataDir, ...env }, []))).find((finding) => finding.check === check)

const listen = async (): Promise<{ server: Server; port: number }> => {
  const server = createServer((socket) => socket.destroy())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return { server, port: typeof address === 'object' && address !== null ? address.port : 0 }
}

const runDoctor = (env: NodeJS.ProcessEnv, ...words: string[]) =>
  spawnSync(process.execPath, [doctor, ...words], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, PORT: '0', DATA_DIR: dataDir, CHROMIUM_PATH: '/no/such/browser', ...env },
  })

describe('diagnose', () => {
  it('a machine that has everything', async () => {
    const findings = await diagnose(loadConfig({ PORT: '0', DATA_DIR: dataDir }, []))
    expect(findings.filter((finding) => finding.ok).map((finding) => finding.check)).toEqual([
      'node',
      'port',
      'data folder',
      'free disk',
      'database',
      'mail',
    ])
  })

  it('an older Node', () => {
    expect(() => checkNode('23.11.1')).toThrow(/Node 23\.11\.1 is too old/)
    expect(checkNode('24.0.0')).toBe('Node 24.0.0')
  })

  it('a port that is taken', async () => {
    const { server, port } = await listen()
    expect(await find('port', { PORT: String(port) })).toMatchObject({
      ok: false,
      what: `Port ${port} of 127.0.0.1 is taken by another program`,
      advice: expect.stringContaining('PORT='),
    })
    server.close()
  })

  it('no mail server: told in production, where mails would wait; one that is down is told anywhere', async () => {
    expect(await find('mail')).toMatchObject({ ok: true })
    const none = await find('mail', { MODE: 'production' })
    expect(none).toMatchObject({ ok: false, advice: expect.stringContaining('SMTP_URL=') })
    const catcher = await openMailCatcher()
    expect(await find('mail', { SMTP_URL: catcher.url })).toMatchObject({ ok: true })
    await catcher.stop()
    const down = await find('mail', { SMTP_URL: catcher.url })
    expect(down).toMatchObject({ ok: false, what: expect.stringContaining('ECONNREFUSED') })
  })

  it('a data folder that cannot be made', async () => {
    await writeFile(join(folder, 'file'), '')
    const finding = await find('data folder', { DATA_DIR: join(folder, 'file', 'data') })
    expect(finding).toMatchObject({ ok: false, advice: expect.stringContaining('DATA_DIR') })
  })

  it('no browser for the tests', async () => {
    expect(await find('browser for tests')).toEqual({
      check: 'browser for tests',
      ok: false,
      what: 'CHROMIUM_PATH (/no/such/browser) is not a program that can be run',
      advice: 'Correct it, or leave it out',
    })
  })

  it('a database that does not answer, and one that belongs to something else', async () => {
    const { server, port } = await listen()
    await new Promise((resolve) => server.close(resolve))
    expect(await find('database', { DATABASE_URL: `postgres://a:b@127.0.0.1:${port}/c` })).toMatchObject({
      ok: false,
      what: `No PostgreSQL listens at 127.0.0.1:${port}/c`,
    })
    const other = await createEmptyDatabase()
    await withClient(other.ownerUrl, (client) => client.query('create table customers (n int)'))
    expect(await find('database', { DATABASE_URL: other.ownerUrl })).toMatchObject({
      ok: false,
      what: expect.stringContaining('belongs to something else'),
    })
    await other.drop()
  })

  it('a migrated database, and one whose migration is half-finished', async () => {
    const database = await createTestDatabase()
    const env = { DATABASE_URL: database.urls.owner }
    expect(await find('database', env)).toMatchObject({ ok: true, what: expect.stringContaining('is up to date') })
    await withClient(database.urls.owner, (client) =>
      client.query(
        'update app.migrations set finished_at = null where number = (select max(number) from app.migrations)',
      ),
    )
    expect(await find('database', env)).toMatchObject({
      ok: false,
      what: expect.stringContaining('was begun and not finished'),
      advice: expect.stringContaining('--retry-migration'),
    })
    await database.drop()
  })

  it('an embedded database that is stopped is looked into, and left stopped; one that runs is left running', async () => {
    const cluster = await openCluster({ dataDir, fsync: false })
    await migrate(cluster.ownerUrl, { dataDir })
    expect(await find('database')).toMatchObject({ ok: true, what: expect.stringContaining('is up to date') })
    expect(await findPostmaster(join(dataDir, 'postgres'))).toMatchObject({ status: 'ready' })
    await cluster.stop()

    await withOwner(loadConfig({ DATA_DIR: dataDir }, []), (url) =>
      withClient(url, (client) => client.query('update app.migrations set finished_at = null where number = 1')),
    )
    expect(await find('database')).toMatchObject({
      ok: false,
      what: expect.stringContaining('was begun and not finished'),
    })
    expect(await findPostmaster(join(dataDir, 'postgres'))).toBeNull()

    expect(runDoctor({}, '--retry-migration')).toMatchObject({ status: 0, stdout: expect.stringContaining('0001_') })
    expect(runDoctor({}, '--retry-migration')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('nothing to do'),
    })
  })
})

describe('the program', () => {
  it('exits with 1 and a line per check when one fails', async () => {
    await mkdir(dataDir)
    const { status, stdout } = runDoctor({})
    expect(status).toBe(1)
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => line.slice(0, 4).trim()),
    ).toEqual(['ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'FAIL'])
    expect(stdout).toContain('FAIL  browser for tests: ')
  })

  it('a wrong variable is its only finding, as data with --json', () => {
    const { status, stdout } = runDoctor({ PORT: 'eighty' }, '--json')
    expect(status).toBe(1)
    expect(JSON.parse(stdout)).toEqual([
      { check: 'configuration', ok: false, what: expect.stringContaining('PORT'), advice: expect.any(String) },
    ])
  })

  it('a word that it does not know', () => {
    expect(runDoctor({}, '--fix')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('"--fix" is not a word'),
    })
  })
})

import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { withClient } from '../../../test/database.ts'
import { canReach } from './account.ts'
import { type Cluster, openCluster } from './index.ts'
import { findPostmaster, stopPostmaster } from './postmaster.ts'

const isRoot = process.getuid?.() === 0
const nobody = { uid: 65_534, gid: 65_534 }
const holder = fileURLToPath(new URL('../../../test/hold-cluster.ts', import.meta.url))

/** As root a second user is tried, if the checkout does not lie where only root can read. */
const canTryOther = !isRoot || (await canReach(nobody, dirname(holder)))

let made: string
let folder: string
let dataDir: string
const ends: (() => Promise<unknown>)[] = []

beforeAll(async () => {
  made = await mkdtemp(join(tmpdir(), 'tenantree-made-'))
  await (await openCluster({ dataDir: made, fsync: false })).stop()
})
afterAll(() => rm(made, { recursive: true, force: true }))

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenantree-cluster-'))
  await chmod(folder, 0o711)
  dataDir = join(folder, 'data')
})
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
  // What a killed holder left running.
  await stopPostmaster(join(dataDir, 'postgres'))
  await rm(folder, { recursive: true, force: true })
})

const open = async (): Promise<Cluster> => {
  const cluster = await openCluster({ dataDir, fsync: false })
  ends.push(() => cluster.stop())
  return cluster
}

/** A data folder whose database was made before, and stopped: quicker than making one. Owners and rights are kept. */
const useMade = () => execFileSync('cp', ['-a', made, dataDir])

/** A server process of its own, and the first line it says. */
async function hold(asUser?: { uid: number; gid: number }): Promise<{ process: ChildProcess; line: string }> {
  const child = spawn(process.execPath, [holder, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: '/',
    ...asUser,
  })
  ends.push(() => kill(child, 'SIGKILL'))
  for await (const line of createInterface(child.stdout!)) return { process: child, line }
  throw new Error('it said nothing')
}

const kill = (child: ChildProcess, signal: NodeJS.Signals): Promise<unknown> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((resolve) => {
        child.once('exit', resolve)
        child.kill(signal)
      })

const ask = async (url: string, query: string): Promise<unknown> =>
  withClient(url, async (client) => (await client.query(query)).rows)

describe('openCluster', () => {
  it('makes the database, keeps it, and stops it', async () => {
    const first = await openCluster({ dataDir, fsync: false })
    await ask(first.ownerUrl, 'create table kept (n int)')
    await first.stop()
    expect(await findPostmaster(join(dataDir, 'postgres'))).toBeNull()

    const again = await open()
    expect(await ask(again.ownerUrl, 'select count(*)::int from kept')).toEqual([{ count: 0 }])
    expect(
      await ask(
        again.ownerUrl,
        `select rolsuper, rolcreaterole, pg_encoding_to_char(encoding) as encoding, datlocale
         from pg_roles, pg_database where rolname = current_user and datname = current_database()`,
      ),
    ).toEqual([{ rolsuper: false, rolcreaterole: true, encoding: 'UTF8', datlocale: 'C.UTF-8' }])
    expect((await stat(join(dataDir, 'secrets', 'postgres'))).mode & 0o777).toBe(0o600)
    expect((await stat(join(dataDir, 'postgres'))).mode & 0o777).toBe(0o700)
  })

  it('a first run that was killed half-way is begun again', async () => {
    const draft = join(dataDir, 'postgres.draft-4194305')
    await mkdir(draft, { recursive: true })
    await writeFile(join(draft, 'password'), 'half')
    await open()
    expect(await readdir(dataDir)).not.toContain('postgres.draft-4194305')
  })

  it('two at once: exactly one gets it, the other says so and leaves it running', async () => {
    const both = await Promise.all([hold(), hold()])
    const lines = both.map((one) => one.line.split(' ')[0]).sort()
    expect(lines).toEqual(['open', 'refused'])
    const refusal = both.find((one) => one.line.startsWith('refused'))!.line
    const owner = both.find((one) => one.line.startsWith('open'))!
    expect(refusal).toContain(
      `Tenantree is running already on this data folder (${dataDir}, process ${owner.process.pid})`,
    )
    expect(await ask(owner.line.slice('open '.length), 'select 1 as one')).toEqual([{ one: 1 }])
    await kill(owner.process, 'SIGTERM')
    expect(await findPostmaster(join(dataDir, 'postgres'))).toBeNull()
  })

  it('a server that was killed leaves PostgreSQL running: the next one takes it over, with all that was committed', async () => {
    useMade()
    const killed = await hold()
    await ask(killed.line.slice('open '.length), 'create table kept as select 7 as n')
    const before = await findPostmaster(join(dataDir, 'postgres'))
    await kill(killed.process, 'SIGKILL')
    const next = await open()
    expect(await ask(next.ownerUrl, 'select n from kept')).toEqual([{ n: 7 }])
    expect((await findPostmaster(join(dataDir, 'postgres')))?.pid).toBe(before?.pid)
  })

  it('PostgreSQL killed too: the next start recovers what was committed', async () => {
    useMade()
    const killed = await hold()
    await ask(killed.line.slice('open '.length), 'create table kept as select 7 as n')
    process.kill((await findPostmaster(join(dataDir, 'postgres')))!.pid, 'SIGKILL')
    await kill(killed.process, 'SIGKILL')
    const next = await open()
    expect(await ask(next.ownerUrl, 'select n from kept')).toEqual([{ n: 7 }])
  })

  it('a file that names another living program is not taken for PostgreSQL', async () => {
    useMade()
    const lines = [process.pid, join(dataDir, 'postgres'), 0, 5432, '', '127.0.0.1', '', 'ready   ']
    await writeFile(join(dataDir, 'postgres', 'postmaster.pid'), `${lines.join('\n')}\n`)
    const cluster = await open()
    expect(await ask(cluster.ownerUrl, 'select 1 as one')).toEqual([{ one: 1 }])
  })

  it('lost passwords: one line, and nothing is changed', async () => {
    useMade()
    await rm(join(dataDir, 'secrets'), { recursive: true })
    await expect(openCluster({ dataDir, fsync: false })).rejects.toThrow(/password of the embedded database is missing/)
    expect(await readdir(join(dataDir, 'secrets'))).toEqual([])
  })

  it('a database of another version: one line', async () => {
    await mkdir(join(dataDir, 'postgres'), { recursive: true })
    await writeFile(join(dataDir, 'postgres', 'PG_VERSION'), '17\n')
    await mkdir(join(dataDir, 'secrets'))
    await writeFile(join(dataDir, 'secrets', 'postgres'), 'secret')
    await expect(openCluster({ dataDir, fsync: false })).rejects.toThrow(/is of PostgreSQL 17/)
  })

  it('a server that does not come up: one line with its own reason', async () => {
    useMade()
    await writeFile(join(dataDir, 'postgres', 'postgresql.auto.conf'), 'no_such_setting = 1\n')
    await expect(openCluster({ dataDir, fsync: false })).rejects.toThrow(
      /does not start .*Read the end of .*postgres\.log/,
    )
  })

  it.runIf(canTryOther)('runs as an ordinary user', async () => {
    if (isRoot) await chown(folder, nobody.uid, nobody.gid)
    const { line } = await hold(isRoot ? nobody : undefined)
    expect(line).toMatch(/^open /)
    expect((await stat(dataDir)).mode & 0o777).toBe(0o700)
  })

  it.runIf(isRoot)('as root: PostgreSQL runs as another user, who cannot read the secrets', async () => {
    useMade()
    await open()
    const owner = await stat(join(dataDir, 'postgres'))
    expect(owner.uid).not.toBe(0)
    expect((await stat(join(dataDir, 'secrets'))).uid).toBe(0)
    const pid = (await findPostmaster(join(dataDir, 'postgres')))!.pid
    expect(await readFile(`/proc/${pid}/status`, 'utf8')).toContain(`Uid:\t${owner.uid}\t`)
  })

  it.runIf(isRoot)(
    'as root in a folder that no other user can enter: the database stands outside, and a file says where',
    async () => {
      await chmod(folder, 0o700)
      const cluster = await open()
      const outside = (await readFile(join(dataDir, 'postgres-folder'), 'utf8')).trim()
      ends.unshift(() => rm(outside, { recursive: true, force: true }))
      expect(outside).toMatch(/^\/var\/lib\/tenantree\//)
      expect(await readdir(outside)).toEqual(['postgres'])
      expect(await ask(cluster.ownerUrl, 'select 1 as one')).toEqual([{ one: 1 }])
    },
  )

  it.runIf(isRoot && canTryOther)('a folder that was made by another user says so', async () => {
    useMade()
    await chown(folder, nobody.uid, nobody.gid)
    const { line } = await hold(nobody)
    expect(line).toMatch(/^refused .*cannot be used/)
  })
})

import { appendFile, cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { createEmptyDatabase, withClient } from '../../../test/database.ts'
import { connect } from './connect.ts'
import { type DatabaseState, decidePending, decideUsable } from './decide.ts'
import { toStatements } from './files.ts'
import { allowRetry, migrate, migrationsFolder } from './index.ts'

const { dataDir, superUrl } = inject('testServer')

let folder: string
let database: Awaited<ReturnType<typeof createEmptyDatabase>>
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenantree-migrations-'))
  database = await createEmptyDatabase()
})
afterEach(async () => {
  await database.drop()
  await rm(folder, { recursive: true, force: true })
})

const ask = async (query: string, url = database.ownerUrl): Promise<unknown[]> =>
  withClient(url, async (client) => (await client.query(query)).rows)

const write = (name: string, text: string) => writeFile(join(folder, name), text)
const run = () => migrate(database.ownerUrl, { dataDir, folder })

describe('migrate', () => {
  it('runs each file once, and gives the roles that sign in', async () => {
    await write('0001_one.sql', 'create table one (n int);\n-- ;;\ninsert into one values (1);\n-- ;;\n')
    await run()
    await write('0002_two.sql', 'insert into one values (2);\n-- ;;\n')
    const urls = await run()
    await run()
    expect(await ask('select n from one order by n')).toEqual([{ n: 1 }, { n: 2 }])
    expect(
      await ask('select number, name, finished_at is not null as finished from app.migrations order by 1'),
    ).toEqual([
      { number: 1, name: '0001_one.sql', finished: true },
      { number: 2, name: '0002_two.sql', finished: true },
    ])
    expect(await ask('select current_user::text as name', urls.runtime)).toEqual([{ name: 'tt_runtime' }])
    expect(await ask('select current_user::text as name', urls.worker)).toEqual([{ name: 'tt_worker' }])
    await expect(ask('select n from one', urls.runtime)).rejects.toMatchObject({ code: '42501' })
  })

  it('the files of this release run, and again', async () => {
    const options = { dataDir, folder: migrationsFolder }
    await migrate(database.ownerUrl, options)
    await migrate(database.ownerUrl, options)
    expect(await ask('select count(*)::int as unfinished from app.migrations where finished_at is null')).toEqual([
      { unfinished: 0 },
    ])
  })

  it('eight starts at once: one does it, the others wait', async () => {
    await write('0001_one.sql', 'create table one (n int);\n-- ;;\nselect pg_sleep(0.2);\n-- ;;\n')
    await Promise.all(Array.from({ length: 8 }, run))
    expect(await ask('select count(*)::int as n from app.migrations')).toEqual([{ n: 1 }])
  })

  it('two databases of one server at once do not stumble over the roles', async () => {
    const other = await createEmptyDatabase()
    try {
      await write('0001_one.sql', 'create table one (n int);\n-- ;;\n')
      const both = [database.ownerUrl, other.ownerUrl]
      await Promise.all(both.flatMap((url) => [migrate(url, { dataDir, folder }), migrate(url, { dataDir, folder })]))
    } finally {
      await other.drop()
    }
  })

  it('a role whose password was changed gets the one of the secrets again', async () => {
    await write('0001_one.sql', 'select 1;\n-- ;;\n')
    await run()
    await ask(`alter role tt_worker password 'other'`)
    const urls = await run()
    expect(await ask('select 1 as one', urls.worker)).toEqual([{ one: 1 }])
  })

  it('a file that fails: one line, nothing of it stays, and later starts stop until it is allowed again', async () => {
    await write('0001_one.sql', 'create table one (n int);\n-- ;;\n')
    await run()
    await write('0002_two.sql', 'insert into one values (1);\n-- ;;\ninsert into one values (1 / 0);\n-- ;;\n')
    await expect(run()).rejects.toThrow(/Migration 0002_two\.sql failed \(division by zero\).*nothing is lost/)
    expect(await ask('select n from one')).toEqual([])

    await write('0002_two.sql', 'insert into one values (1);\n-- ;;\n')
    await expect(run()).rejects.toThrow(/0002_two\.sql was begun and not finished.*--retry-migration/)
    expect(await allowRetry(database.ownerUrl)).toBe('0002_two.sql')
    expect(await allowRetry(database.ownerUrl)).toBeNull()
    await run()
    expect(await ask('select n from one')).toEqual([{ n: 1 }])
  })

  it('a file that was changed after it ran: one line, nothing is run', async () => {
    await write('0001_one.sql', 'create table one (n int);\n-- ;;\n')
    await run()
    await appendFile(join(folder, '0001_one.sql'), 'drop table one;\n-- ;;\n')
    await expect(run()).rejects.toThrow(/0001_one\.sql was changed/)
    expect(await ask('select n from one')).toEqual([])
  })

  it('line ends do not count as a change', async () => {
    await write('0001_one.sql', 'create table one (n int);\n-- ;;\n')
    await run()
    await write('0001_one.sql', 'create table one (n int);\r\n-- ;;\r\n')
    await run()
  })

  it('a database of a newer release: one line', async () => {
    await cp(migrationsFolder, folder, { recursive: true })
    await run()
    await ask(`insert into app.migrations values (9999, '9999_later.sql', '', now(), now())`)
    await expect(run()).rejects.toThrow(/newer Tenantree \(it has migration 9999_later\.sql\)/)
  })

  it('a database of something else: one line, and it stays as it was', async () => {
    await ask('create table customers (n int)')
    await write('0001_one.sql', 'create table one (n int);\n-- ;;\n')
    await expect(run()).rejects.toThrow(/belongs to something else \(it has the table public\.customers\)/)
    expect(await ask(`select nspname from pg_namespace where nspname in ('app', 'graphile_worker')`)).toEqual([])
  })

  it('a superuser, and a role that may not create roles: one line each', async () => {
    await expect(migrate(database.superUrl, { dataDir })).rejects.toThrow(/superuser postgres/)
    const name = new URL(database.ownerUrl).pathname.slice(1)
    await ask(`create role poor_${name} login password 'poor'`, superUrl)
    const url = new URL(database.ownerUrl)
    url.username = `poor_${name}`
    url.password = 'poor'
    await expect(migrate(url.href, { dataDir })).rejects.toThrow(/may not create roles.*alter role poor_.* createrole/)
    await ask(`drop role poor_${name}`, superUrl)
  })
})

describe('connect', () => {
  const variant = (change: (url: URL) => void): string => {
    const url = new URL(database.ownerUrl)
    change(url)
    return url.href
  }

  it('each thing that is wrong with DATABASE_URL has words of its own, and none shows the password', async () => {
    const closed = await freePort()
    const wrong: [string, RegExp][] = [
      [
        variant((url) => (url.hostname = 'no-such-host.invalid')),
        /host no-such-host\.invalid of DATABASE_URL is not known/,
      ],
      [variant((url) => (url.port = String(closed))), new RegExp(`No PostgreSQL listens at 127.0.0.1:${closed}/`)],
      [variant((url) => (url.password = 'wrong-password')), /refuses the password of tenantree/],
      [variant((url) => (url.pathname = 'no_such_database')), /no database no_such_database at/],
    ]
    for (const [url, words] of wrong) {
      const error: unknown = await connect(url).catch((caught: unknown) => caught)
      expect(error).toMatchObject({ name: 'StartFailure', message: expect.stringMatching(words) })
      expect(String(error)).not.toContain(new URL(url).password)
    }
  })

  it('a port where something else listens', async () => {
    const server = createServer((socket) => socket.resume().end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    await expect(connect(variant((url) => (url.port = String(port))))).rejects.toThrow(
      /cannot be used .*Correct DATABASE_URL/,
    )
    await new Promise((resolve) => server.close(resolve))
  })
})

describe('decideUsable', () => {
  const sound: DatabaseState = {
    version: 150_000,
    versionName: '15.0',
    encoding: 'UTF8',
    role: 'tenantree',
    isSuperuser: false,
    mayCreateRoles: true,
    mayCreate: true,
    foreignTables: [],
    isOurs: false,
  }

  it('takes 15 and newer, empty or ours', () => {
    decideUsable(sound, 'here')
    decideUsable({ ...sound, version: 180_004 }, 'here')
    decideUsable({ ...sound, isOurs: true, foreignTables: ['public.tenants'] }, 'here')
  })

  it.each<[Partial<DatabaseState>, RegExp]>([
    [{ version: 149_999, versionName: '14.22' }, /version 14\.22, Tenantree needs 15/],
    [{ foreignTables: ['public.wp_posts'] }, /belongs to something else/],
    [{ encoding: 'SQL_ASCII' }, /encoding SQL_ASCII/],
    [{ mayCreateRoles: false }, /may not create roles/],
    [{ mayCreate: false }, /may not create tables/],
  ])('%j is refused with one line', (state, words) => {
    expect(() => decideUsable({ ...sound, ...state }, 'here')).toThrow(words)
  })
})

describe('the files', () => {
  it('a statement ends at its line, and only there', () => {
    expect(toStatements('select 1; -- ;; not here\n-- ;;\n-- only words\n-- ;;\nselect 2;\n-- ;;\n', 'x')).toHaveLength(
      2,
    )
    expect(() => toStatements('select 1;\n', 'x')).toThrow('no line "-- ;;"')
  })

  it('what is pending is what was not run', () => {
    const file = (number: number) => ({ number, name: `000${number}_x.sql`, sha256: `h${number}`, statements: [] })
    const applied = [{ number: 1, name: '0001_x.sql', sha256: 'h1', isFinished: true }]
    expect(decidePending([file(1), file(2)], applied).map((one) => one.number)).toEqual([2])
    expect(decidePending([file(1)], applied)).toEqual([])
  })
})

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

import { createHash, createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import { sql } from 'kysely'
import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase, withClient } from '../../test/database.ts'
import type { CallContext } from '../kernel/context.ts'
import { toBounds } from '../kernel/tree.ts'
import { type Database, openDatabase } from '../platform/database.ts'
import { newId } from '../platform/ids.ts'
import { append } from './commands.ts'
import { emptyTree, grow, leafHash, rootOf, type SealedEntry } from './domain.ts'
import { sealer } from './sealer.ts'

const { privateKey: key, publicKey } = generateKeyPairSync('ed25519')
let database: TestDatabase
let db: Database
let lastRealm = 0n

beforeAll(async () => {
  database = await createTestDatabase()
  db = openDatabase(database.urls, {})
})
afterAll(async () => {
  await db.close()
  await database.drop()
})

const ask = <Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> =>
  withClient(database.superUrl, async (client) => (await client.query<Row>(text, values)).rows)

/** A realm that no other test has. */
async function openRealm(): Promise<{ realm: bigint; call: CallContext }> {
  const realm = ++lastRealm
  const path = `0000${realm.toString(36).padStart(4, '0')}`
  await ask(`insert into realms (id, root_tenant_id, name_key, path) values ($1, gen_random_uuid(), $2, $2)`, [
    realm,
    path,
  ])
  const call = await db.systemCall('request')
  const scope = { ...call.scope, tenantId: newId(), realmId: realm, ...toBounds(path) }
  return { realm, call: { ...call, address: '192.0.2.7', scope: { ...scope, actor: { kind: 'user', id: newId() } } } }
}

const entryOf = (realm: bigint, call: CallContext, name: string) => ({
  action: 'thing.created',
  realmId: realm,
  path: call.scope.lo,
  object: { kind: 'thing', id: newId() },
  before: null,
  after: { name, email: `${name}@example.com`, list: ['b', 'a'], n: 1.5, no: null },
  personal: ['/after/email'],
})
const note = (realm: bigint, call: CallContext, name: string) =>
  db.transaction(call, (tx) => append(tx, call, entryOf(realm, call, name)))
const seal = async () => sealer(db, key).run(await db.systemCall('seal'))

type Stored = SealedEntry & { leaf_index: string | null; name: string; private: boolean }
const readEntries = (realm: bigint) =>
  ask<Stored>(
    `select realm_id::text, id, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, actor_kind, actor_id, request_id,
       address, action, object_kind, object_id, before, after, leaf_index, after->>'name' as name, private
     from audit_entries where realm_id = $1 order by leaf_index`,
    [realm],
  )
const readCheckpoints = (realm: bigint) =>
  ask<{ size: string; root: Buffer; note: string }>(
    'select size, root, note from audit_checkpoints where realm_id = $1 order by size',
    [realm],
  )
/** The root as anyone can compute it again from the rows. */
const rootOfRows = (rows: readonly Stored[]): Buffer => rootOf(rows.map(toLeafHash).reduce(grow, emptyTree))
const toLeafHash = ({ leaf_index: _index, name: _name, private: isPrivate, ...entry }: Stored): Buffer =>
  leafHash({ entry, private: isPrivate, version: 2 })

describe('the sealer', () => {
  it('puts every entry into the tree once, in order, and signs the root', async () => {
    const { realm, call } = await openRealm()
    for (const name of ['a', 'b', 'c']) await note(realm, call, name)
    await seal()
    await seal()
    const rows = await readEntries(realm)
    expect(rows.map(({ name, leaf_index }) => [name, leaf_index])).toEqual([
      ['a', '0'],
      ['b', '1'],
      ['c', '2'],
    ])
    const checkpoints = await readCheckpoints(realm)
    expect(checkpoints.map(({ size }) => size)).toEqual(['3'])
    expect(checkpoints[0]?.root).toEqual(rootOfRows(rows))
  })

  it('signs a checkpoint that the public key verifies, with the id of the key before the signature', async () => {
    const { realm, call } = await openRealm()
    await note(realm, call, 'a')
    await seal()
    const [checkpoint] = await readCheckpoints(realm)
    const [text, signatures] = checkpoint!.note.split('\n\n') as [string, string]
    const [origin, size, root] = text.split('\n')
    expect([origin, size, root]).toEqual([`tenantree/audit/realm/${realm}`, '1', checkpoint!.root.toString('base64')])
    const [, name, encoded] = /^— (\S+) (\S+)\n$/.exec(signatures) ?? []
    const bytes = Buffer.from(encoded ?? '', 'base64')
    const raw = createPublicKey(publicKey.export({ format: 'pem', type: 'spki' })).export({
      format: 'der',
      type: 'spki',
    })
    const id = createHash('sha256')
      .update(Buffer.concat([Buffer.from(`${name}\n\x01`), raw.subarray(-32)]))
      .digest()
    expect(bytes.subarray(0, 4)).toEqual(id.subarray(0, 4))
    expect(verify(null, Buffer.from(`${text}\n`), publicKey, bytes.subarray(4))).toBe(true)
    const forged = text.replace('\n1\n', '\n2\n')
    expect(verify(null, Buffer.from(`${forged}\n`), publicKey, bytes.subarray(4))).toBe(false)
  })

  it('of several sealers at once each entry gets one leaf, and no number is left out', async () => {
    const { realm, call } = await openRealm()
    await Promise.all(Array.from({ length: 40 }, (_, index) => note(realm, call, `n${index}`)))
    await Promise.all([seal(), seal(), note(realm, call, 'meanwhile'), seal()])
    await seal()
    const rows = await readEntries(realm)
    expect(rows.map(({ leaf_index }) => Number(leaf_index))).toEqual(Array.from({ length: 41 }, (_, index) => index))
    for (const { size, root } of await readCheckpoints(realm))
      expect(root).toEqual(rootOfRows(rows.slice(0, Number(size))))
  })

  it('an entry that commits late is sealed in the next batch, not lost', async () => {
    const { realm, call } = await openRealm()
    const noted = Promise.withResolvers<void>()
    const gate = Promise.withResolvers<void>()
    const late = db.transaction(call, async (tx) => {
      await append(tx, call, entryOf(realm, call, 'late'))
      // The entry is sent, not waited for: this comes after it.
      await tx.send(sql`select 1`)
      noted.resolve()
      await gate.promise
    })
    await noted.promise
    await note(realm, call, 'early')
    await seal()
    gate.resolve()
    await late
    await seal()
    const rows = await readEntries(realm)
    expect(rows.map(({ name }) => name)).toEqual(['early', 'late'])
    // Its id is the smaller one: a sealer that reads by `id > last` would have missed it.
    expect(rows[1]!.id < rows[0]!.id).toBe(true)
    const checkpoints = await readCheckpoints(realm)
    expect(checkpoints.map(({ size }) => size)).toEqual(['1', '2'])
    expect(checkpoints[1]?.root).toEqual(rootOfRows(rows))
  })

  it('more than a batch is sealed in one run', async () => {
    const { realm, call } = await openRealm()
    await note(realm, call, 'first')
    await ask(
      `insert into audit_entries (realm_id, id, path, at, actor_kind, request_id, address, action, object_kind)
       select realm_id, gen_random_uuid(), path, at, actor_kind, request_id, address, action, object_kind
       from audit_entries, generate_series(1, 2100) where realm_id = $1`,
      [realm],
    )
    await seal()
    expect((await readCheckpoints(realm)).map(({ size }) => size)).toEqual(['2000', '2101'])
  })

  it('a planted change of a sealed row, past all rights, gives another root', async () => {
    const { realm, call } = await openRealm()
    for (const name of ['a', 'b']) await note(realm, call, name)
    await seal()
    const [checkpoint] = await readCheckpoints(realm)
    for (const change of [`after = '{"name":"z"}'`, 'actor_id = gen_random_uuid()', `at = at + interval '1 ms'`]) {
      await ask(`update audit_entries set ${change} where realm_id = $1 and leaf_index = 1`, [realm])
      expect(rootOfRows(await readEntries(realm))).not.toEqual(checkpoint?.root)
    }
  })

  it('a person erased, and a tenant moved: the seal holds (R-KEEP-2)', async () => {
    const { realm, call } = await openRealm()
    await note(realm, call, 'anna')
    await seal()
    const personal = () =>
      ask('select pointer, value from audit_personal where realm_id = $1 order by pointer', [realm])
    expect(await personal()).toEqual([
      { pointer: '/address', value: '192.0.2.7' },
      { pointer: '/after/email', value: 'anna@example.com' },
    ])
    expect(JSON.stringify(await readEntries(realm))).not.toMatch(/anna@example|192\.0\.2/)
    await db.work(call, (tx) => sql`delete from audit_personal where realm_id = ${realm}`.execute(tx.tables()))
    await ask(`update audit_entries set path = '0000zzzz' where realm_id = $1`, [realm])
    expect(await personal()).toEqual([])
    expect((await readCheckpoints(realm))[0]?.root).toEqual(rootOfRows(await readEntries(realm)))
  })
})

describe('append', () => {
  it('is undone with the change that it notes', async () => {
    const { realm, call } = await openRealm()
    const attempt = db.transaction(call, async (tx) => {
      await append(tx, call, entryOf(realm, call, 'undone'))
      throw new Error('undone')
    })
    await expect(attempt).rejects.toThrow('undone')
    expect(await readEntries(realm)).toEqual([])
  })

  it('notes who, when and in which request', async () => {
    const { realm, call } = await openRealm()
    await note(realm, call, 'a')
    const [row] = await readEntries(realm)
    expect(row).toMatchObject({ actor_kind: 'user', actor_id: call.scope.actor.id, request_id: 'request' })
    expect(row?.at).toBe(call.now.toString({ smallestUnit: 'millisecond', roundingMode: 'floor' }))
  })
})

describe('append only, by the rights of the database (R-AUDIT-2)', () => {
  const refusedBy = async (role: 'runtime' | 'worker', statements: readonly string[]) => {
    const { realm, call } = await openRealm()
    await note(realm, call, 'a')
    return withClient(database.urls[role], async (client) => {
      const outcomes: Record<string, unknown> = {}
      for (const statement of statements) {
        await client.query('begin')
        await client.query('select * from app.enter($1, $2, $3)', [call.scope.lo, call.scope.hi, ''])
        outcomes[statement] = await client.query(statement).then(
          ({ rowCount }) => `${rowCount} rows`,
          (error: pg.DatabaseError) => error.code,
        )
        await client.query('rollback')
      }
      return outcomes
    })
  }
  const changes = [
    `update audit_entries set after = '{}'`,
    `update audit_entries set at = at`,
    'update audit_entries set private = false',
    'delete from audit_entries',
    'truncate audit_entries cascade',
    `update audit_personal set value = ''`,
    'alter table audit_entries disable row level security',
  ]
  const allRefused = Object.fromEntries(changes.map((statement) => [statement, '42501']))

  it('42501: the runtime role changes and removes nothing, and numbers no leaf', async () => {
    const more = [
      'update audit_entries set leaf_index = 1',
      'delete from audit_personal',
      'select * from audit_checkpoints',
    ]
    const outcomes = await refusedBy('runtime', [...changes, ...more])
    expect(outcomes).toEqual({ ...allRefused, ...Object.fromEntries(more.map((statement) => [statement, '42501'])) })
  })

  it('42501: nor does the worker, who may number a leaf and erase a personal value', async () => {
    const worker = ['update audit_checkpoints set size = 9', 'delete from audit_checkpoints']
    expect(await refusedBy('worker', [...changes, ...worker])).toEqual({
      ...allRefused,
      ...Object.fromEntries(worker.map((statement) => [statement, '42501'])),
    })
  })
})

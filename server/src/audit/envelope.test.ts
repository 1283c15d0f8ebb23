import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { verifyLines } from '../../test/audit-crypto.ts'
import * as given from '../../test/given.ts'
import { query } from '../../test/state.ts'
import { type Client, openWorld, type World } from '../../test/world.ts'
import { toBounds } from '../kernel/tree.ts'
import { emptyTree, grow, leafHash, rootOf, type SealedEntry, type Tree } from './domain.ts'
import { exportAudit } from './export.ts'
import { signCheckpoint, toVerifierKey } from './notes.ts'

let world: World
let key: string
beforeAll(async () => {
  world = await openWorld()
  key = (await world.vendor.get('/v1/audit-key')).body.key
})
afterAll(() => world.close())

const exportOf = async (as: Client): Promise<string[]> =>
  new TextDecoder()
    .decode(given.expectOk(await as.get('/v1/audit-export')).bytes)
    .trimEnd()
    .split('\n')

// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever stands in a line
type Line = any
const parse = (lines: readonly string[]): Line[] => lines.map((line) => JSON.parse(line))
const leavesOf = (lines: readonly string[]): Line[] =>
  parse(lines).filter((line) => line.type === 'entry' || line.type === 'withheld')

describe('entries that others may not read', () => {
  const privateOf = (channelOf: given.Channel) =>
    query<{ realm_id: bigint; leaf_index: string }>(
      world,
      `select e.realm_id, e.leaf_index::text from audit_entries e join tenants t on t.path = e.path
       where t.id = $1 and e.private and e.leaf_index is not null order by e.leaf_index limit 1`,
      [channelOf.reseller.id],
    )
  /** A branch with a price of the reseller, sealed. */
  async function soldBranch(): Promise<given.Channel> {
    const branch = await given.channel(world)
    await given.sold(world, branch, await given.offer(world))
    await exportOf(branch.distributor.as)
    return branch
  }

  it('are there as their envelope: that they were sealed as private, and nothing of what they say', async () => {
    const branch = await soldBranch()
    const withheld = leavesOf(await exportOf(branch.distributor.as)).filter(({ type }) => type === 'withheld')
    expect(withheld.length).toBeGreaterThan(0)
    for (const line of withheld)
      expect(line).toEqual({
        type: 'withheld',
        leaf_index: expect.any(String),
        envelope: { version: 2, private: true, content: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) },
        proof: expect.any(Array),
      })
  })

  it('opened past the application to those above are found: entry_changed', async () => {
    const branch = await soldBranch()
    const [place] = await privateOf(branch)
    await query(world, 'update audit_entries set private = false where realm_id = $1 and leaf_index = $2', [
      place?.realm_id,
      place?.leaf_index,
    ])
    const { finding } = verifyLines(await exportOf(branch.distributor.as), { key })
    expect([finding?.code, finding?.leafIndex]).toEqual(['entry_changed', Number(place?.leaf_index)])
  })

  it('changed past the application are found by those who may not read them, too', async () => {
    const branch = await soldBranch()
    const [place] = await privateOf(branch)
    await query(world, `update audit_entries set after = '{}' where realm_id = $1 and leaf_index = $2`, [
      place?.realm_id,
      place?.leaf_index,
    ])
    const { finding } = verifyLines(await exportOf(branch.distributor.as), { key })
    expect([finding?.code, finding?.leafIndex]).toEqual(['entry_changed', Number(place?.leaf_index)])
  })
})

it('a realm that was sealed in the first version and goes on in the second verifies as one', async () => {
  const old = await openWorld()
  const { db } = old.application
  const oldKey = generateKeyPairSync('ed25519').privateKey
  const branch = await given.channel(old)
  const realms = await query<{ id: bigint }>(old, 'select id from realms order by id')
  await query(old, 'delete from audit_leaves')
  await query(old, 'delete from audit_checkpoints')
  await query(old, 'delete from audit_trees')
  await query(old, 'update audit_entries set leaf_index = null, leaf_version = null')
  for (const { id } of realms) await sealInFirstVersion(old, oldKey, String(id))
  await given.sold(old, branch, await given.offer(old))
  const call = await db.systemCall('test')
  const scope = { ...call.scope, actor: { kind: 'system', id: null }, ...toBounds('0000') } as const
  const lines = (await Array.fromAsync(exportAudit(db, { ...call, scope }, oldKey))).map((line) => line.trimEnd())
  const versions = leavesOf(lines).map((line) => line.version ?? line.envelope?.version ?? 1)
  expect(new Set(versions)).toEqual(new Set([1, 2]))
  const { finding, realms: read } = verifyLines(lines, { key: toVerifierKey(oldKey) })
  expect(finding).toBeNull()
  expect(read.every(({ isWhole, entries, size }) => isWhole && entries === size)).toBe(true)
  const first = parse(lines).findIndex((line) => line.type === 'entry')
  const edited = lines.with(first, (lines[first] ?? '').replace(/"action":"[^"]+"/, '"action":"x.y"'))
  expect(verifyLines(edited, { key: toVerifierKey(oldKey) }).finding).toMatchObject({
    code: 'entry_changed',
    line: first + 1,
  })
  await old.close()
})

/** What the sealer did before: the entry itself is the leaf. */
async function sealInFirstVersion(old: World, oldKey: KeyObject, realmId: string): Promise<void> {
  const rows = await query<SealedEntry>(
    old,
    `select realm_id::text, id, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, actor_kind, actor_id, request_id,
       address, action, object_kind, object_id, before, after from audit_entries where realm_id = $1 order by id`,
    [realmId],
  )
  const hashes = rows.map((entry) => leafHash({ entry, private: false, version: null }))
  const tree = hashes.reduce<Tree>(grow, emptyTree)
  for (const [index, { id }] of rows.entries()) {
    await query(old, 'update audit_entries set leaf_index = $2 where id = $1', [id, index])
    await query(old, 'insert into audit_leaves values ($1, $2, $3)', [realmId, index, hashes[index]])
  }
  const root = rootOf(tree)
  const note = signCheckpoint(oldKey, { origin: `tenantree/audit/realm/${realmId}`, size: tree.size, root })
  await query(old, 'insert into audit_trees values ($1, $2, $3)', [realmId, String(tree.size), tree.frontier])
  await query(old, `insert into audit_checkpoints values ($1, $2, $3, $4, '2027-01-05Z')`, [
    realmId,
    String(tree.size),
    root,
    note,
  ])
}

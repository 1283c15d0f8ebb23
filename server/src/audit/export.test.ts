import { readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { verifyLines } from '../../test/audit-crypto.ts'
import { withClient } from '../../test/database.ts'
import * as given from '../../test/given.ts'
import { query } from '../../test/state.ts'
import { type Client, openWorld, type World } from '../../test/world.ts'
import { openOutsideCheckpoints } from './outside.ts'

let world: World
let channel: given.Channel
let key: string

beforeAll(async () => {
  world = await openWorld()
  key = (await world.vendor.get('/v1/audit-key')).body.key
  channel = await given.channel(world)
  await given.tenant(channel.reseller.as, channel.reseller.id, { level: 'end_customer' })
  await world.moveTo('2027-01-06T10:00:00Z')
  await given.sold(world, channel, await given.offer(world))
  await world.moveTo('2027-01-07T10:00:00Z')
  for (let at = 0; at < 4; at += 1) await given.tenant(channel.customer.as, channel.customer.id, { level: 'site' })
})
afterAll(() => world.close())

async function exportOf(as: Client): Promise<string[]> {
  const { status, bytes } = await as.get('/v1/audit-export')
  expect(status).toBe(200)
  return new TextDecoder().decode(bytes).trimEnd().split('\n')
}

// biome-ignore lint/suspicious/noExplicitAny: a test changes whatever stands in a line
type Line = any
const parse = (lines: readonly string[]): Line[] => lines.map((line) => JSON.parse(line))
const isLeaf = (line: Line): boolean => line.type === 'entry' || line.type === 'withheld'
const leavesOf = (lines: readonly string[]): Line[] => parse(lines).filter(isLeaf)
/** The places in the file of the entries of the last realm in it, which has several checkpoints. */
const entryPlaces = (lines: readonly string[]): number[] => {
  const all = parse(lines)
  const from = all.findLastIndex((line) => line.type === 'realm')
  return all.flatMap((line, at) => (at > from && line.type === 'entry' ? [at] : []))
}
const change = (lines: readonly string[], at: number, edit: (line: Line) => void): string[] => {
  const line = JSON.parse(lines[at] ?? '')
  edit(line)
  return lines.with(at, JSON.stringify(line))
}

describe('the whole log', () => {
  it('of the distributor verifies: every leaf, every checkpoint, private entries of others as their hash alone', async () => {
    const lines = await exportOf(channel.distributor.as)
    const report = verifyLines(lines, { key })
    expect(report.finding).toBeNull()
    expect(report.realms).toMatchObject([{ isWhole: true }])
    const [realm] = report.realms
    expect(realm?.entries).toBe(realm?.size)
    expect(parse(lines).filter((line) => line.type === 'checkpoint').length).toBeGreaterThan(1)
    const leaves = leavesOf(lines)
    expect(leaves.some((line) => line.type === 'withheld')).toBe(true)
    expect(JSON.stringify(leaves.filter((line) => line.type === 'withheld'))).not.toMatch(/unit_price|8\.50/)
    expect(lines.join()).not.toMatch(/"5\.80"|"8\.50"/)
  })

  it('of the vendor holds all realms, and its own', async () => {
    const report = verifyLines(await exportOf(world.vendor), { key })
    expect(report.finding).toBeNull()
    expect(report.realms.map((realm) => realm.realmId)).toEqual(expect.arrayContaining(['0']))
    expect(report.realms.length).toBeGreaterThan(1)
    expect(report.realms.every((realm) => realm.isWhole)).toBe(true)
  })
})

describe('a part', () => {
  it('of a partner inside a realm: its own entries, each proven, and nothing of others', async () => {
    const lines = await exportOf(channel.reseller.as)
    const report = verifyLines(lines, { key })
    expect(report.finding).toBeNull()
    expect(report.realms).toMatchObject([{ isWhole: false }])
    expect(report.realms[0]?.entries).toBeLessThan(report.realms[0]?.size ?? 0)
    const text = lines.join('\n')
    for (const above of [channel.subDistributor, channel.distributor]) {
      expect(text).not.toContain(above.name)
      expect(text).not.toContain(above.id)
    }
    expect(leavesOf(lines).every((line) => line.type === 'entry')).toBe(true)
    expect(text).not.toMatch(/"4\.90"|"5\.80"/)
  })

  it('of the customer does not tell from where those above it came', async () => {
    const created = leavesOf(await exportOf(channel.customer.as)).find(
      (line) => line.entry.action === 'tenant.created' && line.entry.object_id === channel.customer.id,
    )
    expect(created.personal).toEqual([])
  })
})

type Tampering = [
  name: string,
  code: string,
  tamper: (lines: string[], at: number, next: number) => string[],
  off?: number,
]
/** What is done to the file at the third last entry; where the first bad entry is, counted from there. */
const tamperings: Tampering[] = [
  ['edited', 'entry_changed', (lines, at) => change(lines, at, (line) => (line.entry.action = 'tenant.erased'))],
  [
    'edited in time',
    'entry_changed',
    (lines, at) => change(lines, at, (line) => (line.entry.at = '2027-01-07T10:00:00.001Z')),
  ],
  [
    'edited in what stood after',
    'entry_changed',
    (lines, at) => change(lines, at, (line) => (line.entry.after.name = 'Other')),
  ],
  ['deleted', 'entry_missing', (lines, at) => lines.toSpliced(at, 1)],
  [
    'deleted, and the rest numbered anew',
    'entry_changed',
    (lines, at) => {
      const renumber = (line: Line) => (line.leaf_index = `${Number(line.leaf_index) - 1}`)
      return lines
        .map((_text, place) =>
          place > at && isLeaf(JSON.parse(lines[place] ?? '')) ? change(lines, place, renumber)[place]! : lines[place]!,
        )
        .toSpliced(at, 1)
    },
  ],
  ['inserted', 'entry_out_of_order', (lines, at) => lines.toSpliced(at + 1, 0, lines[at] ?? '')],
  [
    'swapped with the next',
    'entry_missing',
    (lines, at, next) => lines.with(at, lines[next] ?? '').with(next, lines[at] ?? ''),
  ],
  [
    'swapped with the next, numbers too',
    'entry_changed',
    (lines, at, next) => {
      const [one, other] = [JSON.parse(lines[at] ?? ''), JSON.parse(lines[next] ?? '')]
      const swapped = change(lines, at, (line) => (line.entry = other.entry))
      return change(swapped, next, (line) => (line.entry = one.entry))
    },
  ],
  ['made private', 'entry_changed', (lines, at) => change(lines, at, (line) => (line.private = !line.private))],
  [
    'made private in the older way, without the word of it',
    'entry_changed',
    (lines, at) =>
      change(lines, at, (line) => {
        delete line.version
        delete line.private
      }),
  ],
  [
    'given another address',
    'personal_value_changed',
    (lines, at) => change(lines, at, (line) => (line.personal[0].value = '192.0.2.1')),
  ],
]

describe('an export in which an entry was', () => {
  it.each(tamperings)('%s is found: %s, and named', async (_name, code, tamper) => {
    const lines = await exportOf(channel.distributor.as)
    const [at = 0, next = 0] = entryPlaces(lines).slice(-3)
    const { finding } = verifyLines(tamper(lines, at, next), { key })
    const bad = JSON.parse(lines[at] ?? '')
    expect(finding?.code).toBe(code)
    expect(finding?.leafIndex).toBe(Number(bad.leaf_index))
  })

  it('cut off with all after it: the first that is missing is named', async () => {
    const lines = await exportOf(channel.distributor.as)
    const [at = 0] = entryPlaces(lines).slice(-3)
    const bad = JSON.parse(lines[at] ?? '')
    const { finding } = verifyLines(lines.slice(0, at), { key })
    expect([finding?.code, finding?.leafIndex]).toEqual(['tail_cut', Number(bad.leaf_index)])
    const last = lines.at(-1) ?? ''
    expect(verifyLines([...lines.slice(0, at), last], { key }).finding).toMatchObject({ code: 'tail_cut' })
  })

  it('deleted from a part: the signed digest of the file does not fit', async () => {
    const lines = await exportOf(channel.reseller.as)
    const [at = 0] = entryPlaces(lines)
    expect(verifyLines(lines.toSpliced(at, 1), { key }).finding).toMatchObject({ code: 'file_changed' })
    const edited = change(lines, at, (line) => (line.entry.action = 'tenant.erased'))
    expect(verifyLines(edited, { key }).finding).toMatchObject({ code: 'entry_changed', line: at + 1 })
  })

  it('deleted, and the log declared a part, is found all the same', async () => {
    const lines = await exportOf(channel.distributor.as)
    const header = parse(lines).findIndex((line) => line.type === 'realm')
    const [at = 0] = entryPlaces(lines).slice(-3)
    const declared = change(lines, header, (line) => (line.complete = false)).toSpliced(at, 1)
    expect(verifyLines(declared, { key }).finding).not.toBeNull()
  })

  it('another key is refused, and its signatures with it', async () => {
    const other = await openWorld()
    const foreign = (await other.vendor.get('/v1/audit-key')).body.key
    await other.close()
    const { finding } = verifyLines(await exportOf(channel.distributor.as), { key: foreign })
    expect(finding).toMatchObject({ code: 'checkpoint_invalid' })
    expect(() => verifyLines([], { key: 'nothing' })).toThrow(/not an audit key/)
  })
})

describe('a database in which somebody changed, past the application,', () => {
  const sealedOf = (tenant: { id: string }) =>
    query<{ realm_id: bigint; id: string; leaf_index: string }>(
      world,
      `select e.realm_id, e.id, e.leaf_index::text from audit_entries e join tenants t on t.path = e.path
       where t.id = $1 and e.leaf_index is not null order by e.leaf_index`,
      [tenant.id],
    )

  type Place = [realmId: unknown, leafIndex: unknown]
  async function removeEntries(place: Place, which: string): Promise<void> {
    const chosen = `select id from audit_entries where realm_id = $1 and ${which}`
    await query(world, `delete from audit_personal where realm_id = $1 and entry_id in (${chosen})`, place)
    await query(world, `delete from audit_entries where realm_id = $1 and ${which}`, place)
  }

  const harms: [what: string, code: string, harm: (place: Place) => Promise<unknown>][] = [
    [
      'an entry',
      'entry_changed',
      (place) => query(world, `update audit_entries set action = 'x.y' where realm_id = $1 and leaf_index = $2`, place),
    ],
    [
      'who may read an entry, so that those above see it no more',
      'entry_changed',
      (place) => query(world, 'update audit_entries set private = true where realm_id = $1 and leaf_index = $2', place),
    ],
    [
      'that, and how it was sealed',
      'entry_changed',
      (place) =>
        query(
          world,
          'update audit_entries set private = true, leaf_version = null where realm_id = $1 and leaf_index = $2',
          place,
        ),
    ],
    ['a row away', 'entry_missing', (place) => removeEntries(place, 'leaf_index = $2')],
    [
      'the end away, its leaves too',
      'tail_cut',
      async (place) => {
        await removeEntries(place, 'leaf_index >= $2')
        await query(world, 'delete from audit_leaves where realm_id = $1 and leaf_index >= $2', place)
      },
    ],
  ]
  it.each(harms)('%s: %s names it', async (_what, code, harm) => {
    const branch = await given.channel(world)
    const before = await exportOf(branch.distributor.as)
    expect(verifyLines(before, { key }).finding).toBeNull()
    const [row] = (await sealedOf(branch.customer)).slice(-2)
    await harm([row?.realm_id, row?.leaf_index])
    const { finding } = verifyLines(await exportOf(branch.distributor.as), { key })
    expect([finding?.code, finding?.leafIndex]).toEqual([code, Number(row?.leaf_index)])
  })

  it('the end, its checkpoints and the tree: a checkpoint that was kept outside shows it', async () => {
    const branch = await given.channel(world)
    const part = await exportOf(branch.distributor.as)
    const [realm] = verifyLines(part, { key }).realms
    await given.tenant(branch.customer.as, branch.customer.id, { level: 'site' })
    await exportOf(branch.distributor.as)
    const file = join(tmpdir(), `outside-${branch.distributor.id}.jsonl`)
    await writeFile(file, '{"realm_id":"torn')
    const outside = await openOutsideCheckpoints(world.application.db, file)
    const call = await world.application.db.systemCall('test')
    await outside.run(call)
    await outside.run(call)
    const checkpoints = (await readFile(file, 'utf8')).split('\n')
    const mine = checkpoints.filter((line) => line.includes(`"realm_id":"${realm?.realmId}"`) && line.includes('note'))
    expect(mine).toHaveLength(1)
    const whole = await exportOf(branch.distributor.as)
    expect(verifyLines(whole, { key, checkpoints }).finding).toBeNull()
    const values = [realm?.realmId, realm?.size]
    await query(
      world,
      `delete from audit_personal p using audit_entries e where e.realm_id = p.realm_id and e.id = p.entry_id
       and e.realm_id = $1 and e.leaf_index >= $2`,
      values,
    )
    for (const table of ['audit_entries', 'audit_leaves'])
      await query(world, `delete from ${table} where realm_id = $1 and leaf_index >= $2`, values)
    await query(world, 'delete from audit_checkpoints where realm_id = $1 and size > $2', values)
    const cut = await exportOf(branch.distributor.as)
    expect(verifyLines(cut, { key }).finding).toBeNull()
    expect(verifyLines(cut, { key, checkpoints }).finding).toMatchObject({ code: 'tail_cut', leafIndex: realm?.size })
    await rm(file)
  })

  it('refused: the roles of the application can neither edit nor delete an entry', async () => {
    const { worker, runtime } = world.database.urls
    for (const [url, text] of [
      [runtime, `update audit_entries set action = 'x'`],
      [runtime, 'delete from audit_entries'],
      [runtime, 'select from audit_leaves'],
      [worker, `update audit_entries set action = 'x'`],
      [worker, 'delete from audit_entries'],
      [worker, `update audit_leaves set hash = ''`],
      [worker, 'delete from audit_checkpoints'],
    ] as const)
      await expect(withClient(url, (client) => client.query(text))).rejects.toMatchObject({ code: '42501' })
  })
})

it('erased personal values leave the export whole', async () => {
  const branch = await given.channel(world)
  await exportOf(branch.distributor.as)
  const erased = await query(world, 'delete from audit_personal where value like $1 returning 1', ['%@users.example'])
  expect(erased.length).toBeGreaterThan(0)
  expect(verifyLines(await exportOf(branch.distributor.as), { key }).finding).toBeNull()
})

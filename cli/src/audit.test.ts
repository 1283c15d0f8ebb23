import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openCli } from '../test/cli.ts'

let cli: Awaited<ReturnType<typeof openCli>>
beforeAll(async () => {
  cli = await openCli()
})
afterAll(() => cli.close())

const sha256 = (...parts: (Uint8Array | string)[]) => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

/** A server's side, written out by hand: one realm with two entries. */
function writeLog() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const raw = Buffer.concat([Buffer.of(1), publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)])
  const id = sha256('tenantree-audit\n', raw).subarray(0, 4)
  const toNote = (text: string, key: KeyObject = privateKey) => {
    const signature = Buffer.concat([id, sign(null, Buffer.from(text), key)]).toString('base64')
    return `${text}\n\u2014 tenantree-audit ${signature}\n`
  }
  const entries = ['a', 'b'].map((name) => ({ action: 'tenant.created', id: `entry-${name}` }))
  const [left = sha256(), right = sha256()] = entries.map((entry) => sha256(Buffer.of(0), JSON.stringify(entry)))
  const root = sha256(Buffer.of(1), left, right).toString('base64')
  const lines = [
    { type: 'export', exported_at: '2027-01-05T10:00:00.000Z' },
    { type: 'realm', complete: true, note: toNote(`tenantree/audit/realm/7\n2\n${root}\n`) },
    ...entries.map((entry, index) => ({
      type: 'entry',
      leaf_index: `${index}`,
      entry,
      proof: [(index === 0 ? right : left).toString('base64')],
    })),
  ].map((line) => JSON.stringify(line))
  const digest = lines.reduce((before, line) => sha256(before, sha256(line)), Buffer.alloc(0))
  const end = toNote(`tenantree/audit/export\n${lines.length}\n${digest.toString('base64')}\n`)
  lines.push(JSON.stringify({ type: 'end', note: end }))
  return { lines, key: `tenantree-audit+${id.toString('hex')}+${raw.toString('base64')}` }
}

const save = (name: string, lines: readonly string[]) => writeFileSync(join(cli.home, name), `${lines.join('\n')}\n`)

it('exit 0: a sound export, with the key as text or in a file, without a server', async () => {
  const { lines, key } = writeLog()
  save('sound.jsonl', lines)
  save('key.txt', [key])
  for (const given of [key, 'key.txt']) {
    const answer = await cli.run('audit', 'verify', 'sound.jsonl', '--key', given)
    expect(answer).toMatchObject({ exitCode: 0, stderr: '' })
    expect(answer.stdout).toContain('Realm 7: the whole log, 2 entries.')
    expect(answer.stdout).toContain('Sound')
  }
})

it('exit 1: names the first bad entry, in words and as JSON', async () => {
  const { lines, key } = writeLog()
  save('edited.jsonl', lines.with(3, lines[3]?.replace('created', 'deleted') ?? ''))
  const answer = await cli.run('audit', 'verify', 'edited.jsonl', '--key', key)
  expect(answer.exitCode).toBe(1)
  expect(answer.stderr).toBe(
    'tenantree: the export is not sound: entry entry-b (realm 7, number 1, line 4) was changed after it was sealed (entry_changed)\n',
  )
  const json = await cli.run('audit', 'verify', 'edited.jsonl', '--key', key, '--json')
  expect(json.exitCode).toBe(1)
  expect(JSON.parse(json.stdout).finding).toMatchObject({ code: 'entry_changed', entryId: 'entry-b', leafIndex: 1 })
})

it('exit 1: another key, no key, no file: one line that says so', async () => {
  const { lines, key } = writeLog()
  save('other.jsonl', lines)
  const results = [
    await cli.run('audit', 'verify', 'other.jsonl', '--key', writeLog().key),
    await cli.run('audit', 'verify', 'other.jsonl', '--key', 'nonsense'),
    await cli.run('audit', 'verify', 'missing.jsonl', '--key', key),
  ]
  expect(results.map(({ exitCode }) => exitCode)).toEqual([1, 1, 1])
  expect(results[0]?.stderr).toMatch(/checkpoint_invalid/)
  expect(results[1]?.stderr).toMatch(/not an audit key.*tenantree audit key shows it/)
  expect(results[2]?.stderr).toMatch(/cannot read .*missing\.jsonl \(ENOENT\)/)
  for (const { stderr } of results) expect(stderr.trimEnd().split('\n')).toHaveLength(1)
})

it('export saves what the server sends, byte for byte; key prints the key', async () => {
  const { lines, key } = writeLog()
  const text = `${lines.join('\n')}\n`
  const { run } = await cli.signedIn({
    'GET /v1/audit-export': { headers: { 'content-type': 'application/x-ndjson' }, body: text },
    'GET /v1/audit-key': { body: { key } },
  })
  expect((await run('audit', 'key')).stdout).toBe(`${key}\n`)
  expect(await run('audit', 'export', '--output', 'log.jsonl')).toMatchObject({ exitCode: 0, stderr: '' })
  expect(readFileSync(join(cli.home, 'log.jsonl'), 'utf8')).toBe(text)
})

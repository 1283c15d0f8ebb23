import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startPeer } from '../../sdk/test/peer.ts'
import { id, me, page, tenantRow } from './data.ts'

const start = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'tenantree-tarball-'))
const home = join(folder, 'home')

// What a user has: no settings of the npm that runs this test, and the machine's own Node, not the repository's.
const path = (process.env.PATH ?? '').split(delimiter).filter((entry) => !entry.includes('node_modules'))
const hasNode = path.some((entry) => existsSync(join(entry, 'node')))
const env = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_|VITEST|TENANTREE_)/i.test(name))),
  PATH: [...path, ...(hasNode ? [] : [dirname(process.execPath)])].join(delimiter),
  XDG_CONFIG_HOME: home,
}

/** Builds what is there now, apart from dist, which other tests are reading. */
async function pack(workspace: 'sdk' | 'cli') {
  const copy = join(folder, 'packed', workspace)
  const project = join(root, workspace, 'tsconfig.build.json')
  await start(process.execPath, [
    join(root, 'node_modules/typescript/bin/tsc'),
    '-p',
    project,
    '--outDir',
    join(copy, 'dist'),
  ])
  for (const name of ['package.json', 'README.md', 'bin']) {
    const source = join(root, workspace, name)
    if (existsSync(source)) cpSync(source, join(copy, name), { recursive: true })
  }
  await start('npm', ['pack', copy, '--pack-destination', folder], { cwd: folder, env })
}

beforeAll(async () => {
  const commander = dirname(fileURLToPath(import.meta.resolve('commander')))
  await Promise.all([pack('sdk'), pack('cli'), start('npm', ['pack', commander], { cwd: folder, env })])
  const tarballs = readdirSync(folder).filter((name) => name.endsWith('.tgz'))
  const app = join(folder, 'app')
  mkdirSync(app)
  await start('npm', ['init', '-y'], { cwd: app, env })
  const install = ['install', '--offline', '--no-audit', '--no-fund', ...tarballs.map((name) => `../${name}`)]
  await start('npm', install, { cwd: app, env })
}, 180_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const tenantree = (...words: string[]) =>
  start('npx', ['--offline', 'tenantree', ...words], { cwd: join(folder, 'app'), env })

it('tells its version', { timeout: 60_000 }, async () => {
  expect((await tenantree('--version')).stdout).toBe('0.1.0\n')
})

it('signs in and lists tenants', { timeout: 60_000 }, async () => {
  await using peer = await startPeer({
    'POST /v1/sessions/link': { status: 201, headers: { 'set-cookie': 'tenantree_session=tts_1; Path=/' }, body: me },
    'GET /v1/tenants': { body: page([tenantRow(1)]) },
  })
  await tenantree('login', '--link', `${peer.url}/sign-in/link?token=abc`)
  expect((await tenantree('tenants', 'list')).stdout).toContain(id(1))
  expect(peer.requests.at(-1)?.headers.authorization).toBe('Bearer tts_1')
})

it('ships no test and no source', () => {
  const installed = ['@tenantree/sdk', 'tenantree-cli'].map((name) => join(folder, 'app/node_modules', name))
  const files = installed.flatMap((place) => readdirSync(place, { recursive: true, encoding: 'utf8' }))
  expect(files.filter((file) => /\.test\.|(?<!\.d)\.ts$/.test(file))).toEqual([])
  expect(files).toContain('dist/main.js')
})

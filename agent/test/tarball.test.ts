import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, readdir, stat, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { agentVersion } from '../src/index.ts'
import { emptyFolder } from './given.ts'
import { installToken, type Peer, startPeer } from './peer.ts'

const execute = promisify(execFile)
const agentFolder = fileURLToPath(new URL('..', import.meta.url))
const root = path.dirname(path.resolve(agentFolder))
const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc')
const minute = 60_000

const nodes = [
  { name: 'this Node', node: process.execPath },
  { name: "the system's Node", node: '/usr/bin/node' },
]
const isThere = (file: string) =>
  stat(file).then(
    () => true,
    () => false,
  )

let peer: Peer
let installed: string
beforeAll(async () => {
  peer = await startPeer()
  installed = await installFromTarball()
}, 2 * minute)
afterAll(() => peer.close())

/** Built and packed beside the checkout: its own dist may be in use by another test at the same time. */
async function installFromTarball(): Promise<string> {
  const staging = await emptyFolder()
  const build = ['-p', path.join(agentFolder, 'tsconfig.build.json'), '--outDir', path.join(staging, 'dist')]
  await execute(process.execPath, [tsc, ...build])
  for (const entry of ['package.json', 'README.md', 'bin']) {
    await cp(path.join(agentFolder, entry), path.join(staging, entry), { recursive: true })
  }
  await execute('npm', ['pack', '--ignore-scripts', '--pack-destination', staging], { cwd: staging })
  const folder = await emptyFolder()
  const tarball = path.join(staging, `tenantree-agent-${agentVersion}.tgz`)
  await execute('npm', ['install', '--offline', '--no-audit', '--no-fund', tarball], { cwd: folder })
  return folder
}

/** npx and the program's first line find `node` by the PATH: a folder with nothing but the wanted one stands first. */
async function environmentOf(node: string): Promise<NodeJS.ProcessEnv> {
  const folder = await emptyFolder()
  await symlink(node, path.join(folder, 'node'))
  return { ...process.env, PATH: `${folder}${path.delimiter}${process.env.PATH}` }
}

it('the package holds the program, its types and the README, and brings no other package', async () => {
  expect(await readdir(path.join(installed, 'node_modules'))).toEqual(['.bin', '.package-lock.json', 'tenantree-agent'])
  const files = await readdir(path.join(installed, 'node_modules', 'tenantree-agent'), { recursive: true })
  expect(files).toEqual(expect.arrayContaining(['README.md', 'dist/main.js', 'dist/index.d.ts']))
  expect(files.filter((file) => /\.test\.|src\b|(?<!\.d)\.ts$/.test(file))).toEqual([])
})

it('a program in TypeScript can use the library by its types', async () => {
  const source = `import { createAgent, type Machine, readMachine } from 'tenantree-agent'
    const machine: Machine = await readMachine()
    export const { day } = await createAgent({ server: machine.host_name, deviceKey: 'k' }).heartbeat()
    // @ts-expect-error: declarations that lead nowhere would make it any, and this line a fault
    export const wrong: number = day`
  await writeFile(path.join(installed, 'use.mts'), source)
  // Only the library's own declarations are checked; Node's types come from the checkout.
  const types = ['--typeRoots', path.join(root, 'node_modules', '@types'), '--types', 'node', '--skipLibCheck']
  const strict = ['--strict', '--noEmit', '--module', 'nodenext', '--target', 'es2023', '--ignoreConfig']
  const checked = execute(process.execPath, [tsc, ...strict, ...types, 'use.mts'], { cwd: installed })
  await expect(checked).resolves.toMatchObject({ stdout: '' })
}, 60_000)

for (const { name, node } of nodes) {
  describe.skipIf(!(await isThere(node)))(name, () => {
    it('npx tenantree-agent --version, enroll, run --once, unenroll', { timeout: minute }, async () => {
      const env = await environmentOf(node)
      const state = ['--state-dir', path.join(await emptyFolder(), 'state')]
      const agent = (...args: string[]) => execute('npx', ['tenantree-agent', ...args], { cwd: installed, env })
      expect((await agent('--version')).stdout.trim()).toBe(agentVersion)
      const enrolled = await agent('enroll', '--server', peer.url, '--token', installToken, ...state)
      expect(enrolled.stdout).toMatch(/^Enrolled .+ as device .+ of Acme Bakery\.\n/)
      expect((await agent('run', '--once', ...state)).stdout).toContain('counts for')
      expect((await agent('unenroll', ...state)).stdout).toContain('forgotten')
      await expect(agent('status', ...state)).rejects.toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/^(npm warn .*\n)*tenantree-agent: This machine is not enrolled[^\n]*\n$/),
      })
    })

    it.each(['SIGTERM', 'SIGINT'] as const)('%s ends a run with 0', { timeout: minute }, async (signal) => {
      const program = path.join(installed, 'node_modules', '.bin', 'tenantree-agent')
      const state = ['--state-dir', path.join(await emptyFolder(), 'state')]
      await execute(node, [program, 'enroll', '--server', peer.url, '--token', installToken, ...state])
      const run = spawn(node, [program, 'run', ...state], { stdio: ['ignore', 'pipe', 'pipe'] })
      let errors = ''
      run.stderr.on('data', (chunk) => {
        errors += String(chunk)
      })
      for await (const chunk of run.stdout) if (String(chunk).includes('counts for')) run.kill(signal)
      const code = run.exitCode ?? (await once(run, 'exit'))[0]
      expect([code, errors]).toEqual([0, ''])
    })
  })
}

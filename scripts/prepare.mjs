// What `npm start` and `npm test` need before anything of ours can run. Plain JavaScript for Node 20.19, with nothing installed.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))
const modules = join(root, 'node_modules')

/** Ends the program with one line that says what is wrong and what to do. */
export function giveUp(what, advice) {
  console.error(`${what}. ${advice}`)
  process.exit(1)
}

/** Installs and builds what is missing or out of date, and answers the Node that everything else runs with. */
export async function prepare() {
  checkMachineNode()
  install()
  const node = findNode()
  await build(node).catch(explainFolder)
  return node
}

function explainFolder(error) {
  if (!['EACCES', 'EPERM', 'EROFS', 'ENOSPC'].includes(error.code)) throw error
  giveUp(
    `${error.path ?? root} cannot be written (${error.code})`,
    'Start as the user who owns this folder, and with free disk space',
  )
}

function checkMachineNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  giveUp(
    `Node ${process.versions.node} is too old`,
    'Install Node 20.19 or newer (22 and 24 are fine), then start again',
  )
}

const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'))

function install() {
  if (isInstalled()) return
  console.log('Installing the packages; this takes a minute, once.')
  const { status, output } = runNpm(['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund'])
  if (status === 0 && isInstalled()) return
  const log = join(mkdtempSync(join(tmpdir(), 'tenantree-npm-')), 'npm.log')
  writeFileSync(log, output)
  const reason =
    output.match(/^npm (?:error|ERR!) (?!code |errno |syscall |path |A complete log)(.+)$/m)?.[1] ??
    `npm ended with ${status}`
  giveUp(
    `The packages could not be installed (${reason.trim()})`,
    `Check the network, the free disk space and the rights of this folder, then try again; all that npm said is in ${log}`,
  )
}

/** npm notes in node_modules what it installed: current when the lock file says the same of each package. */
export function isInstalled() {
  try {
    const wanted = readJson(join(root, 'package-lock.json')).packages
    const present = readJson(join(modules, '.package-lock.json')).packages
    const isSame = (name) => JSON.stringify(present[name]) === JSON.stringify(wanted[name])
    const isLeftOut = (name) => wanted[name].optional === true && !(name in present)
    return (
      Object.keys(present).every((name) => name in wanted) &&
      Object.keys(wanted).every((name) => name === '' || isSame(name) || isLeftOut(name))
    )
  } catch {
    return false
  }
}

function runNpm(words) {
  // The npm that started us, if one did: it need not be in the PATH.
  const script = process.env.npm_execpath
  const [program, first, shell] = script?.endsWith('.js')
    ? [process.execPath, [script], false]
    : ['npm', [], process.platform === 'win32']
  const run = spawnSync(program, [...first, ...words], {
    cwd: root,
    encoding: 'utf8',
    shell,
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
  })
  return { status: run.status ?? run.signal ?? run.error?.message, output: `${run.stdout ?? ''}${run.stderr ?? ''}` }
}

/** The Node that package.json pins for this platform; where there is none, the machine's own, if it is new enough. */
export function findNode() {
  const platform = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
  const pinned = readJson(join(root, 'package.json')).optionalDependencies[`node-${platform}`]
  const program = join(modules, `node-${platform}`, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  const found = pinned ? spawnSync(program, ['-v'], { encoding: 'utf8' }).stdout?.trim() : undefined
  if (pinned && found === `v${pinned}`) return program
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath
  return giveUp(
    `Node 24 for ${platform} is not there (${pinned ? `node_modules has ${found ?? 'none that runs'}` : 'no package brings it'})`,
    pinned ? 'Run npm ci, or install Node 24 yourself, then start again' : 'Install Node 24, then start again',
  )
}

/** Where the program of an installed package is: of the workspace's own, or the shared one. */
export function findProgram(workspace, path) {
  const own = join(root, workspace, 'node_modules', path)
  return existsSync(own) ? own : join(modules, path)
}

/** `needs` is built first and is an input too. `result` is there when the build ran to its end. */
const targets = [
  { name: 'sdk', result: 'dist/index.js', needs: null },
  { name: 'agent', result: 'dist/index.js', needs: null },
  { name: 'cli', result: 'dist/main.js', needs: 'sdk' },
  { name: 'web', result: 'dist/index.html', needs: 'sdk' },
]

async function build(node) {
  const stale = new Set(targets.filter((target) => !isBuilt(target)).map((target) => target.name))
  if (stale.size === 0) return
  console.log(`Building ${[...stale].join(', ')}.`)
  const buildAll = (wave) =>
    Promise.all(wave.filter((target) => stale.has(target.name)).map((target) => buildOne(node, target)))
  await buildAll(targets.filter((target) => target.needs === null))
  await buildAll(targets.filter((target) => target.needs !== null))
}

const noteOf = (name) => join(modules, '.cache', 'tenantree', `${name}.build`)

function isBuilt({ name, result }) {
  if (!existsSync(join(root, name, configOf(name)))) return true
  if (!existsSync(join(root, name, result)) || !existsSync(noteOf(name))) return false
  return readFileSync(noteOf(name), 'utf8') === hashInputs(name)
}

const configOf = (name) => (name === 'web' ? 'vite.config.ts' : 'tsconfig.build.json')

async function buildOne(node, { name, result }) {
  const hash = hashInputs(name)
  const words =
    name === 'web'
      ? [findProgram('web', 'vite/bin/vite.js'), 'build', '--logLevel', 'warn']
      : [join(modules, 'typescript/bin/tsc'), '-p', 'tsconfig.build.json']
  rmSync(join(root, name, 'dist'), { recursive: true, force: true })
  const { code, output } = await run(node, words, { cwd: join(root, name) })
  if (code !== 0 || !existsSync(join(root, name, result))) {
    console.error(output)
    giveUp(`${name} could not be built`, 'Correct what the lines above name, then start again')
  }
  mkdirSync(join(modules, '.cache', 'tenantree'), { recursive: true })
  writeFileSync(noteOf(name), hash)
}

/** Over everything that the build reads of ours: names and contents, and the lock file for the tools. */
function hashInputs(name) {
  const needs = targets.find((target) => target.name === name).needs
  const hash = createHash('sha256')
  for (const path of ['package-lock.json', 'tsconfig.json', ...listFiles(name), ...(needs ? listFiles(needs) : [])]) {
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(root, path)))
      .update('\0')
  }
  return hash.digest('hex')
}

function listFiles(folder) {
  const skipped = new Set(['dist', 'node_modules', 'test', 'test-results'])
  return readdirSync(join(root, folder))
    .filter((name) => !skipped.has(name) && !/\.test\.tsx?$/.test(name))
    .sort()
    .map((name) => `${folder}/${name}`)
    .flatMap((path) => (statSync(join(root, path)).isDirectory() ? listFiles(path) : [path]))
}

/** Runs a program to its end and answers its code and all it said. */
export function run(program, words, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, words, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], ...options })
    const output = []
    child.stdout?.on('data', (chunk) => output.push(chunk))
    child.stderr?.on('data', (chunk) => output.push(chunk))
    child.on('error', (error) => resolve({ code: 1, output: error.message }))
    child.on('close', (code, signal) => resolve({ code: code ?? signal, output: Buffer.concat(output).toString() }))
  })
}

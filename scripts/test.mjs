// `npm test`: sets up what is missing, then runs every check and every test. `npm test -- WORD` runs only the tests whose file
// has WORD in its path. The last line counts them all.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findProgram, prepare, root, run } from './prepare.mjs'

const filters = process.argv.slice(2)
const total = { passed: 0, failed: 0, skipped: 0 }
const node = await prepare()
const results = mkdtempSync(join(tmpdir(), 'tenantree-results-'))
const environment = cleanEnvironment()

if (filters.length === 0) await runChecks()
const ran = await runVitest()
const ranInBrowser = await runBrowserTests()
rmSync(results, { recursive: true, force: true })
// A runner that found nothing to run is not a pass; a filter may mean the other one.
if (ran + (filters.length > 0 ? ranInBrowser : 0) === 0) {
  console.error(`No test was run${filters.length > 0 ? `: no file has "${filters.join(' ')}" in its path` : ''}.`)
  total.failed += 1
}
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
process.exit(total.failed === 0 ? 0 : 1)

/** The developer's own server settings are not the tests'. */
function cleanEnvironment() {
  const ours = /^(HOST|PORT|DATA_DIR|DATABASE_URL|PUBLIC_URL|SMTP_URL|MODE|NODE_OPTIONS|TENANTREE_.*)$/
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)))
}

async function runChecks() {
  const tsc = (workspace) => [join(root, 'node_modules/typescript/bin/tsc'), '--noEmit', '-p', workspace]
  await check('format and lint', 'biome.json', [join(root, 'node_modules/@biomejs/biome/bin/biome'), 'check', '.'])
  for (const workspace of ['.', 'sdk', 'agent', 'cli', 'web']) {
    await check(
      `types of ${workspace === '.' ? 'server and contract' : workspace}`,
      `${workspace}/tsconfig.json`,
      tsc(workspace),
    )
  }
  await check('contract/openapi.json is what the routes say', 'server/src/openapi.ts', [
    'server/src/openapi.ts',
    '--check',
  ])
  await check(
    'sdk is what contract/openapi.json says',
    'sdk/scripts/generate.ts',
    ['scripts/generate.ts', '--check'],
    'sdk',
  )
}

/** One check is one test. A part of the project that is not there has nothing to check. */
async function check(name, needed, words, folder = '.') {
  if (!existsSync(join(root, needed))) return
  const from = performance.now()
  const { code, output } = await run(node, words, { cwd: join(root, folder), env: environment })
  const seconds = ((performance.now() - from) / 1000).toFixed(1)
  console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`)
  if (code !== 0) console.log(output)
  total[code === 0 ? 'passed' : 'failed'] += 1
}

/** Lets the program write to the terminal as it goes, and answers its code. */
function show(words, env = {}) {
  return new Promise((resolve) => {
    const child = spawn(node, words, {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...environment, ...env },
    })
    child.on('error', () => resolve(1))
    child.on('close', (code) => resolve(code ?? 1))
  })
}

function readResults(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : null
}

/** Adds to the total; a runner that failed without a failed test (a file that cannot be read, an error outside) counts as one. */
function count({ passed, failed, skipped }, code) {
  const failures = failed === 0 && code !== 0 ? 1 : failed
  total.passed += passed
  total.failed += failures
  total.skipped += skipped
  return passed + failed
}

async function runVitest() {
  const file = join(results, 'vitest.json')
  const program = findProgram('server', 'vitest/vitest.mjs')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  const code = await show([
    program,
    'run',
    '--config',
    'server/vitest.config.ts',
    '--passWithNoTests',
    ...reporters,
    ...filters,
  ])
  const found = readResults(file)
  if (found === null) return count({ passed: 0, failed: 0, skipped: 0 }, code || 1)
  const unread = found.testResults.filter((suite) => suite.status === 'failed' && suite.assertionResults.length === 0)
  return count(
    {
      passed: found.numPassedTests,
      failed: found.numFailedTests + unread.length,
      skipped: found.numPendingTests + found.numTodoTests,
    },
    code,
  )
}

async function runBrowserTests() {
  const folder = join(root, 'server/test/browser')
  const specs = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.spec.ts')) : []
  if (
    !specs.some(
      (name) => filters.length === 0 || filters.some((filter) => `server/test/browser/${name}`.includes(filter)),
    )
  )
    return 0
  if ((await show(['server/test/browser/find-browser.ts'])) !== 0) return count({ passed: 0, failed: 1, skipped: 0 }, 1)
  const file = join(results, 'browser.json')
  const words = [
    findProgram('server', '@playwright/test/cli.js'),
    'test',
    '-c',
    'server/playwright.config.ts',
    '--reporter=list,json',
  ]
  const code = await show([...words, ...filters], { PLAYWRIGHT_JSON_OUTPUT_FILE: file })
  const found = readResults(file)?.stats ?? { expected: 0, unexpected: 0, flaky: 0, skipped: 0 }
  return count({ passed: found.expected, failed: found.unexpected + found.flaky, skipped: found.skipped }, code)
}

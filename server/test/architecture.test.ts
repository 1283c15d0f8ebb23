import { readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

type Source = { path: string; text: string }
type Breach = { rule: string; path: string; detail: string }

/** Bottom to top, architecture.md 2: a slice imports only those before it, through their index.ts. */
const slices = (
  'audit keeping placement tenants mails identity views catalog pricing networks subscribers devices activity licenses subscriptions ' +
  'orders enrolment usage peaks billing documents reports webhooks'
).split(' ')
/** Composition: may know all, and nobody imports it. version.ts is a constant that all may read. */
const composition = /^server\/src\/(demo\/|(application|main|openapi|doctor)\.ts$)/

/** What stands outside a rule, and why. An exception that no file needs is a breach itself. */
const exceptions: Record<string, string> = {
  'clock server/src/platform/clock.ts': 'the one place that reads the machine’s time',
  'clock server/src/platform/migrations/index.ts': 'runs before there is a clock to ask',
  'clock server/src/documents/xlsx/workbook.ts': 'turns the instant that it was given into what the library takes',
  'clock agent/src/': 'runs on a machine of its own, whose time is information only (R-ACT-1)',
  'clock web/src/': 'runs in a browser; writes moments that the server told as dates of its user',
  'import server/src/audit/domain.ts node:crypto': 'SHA-256 is pure',
  'import server/src/placement/domain.ts server/src/placement/countries.ts': 'a table of constants',
}

const isTest = (path: string): boolean => /\.(test|fixture)\.tsx?$/.test(path)
const isCode = (path: string): boolean => /\.tsx?$/.test(path) && !path.includes('/generated/')
const withoutComments = (text: string): string => text.replaceAll(/\/\*[\s\S]*?\*\/|(?<![:'"`])\/\/.*|^--.*$/gm, '')
const packages: Record<string, string> = { '@tenantree/contract': 'contract/src', '@tenantree/sdk': 'sdk/src' }

/** What a file imports, as paths of the repository; packages by their name. */
function importsOf({ path, text }: Source): string[] {
  const pattern = /\b(?:import|export)\b(?:[\s\w{},*$]*?\bfrom)?\s*\(?\s*['"]([^'"]+)['"]/g
  return [...withoutComments(text).matchAll(pattern)].map(([, name = '']) => {
    if (name.startsWith('.')) return posix.join(posix.dirname(path), name)
    const ours = Object.keys(packages).find((known) => name === known || name.startsWith(`${known}/`))
    return ours === undefined ? name : name.replace(ours, packages[ours] ?? '')
  })
}

const isPackage = (target: string): boolean => !/^(contract|server|sdk|web|cli|agent)\//.test(target)
const isForeign = (target: string): boolean => /^(@tenantree\/|tenantree)/.test(target)
const within = (target: string, ...tops: string[]): boolean =>
  tops.some((top) => target.startsWith(`${top}/`)) || (isPackage(target) && !isForeign(target))

/** house-style.md, the table "file | may import". */
const workspaces: Record<string, (path: string, target: string) => boolean> = {
  contract: (_path, target) => target === 'zod' || target.startsWith('contract/'),
  sdk: (_path, target) => within(target, 'sdk', 'contract'),
  web: (_path, target) => within(target, 'web', 'sdk'),
  cli: (_path, target) => within(target, 'cli', 'sdk'),
  agent: (_path, target) => within(target, 'agent'),
  server: mayServerImport,
}

const isBelow = (zone: string, target: string): boolean =>
  slices.slice(0, slices.indexOf(zone)).some((below) => target === `server/src/${below}/index.ts`)

/** A slice with folders has a domain.ts in each. */
const isOwnDomain = (zone: string, target: string): boolean =>
  target.startsWith(`server/src/${zone}/`) && target.endsWith('/domain.ts')

function mayServerImport(path: string, target: string): boolean {
  if (composition.test(path) || target === 'server/package.json') return true
  if (/^(server\/src\/kernel|contract)\//.test(target)) return true
  const zone = path.split('/')[2] ?? ''
  if (zone === 'kernel') return target === 'temporal-polyfill' && path === 'server/src/kernel/time.ts'
  if (zone === 'platform') return within(target, 'server/src/platform')
  if (path.endsWith('/domain.ts')) return isBelow(zone, target) || isOwnDomain(zone, target)
  return isBelow(zone, target) || within(target, `server/src/${zone}`, 'server/src/platform')
}

const mayImport = (path: string, target: string): boolean =>
  workspaces[path.split('/')[0] ?? '']?.(path, target) ?? false

const clock =
  /\bDate\.now\(|\bnew Date\(|\bTemporal\.Now\b|(?<![.\w])now\(\)(?!\s*[:{])|\b(current|clock|statement)_timestamp\b/
const impure = /\b(async|await|Promise|Math\.random|randomBytes|randomUUID)\b|\bfetch\(/

const rules: Record<string, (file: Source) => string[]> = {
  import: (file) =>
    isCode(file.path) && !isTest(file.path) ? importsOf(file).filter((target) => !mayImport(file.path, target)) : [],
  clock: ({ path, text }) => (isTest(path) ? [] : (clock.exec(withoutComments(text))?.slice(0, 1) ?? [])),
  pure: ({ path, text }) =>
    path.endsWith('/domain.ts') ? (impure.exec(withoutComments(text))?.slice(0, 1) ?? []) : [],
  lines: ({ path, text }) => (isCode(path) && text.split('\n').length > 401 ? [`${text.split('\n').length}`] : []),
  folder: ({ path }) =>
    path
      .split('/')
      .slice(0, -1)
      .filter((name) => /^(utils?|helpers?|common)$/.test(name)),
  slice: ({ path }) => {
    const name = /^server\/src\/([^/]+)\//.exec(path)?.[1] ?? 'kernel'
    return ['kernel', 'platform', 'demo', ...slices].includes(name) ? [] : [name]
  },
}

/** A slice without README.md or index.ts. */
const findBare = (files: readonly Source[]): Breach[] =>
  slices
    .filter((slice) => files.some(({ path }) => path.startsWith(`server/src/${slice}/`)))
    .flatMap((slice) => ['README.md', 'index.ts'].map((name) => `server/src/${slice}/${name}`))
    .filter((path) => !files.some((file) => file.path === path))
    .map((path) => ({ rule: 'bare', path, detail: 'missing' }))

const reasonFor = ({ rule, path, detail }: Breach): string | undefined =>
  Object.keys(exceptions).find((key) =>
    rule === 'import' ? key === `import ${path} ${detail}` : `${rule} ${path}`.startsWith(key),
  )

function findBreaches(files: readonly Source[]): { breaches: Breach[]; excused: Set<string> } {
  const found = files.flatMap((file) =>
    Object.entries(rules).flatMap(([rule, find]) => find(file).map((detail) => ({ rule, path: file.path, detail }))),
  )
  const breaches = [...found.filter((breach) => reasonFor(breach) === undefined), ...findBare(files)]
  return { breaches, excused: new Set(found.flatMap((breach) => reasonFor(breach) ?? [])) }
}

const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (folder: string): Source[] =>
  readdirSync(`${root}${folder}`, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(tsx?|sql|md)$/.test(entry.name))
    .map((entry) => posix.join(entry.parentPath.slice(root.length), entry.name))
    .map((path) => ({ path, text: path.endsWith('.md') ? '' : readFileSync(`${root}${path}`, 'utf8') }))

it('every file keeps the order of the slices and the rules of the house', () => {
  const folders = ['contract/src', 'server/src', 'server/migrations', 'web/src', 'cli/src', 'sdk/src', 'agent/src']
  const files = folders.flatMap(read)
  for (const folder of folders)
    expect(
      files.some(({ path }) => path.startsWith(`${folder}/`)),
      folder,
    ).toBe(true)
  expect(files.filter(({ path }) => isCode(path)).length).toBeGreaterThan(100)
  expect(files.flatMap(importsOf).length).toBeGreaterThan(500)
  const { breaches, excused } = findBreaches(files)
  expect(breaches).toEqual([])
  expect([...excused].sort()).toEqual(Object.keys(exceptions).sort())
})

const planted: [rule: string, path: string, text: string, detail?: string][] = [
  [
    'import',
    'server/src/tenants/commands.ts',
    `import { x } from '../billing/index.ts'`,
    'server/src/billing/index.ts',
  ],
  ['import', 'server/src/billing/run.ts', `import {\n  type Y,\n} from '../tenants/repository.ts'`],
  ['import', 'server/src/billing/run.ts', `export * from '../reports/index.ts'`],
  ['import', 'server/src/billing/run.ts', `const z = await import('../application.ts')`],
  ['import', 'server/src/billing/domain.ts', `import { sql } from 'kysely'`],
  ['import', 'server/src/billing/domain.ts', `import type { Row } from './repository.ts'`],
  ['import', 'server/src/billing/domain.ts', `import { newId } from '../platform/ids.ts'`],
  ['import', 'server/src/kernel/money.ts', `import { Temporal } from 'temporal-polyfill'`],
  ['import', 'server/src/kernel/page.ts', `import { sql } from '../platform/database.ts'`],
  ['import', 'server/src/platform/http/app.ts', `import '../../identity/index.ts'`],
  ['import', 'contract/src/tenants.ts', `import { sql } from "kysely"`],
  ['import', 'web/src/api/client.ts', `import { tenant } from '@tenantree/contract'`],
  ['import', 'cli/src/main.ts', `import { tenant } from '../../server/src/main.ts'`],
  ['import', 'agent/src/main.ts', `import { client } from '@tenantree/sdk'`],
  ['import', 'sdk/src/index.ts', `import { db } from '@tenantree/server'`],
  ['clock', 'server/src/usage/queries.ts', 'const at = Date.now()'],
  ['clock', 'contract/src/tenants.ts', 'const at = new Date()'],
  ['clock', 'server/src/usage/queries.ts', 'const at = Temporal.Now.instant()'],
  ['clock', 'server/src/usage/queries.ts', 'await sql`update t set at = now()`'],
  ['clock', 'server/migrations/0999_late.sql', 'create table t (at timestamptz default now());'],
  ['pure', 'server/src/usage/domain.ts', 'export const key = () => randomBytes(16)'],
  ['pure', 'server/src/usage/domain.ts', 'export async function decide() {}'],
  ['lines', 'web/src/Page.tsx', '\n'.repeat(401)],
  ['folder', 'server/src/platform/utils/text.ts', ''],
  ['slice', 'server/src/things/commands.ts', ''],
]

it.each(planted)('%s is found in %s: %s', (rule, path, text, detail) => {
  const { breaches } = findBreaches([{ path, text }])
  const found = breaches.filter((breach) => breach.rule !== 'bare')
  expect(found).toEqual([{ rule, path, detail: detail ?? expect.any(String) }])
})

it('a slice without README.md or index.ts is found', () => {
  const { breaches } = findBreaches([{ path: 'server/src/usage/index.ts', text: '' }])
  expect(breaches).toEqual([{ rule: 'bare', path: 'server/src/usage/README.md', detail: 'missing' }])
})

it('what the rules allow is no breach', () => {
  const sound: Source[] = [
    {
      path: 'server/src/billing/run.ts',
      text: `import { a } from '../usage/index.ts'\nimport { b } from './domain.ts'`,
    },
    { path: 'server/src/billing/domain.ts', text: `import { c } from '../kernel/money.ts'` },
    { path: 'server/src/kernel/time.ts', text: `import { Temporal } from 'temporal-polyfill'` },
    { path: 'server/src/main.ts', text: `import { d } from './demo/load.ts'` },
    { path: 'server/src/activity/ingest.ts', text: '// Date.now() is refused here\nconst now = clock.now()' },
    { path: 'web/src/App.tsx', text: `import { e } from '@tenantree/sdk'` },
  ]
  expect(findBreaches(sound).breaches.filter((breach) => breach.rule !== 'bare')).toEqual([])
})

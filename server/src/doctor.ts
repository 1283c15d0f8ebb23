// The program `tenantree doctor` runs in a checkout: one line per check, exit code 1 when one fails. `--json` for programs.
// `--retry-migration` lets a migration that was begun and not finished be tried again at the next start.
import { type Config, loadConfig } from './platform/config.ts'
import { diagnose, examine, type Finding } from './platform/diagnosis.ts'
import { withOwner } from './platform/diagnosis-database.ts'
import { allowRetry } from './platform/migrations/index.ts'
import { StartFailure } from './platform/start-failure.ts'

const words = process.argv.slice(2)

async function main(): Promise<number> {
  const unknown = words.find((word) => word !== '--json' && word !== '--retry-migration')
  if (unknown)
    throw new StartFailure(`"${unknown}" is not a word of this command`, 'It takes --json and --retry-migration')
  if (words.includes('--retry-migration')) return retry(loadConfig(process.env, []))
  const findings = await findAll()
  console.log(words.includes('--json') ? JSON.stringify(findings, null, 2) : findings.map(toLine).join('\n'))
  return findings.every((finding) => finding.ok) ? 0 : 1
}

/** Without a configuration nothing else can be looked at. */
async function findAll(): Promise<Finding[]> {
  const read: Config[] = []
  const configuration = await examine('configuration', async () => {
    const config = loadConfig(process.env, [])
    read.push(config)
    return `Mode ${config.mode}, ${config.databaseUrl === null ? 'embedded PostgreSQL' : 'PostgreSQL of DATABASE_URL'}`
  })
  const rest = await Promise.all(read.map(diagnose))
  return [configuration, ...rest.flat()]
}

async function retry(config: Config): Promise<number> {
  const name = await withOwner(config, allowRetry)
  console.log(name ? `${name} will be tried again at the next start` : 'No migration is half-finished: nothing to do')
  return 0
}

const toLine = ({ check, ok, what, advice }: Finding): string =>
  ok ? `ok    ${check}: ${what}` : `FAIL  ${check}: ${what}. ${advice}`

try {
  process.exitCode = await main()
} catch (error) {
  if (!(error instanceof StartFailure)) throw error
  console.error(error.message)
  process.exitCode = 1
}

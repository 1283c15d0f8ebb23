import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { CommandError, systemCodeOf } from '../command-error.ts'
import { type GlobalOptions, openSession } from '../session.ts'
import { say, type Terminal } from '../terminal.ts'

type ImportOptions = GlobalOptions & { dryRun?: boolean }

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new CommandError(`cannot read ${file} (${systemCodeOf(error)})`)
  }
}

async function importTenants(terminal: Terminal, file: string, options: ImportOptions) {
  const { api } = openSession(terminal, options)
  const csv = read(resolve(terminal.cwd, file))
  const answer = await api.importTenants({ body: { csv, dry_run: options.dryRun ?? false } })
  if (options.json) say(terminal, JSON.stringify(answer))
  else say(terminal, `${answer.rows} tenants ${answer.dry_run ? 'can be created' : 'created'}.`)
}

type ExportOptions = GlobalOptions & { under?: string; output: string }

async function exportTenants(terminal: Terminal, options: ExportOptions) {
  const { api } = openSession(terminal, options)
  const bytes = Buffer.from(await (await api.exportTenants({ query: { under_id: options.under } })).arrayBuffer())
  if (options.output === '-') return void terminal.stdout.write(bytes)
  const file = resolve(terminal.cwd, options.output)
  try {
    writeFileSync(file, bytes)
  } catch (error) {
    throw new CommandError(`cannot write ${file} (${systemCodeOf(error)}); name another file with --output`)
  }
  say(terminal, `Saved ${file}`)
}

/** Tenants as CSV, in and out. */
export function addTenantsFiles(tenants: Command, terminal: Terminal): void {
  tenants
    .command('import')
    .description('create the tenants of a CSV file, all or none')
    .argument('<file>', 'with the titles that tenantree tenants export writes')
    .option('--dry-run', 'only say what is wrong with it')
    .action((file: string, _options: ImportOptions, command: Command) =>
      importTenants(terminal, file, command.optsWithGlobals()),
    )
  tenants
    .command('export')
    .description('write the tenants that you see as CSV')
    .option('--under <id>', 'only those below this tenant')
    .option('--output <file>', 'where to save it, - for standard output', '-')
    .action((_options: ExportOptions, command: Command) => exportTenants(terminal, command.optsWithGlobals()))
}

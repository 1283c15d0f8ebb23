import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { CommandError, systemCodeOf } from '../command-error.ts'
import { type GlobalOptions, openSession } from '../session.ts'
import { say, type Terminal } from '../terminal.ts'

type Options = GlobalOptions & { output: string }

async function exportAudit(terminal: Terminal, options: Options) {
  const { api } = openSession(terminal, options)
  const bytes = Buffer.from(await (await api.exportAudit()).arrayBuffer())
  if (options.output === '-') return void terminal.stdout.write(bytes)
  const file = resolve(terminal.cwd, options.output)
  try {
    writeFileSync(file, bytes)
  } catch (error) {
    throw new CommandError(`cannot write ${file} (${systemCodeOf(error)}); name another file with --output`)
  }
  if (options.json) say(terminal, JSON.stringify({ file, bytes: bytes.length }))
  else say(terminal, `Saved ${file}`)
}

async function showKey(terminal: Terminal, options: GlobalOptions) {
  const { key } = await openSession(terminal, options).api.getAuditKey()
  say(terminal, options.json ? JSON.stringify({ key }) : key)
}

export const addAuditExport = (audit: Command, terminal: Terminal) =>
  audit
    .command('export')
    .description('save the audit log with what it takes to verify it offline')
    .option('--output <file>', 'where to save it, - for standard output', 'audit.jsonl')
    .action((_options: Options, command: Command) => exportAudit(terminal, command.optsWithGlobals()))

export const addAuditKey = (audit: Command, terminal: Terminal) =>
  audit
    .command('key')
    .description('show the public key of the audit log; keep it somewhere else')
    .action((_options: GlobalOptions, command: Command) => showKey(terminal, command.optsWithGlobals()))

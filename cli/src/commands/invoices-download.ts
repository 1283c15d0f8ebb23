import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Command, Option } from 'commander'
import { CommandError, systemCodeOf } from '../command-error.ts'
import { type GlobalOptions, openSession, type Session } from '../session.ts'
import { say, type Terminal } from '../terminal.ts'

type Options = GlobalOptions & { format: 'pdf' | 'xlsx'; output?: string }

const download = ({ api }: Session, id: string, format: Options['format']) =>
  format === 'pdf' ? api.downloadInvoicePdf({ path: { id } }) : api.downloadInvoiceXlsx({ path: { id } })

async function nameOf({ api }: Session, id: string, format: Options['format']) {
  const { number } = await api.getInvoice({ path: { id } })
  return `invoice-${(number ?? `draft-${id}`).replaceAll(/[^\w.-]/g, '_')}.${format}`
}

/** A name that the command chose itself never replaces a file; one that was asked for does. */
function write(file: string, bytes: Buffer, mayReplace: boolean) {
  try {
    writeFileSync(file, bytes, { flag: mayReplace ? 'w' : 'wx' })
  } catch (error) {
    const code = systemCodeOf(error)
    if (code === 'EEXIST') throw new CommandError(`${file} exists already; name another file with --output`)
    throw new CommandError(`cannot write ${file} (${code}); name another file with --output`)
  }
}

async function downloadInvoice(terminal: Terminal, id: string, options: Options) {
  const session = openSession(terminal, options)
  const name = options.output ?? (await nameOf(session, id, options.format))
  const bytes = Buffer.from(await (await download(session, id, options.format)).arrayBuffer())
  if (options.output === '-') return void terminal.stdout.write(bytes)
  const file = resolve(terminal.cwd, name)
  write(file, bytes, options.output !== undefined)
  if (options.json) say(terminal, JSON.stringify({ file, bytes: bytes.length }))
  else say(terminal, `Saved ${file}`)
}

export const addInvoicesDownload = (invoices: Command, terminal: Terminal) =>
  invoices
    .command('download')
    .description('save an invoice as a file')
    .argument('<id>', 'the id that tenantree invoices list shows')
    .addOption(new Option('--format <format>', 'the kind of file').choices(['pdf', 'xlsx']).default('pdf'))
    .option('--output <file>', 'where to save it, - for standard output; named by its number if left out')
    .action((id: string, _options: Options, command: Command) =>
      downloadInvoice(terminal, id, command.optsWithGlobals()),
    )

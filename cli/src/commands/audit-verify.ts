import { createReadStream, existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { type AuditFinding, type AuditReport, type AuditVerifier, createAuditVerifier } from '@tenantree/sdk'
import type { Command } from 'commander'
import { auditCrypto } from '../audit-crypto.ts'
import { CommandError, systemCodeOf } from '../command-error.ts'
import type { GlobalOptions } from '../session.ts'
import { printable, remark, say, type Terminal } from '../terminal.ts'

type Options = GlobalOptions & { key: string; checkpoints?: string }

const cannotRead = (file: string, error: unknown) => new CommandError(`cannot read ${file} (${systemCodeOf(error)})`)

function readText(terminal: Terminal, name: string) {
  const file = resolve(terminal.cwd, name)
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw cannotRead(file, error)
  }
}

/** A key has two plus signs and no folder in it; anything else is a file that holds one. */
const readKey = (terminal: Terminal, key: string) =>
  existsSync(resolve(terminal.cwd, key)) ? readText(terminal, key) : key

function openVerifier(terminal: Terminal, { key, checkpoints }: Options): AuditVerifier {
  const kept = checkpoints === undefined ? [] : readText(terminal, checkpoints).split('\n')
  try {
    return createAuditVerifier({ key: readKey(terminal, key), crypto: auditCrypto, checkpoints: kept })
  } catch (error) {
    if (error instanceof CommandError) throw error
    throw new CommandError(`${error instanceof Error ? error.message : String(error)}; tenantree audit key shows it`)
  }
}

async function verifyFile(file: string, verifier: AuditVerifier): Promise<AuditReport> {
  try {
    const lines = createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })
    for await (const line of lines) verifier.add(line)
  } catch (error) {
    throw cannotRead(file, error)
  }
  return verifier.end()
}

/** "entry 0198... (realm 3, number 17, line 21) was changed after it was sealed" */
function describe({ code, detail, line, realmId, leafIndex, entryId }: AuditFinding): string {
  const places = [
    realmId !== null && `realm ${realmId}`,
    leafIndex !== null && `number ${leafIndex}`,
    line !== null && `line ${line}`,
  ].filter(Boolean)
  const subject = leafIndex === null ? '' : `entry ${entryId ?? ''}`.trim()
  return printable(`${subject} (${places.join(', ')}) ${detail} (${code})`)
}

const summaryOf = ({ realmId, entries, size, isWhole }: AuditReport['realms'][number]) =>
  isWhole
    ? `Realm ${realmId}: the whole log, ${entries} entries.`
    : `Realm ${realmId}: ${entries} of ${size} entries, each proven; the others are not yours to see.`

async function verifyAudit(terminal: Terminal, name: string, options: Options, exit: (code: number) => void) {
  const report = await verifyFile(resolve(terminal.cwd, name), openVerifier(terminal, options))
  if (options.json) say(terminal, JSON.stringify(report, null, 2))
  if (report.finding !== null) {
    exit(1)
    if (!options.json) remark(terminal, `tenantree: the export is not sound: ${describe(report.finding)}`)
    return
  }
  if (options.json) return
  for (const realm of report.realms) say(terminal, summaryOf(realm))
  say(terminal, `Sound: every entry is as it was sealed, up to the export of ${report.exportedAt}.`)
}

export const addAuditVerify = (audit: Command, terminal: Terminal, exit: (code: number) => void) =>
  audit
    .command('verify')
    .description('check an export without a server, and name the first bad entry')
    .argument('<file>', 'what tenantree audit export has written')
    .requiredOption('--key <key>', 'the public key that you kept from tenantree audit key, or a file with it')
    .option('--checkpoints <file>', 'the file of checkpoints that the server keeps outside of its database')
    .action((file: string, _options: Options, command: Command) =>
      verifyAudit(terminal, file, command.optsWithGlobals(), exit),
    )

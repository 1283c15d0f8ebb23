import { Command, CommanderError } from 'commander'
import { addAccessLog } from './commands/access-log.ts'
import { addApiKeys } from './commands/api-keys.ts'
import { addAuditExport, addAuditKey } from './commands/audit-export.ts'
import { addAuditList } from './commands/audit-list.ts'
import { addAuditVerify } from './commands/audit-verify.ts'
import { addDevicesList } from './commands/devices-list.ts'
import { addDoctor } from './commands/doctor.ts'
import { addFilePolicies } from './commands/file-policies.ts'
import { addInvoicesDownload } from './commands/invoices-download.ts'
import { addInvoicesList } from './commands/invoices-list.ts'
import { addLicenses } from './commands/licenses.ts'
import { addLogin } from './commands/login.ts'
import { addLogout } from './commands/logout.ts'
import { addMails } from './commands/mails.ts'
import { addOffers } from './commands/offers.ts'
import { addOrders } from './commands/orders.ts'
import { addPrices } from './commands/prices.ts'
import { addRetention } from './commands/retention.ts'
import { addSubscriptions } from './commands/subscriptions.ts'
import { addTenantsCreate } from './commands/tenants-create.ts'
import { addTenantsFiles } from './commands/tenants-files.ts'
import { addTenantsLife } from './commands/tenants-life.ts'
import { addTenantsList } from './commands/tenants-list.ts'
import { addTrials } from './commands/trials.ts'
import { addUsage } from './commands/usage.ts'
import { addUsers } from './commands/users.ts'
import { addWhoami } from './commands/whoami.ts'
import { toLine } from './report.ts'
import { printable, remark, type Terminal } from './terminal.ts'
import { readVersion } from './version.ts'

function createProgram(terminal: Terminal, exit: (code: number) => void) {
  const program = new Command('tenantree')
    .description('The command line of Tenantree')
    .version(readVersion())
    .option('--server <url>', 'the server; the one signed in to last if left out')
    .option('--json', 'print the data as JSON')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void terminal.stdout.write(text),
      writeErr: (text) => void terminal.stderr.write(text),
      outputError: (text, write) => write(`${printable(text.replace(/^error:/, 'tenantree:'))}\n`),
    })
  addLogin(program, terminal)
  addLogout(program, terminal)
  addWhoami(program, terminal)
  const tenants = program.command('tenants').description('the tree of tenants')
  addTenantsList(tenants, terminal)
  addTenantsCreate(tenants, terminal)
  addTenantsLife(tenants, terminal)
  addTenantsFiles(tenants, terminal)
  addUsers(program, terminal)
  addApiKeys(program, terminal)
  const devices = program.command('devices').description('machines with an agent')
  addDevicesList(devices, terminal)
  addOffers(program, terminal)
  addOrders(program, terminal)
  addPrices(program, terminal)
  addSubscriptions(program, terminal)
  addTrials(program, terminal)
  addFilePolicies(program, terminal)
  addLicenses(program, terminal)
  addUsage(program, terminal)
  const invoices = program.command('invoices').description('what a seller asks of a buyer for a month')
  addInvoicesList(invoices, terminal)
  addInvoicesDownload(invoices, terminal)
  addMails(program, terminal)
  const audit = program.command('audit').description('what was changed, by whom, and the proof of it')
  addAuditList(audit, terminal)
  addAuditExport(audit, terminal)
  addAuditVerify(audit, terminal, exit)
  addAuditKey(audit, terminal)
  addAccessLog(program, terminal)
  addRetention(program, terminal)
  addDoctor(program, terminal, exit)
  return program
}

/** Runs one command line, without the program's own name. Gives the exit code: 0, or 1 after one line on stderr. */
export async function run(words: readonly string[], terminal: Terminal): Promise<number> {
  let exitCode = 0
  const program = createProgram(terminal, (code) => {
    exitCode = code
  })
  try {
    await program.parseAsync(words, { from: 'user' })
    return exitCode
  } catch (error) {
    // The parser has said already what is wrong with the words, or has shown its help.
    if (error instanceof CommanderError) return error.exitCode
    remark(terminal, toLine(error))
    return 1
  }
}

import { type MailRow, paginate } from '@tenantree/sdk'
import { type Command, Option } from 'commander'
import { mailStates } from '../choices.ts'
import { type ListOptions, listOptions, pageSize, printRows } from '../rows.ts'
import { type GlobalOptions, openSession } from '../session.ts'
import type { Column } from '../table.ts'
import { say, type Terminal } from '../terminal.ts'

type Options = GlobalOptions & ListOptions & { tenant?: string; state?: MailRow['state'] }

const columns: Column<MailRow>[] = [
  { title: 'MAIL', value: (row) => row.template },
  { title: 'TO', value: (row) => row.recipient },
  { title: 'TENANT', value: (row) => row.tenant_name },
  { title: 'STATE', value: (row) => row.state },
  { title: 'ATTEMPTS', value: (row) => row.attempts },
  { title: 'QUEUED', value: (row) => row.created_at },
  { title: 'LAST ERROR', value: (row) => row.last_error },
  { title: 'ID', value: (row) => row.id },
]

async function listMails(terminal: Terminal, options: Options) {
  const { api } = openSession(terminal, options)
  const query = { tenant_id: options.tenant, state: options.state, limit: pageSize(options) }
  await printRows(terminal, options, columns, paginate(api.listMails, query))
}

async function resendMail(terminal: Terminal, id: string, options: GlobalOptions) {
  const { api } = openSession(terminal, options)
  const mail = await api.resendMail({ path: { id } })
  say(terminal, options.json ? JSON.stringify(mail, null, 2) : `Queued again: ${mail.subject ?? mail.template}`)
}

export const addMails = (program: Command, terminal: Terminal) => {
  const mails = program.command('mails').description('mails and whether they were sent')
  const list = mails
    .command('list')
    .description('list mails, the newest first')
    .option('--tenant <id>', 'only those of this tenant and everything below it')
    .addOption(new Option('--state <state>', 'only in this state').choices(mailStates))
    .action((_options: Options, self: Command) => listMails(terminal, self.optsWithGlobals()))
  for (const option of listOptions()) list.addOption(option)
  mails
    .command('resend')
    .description('queue a failed mail again')
    .argument('<id>', 'the mail')
    .action((id: string, _options: GlobalOptions, self: Command) => resendMail(terminal, id, self.optsWithGlobals()))
}

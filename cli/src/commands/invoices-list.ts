import { type InvoiceRow, paginate } from '@tenantree/sdk'
import { type Command, Option } from 'commander'
import { directions, invoiceStates } from '../choices.ts'
import { type ListOptions, listOptions, pageSize, printRows } from '../rows.ts'
import { type GlobalOptions, openSession } from '../session.ts'
import type { Column } from '../table.ts'
import type { Terminal } from '../terminal.ts'

type Options = GlobalOptions &
  ListOptions & { month?: string; direction?: InvoiceRow['direction']; state?: InvoiceRow['state'] }

const columns: Column<InvoiceRow>[] = [
  { title: 'NUMBER', value: (row) => row.number },
  { title: 'MONTH', value: (row) => row.month },
  { title: 'SELLER', value: (row) => row.seller_name },
  { title: 'BUYER', value: (row) => row.buyer_name },
  { title: 'TOTAL', value: (row) => row.total?.amount },
  { title: 'CURRENCY', value: (row) => row.total?.currency },
  { title: 'STATE', value: (row) => row.state },
  { title: 'DUE', value: (row) => row.due_on },
  { title: 'ID', value: (row) => row.id },
]

async function listInvoices(terminal: Terminal, options: Options) {
  const { api } = openSession(terminal, options)
  const { month, direction, state } = options
  const query = { month, direction, state, limit: pageSize(options) }
  await printRows(terminal, options, columns, paginate(api.listInvoices, query))
}

export const addInvoicesList = (invoices: Command, terminal: Terminal) => {
  const command = invoices
    .command('list')
    .description('list the invoices that you issue or receive')
    .option('--month <month>', 'only of this month, such as 2027-01')
    .addOption(new Option('--direction <direction>', 'only those that you issued or received').choices(directions))
    .addOption(new Option('--state <state>', 'only in this state').choices(invoiceStates))
    .action((_options: Options, self: Command) => listInvoices(terminal, self.optsWithGlobals()))
  for (const option of listOptions()) command.addOption(option)
}

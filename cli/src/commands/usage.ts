import { type PeakTotal, type PeakUsage, paginate, type UsageTotal, type UsageUnit } from '@tenantree/sdk'
import type { Command } from 'commander'
import { type ListOptions, listOptions, pageSize, printRows } from '../rows.ts'
import { type GlobalOptions, openSession } from '../session.ts'
import type { Column } from '../table.ts'
import { printable, say, type Terminal } from '../terminal.ts'

type Options = GlobalOptions & ListOptions & { month?: string; tenant?: string; peaks?: boolean }

const columns: Column<UsageUnit>[] = [
  { title: 'CUSTOMER', value: (row) => row.customer.name },
  { title: 'SITE', value: (row) => row.site?.name },
  { title: 'DEVICE', value: (row) => row.host_name ?? row.device_id },
  { title: 'OFFER', value: (row) => `${row.offer.product} ${row.offer.edition}` },
  { title: 'ACTIVE DAYS', value: (row) => row.days.length },
  { title: 'CHARGED DAYS', value: (row) => row.charged_days.length },
  { title: 'UNITS', value: (row) => row.quantity },
  {
    title: 'PART',
    value: (row) => row.division && `${row.division.charged_days} of ${row.division.of_days} charged days`,
  },
  { title: 'REASON', value: (row) => row.reason },
]

const totalLine = ({ offer, customers, devices, quantity, trial_devices }: UsageTotal) =>
  `${offer.product} ${offer.edition}: ${quantity} units of ${devices} devices at ${customers} customers, ${trial_devices} devices in trial`

const peakColumns: Column<PeakUsage>[] = [
  { title: 'CUSTOMER', value: (row) => row.customer.name },
  { title: 'SITE', value: (row) => row.site?.name },
  { title: 'DEVICE', value: (row) => row.host_name ?? row.device_id },
  { title: 'OFFER', value: (row) => `${row.offer.product} ${row.offer.edition}` },
  { title: 'MEASURED', value: (row) => row.metric },
  { title: 'HIGHEST', value: (row) => row.value },
  { title: 'ON', value: (row) => row.peak_on },
  { title: 'CHARGED', value: (row) => `${row.quantity} ${row.unit}` },
  {
    title: 'PART',
    value: (row) => row.division && `${row.division.charged_days} of ${row.division.of_days} charged days`,
  },
  { title: 'DELETED', value: (row) => row.deleted_on },
  { title: 'REASON', value: (row) => row.reason },
]

const peakTotalLine = ({ offer, customers, devices, quantity, unit, free_devices }: PeakTotal) =>
  `${offer.product} ${offer.edition}: ${quantity} ${unit} of ${devices} devices at ${customers} customers, ${free_devices} devices not charged`

/** The highest values of devices; for people also the totals. */
async function listPeaks(terminal: Terminal, options: Options) {
  const { api } = openSession(terminal, options)
  const filters = { month: options.month, tenant_id: options.tenant }
  const rows = paginate(api.listPeakUsage, { ...filters, limit: pageSize(options) })
  await printRows(terminal, options, peakColumns, rows)
  if (options.json) return
  const totals = await api.listPeakTotals({ query: filters })
  for (const total of totals.data) say(terminal, printable(peakTotalLine(total)))
}

/** Units with their evidence; for people also the totals, which count all rows and not only those shown. */
async function listUsage(terminal: Terminal, options: Options) {
  const { api } = openSession(terminal, options)
  const filters = { month: options.month, tenant_id: options.tenant }
  await printRows(terminal, options, columns, paginate(api.listUsage, { ...filters, limit: pageSize(options) }))
  if (options.json) return
  const totals = await api.listUsageTotals({ query: filters })
  for (const total of totals.data) say(terminal, printable(totalLine(total)))
}

export const addUsage = (program: Command, terminal: Terminal) => {
  const command = program
    .command('usage')
    .description('show the usage of a month, device by device')
    .option('--month <month>', 'such as 2027-01; the running month if left out')
    .option('--tenant <id>', 'only of this tenant and everything below it')
    .option('--peaks', 'of peak offers: the highest value of each device with its date')
    .action((_options: Options, self: Command) => {
      const options = self.optsWithGlobals<Options>()
      return options.peaks ? listPeaks(terminal, options) : listUsage(terminal, options)
    })
  for (const option of listOptions()) command.addOption(option)
}

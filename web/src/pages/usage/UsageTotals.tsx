import { type UsageFilter, useUsageTotals } from '../../api/billing.ts'
import type { UsageTotal } from '../../api/types.ts'
import { formatCount, formatNumberOf, formatQuantity } from '../../format/money.ts'
import { Panel } from '../../ui/Panel.tsx'
import { Queried } from '../../ui/Queried.tsx'
import { SimpleTable } from '../../ui/SimpleTable.tsx'

const columns = [
  { key: 'offer', name: 'Offer', cell: ({ offer }: UsageTotal) => `${offer.product} ${offer.edition}` },
  { key: 'customers', name: 'End customers', cell: (row: UsageTotal) => formatCount(row.customers) },
  { key: 'devices', name: 'Active devices', cell: (row: UsageTotal) => formatCount(row.devices) },
  { key: 'trial', name: 'In trial', cell: (row: UsageTotal) => formatNumberOf(row.trial_devices, 'device') },
  {
    key: 'units',
    name: 'Units charged',
    align: 'end' as const,
    cell: (row: UsageTotal) => formatQuantity(row.quantity),
  },
]

/** What the month adds up to, per offer. Nothing where nothing was used: the grid below says so. */
export function UsageTotals({ filter }: { filter: UsageFilter }) {
  const totals = useUsageTotals(filter)
  if (totals.data?.length === 0) return null
  return (
    <Panel>
      <Queried query={totals}>
        {(rows) => (
          <SimpleTable label="Totals per offer" columns={columns} rows={rows} rowKey={({ offer }) => offer.id} />
        )}
      </Queried>
    </Panel>
  )
}

import { Link } from '@tanstack/react-router'
import type { Overview } from '../../api/types.ts'
import { formatMoney, formatNumberOf } from '../../format/money.ts'
import { Empty } from '../../ui/Empty.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { SimpleTable } from '../../ui/SimpleTable.tsx'

type Props = { overview: Overview; tenantId: string; ownName: string }
type Row = Overview['open_invoices'][number]

const directionWords = { issued: 'To be paid to us', received: 'To be paid by us' }

/** Invoices are seen by their two ends only: these are those of the user's own tenant. R-TREE-10. */
export function OpenInvoices({ overview, tenantId, ownName }: Props) {
  const columns = [
    {
      key: 'direction',
      name: 'Invoices',
      cell: (row: Row) => (
        <Link to="/t/$tenantId/invoices" params={{ tenantId }} search={{ direction: row.direction }}>
          {directionWords[row.direction]}
        </Link>
      ),
    },
    { key: 'count', name: 'Number', cell: (row: Row) => formatNumberOf(row.count, 'invoice') },
    { key: 'total', name: 'Total', align: 'end' as const, cell: (row: Row) => formatMoney(row.total) },
  ]
  return (
    <Panel title="Open invoices" note={`of ${ownName}`}>
      {overview.open_invoices.length === 0 ? (
        <Empty>No invoice is open. A month is billed after it ends.</Empty>
      ) : (
        <SimpleTable
          label="Open invoices"
          columns={columns}
          rows={overview.open_invoices}
          rowKey={(row) => `${row.direction} ${row.total.currency}`}
        />
      )}
    </Panel>
  )
}

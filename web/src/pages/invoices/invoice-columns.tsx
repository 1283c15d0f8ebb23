import { Link } from '@tanstack/react-router'
import type { InvoiceRow } from '../../api/types.ts'
import { formatDay } from '../../format/date.ts'
import { formatTotal } from '../../format/money.ts'
import { formatMonth } from '../../format/month.ts'
import { columnsOf } from '../../grid/features.ts'
import { NotSet } from '../../ui/Facts.tsx'
import { State } from '../../ui/State.tsx'

const column = columnsOf<InvoiceRow>()

export const directionNames: Record<InvoiceRow['direction'], string> = { issued: 'Issued', received: 'Received' }

export const invoiceColumns = (tenantId: string) =>
  column.columns([
    column.accessor('number', {
      header: 'Number',
      size: 140,
      cell: ({ row, getValue }) => (
        <Link to="/t/$tenantId/invoices/$invoiceId" params={{ tenantId, invoiceId: row.original.id }}>
          {getValue() ?? 'Draft'}
        </Link>
      ),
    }),
    column.accessor('direction', {
      header: 'Direction',
      size: 100,
      cell: ({ getValue }) => directionNames[getValue()],
    }),
    column.accessor('month', { header: 'Month', size: 130, cell: ({ getValue }) => formatMonth(getValue()) }),
    column.accessor('seller_name', { header: 'Seller', size: 190 }),
    column.accessor('buyer_name', { header: 'Buyer', size: 190 }),
    column.accessor('state', { header: 'State', size: 110, cell: ({ getValue }) => <State state={getValue()} /> }),
    column.accessor('due_on', {
      header: 'Due',
      size: 110,
      cell: ({ getValue }) => {
        const day = getValue()
        return day ? formatDay(day) : <NotSet />
      },
    }),
    column.accessor('total', {
      header: 'Total',
      size: 120,
      meta: { align: 'end' },
      cell: ({ getValue }) => formatTotal(getValue()),
    }),
  ])

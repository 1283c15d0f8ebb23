import { Link } from '@tanstack/react-router'
import type { OrderRow } from '../../api/types.ts'
import { formatDay } from '../../format/date.ts'
import { formatCount, formatMoney } from '../../format/money.ts'
import { columnsOf } from '../../grid/features.ts'
import { NotSet } from '../../ui/Facts.tsx'
import { State } from '../../ui/State.tsx'
import { modeNames } from './PaymentFields.tsx'

const column = columnsOf<OrderRow>()

export const directionNames: Record<OrderRow['direction'], string> = { bought: 'Bought', sold: 'Sold' }

/** "Backup Server and 2 more". */
export const offersText = ([first = '', ...others]: readonly string[]) =>
  others.length === 0 ? first : `${first} and ${others.length} more`

export const orderColumns = (tenantId: string) =>
  column.columns([
    column.accessor('placed_at', {
      header: 'Placed',
      size: 104,
      cell: ({ row, getValue }) => (
        <Link to="/t/$tenantId/orders/$orderId" params={{ tenantId, orderId: row.original.id }}>
          {formatDay(getValue())}
        </Link>
      ),
    }),
    column.accessor('offers', { header: 'Offers', size: 210, cell: ({ getValue }) => offersText(getValue()) }),
    column.accessor('quantity', {
      header: 'Quantity',
      size: 78,
      meta: { align: 'end' },
      cell: ({ getValue }) => formatCount(getValue()),
    }),
    column.accessor('direction', {
      header: 'Direction',
      size: 86,
      cell: ({ getValue }) => directionNames[getValue()],
    }),
    column.accessor('buyer', { header: 'Buyer', size: 150, cell: ({ getValue }) => getValue().name }),
    column.accessor('company', {
      header: 'For the pool of',
      size: 140,
      cell: ({ row, getValue }) => getValue()?.name ?? row.original.buyer.name,
    }),
    column.accessor('payment_mode', { header: 'Paid', size: 84, cell: ({ getValue }) => modeNames[getValue()] }),
    column.accessor('state', { header: 'State', size: 120, cell: ({ getValue }) => <State state={getValue()} /> }),
    column.accessor('first_total', {
      header: 'First period',
      size: 110,
      meta: { align: 'end' },
      cell: ({ getValue }) => {
        const total = getValue()
        return total ? formatMoney(total) : <NotSet />
      },
    }),
  ])

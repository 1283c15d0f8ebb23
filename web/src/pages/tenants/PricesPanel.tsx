import { useAskedPrices } from '../../api/offers.ts'
import type { AskedPrice, Tenant } from '../../api/types.ts'
import { formatDay } from '../../format/date.ts'
import { formatUnitPrice } from '../../format/money.ts'
import { Empty } from '../../ui/Empty.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { Queried } from '../../ui/Queried.tsx'
import { SimpleTable } from '../../ui/SimpleTable.tsx'

const columns = [
  { key: 'offer', name: 'Offer', cell: ({ offer }: AskedPrice) => `${offer.product} ${offer.edition}` },
  { key: 'seller', name: 'Asked by', cell: (row: AskedPrice) => row.seller_name },
  { key: 'from', name: 'From', cell: (row: AskedPrice) => formatDay(row.valid_from) },
  { key: 'price', name: 'Per unit', align: 'end' as const, cell: (row: AskedPrice) => formatUnitPrice(row.unit_price) },
]

/** Seen by the two ends of the edge only. R-TREE-10. */
export function PricesPanel({ tenant }: { tenant: Tenant }) {
  return (
    <Panel title="Prices asked">
      <Queried query={useAskedPrices(tenant.id)}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty>You see no price asked of {tenant.name}. Sellers set prices under Offers & prices.</Empty>
          ) : (
            <SimpleTable
              label="Prices asked"
              columns={columns}
              rows={rows}
              rowKey={(row) => `${row.offer.id} ${row.valid_from}`}
            />
          )
        }
      </Queried>
    </Panel>
  )
}

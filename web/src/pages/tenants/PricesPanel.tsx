import { useAskedPrices, useOffers } from '../../api/offers.ts'
import type { AskedPrice, Tenant } from '../../api/types.ts'
import { formatDay } from '../../format/date.ts'
import { offerName } from '../../format/offer.ts'
import { rateText } from '../../format/rate.ts'
import { Empty } from '../../ui/Empty.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { Queried } from '../../ui/Queried.tsx'
import { SimpleTable } from '../../ui/SimpleTable.tsx'
import { whatFor } from '../prices/price-rows.ts'

const keyOf = ({ offer, term, period, service_type, valid_from }: AskedPrice) =>
  [offer.id, term, period, service_type, valid_from].join(' ')

/** Seen by the two ends of the edge only. R-TREE-10. */
export function PricesPanel({ tenant }: { tenant: Tenant }) {
  const offers = useOffers().data ?? []
  const termName = ({ offer, term }: AskedPrice) =>
    offers.find(({ id }) => id === offer.id)?.terms.find(({ code }) => code === term)?.name ?? null
  const columns = [
    { key: 'offer', name: 'Offer', cell: ({ offer }: AskedPrice) => offerName(offer) },
    { key: 'what', name: 'For', cell: (row: AskedPrice) => whatFor(row, termName(row)) },
    { key: 'seller', name: 'Asked by', cell: (row: AskedPrice) => row.seller_name },
    { key: 'from', name: 'From', cell: (row: AskedPrice) => formatDay(row.valid_from) },
    {
      key: 'price',
      name: 'Price',
      align: 'end' as const,
      cell: (row: AskedPrice) => rateText(row.rate, row.currency),
    },
  ]
  return (
    <Panel title="Prices asked">
      <Queried query={useAskedPrices(tenant.id)}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty>You see no price asked of {tenant.name}. Sellers set prices under Offers & prices.</Empty>
          ) : (
            <SimpleTable
              label="Prices asked"
              columns={columns.filter(
                ({ key }) => key !== 'what' || rows.some(({ term, service_type }) => term ?? service_type),
              )}
              rows={rows}
              rowKey={keyOf}
            />
          )
        }
      </Queried>
    </Panel>
  )
}

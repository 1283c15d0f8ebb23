import { usePrices } from '../../api/offers.ts'
import type { Price, PriceList } from '../../api/types.ts'
import { formatDay } from '../../format/date.ts'
import { formatUnitPrice } from '../../format/money.ts'
import { Empty } from '../../ui/Empty.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { Queried } from '../../ui/Queried.tsx'
import { SimpleTable } from '../../ui/SimpleTable.tsx'
import { AddPrice } from './AddPrice.tsx'

const columns = [
  { key: 'offer', name: 'Offer', cell: ({ offer }: Price) => `${offer.product} ${offer.edition}` },
  { key: 'from', name: 'From', cell: (price: Price) => formatDay(price.valid_from) },
  { key: 'price', name: 'Per unit', align: 'end' as const, cell: (price: Price) => formatUnitPrice(price.unit_price) },
]

export function PriceListPanel({ list, canAdd }: { list: PriceList; canAdd: boolean }) {
  return (
    <Panel
      title={list.buyer_name ? `Prices for ${list.buyer_name}` : 'Default prices'}
      note={list.currency}
      actions={canAdd && <AddPrice list={list} />}
    >
      <Queried query={usePrices(list.id)}>
        {(prices) =>
          prices.length === 0 ? (
            <Empty>This list has no price yet. An offer without a price cannot be enabled or billed.</Empty>
          ) : (
            <SimpleTable
              label={list.buyer_name ? `Prices for ${list.buyer_name}` : 'Default prices'}
              columns={columns}
              rows={prices}
              rowKey={({ id }) => id}
            />
          )
        }
      </Queried>
    </Panel>
  )
}

import { useMay } from '../../api/may.ts'
import { usePriceLists } from '../../api/offers.ts'
import type { PriceList, TenantRef } from '../../api/types.ts'
import { Empty } from '../../ui/Empty.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { Queried } from '../../ui/Queried.tsx'
import { CreatePriceList } from './CreatePriceList.tsx'
import { PriceListPanel } from './PriceListPanel.tsx'

/** The default list first, then those for one buyer by name. */
const inOrder = (lists: readonly PriceList[]) =>
  [...lists].sort((a, b) => (a.buyer_name ?? '').localeCompare(b.buyer_name ?? '', 'en'))

export function PriceLists({ seller }: { seller: TenantRef }) {
  const may = useMay('prices.manage')
  const lists = usePriceLists()
  return (
    <>
      <Panel title="Price lists" actions={may && <CreatePriceList seller={seller} />}>
        <Queried query={lists}>
          {(rows) =>
            rows.length === 0 ? (
              <Empty>You ask no price of anybody yet. Create a default list, then add prices to it.</Empty>
            ) : (
              <Empty>The default list holds for each direct customer that has no list of its own.</Empty>
            )
          }
        </Queried>
      </Panel>
      {inOrder(lists.data ?? []).map((list) => (
        <PriceListPanel key={list.id} list={list} canAdd={may} />
      ))}
    </>
  )
}

import { NumberInput, Select } from '@mantine/core'
import { useState } from 'react'
import { useMay } from '../../api/may.ts'
import { usePriceLists } from '../../api/offers.ts'
import { useMe } from '../../api/session.ts'
import type { PriceList } from '../../api/types.ts'
import { TenantScreen } from '../../shell/TenantScreen.tsx'
import { Empty } from '../../ui/Empty.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { Queried } from '../../ui/Queried.tsx'
import { AddPrice } from './AddPrice.tsx'
import { CreatePriceList } from './CreatePriceList.tsx'
import { PriceListPanel } from './PriceListPanel.tsx'
import classes from './PricesPage.module.css'

/** The default list first, then those for one buyer by name. */
const inOrder = (lists: readonly PriceList[]) =>
  [...lists].sort((a, b) => (a.buyer_name ?? '').localeCompare(b.buyer_name ?? '', 'en'))

const listName = ({ buyer_name, currency }: PriceList) =>
  buyer_name ? `For ${buyer_name}, ${currency}` : `Default list, ${currency}`

/** The price lists that the user's own tenant keeps as a seller, whatever tenant is chosen. R-TREE-10. */
export function PricesPage() {
  const me = useMe()
  const may = useMay('prices.manage')
  const isSeller = me.tenant.level !== 'end_customer' && me.tenant.level !== 'site'
  return (
    <TenantScreen
      title="Price lists"
      note={isSeller ? `What ${me.tenant.name} asks of its direct customers` : undefined}
      actions={may && <CreatePriceList seller={me.tenant} />}
    >
      {isSeller ? (
        <Lists may={may} />
      ) : (
        <Panel>
          <Empty>{me.tenant.name} sells nothing. What it is asked stands on its details.</Empty>
        </Panel>
      )}
    </TenantScreen>
  )
}

function Lists({ may }: { may: boolean }) {
  const [listId, setListId] = useState<string | null>(null)
  const [quantity, setQuantity] = useState(1)
  return (
    <Queried query={usePriceLists()}>
      {(unsorted) => {
        const lists = inOrder(unsorted)
        const list = lists.find(({ id }) => id === listId) ?? lists[0]
        if (!list)
          return (
            <Panel>
              <Empty>You ask no price of anybody yet. Create a default list, then add prices to it.</Empty>
            </Panel>
          )
        return (
          <>
            <div className={classes.bar}>
              <Select
                aria-label="Price list"
                className={classes.list}
                allowDeselect={false}
                data={lists.map((row) => ({ value: row.id, label: listName(row) }))}
                value={list.id}
                onChange={setListId}
              />
              <span className={classes.quantity}>
                <label htmlFor="quantity">Amounts for</label>
                <NumberInput
                  id="quantity"
                  w={92}
                  min={1}
                  max={1_000_000}
                  allowDecimal={false}
                  value={quantity}
                  onChange={(value) => setQuantity(Math.max(1, Number(value) || 1))}
                />
                {quantity === 1 ? 'unit' : 'units'}
              </span>
              <span className={classes.note}>
                {list.buyer_name
                  ? `Stands before the default list for ${list.buyer_name}, price by price`
                  : 'Holds for every direct customer without a price of its own'}
              </span>
              {may && <AddPrice key={list.id} list={list} />}
            </div>
            <PriceListPanel key={list.id} list={list} quantity={quantity} canAdd={may} />
          </>
        )
      }}
    </Queried>
  )
}

import { Drawer, Stack } from '@mantine/core'
import { useInstance } from '../../api/session.ts'
import type { Price, PriceList } from '../../api/types.ts'
import { formatDay } from '../../format/date.ts'
import { formatUnitPrice } from '../../format/money.ts'
import { rateNames, rateNotes, rateText, tierText } from '../../format/rate.ts'
import { Facts } from '../../ui/Facts.tsx'
import { SimpleTable } from '../../ui/SimpleTable.tsx'
import { AddPrice } from './AddPrice.tsx'
import classes from './PriceDrawer.module.css'
import type { PriceRow } from './price-rows.ts'

type Props = { row: PriceRow | null; list: PriceList; canAdd: boolean; onClose: () => void }

/** One price with its tiers and everything that was and will be asked. */
export const PriceDrawer = ({ row, list, canAdd, onClose }: Props) => (
  <Drawer
    opened={row !== null}
    onClose={onClose}
    position="right"
    size={460}
    shadow="none"
    title={row ? `${row.dated[0]!.offer.product} ${row.name}` : undefined}
    closeButtonProps={{ 'aria-label': 'Close' }}
  >
    {row && (
      <Stack gap={18} key={row.key}>
        {row.what && <p className={classes.dim}>{row.what}</p>}
        <Current price={row.current ?? row.dated.at(-1)!} />
        {canAdd && (
          <div>
            <AddPrice list={list} from={row.dated[0]!} />
          </div>
        )}
        <Dated row={row} />
      </Stack>
    )}
  </Drawer>
)

function Current({ price }: { price: Price }) {
  const { rate, minimum, currency } = price
  const show = (amount: string) => formatUnitPrice({ amount, currency })
  return (
    <>
      <Facts
        facts={[
          ['Model', rateNames[rate.model]],
          ['Price', rateText(rate, currency)],
          ['At least', minimum === null ? null : show(minimum)],
          ['From', formatDay(price.valid_from)],
        ]}
      />
      <p className={classes.dim}>{rateNotes[rate.model]}</p>
      {'tiers' in rate && (
        <SimpleTable
          label="Tiers"
          columns={[
            { key: 'units', name: 'Units', cell: tierText },
            {
              key: 'price',
              name: 'Per unit',
              align: 'end' as const,
              cell: ({ unit_price }: { unit_price: string }) => show(unit_price),
            },
          ]}
          rows={rate.tiers}
          rowKey={({ above }) => String(above)}
        />
      )}
    </>
  )
}

function Dated({ row }: { row: PriceRow }) {
  const today = useInstance().now.slice(0, 10)
  const stateOf = (price: Price) => {
    if (price === row.current) return 'Holds today'
    return price.valid_from > today ? 'Planned' : 'Ended'
  }
  return (
    <section aria-labelledby="price-dates">
      <h3 id="price-dates" className={classes.heading}>
        What is asked from when
      </h3>
      <SimpleTable
        label="What is asked from when"
        columns={[
          { key: 'from', name: 'From', cell: (price: Price) => formatDay(price.valid_from) },
          { key: 'state', name: 'State', cell: stateOf },
          {
            key: 'price',
            name: 'Price',
            align: 'end' as const,
            cell: (price: Price) => rateText(price.rate, price.currency),
          },
        ]}
        rows={row.dated}
        rowKey={({ id }) => id}
      />
    </section>
  )
}

import { Fragment, useState } from 'react'
import { useMargins, useOffers, usePrices } from '../../api/offers.ts'
import { useInstance } from '../../api/session.ts'
import type { PriceList } from '../../api/types.ts'
import { formatDay } from '../../format/date.ts'
import { formatCount, formatNumberOf, formatUnitPrice } from '../../format/money.ts'
import { rateNames, rateText } from '../../format/rate.ts'
import { Empty } from '../../ui/Empty.tsx'
import { NotSet } from '../../ui/Facts.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { Queried } from '../../ui/Queried.tsx'
import { SideScroll } from '../../ui/SideScroll.tsx'
import { MarginCells } from './MarginCells.tsx'
import { PriceDrawer } from './PriceDrawer.tsx'
import classes from './PriceListPanel.module.css'
import { type PriceGroup, type PriceRow, toGroups } from './price-rows.ts'

type Props = { list: PriceList; quantity: number; canAdd: boolean }

/** All prices of a list by product, with what they cost oneself. The buyer never sees this. R-PRICE-1. */
export function PriceListPanel({ list, quantity, canAdd }: Props) {
  const today = useInstance().now.slice(0, 10)
  const offers = useOffers().data ?? []
  const margins = useMargins(list.id, quantity)
  const [openKey, setOpenKey] = useState<string | null>(null)
  const termOf = (offerId: string, code: string | null) =>
    offers.find(({ id }) => id === offerId)?.terms.find((term) => term.code === code)
  return (
    <Panel flush>
      <Queried query={usePrices(list.id)}>
        {(prices) => {
          const groups = toGroups(prices, margins.data ?? [], today, termOf)
          const open = groups.flatMap(({ rows }) => rows).find(({ key }) => key === openKey) ?? null
          return (
            <>
              {groups.length === 0 ? (
                <Empty>This list has no price yet. An offer without a price cannot be enabled or billed.</Empty>
              ) : (
                <PriceTable list={list} groups={groups} quantity={quantity} onOpen={setOpenKey} />
              )}
              <PriceDrawer row={open} list={list} canAdd={canAdd} onClose={() => setOpenKey(null)} />
            </>
          )
        }}
      </Queried>
    </Panel>
  )
}

type TableProps = { list: PriceList; groups: readonly PriceGroup[]; quantity: number; onOpen: (key: string) => void }

function PriceTable({ list, groups, quantity, onOpen }: TableProps) {
  const label = list.buyer_name ? `Prices for ${list.buyer_name}` : 'Default prices'
  // The vendor buys from nobody: it has no cost to compare with.
  const hasCost = groups.some(({ rows }) => rows.some(({ margin }) => margin?.cost != null))
  const columns = hasCost ? 8 : 5
  return (
    <SideScroll label={label}>
      <table className={classes.table} aria-label={label}>
        <thead>
          <tr>
            <th scope="col">Offer</th>
            <th scope="col">Model</th>
            <th scope="col" className={classes.end}>
              Price
            </th>
            <th scope="col" className={classes.end}>
              For {formatNumberOf(quantity, 'unit')}
            </th>
            {hasCost && (
              <>
                <th scope="col" className={classes.end}>
                  Your cost
                </th>
                <th scope="col" className={classes.end}>
                  Margin
                </th>
                <th scope="col" className={classes.share}>
                  <span className="visually-hidden">Margin in percent</span>
                </th>
              </>
            )}
            <th scope="col">Next change</th>
          </tr>
        </thead>
        <tbody>
          {groups.map(({ product, rows }) => (
            <Fragment key={product}>
              <tr className={classes.group}>
                <th scope="rowgroup" colSpan={columns}>
                  {product} <span className={classes.count}>{formatNumberOf(rows.length, 'price')}</span>
                </th>
              </tr>
              {rows.map((row) => (
                <PriceTableRow key={row.key} row={row} list={list} hasCost={hasCost} onOpen={onOpen} />
              ))}
            </Fragment>
          ))}
        </tbody>
      </table>
    </SideScroll>
  )
}

type RowProps = { row: PriceRow; list: PriceList; hasCost: boolean; onOpen: (key: string) => void }

function PriceTableRow({ row, list, hasCost, onOpen }: RowProps) {
  const { current, next, margin } = row
  const rate = (current ?? next)?.rate
  return (
    <tr>
      <td>
        <button type="button" className={classes.open} onClick={() => onOpen(row.key)}>
          {row.name}
        </button>{' '}
        <span className={classes.dim}>{row.what}</span>
      </td>
      <td className={classes.dim}>
        {rate && rateNames[rate.model]}
        {rate && 'tiers' in rate && ` · ${formatCount(rate.tiers.length)} tiers`}
      </td>
      <td className={classes.end}>
        {current ? rateText(current.rate, list.currency) : <NotSet />}
        {current?.minimum && (
          <div className={classes.dim}>
            at least {formatUnitPrice({ amount: current.minimum, currency: list.currency })}
          </div>
        )}
      </td>
      <td className={classes.end}>
        {margin ? formatUnitPrice({ amount: margin.price, currency: margin.currency }) : <NotSet />}
      </td>
      {hasCost && <MarginCells margin={margin} />}
      <td className={classes.dim}>
        {next ? `${rateText(next.rate, list.currency)} from ${formatDay(next.valid_from)}` : ''}
      </td>
    </tr>
  )
}

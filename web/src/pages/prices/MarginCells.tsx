import { Tooltip } from '@mantine/core'
import type { Margin } from '../../api/types.ts'
import { formatUnitPrice } from '../../format/money.ts'
import { NotSet } from '../../ui/Facts.tsx'
import classes from './PriceListPanel.module.css'

const isLoss = (text: string) => text.startsWith('-')

/** What the seller pays, and what is left: in words where the two are in different currencies. */
export function MarginCells({ margin }: { margin: Margin | null }) {
  if (margin?.cost == null || margin.cost_currency === null) {
    return (
      <>
        <td className={classes.end}>
          <NotSet />
        </td>
        <td className={classes.end}>
          <NotSet />
        </td>
        <td />
      </>
    )
  }
  return (
    <>
      <td className={classes.end}>{formatUnitPrice({ amount: margin.cost, currency: margin.cost_currency })}</td>
      {margin.margin === null ? (
        <td className={classes.end} colSpan={2}>
          <Tooltip label="Nothing is converted: the cost is in another currency than the price">
            <span className={classes.dim}>two currencies</span>
          </Tooltip>
        </td>
      ) : (
        <>
          <td className={classes.end} data-loss={isLoss(margin.margin) || undefined}>
            {formatUnitPrice({ amount: margin.margin, currency: margin.currency })}
          </td>
          <td className={classes.share}>
            {margin.margin_percent !== null && <Share percent={margin.margin_percent} />}
          </td>
        </>
      )}
    </>
  )
}

function Share({ percent }: { percent: string }) {
  const width = Math.min(100, Math.max(0, Number(percent)))
  return (
    <span className={classes.percent} data-loss={isLoss(percent) || undefined}>
      <span aria-hidden className={classes.track}>
        <span className={classes.fill} style={{ width: `${width}%` }} />
      </span>
      {percent} %
    </span>
  )
}

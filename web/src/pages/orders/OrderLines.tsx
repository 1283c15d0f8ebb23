import { Link, useParams } from '@tanstack/react-router'
import type { Order } from '../../api/types.ts'
import { formatDay, formatShortDay } from '../../format/date.ts'
import { additionNames } from '../../format/line.ts'
import { formatCount, formatMoney, formatNumberOf, formatUnitPrice } from '../../format/money.ts'
import { modelNames, offerName, unitNames } from '../../format/offer.ts'
import { Panel } from '../../ui/Panel.tsx'
import { SideScroll } from '../../ui/SideScroll.tsx'
import classes from '../invoices/Invoice.module.css'

type Line = Order['lines'][number]

/** What was bought, the licenses that came of it, and the first period that is charged for it. */
export function OrderLines({ order }: { order: Order }) {
  return (
    <Panel title="Lines" note={formatNumberOf(order.lines.length, 'line')} flush>
      <SideScroll label="Lines">
        <table className={classes.lines} aria-label="Lines">
          <thead>
            <tr>
              <th scope="col">Offer</th>
              <th scope="col">Term</th>
              <th scope="col" className={classes.number}>
                Quantity
              </th>
              <th scope="col" className={classes.number}>
                Licenses now
              </th>
              <th scope="col" className={classes.number}>
                Unit price
              </th>
              <th scope="col">First period</th>
              <th scope="col" className={classes.number}>
                Amount
              </th>
            </tr>
          </thead>
          <tbody>
            {order.lines.map((line) => (
              <LineRow key={line.id} line={line} order={order} />
            ))}
            {order.additions.map((addition) => (
              <tr key={`${addition.offer.id} ${addition.reason}`}>
                <td colSpan={6}>
                  {offerName(addition.offer)}
                  <small>{additionNames[addition.reason]}</small>
                </td>
                <td className={classes.number}>{formatMoney(addition.amount)}</td>
              </tr>
            ))}
          </tbody>
          {order.first_total && (
            <tfoot>
              <tr>
                <td colSpan={6} className={classes.number}>
                  <strong>First periods, net</strong>
                </td>
                <td className={classes.number}>
                  <strong>{formatMoney(order.first_total)}</strong>
                </td>
              </tr>
            </tfoot>
          )}
        </table>
      </SideScroll>
      <p className={classes.taxNote}>Each period stands on the invoice of the month in which it begins.</p>
    </Panel>
  )
}

function LineRow({ line, order }: { line: Line; order: Order }) {
  const beside = order.lines.find(({ id }) => id === line.add_on_of)
  const { first } = line
  const isWhole = first.days === first.whole_days
  const period = line.payment_mode === 'annual' ? 'a year' : 'a month'
  return (
    <tr>
      <td>
        {offerName(line.offer)}
        <small>
          {modelNames[line.offer.charge_model]}, per {unitNames[line.offer.unit]}
          {beside && `, beside ${offerName(beside.offer)}`}
        </small>
      </td>
      <td>{line.term.name}</td>
      <td className={classes.number}>{formatCount(line.quantity)}</td>
      <td className={classes.number}>
        <Licenses count={line.licenses} />
      </td>
      <td className={classes.number}>
        {line.unit_price && formatUnitPrice(line.unit_price)}
        {line.unit_price && <small>{period}</small>}
      </td>
      <td className={classes.period}>
        {formatShortDay(first.from)} to {formatDay(first.to)}
        <small>{isWhole ? formatNumberOf(first.days, 'day') : `${first.days} of ${first.whole_days} days`}</small>
      </td>
      <td className={classes.number}>{line.first_amount && formatMoney(line.first_amount)}</td>
    </tr>
  )
}

function Licenses({ count }: { count: number }) {
  const { tenantId } = useParams({ from: '/signed-in/shell/t/$tenantId/orders/$orderId' })
  if (count === 0) return <>0</>
  return (
    <Link to="/t/$tenantId/licenses" params={{ tenantId }}>
      {formatCount(count)}
    </Link>
  )
}

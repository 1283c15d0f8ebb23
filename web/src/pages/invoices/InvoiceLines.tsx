import { IconChevronDown, IconChevronRight } from '@tabler/icons-react'
import { Fragment, useId, useState } from 'react'
import type { Invoice, InvoiceLine } from '../../api/types.ts'
import { formatDay, formatShortDay } from '../../format/date.ts'
import { formatDivision } from '../../format/division.ts'
import { describeLine, formatLinePrice, isAddition } from '../../format/line.ts'
import { formatMoney, formatNumberOf, formatQuantity, formatTotal } from '../../format/money.ts'
import { Empty } from '../../ui/Empty.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { SideScroll } from '../../ui/SideScroll.tsx'
import classes from './Invoice.module.css'
import { LineEvidence } from './LineEvidence.tsx'

/** Lines with the totals straight below them; each line explains itself down to its devices. R-BILL-6. */
export function InvoiceLines({ invoice }: { invoice: Invoice }) {
  if (invoice.lines.length === 0) {
    return (
      <Panel title="Lines">
        <Empty>This invoice has no lines.</Empty>
      </Panel>
    )
  }
  return (
    <Panel title="Lines" note={formatNumberOf(invoice.lines.length, 'line')} flush>
      <SideScroll label="Lines">
        <table className={classes.lines} aria-label="Lines">
          <thead>
            <tr>
              <th scope="col">Position</th>
              <th scope="col">Offer</th>
              <th scope="col">Customer</th>
              <th scope="col">Period</th>
              <th scope="col" className={classes.number}>
                Quantity
              </th>
              <th scope="col" className={classes.number}>
                Unit price
              </th>
              <th scope="col" className={classes.number}>
                Amount
              </th>
            </tr>
          </thead>
          <tbody>
            {invoice.lines.map((line) => (
              <Line key={line.id} invoice={invoice} line={line} />
            ))}
          </tbody>
          <tfoot>
            <tr>
              <td colSpan={6} className={classes.number}>
                Subtotal
              </td>
              <td className={classes.number}>{formatTotal(invoice.subtotal)}</td>
            </tr>
            <tr>
              <td colSpan={6} className={classes.number}>
                <strong>Total</strong>
              </td>
              <td className={classes.number}>
                <strong>{formatTotal(invoice.total)}</strong>
              </td>
            </tr>
            {invoice.payments.map(({ on, amount }, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: two payments of a day may be alike
              <tr key={index}>
                <td colSpan={6} className={classes.number}>
                  {amount.amount.startsWith('-') ? 'Refunded to' : 'Paid by'} card on {formatDay(on)}
                </td>
                <td className={classes.number}>{formatMoney(negate(amount))}</td>
              </tr>
            ))}
            {invoice.payments.length > 0 && (
              <tr>
                <td colSpan={6} className={classes.number}>
                  <strong>Due</strong>
                </td>
                <td className={classes.number}>
                  <strong>{formatTotal(invoice.due)}</strong>
                </td>
              </tr>
            )}
          </tfoot>
        </table>
      </SideScroll>
      {invoice.tax_note && <p className={classes.taxNote}>{invoice.tax_note}</p>}
    </Panel>
  )
}

const negate = ({ amount, currency }: { amount: string; currency: string }) => ({
  amount: amount.startsWith('-') ? amount.slice(1) : `-${amount}`,
  currency,
})

function Line({ invoice, line }: { invoice: Invoice; line: InvoiceLine }) {
  const [isOpen, setOpen] = useState(false)
  const evidenceId = useId()
  const Chevron = isOpen ? IconChevronDown : IconChevronRight
  // A line has a price, and so its invoice a currency.
  const currency = invoice.currency ?? 'XXX'
  // What was ordered, or is added for all, says all of itself on the line.
  const hasEvidence = line.kind === 'use' || line.kind === 'assigned'
  return (
    <Fragment>
      <tr>
        <td>
          {hasEvidence ? (
            <button
              type="button"
              className={classes.toggle}
              aria-expanded={isOpen}
              aria-controls={evidenceId}
              aria-label={`Evidence of line ${line.position}`}
              onClick={() => setOpen(!isOpen)}
            >
              <Chevron aria-hidden size={15} />
              {line.position}
            </button>
          ) : (
            <span className={classes.position}>{line.position}</span>
          )}
        </td>
        <td>
          {line.product} {line.edition}
          {describeLine(line, currency).map((text) => (
            <small key={text}>{text}</small>
          ))}
          {line.division && (
            <small>
              {line.division.units < line.evidence.units && `${formatNumberOf(line.division.units, 'divided unit')}: `}
              {formatDivision(line.division)}
            </small>
          )}
        </td>
        <td>{line.customer_name ?? 'All customers'}</td>
        <td className={classes.period}>
          {formatShortDay(line.from)} to {formatShortDay(line.to)}
        </td>
        <td className={classes.number}>{!isAddition(line) && formatNumberOfUnits(line)}</td>
        <td className={classes.number}>{formatLinePrice(line, currency)}</td>
        <td className={classes.number}>{formatMoney({ amount: line.amount, currency })}</td>
      </tr>
      {hasEvidence && (
        <tr id={evidenceId} hidden={!isOpen} className={classes.evidence}>
          <td colSpan={7}>{isOpen && <LineEvidence invoice={invoice} line={line} />}</td>
        </tr>
      )}
    </Fragment>
  )
}

const formatNumberOfUnits = ({ quantity, unit }: InvoiceLine) =>
  `${formatQuantity(quantity)} ${quantity === '1' ? unit : `${unit}s`}`

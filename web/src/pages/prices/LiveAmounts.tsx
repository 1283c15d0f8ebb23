import { useDebouncedValue } from '@mantine/hooks'
import { useAmounts } from '../../api/offers.ts'
import type { PriceExample } from '../../api/types.ts'
import { formatCount, formatMoney } from '../../format/money.ts'
import { toWords } from '../../format/word.ts'
import classes from './LiveAmounts.module.css'
import { exampleQuantities, isDecimal, type PriceForm, toRate } from './price-form.ts'

const pauseMs = 250

/** What the price would ask for some quantities, computed by the server as an invoice would. */
export function LiveAmounts({ form, currency }: { form: PriceForm; currency: string }) {
  const rate = toRate(form)
  const minimum = isDecimal(form.minimum) && Number(form.minimum) > 0 ? form.minimum.trim() : null
  const asked = rate && { currency, rate, minimum, quantities: exampleQuantities(rate) }
  const [input] = useDebouncedValue(JSON.stringify(asked), pauseMs)
  const amounts = useAmounts(JSON.parse(input) as typeof asked)
  const rows = asked === null ? [] : (amounts.data ?? [])
  const largest = Math.max(0, ...rows.map(({ total }) => Number(total)))
  return (
    <section className={classes.examples} aria-label="Examples" aria-live="polite">
      {rows.length === 0 ? (
        <p className={classes.empty}>Example amounts appear here as you write.</p>
      ) : (
        rows.map((row) => <Example key={row.quantity} row={row} largest={largest} />)
      )}
    </section>
  )
}

function Example({ row, largest }: { row: PriceExample; largest: number }) {
  const { quantity, total, currency, added } = row
  const width = largest === 0 ? 0 : (Number(total) / largest) * 100
  const money = (amount: string) => formatMoney({ amount, currency })
  const extra = added.map(({ reason, amount }) => `${toWords(reason).toLowerCase()} adds ${money(amount)}`)
  return (
    <div className={classes.row}>
      <span className={classes.quantity}>{formatCount(quantity)}</span>
      <span className={classes.bar} aria-hidden>
        <span style={{ width: `${width}%` }} />
      </span>
      <span className={classes.note}>{extra.join(', ')}</span>
      <strong className={classes.total}>{money(total)}</strong>
    </div>
  )
}

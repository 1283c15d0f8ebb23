import { Button, Group, Skeleton } from '@mantine/core'
import type { OrderPreview } from '../../api/types.ts'
import { formatDay, formatShortDay } from '../../format/date.ts'
import { additionNames, formatPricing } from '../../format/line.ts'
import { formatCount, formatMoney, formatNumberOf, formatUnitPrice } from '../../format/money.ts'
import { offerName, unitNames } from '../../format/offer.ts'
import { ErrorPanel } from '../../ui/ErrorPanel.tsx'
import classes from './Buy.module.css'
import { TermsField } from './TermsField.tsx'

type PreviewLine = OrderPreview['lines'][number]

type Props = {
  preview: OrderPreview | null
  isStale: boolean
  error: unknown
  terms: number | null
  onTerms: (version: number | null) => void
  isPlacing: boolean
  mayPlace: boolean
  onClose: () => void
}

/** What the order costs now and later, to the cent what the invoice will say. */
export function BuySummary({ preview, isStale, error, terms, onTerms, isPlacing, mayPlace, onClose }: Props) {
  const asksTerms = preview?.terms.required ?? false
  const isAcknowledged = !asksTerms || (terms !== null && terms === preview?.terms.version)
  return (
    <aside className={classes.summary} aria-label="What it costs" aria-live="polite" aria-busy={isStale}>
      {Boolean(error) && <ErrorPanel error={error} />}
      {!error && preview === null && <Skeleton height={140} radius={8} />}
      {!error && preview && <Costs preview={preview} isStale={isStale} />}
      <div className={classes.place}>
        {preview && asksTerms && <TermsField version={preview.terms.version} value={terms} onChange={onTerms} />}
        <Group gap={8} grow>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={isPlacing} disabled={!mayPlace || !isAcknowledged || isStale}>
            Place order
          </Button>
        </Group>
        <p className={classes.hint}>It can be withdrawn whole for seven days.</p>
      </div>
    </aside>
  )
}

function Costs({ preview, isStale }: { preview: OrderPreview; isStale: boolean }) {
  const { lines, totals } = preview
  if (totals.length === 0)
    return (
      <p className={classes.hint}>
        {preview.buyer.name} buys from its own seller: the prices of that edge are shown to its two ends only.
      </p>
    )
  return (
    <div className={classes.costs} data-stale={isStale || undefined}>
      <ol className={classes.costLines}>
        {lines.map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines have no name but their place
          <CostLine key={index} line={line} />
        ))}
        {preview.additions.map((addition) => (
          <AdditionLine key={`${addition.offer.id} ${addition.reason}`} addition={addition} />
        ))}
      </ol>
      <dl className={classes.total}>
        <dt>
          Now, net
          <small>without taxes</small>
        </dt>
        {totals.map((total) => (
          <dd key={total.currency}>{formatMoney(total)}</dd>
        ))}
      </dl>
    </div>
  )
}

const periodOf = (line: Pick<PreviewLine, 'payment_mode'>) => (line.payment_mode === 'annual' ? 'year' : 'month')

/** "6 of 30 days"; whole ones are called so. */
const shareText = ({ days, whole_days }: PreviewLine['first']) =>
  days === whole_days ? formatNumberOf(days, 'day') : `${formatCount(days)} of ${formatCount(whole_days)} days`

function describePrice({ quantity, offer, unit_price, pricing, first_amount, periods, ...line }: PreviewLine): string {
  const tiers = pricing === null ? null : formatPricing(pricing, first_amount?.currency ?? 'XXX')
  return [
    formatNumberOf(quantity, unitNames[offer.unit]),
    ...(unit_price === null ? [] : [`at ${formatUnitPrice(unit_price)} a ${periodOf(line)}`]),
    ...(periods > 1 ? [`for ${formatNumberOf(periods, periodOf(line))}`] : []),
    ...(tiers === null ? [] : [`(${tiers})`]),
  ].join(' ')
}

function CostLine({ line }: { line: PreviewLine }) {
  const { first, recurring, last } = line
  return (
    <li>
      <div className={classes.costHead}>
        <strong>{offerName(line.offer)}</strong>
        {line.first_amount && <strong className={classes.amount}>{formatMoney(line.first_amount)}</strong>}
      </div>
      <p className={classes.how}>{describePrice(line)}</p>
      <dl className={classes.schedule}>
        <Step
          name={`${formatShortDay(first.from)} to ${formatDay(first.to)}`}
          note={shareText(first)}
          amount={line.first_amount}
        />
        {recurring && (
          <Step
            name={`From ${formatShortDay(recurring.from)}${recurring.until ? ` to ${formatDay(recurring.until)}` : ''}`}
            note={recurring.until ? `each ${periodOf(line)}` : `each ${periodOf(line)}, until cancelled`}
            amount={recurring.amount}
          />
        )}
        {last && (
          <Step
            name={`${formatShortDay(last.from)} to ${formatDay(last.to)}`}
            note={`last, ${shareText(last)}`}
            amount={last.amount}
          />
        )}
      </dl>
      <p className={classes.how}>
        {recurring?.until === null
          ? 'Renews each month'
          : `Valid to ${formatDay(line.ends_on)}, then renews for ${line.term.name.toLowerCase()}`}
      </p>
    </li>
  )
}

const AdditionLine = ({ addition }: { addition: OrderPreview['additions'][number] }) => (
  <li>
    <div className={classes.costHead}>
      <span>{offerName(addition.offer)}</span>
      <strong className={classes.amount}>{formatMoney(addition.amount)}</strong>
    </div>
    <p className={classes.how}>{additionNames[addition.reason]}</p>
  </li>
)

type StepProps = { name: string; note: string; amount: PreviewLine['first_amount'] }

const Step = ({ name, note, amount }: StepProps) => (
  <div className={classes.step}>
    <dt>
      {name} <small>{note}</small>
    </dt>
    <dd>{amount && formatMoney(amount)}</dd>
  </div>
)

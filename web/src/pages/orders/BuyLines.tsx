import { ActionIcon, Button, NumberInput, Select } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import type { Offer } from '../../api/types.ts'
import { offerName, unitNames } from '../../format/offer.ts'
import classes from './Buy.module.css'
import { addOnsOf, type BuyLine, isAddOn, newLine, quantityError } from './buy-form.ts'

type Props = {
  offers: readonly Offer[]
  lines: readonly BuyLine[]
  /** By the field that the server names: `lines.0.quantity`. */
  errors: Readonly<Record<string, string>>
  onChange: (lines: BuyLine[]) => void
}

/** Offers with term and quantity, add-ons on lines of their own. */
export function BuyLines({ offers, lines, errors, onChange }: Props) {
  const offerOf = (id: string) => offers.find((offer) => offer.id === id)
  const chosen = lines.flatMap(({ offerId }) => offerOf(offerId) ?? [])
  const others = offers.filter((offer) => !isAddOn(offer) && !chosen.includes(offer))
  const addOns = addOnsOf(offers, chosen).filter((offer) => !chosen.includes(offer))
  const set = (key: number, next: Partial<BuyLine>) =>
    onChange(lines.map((line) => (line.key === key ? { ...line, ...next } : line)))
  const add = (offer: Offer | undefined) => onChange([...lines, newLine(offer, 1, lines.at(-1)?.term)])
  return (
    <fieldset className={classes.lines}>
      <legend className="visually-hidden">What is bought</legend>
      {lines.map((line, index) => (
        <Line
          key={line.key}
          line={line}
          offer={offerOf(line.offerId)}
          offers={offers}
          isFirst={index === 0}
          errorOf={(field) => errors[`lines.${index}.${field}`]}
          onChange={(next) => set(line.key, next)}
          onRemove={lines.length > 1 ? () => onChange(lines.filter(({ key }) => key !== line.key)) : null}
        />
      ))}
      <div className={classes.more}>
        {others.length > 0 && (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconPlus aria-hidden size={14} />}
            onClick={() => add(others[0])}
          >
            Another offer
          </Button>
        )}
        {addOns.map((offer) => (
          <Button
            key={offer.id}
            size="xs"
            variant="default"
            leftSection={<IconPlus aria-hidden size={14} />}
            onClick={() => add(offer)}
          >
            {offerName(offer)}
          </Button>
        ))}
      </div>
    </fieldset>
  )
}

type LineProps = {
  line: BuyLine
  offer: Offer | undefined
  offers: readonly Offer[]
  isFirst: boolean
  errorOf: (field: string) => string | undefined
  onChange: (next: Partial<BuyLine>) => void
  onRemove: (() => void) | null
}

function Line({ line, offer, offers, isFirst, errorOf, onChange, onRemove }: LineProps) {
  const choose = (id: string | null) => {
    const next = offers.find((row) => row.id === id)
    const { offerId, term } = newLine(next, 1, line.term)
    onChange({ offerId, term })
  }
  const unit = offer ? unitNames[offer.unit] : 'unit'
  // Names stand over the first row only; the others have them for screen readers.
  const named = (name: string) => (isFirst ? { label: name } : { 'aria-label': name })
  return (
    <div className={classes.line} data-add-on={(offer && isAddOn(offer)) || undefined}>
      <Select
        {...named('Offer')}
        searchable
        allowDeselect={false}
        data={offers.map((row) => ({ value: row.id, label: offerName(row) }))}
        value={line.offerId || null}
        onChange={choose}
        error={errorOf('offer_id')}
      />
      <Select
        {...named('Term')}
        allowDeselect={false}
        data={offer?.terms.map(({ code, name }) => ({ value: code, label: name })) ?? []}
        value={line.term || null}
        onChange={(term) => term && onChange({ term })}
        error={errorOf('term')}
      />
      <NumberInput
        {...named('Quantity')}
        suffix={` ${line.quantity === 1 ? unit : `${unit}s`}`}
        thousandSeparator=","
        allowNegative={false}
        allowDecimal={false}
        min={1}
        clampBehavior="none"
        value={line.quantity}
        onChange={(quantity) => onChange({ quantity })}
        error={errorOf('quantity') ?? quantityError(line.quantity)}
      />
      <Remove name={offer ? offerName(offer) : 'line'} onRemove={onRemove} />
    </div>
  )
}

function Remove({ name, onRemove }: { name: string; onRemove: (() => void) | null }) {
  if (onRemove === null) return <span className={classes.noRemove} />
  return (
    <ActionIcon variant="subtle" color="gray" size={34} aria-label={`Remove ${name}`} onClick={onRemove}>
      <IconX aria-hidden size={15} />
    </ActionIcon>
  )
}

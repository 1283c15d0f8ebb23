import { ActionIcon, Button, Input, SegmentedControl, SimpleGrid, TextInput } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { IconPlus, IconX } from '@tabler/icons-react'
import { formatCount } from '../../format/money.ts'
import { rateNames, rateNotes } from '../../format/rate.ts'
import type { PriceForm } from './price-form.ts'
import classes from './RateFields.module.css'

type Form = UseFormReturnType<PriceForm>
type Props = { form: Form; currency: string }

const models = Object.entries(rateNames).map(([value, label]) => ({ value, label }))

/** How a quantity becomes an amount. R-PRICE-1. */
export function RateFields({ form, currency }: Props) {
  const { model } = form.values
  return (
    <div className={classes.rate}>
      <SegmentedControl
        aria-label="Price model"
        size="xs"
        fullWidth
        data={models}
        value={model}
        onChange={(value) => form.setFieldValue('model', value as PriceForm['model'])}
      />
      <p className={classes.note}>{rateNotes[model]}</p>
      {model === 'per_unit' && <AmountField form={form} label={`Price per unit, ${currency}`} />}
      {model === 'flat' && <AmountField form={form} label={`Amount, ${currency}`} />}
      {model === 'package' && (
        <SimpleGrid cols={2} spacing={12}>
          <TextInput label="Units in a package" inputMode="numeric" {...form.getInputProps('size')} />
          <AmountField form={form} label={`Price of a package, ${currency}`} />
        </SimpleGrid>
      )}
      {(model === 'graduated' || model === 'volume') && <Tiers form={form} currency={currency} />}
    </div>
  )
}

const AmountField = ({ form, label }: { form: Form; label: string }) => (
  <TextInput label={label} inputMode="decimal" placeholder="3.25" {...form.getInputProps('amount')} />
)

/** A tier begins where the one before ends, and the last is open: no hole and no overlap can be written. */
function Tiers({ form, currency }: Props) {
  const { tiers } = form.values
  const error = form.errors.tiers
  const add = () => {
    const last = Number(tiers.at(-2)?.up_to) || 0
    form.insertListItem('tiers', { up_to: String(last + 50), unit_price: '' }, tiers.length - 1)
  }
  return (
    <div>
      <div className={classes.head} aria-hidden>
        <span>From</span>
        <span>Up to</span>
        <span>Price per unit, {currency}</span>
      </div>
      {tiers.map((tier, index) => {
        const isLast = index === tiers.length - 1
        const begins = index === 0 ? 1 : Number(tiers[index - 1]?.up_to || 0) + 1
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a tier has no name but its place
          <div key={index} className={classes.tier}>
            <span className={classes.begins}>{formatCount(begins)}</span>
            {isLast ? (
              <span className={classes.open}>and more</span>
            ) : (
              <TextInput
                aria-label={`Tier ${index + 1} up to`}
                inputMode="numeric"
                {...form.getInputProps(`tiers.${index}.up_to`)}
              />
            )}
            <TextInput
              aria-label={`Tier ${index + 1} price per unit`}
              inputMode="decimal"
              placeholder="3.25"
              value={tier.unit_price}
              onChange={(event) => form.setFieldValue(`tiers.${index}.unit_price`, event.currentTarget.value)}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`Remove tier ${index + 1}`}
              disabled={tiers.length === 1 || isLast}
              onClick={() => form.removeListItem('tiers', index)}
            >
              <IconX aria-hidden size={15} />
            </ActionIcon>
          </div>
        )
      })}
      {error && <Input.Error>{error}</Input.Error>}
      <Button size="compact-xs" variant="subtle" mt={6} leftSection={<IconPlus aria-hidden size={13} />} onClick={add}>
        Add tier
      </Button>
    </div>
  )
}

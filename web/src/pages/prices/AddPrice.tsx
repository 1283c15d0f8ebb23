import { Button, Select, SimpleGrid, TextInput } from '@mantine/core'
import { type UseFormReturnType, useForm } from '@mantine/form'
import { IconPlus } from '@tabler/icons-react'
import { useCreatePrice, useOffers } from '../../api/offers.ts'
import { useInstance } from '../../api/session.ts'
import type { Offer, Price, PriceList } from '../../api/types.ts'
import { isOrdered, modelNames } from '../../format/offer.ts'
import { serviceTypeNames } from '../../format/word.ts'
import { FormDialog } from '../../ui/FormDialog.tsx'
import { useFormDialog } from '../../ui/use-form-dialog.ts'
import { LiveAmounts } from './LiveAmounts.tsx'
import { emptyPrice, fromPrice, isDecimal, type PriceForm, toPrice } from './price-form.ts'
import { RateFields } from './RateFields.tsx'

type Props = { list: PriceList; from?: Price }

const rules = {
  offer_id: (value: string | null) => (value ? null : 'Choose an offer'),
  amount: (text: string, { model }: PriceForm) =>
    model === 'graduated' || model === 'volume' || isDecimal(text)
      ? null
      : 'A decimal such as 3.25, at most 8 digits after the point',
  minimum: (text: string) => (text.trim() === '' || isDecimal(text) ? null : 'A decimal such as 25.00, or nothing'),
}

/** A new price, or a change of an earlier one from a day on. */
export function AddPrice({ list, from }: Props) {
  const today = useInstance().now.slice(0, 10)
  const offers = useOffers().data ?? []
  const create = useCreatePrice(list.id)
  const initial = from ? fromPrice(from, today) : emptyPrice(today)
  const form = useForm<PriceForm>({ initialValues: initial, validate: rules })
  const dialog = useFormDialog(form, create)
  const offer = offers.find(({ id }) => id === form.values.offer_id)
  const onError = (error: unknown) => {
    dialog.onError(error)
    // The form names the parts of a rate by what they are to its reader.
    form.setErrors((errors) => ({ ...errors, ...toShown(errors, form.values.model) }))
  }
  const save = form.onSubmit((values) => {
    const price = offer && toPrice(values, offer)
    if (price) create.mutate(price, { onSuccess: dialog.close, onError })
    else form.setFieldError('tiers', 'Each tier needs a price, and ends above the one before')
  })
  const open = () => {
    form.setInitialValues(initial)
    dialog.open()
  }
  return (
    <>
      <Button
        size={from ? 'xs' : 'sm'}
        variant="default"
        leftSection={from ? undefined : <IconPlus aria-hidden size={14} />}
        onClick={open}
      >
        {from ? 'Change from a day on' : 'Add price'}
      </Button>
      <FormDialog
        title={list.buyer_name ? `Add a price for ${list.buyer_name}` : 'Add a default price'}
        action="Add price"
        isOpen={dialog.isOpen}
        onClose={dialog.close}
        onSubmit={save}
        isSaving={create.isPending}
        error={create.error}
        size={600}
      >
        <WhatFor form={form} offers={offers} offer={offer} isFixed={from !== undefined} />
        <RateFields form={form} currency={list.currency} />
        <SimpleGrid cols={2} spacing={12}>
          <TextInput
            label={`At least, ${list.currency}`}
            description="Asked for a month with any quantity"
            placeholder="No minimum"
            inputMode="decimal"
            {...form.getInputProps('minimum')}
          />
          <TextInput
            type="date"
            label="From"
            description="A running period keeps the price it began with"
            min={today}
            {...form.getInputProps('valid_from')}
          />
        </SimpleGrid>
        <LiveAmounts form={form.values} currency={list.currency} />
      </FormDialog>
    </>
  )
}

/** Where the server points at a part of a rate, the field of the form that holds it. */
function toShown(errors: Record<string, unknown>, model: PriceForm['model']) {
  const ofRate = Object.entries(errors).find(([field]) => field.startsWith('rate') || field.startsWith('unit_price'))
  if (!ofRate) return {}
  return { [model === 'graduated' || model === 'volume' ? 'tiers' : 'amount']: ofRate[1] as string }
}

type WhatForProps = {
  form: UseFormReturnType<PriceForm>
  offers: readonly Offer[]
  offer: Offer | undefined
  isFixed: boolean
}

function WhatFor({ form, offers, offer, isFixed }: WhatForProps) {
  const chooseOffer = (id: string | null) => {
    const next = offers.find((row) => row.id === id)
    form.setFieldValue('offer_id', id)
    form.setFieldValue('term', next?.terms[0]?.code ?? null)
    form.setFieldValue('period', 'monthly')
    form.setFieldValue('service_type', 'both')
  }
  const term = offer?.terms.find(({ code }) => code === form.values.term)
  return (
    <>
      <Select
        label="Offer"
        placeholder="Choose an offer"
        searchable
        disabled={isFixed}
        data={offers.map((row) => ({ value: row.id, label: labelOf(row, offers) }))}
        {...form.getInputProps('offer_id')}
        onChange={chooseOffer}
      />
      {offer && isOrdered(offer) && (
        <SimpleGrid cols={2} spacing={12}>
          <Select
            label="Term"
            allowDeselect={false}
            disabled={isFixed}
            data={offer.terms.map(({ code, name }) => ({ value: code, label: name }))}
            {...form.getInputProps('term')}
          />
          <Select
            label="Paid"
            allowDeselect={false}
            disabled={isFixed}
            data={[
              { value: 'monthly', label: 'Monthly' },
              ...(term && term.months % 12 === 0 ? [{ value: 'annual', label: 'Annually' }] : []),
            ]}
            {...form.getInputProps('period')}
          />
        </SimpleGrid>
      )}
      {offer?.metric === 'used_storage' && (
        <Select
          label="Service type"
          allowDeselect={false}
          disabled={isFixed}
          data={[
            { value: 'both', label: 'Both' },
            ...Object.entries(serviceTypeNames).map(([value, label]) => ({ value, label })),
          ]}
          {...form.getInputProps('service_type')}
        />
      )}
    </>
  )
}

/** The charge model stands with the name where two offers have the same. */
function labelOf(offer: Offer, offers: readonly Offer[]): string {
  const name = `${offer.product} ${offer.edition}`
  const isTwice = offers.some((row) => row.id !== offer.id && `${row.product} ${row.edition}` === name)
  return isTwice ? `${name}, ${modelNames[offer.charge_model].toLowerCase()}` : name
}

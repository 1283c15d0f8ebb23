import { Button, Select, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconPlus } from '@tabler/icons-react'
import { useCreatePrice, useOffers } from '../../api/offers.ts'
import { useInstance } from '../../api/session.ts'
import type { PriceList } from '../../api/types.ts'
import { FormDialog } from '../../ui/FormDialog.tsx'
import { useFormDialog } from '../../ui/use-form-dialog.ts'

const decimalText = /^[0-9]{1,9}(\.[0-9]{1,8})?$/

/** The price stays text from the field to the server: no float ever holds it. R-PRICE-3. */
export function AddPrice({ list }: { list: PriceList }) {
  const today = useInstance().now.slice(0, 10)
  const offers = useOffers().data ?? []
  const create = useCreatePrice(list.id)
  const form = useForm<{ offer_id: string | null; amount: string; valid_from: string }>({
    initialValues: { offer_id: null, amount: '', valid_from: today },
    validate: {
      offer_id: (value) => (value ? null : 'Choose an offer'),
      amount: (text) =>
        decimalText.test(text.trim()) ? null : 'A decimal such as 3.25, at most 8 digits after the point',
    },
  })
  const dialog = useFormDialog(form, create)
  const onError = (error: unknown) => {
    dialog.onError(error)
    // The form shows amount and currency as one field.
    form.setErrors((errors) => ({ ...errors, amount: errors['unit_price.amount'] ?? errors.amount }))
  }
  const save = form.onSubmit(({ offer_id, amount, valid_from }) => {
    if (!offer_id) return
    const unit_price = { amount: amount.trim(), currency: list.currency }
    create.mutate({ offer_id, unit_price, valid_from: valid_from || undefined }, { onSuccess: dialog.close, onError })
  })
  return (
    <>
      <Button size="xs" variant="default" leftSection={<IconPlus aria-hidden size={14} />} onClick={dialog.open}>
        Add price
      </Button>
      <FormDialog
        title={list.buyer_name ? `Add a price for ${list.buyer_name}` : 'Add a default price'}
        action="Add price"
        isOpen={dialog.isOpen}
        onClose={dialog.close}
        onSubmit={save}
        isSaving={create.isPending}
        error={create.error}
      >
        <Select
          label="Offer"
          placeholder="Choose an offer"
          data={offers.map(({ id, product, edition }) => ({ value: id, label: `${product} ${edition}` }))}
          {...form.getInputProps('offer_id')}
        />
        <TextInput
          label={`Price per unit, ${list.currency}`}
          inputMode="decimal"
          placeholder="3.25"
          {...form.getInputProps('amount')}
        />
        <TextInput
          type="date"
          label="From"
          description="A running month keeps the price it began with"
          min={today}
          {...form.getInputProps('valid_from')}
        />
      </FormDialog>
    </>
  )
}

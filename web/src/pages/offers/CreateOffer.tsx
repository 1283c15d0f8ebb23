import { Button, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconPlus } from '@tabler/icons-react'
import { useCreateOffer } from '../../api/offers.ts'
import { FormDialog } from '../../ui/FormDialog.tsx'
import { useFormDialog } from '../../ui/use-form-dialog.ts'

const isRequired = (text: string) => (text.trim() ? null : 'Required')

export function CreateOffer() {
  const create = useCreateOffer()
  const form = useForm({
    initialValues: { product: '', edition: '', rank: '0' },
    validate: {
      product: isRequired,
      edition: isRequired,
      rank: (text) => (/^[0-9]{1,4}$/.test(text.trim()) ? null : 'A whole number from 0 to 1000'),
    },
  })
  const dialog = useFormDialog(form, create)
  const save = form.onSubmit(({ product, edition, rank }) =>
    create.mutate(
      {
        product: product.trim(),
        edition: edition.trim(),
        rank: Number(rank),
        unit: 'device',
        charge_model: 'active_use',
      },
      { onSuccess: dialog.close, onError: dialog.onError },
    ),
  )
  return (
    <>
      <Button size="xs" variant="default" leftSection={<IconPlus aria-hidden size={14} />} onClick={dialog.open}>
        Create offer
      </Button>
      <FormDialog
        title="Create an offer"
        action="Create offer"
        isOpen={dialog.isOpen}
        onClose={dialog.close}
        onSubmit={save}
        isSaving={create.isPending}
        error={create.error}
      >
        <TextInput label="Product" data-autofocus {...form.getInputProps('product')} />
        <TextInput label="Edition" {...form.getInputProps('edition')} />
        <TextInput
          label="Rank"
          description="A higher edition has a higher rank"
          inputMode="numeric"
          {...form.getInputProps('rank')}
        />
        <p style={{ margin: 0 }}>
          Charged by device, by active use: each device that was active in the calendar month.
        </p>
      </FormDialog>
    </>
  )
}

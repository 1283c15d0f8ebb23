import { Button, Select, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { useCreatePriceList } from '../../api/offers.ts'
import { useTenants } from '../../api/tenants.ts'
import type { TenantRef } from '../../api/types.ts'
import { FormDialog } from '../../ui/FormDialog.tsx'
import { useFormDialog } from '../../ui/use-form-dialog.ts'

export function CreatePriceList({ seller }: { seller: TenantRef }) {
  const create = useCreatePriceList()
  const form = useForm<{ buyer_id: string | null; currency: string }>({
    initialValues: { buyer_id: null, currency: 'EUR' },
    validate: { currency: (text) => (/^[A-Za-z]{3}$/.test(text.trim()) ? null : 'Three letters, such as EUR') },
  })
  const dialog = useFormDialog(form, create)
  const save = form.onSubmit(({ buyer_id, currency }) =>
    create.mutate(
      { buyer_id, currency: currency.trim().toUpperCase() },
      { onSuccess: dialog.close, onError: dialog.onError },
    ),
  )
  return (
    <>
      <Button leftSection={<IconPlus aria-hidden size={15} />} onClick={dialog.open}>
        Create price list
      </Button>
      <FormDialog
        title="Create a price list"
        action="Create price list"
        isOpen={dialog.isOpen}
        onClose={dialog.close}
        onSubmit={save}
        isSaving={create.isPending}
        error={create.error}
      >
        <BuyerField sellerId={seller.id} {...form.getInputProps('buyer_id')} />
        <TextInput
          label="Currency"
          description="An edge keeps it for good"
          maxLength={3}
          {...form.getInputProps('currency')}
        />
      </FormDialog>
    </>
  )
}

type BuyerProps = { sellerId: string; value?: string | null; onChange?: (value: string | null) => void }

/** One direct child, searched by the server as one types; none is the default list. */
function BuyerField({ sellerId, value, onChange, ...rest }: BuyerProps) {
  const [text, setText] = useState('')
  const children = useTenants({ parent_id: sellerId, q: text.trim() || undefined })
  return (
    <Select
      label="For"
      placeholder="All direct customers (default list)"
      searchable
      clearable
      data={children.rows.map(({ id, name }) => ({ value: id, label: name }))}
      filter={({ options }) => options}
      onSearchChange={setText}
      nothingFoundMessage="No direct customer of that name"
      value={value ?? null}
      onChange={(next) => onChange?.(next)}
      {...rest}
    />
  )
}

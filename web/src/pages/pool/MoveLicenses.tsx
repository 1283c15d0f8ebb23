import { Button, NumberInput, Select } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import type { Pool, Tenant } from '@tenantree/sdk'
import { useMoveLicenses } from '../../api/licenses.ts'
import { formatNumberOf } from '../../format/money.ts'
import { FormDialog } from '../../ui/FormDialog.tsx'
import { HolderSelect } from '../../ui/HolderSelect.tsx'
import { useFormDialog } from '../../ui/use-form-dialog.ts'

/** Free licenses into the pool of a company below, or back: the buyer stays the same. R-LIC-3. */
export function MoveLicenses({ tenant, pool }: { tenant: Pick<Tenant, 'id' | 'name'>; pool: Pool }) {
  const move = useMoveLicenses()
  const form = useForm({
    initialValues: { pool_id: '', offer_id: '', quantity: 1 as number | string },
    validate: {
      pool_id: (value) => (value ? null : 'Choose a pool'),
      offer_id: (value) => (value ? null : 'Choose a type'),
      quantity: (value) => (Number.isInteger(value) && Number(value) > 0 ? null : 'A whole number of 1 or more'),
    },
  })
  const dialog = useFormDialog(form, move)
  const movable = pool.rows.filter(({ unassigned }) => unassigned > 0)
  if (movable.length === 0) return null
  const submit = form.onSubmit(({ pool_id, offer_id, quantity }) =>
    move.mutate(
      { pool_id, offer_id, quantity: Number(quantity), from_pool_id: tenant.id },
      {
        onError: dialog.onError,
        onSuccess: ({ changed }) => {
          notifications.show({ message: `${formatNumberOf(changed, 'license')} moved` })
          dialog.close()
        },
      },
    ),
  )
  return (
    <>
      <Button variant="default" onClick={dialog.open}>
        Move licenses
      </Button>
      <FormDialog
        title={`Move licenses of ${tenant.name}`}
        action="Move"
        isOpen={dialog.isOpen}
        onClose={dialog.close}
        onSubmit={submit}
        isSaving={move.isPending}
        error={move.error}
      >
        <HolderSelect label="To the pool of" kind="tenant" tenantId={tenant.id} {...form.getInputProps('pool_id')} />
        <Select
          label="Type"
          data={movable.map(({ offer, unassigned }) => ({
            value: offer.id,
            label: `${offer.product} ${offer.edition}, ${unassigned} free`,
          }))}
          {...form.getInputProps('offer_id')}
        />
        <NumberInput label="Number" min={1} max={100_000} allowDecimal={false} {...form.getInputProps('quantity')} />
      </FormDialog>
    </>
  )
}

import { Button, NumberInput, Select } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import type { Pool } from '@tenantree/sdk'
import { useSetAside } from '../../api/licenses.ts'
import { FormDialog } from '../../ui/FormDialog.tsx'
import { HolderSelect } from '../../ui/HolderSelect.tsx'
import { useFormDialog } from '../../ui/use-form-dialog.ts'

/** So many of a type are kept for one company; what it already uses counts. R-POOL-2. */
export function SetAside({ tenantId, pool }: { tenantId: string; pool: Pool }) {
  const form = useForm({
    initialValues: { company_id: '', offer_id: '', number: 1 as number | string },
    validate: {
      company_id: (value) => (value ? null : 'Choose a company'),
      offer_id: (value) => (value ? null : 'Choose a type'),
      number: (value) => (Number.isInteger(value) ? null : 'A whole number'),
    },
  })
  const setAside = useSetAside(form.values.company_id)
  const dialog = useFormDialog(form, setAside)
  const submit = form.onSubmit(({ offer_id, number }) =>
    setAside.mutate(
      { offer_id, number: Number(number) },
      {
        onError: dialog.onError,
        onSuccess: () => {
          notifications.show({ message: 'The number is set aside' })
          dialog.close()
        },
      },
    ),
  )
  return (
    <>
      <Button size="xs" variant="default" onClick={dialog.open}>
        Set aside
      </Button>
      <FormDialog
        title="Set licenses aside"
        action="Set aside"
        isOpen={dialog.isOpen}
        onClose={dialog.close}
        onSubmit={submit}
        isSaving={setAside.isPending}
        error={setAside.error}
      >
        <HolderSelect label="Company" kind="tenant" tenantId={tenantId} {...form.getInputProps('company_id')} />
        <Select
          label="Type"
          data={pool.rows.map(({ offer, unassigned }) => ({
            value: offer.id,
            label: `${offer.product} ${offer.edition}, ${unassigned} free`,
          }))}
          {...form.getInputProps('offer_id')}
        />
        <NumberInput
          label="Number"
          description="All that is kept for it, those in use counted. 0 keeps none."
          min={0}
          max={100_000}
          allowDecimal={false}
          {...form.getInputProps('number')}
        />
      </FormDialog>
    </>
  )
}

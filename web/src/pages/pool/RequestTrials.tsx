import { Button, NumberInput, Select } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import type { Tenant } from '@tenantree/sdk'
import { useLicenseTypes, useRequestTrials } from '../../api/licenses.ts'
import { formatDay } from '../../format/date.ts'
import { formatNumberOf } from '../../format/money.ts'
import { FormDialog } from '../../ui/FormDialog.tsx'
import { useFormDialog } from '../../ui/use-form-dialog.ts'

const most = 5

/** Trial licenses of a type: five at most, 15 days from their first assignment, not again in 180 days. R-LIC-9. */
export function RequestTrials({ tenant }: { tenant: Pick<Tenant, 'id' | 'name'> }) {
  const types = useLicenseTypes({ tenant_id: tenant.id }).data?.types ?? []
  const request = useRequestTrials(tenant.id)
  const form = useForm({
    initialValues: { offer_id: '', quantity: most as number | string },
    validate: { offer_id: (value) => (value ? null : 'Choose a type') },
  })
  const dialog = useFormDialog(form, request)
  if (types.length === 0) return null
  const submit = form.onSubmit(({ offer_id, quantity }) =>
    request.mutate(
      { offer_id, quantity: Number(quantity) },
      {
        onError: dialog.onError,
        onSuccess: ({ licenses, again_from }) => {
          notifications.show({
            message: `${formatNumberOf(licenses.length, 'trial license')} added. Again from ${formatDay(again_from)}.`,
          })
          dialog.close()
        },
      },
    ),
  )
  return (
    <>
      <Button variant="default" onClick={dialog.open}>
        Try a type
      </Button>
      <FormDialog
        title={`Trial licenses for ${tenant.name}`}
        action="Add to the pool"
        isOpen={dialog.isOpen}
        onClose={dialog.close}
        onSubmit={submit}
        isSaving={request.isPending}
        error={request.error}
      >
        <Select
          label="Type"
          description="Each runs for 15 days from its first assignment. The same type again after 180 days."
          data={types.map(({ offer }) => ({ value: offer.id, label: `${offer.product} ${offer.edition}` }))}
          {...form.getInputProps('offer_id')}
        />
        <NumberInput label="Number" min={1} max={most} allowDecimal={false} {...form.getInputProps('quantity')} />
      </FormDialog>
    </>
  )
}

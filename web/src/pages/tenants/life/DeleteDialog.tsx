import { Checkbox, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { fieldErrorsOf, findProblem } from '../../../api/problem.ts'
import { useDeleteTenant } from '../../../api/tenant-life.ts'
import type { Tenant } from '../../../api/types.ts'
import { formatNumberOf } from '../../../format/money.ts'
import { FormDialog } from '../../../ui/FormDialog.tsx'

/** Deleting asks for the name, typed again. R-TREE-8. */
export function DeleteDialog({ tenant, onClose }: { tenant: Tenant; onClose: () => void }) {
  const command = useDeleteTenant(tenant.id)
  const form = useForm({ initialValues: { confirm_name: '', with_everything_below: false } })
  const onSubmit = form.onSubmit((values) =>
    command.mutate(values, {
      onSuccess: () => {
        notifications.show({ message: `${tenant.name} is deleted. It can be restored for 30 days.` })
        onClose()
      },
      onError: (error) => {
        const problem = findProblem(error)
        if (problem) form.setErrors(fieldErrorsOf(problem))
      },
    }),
  )
  return (
    <FormDialog
      title={`Delete ${tenant.name}`}
      action="Delete"
      isOpen
      onClose={onClose}
      onSubmit={onSubmit}
      isSaving={command.isPending}
      error={command.error}
    >
      <Text size="sm">
        It can be restored for 30 days. Then it is erased for good with its users and devices; invoices and the audit
        log stay.
      </Text>
      {tenant.tenant_count > 0 && (
        <Checkbox
          label={`With everything below: ${formatNumberOf(tenant.tenant_count, 'tenant')}`}
          {...form.getInputProps('with_everything_below', { type: 'checkbox' })}
        />
      )}
      <TextInput
        label="Type its name to confirm"
        description={tenant.name}
        data-autofocus
        autoComplete="off"
        {...form.getInputProps('confirm_name')}
      />
    </FormDialog>
  )
}

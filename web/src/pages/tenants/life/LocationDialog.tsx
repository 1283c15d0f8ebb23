import { Select, Text, Textarea } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { fieldErrorsOf, findProblem } from '../../../api/problem.ts'
import { useSetStorageLocation } from '../../../api/tenant-life.ts'
import { useStorageLocations } from '../../../api/tenants.ts'
import type { Tenant } from '../../../api/types.ts'
import { FormDialog } from '../../../ui/FormDialog.tsx'

/** For vendor support only; the reason goes into the audit log. R-PLACE-3. */
export function LocationDialog({ tenant, onClose }: { tenant: Tenant; onClose: () => void }) {
  const command = useSetStorageLocation(tenant.id)
  const locations = (useStorageLocations().data ?? []).filter(({ offered }) => offered)
  const form = useForm({ initialValues: { storage_location: tenant.storage_location, reason: '' } })
  const onSubmit = form.onSubmit((values) =>
    command.mutate(values, {
      onSuccess: () => {
        notifications.show({ message: 'The storage location is changed.' })
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
      title="Change the storage location"
      action="Change"
      isOpen
      onClose={onClose}
      onSubmit={onSubmit}
      isSaving={command.isPending}
      error={command.error}
    >
      <Text size="sm">Support alone may do this. The tenants below keep their own location.</Text>
      <Select
        label="Storage location"
        allowDeselect={false}
        searchable
        data={locations.map(({ code, name }) => ({ value: code, label: name }))}
        {...form.getInputProps('storage_location')}
      />
      <Textarea
        label="Reason"
        description="Stands in the audit log"
        required
        autosize
        minRows={2}
        maxLength={500}
        {...form.getInputProps('reason')}
      />
    </FormDialog>
  )
}

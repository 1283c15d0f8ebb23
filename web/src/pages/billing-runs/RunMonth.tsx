import { Button, Select } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { useCreateBillingRun } from '../../api/billing.ts'
import { useMay } from '../../api/may.ts'
import { useInstance } from '../../api/session.ts'
import { addMonths, formatMonth, monthOf, monthsBack } from '../../format/month.ts'
import { FormDialog } from '../../ui/FormDialog.tsx'
import { useFormDialog } from '../../ui/use-form-dialog.ts'

const monthsOffered = 12

export function RunMonth() {
  const may = useMay('billing.run')
  const lastMonth = addMonths(monthOf(useInstance().now), -1)
  const create = useCreateBillingRun()
  const form = useForm({ initialValues: { month: lastMonth } })
  const dialog = useFormDialog(form, create)
  if (!may) return null
  const open = () => {
    dialog.open()
    form.setValues({ month: lastMonth })
  }
  const run = form.onSubmit(({ month }) =>
    create.mutate(month, {
      onError: dialog.onError,
      onSuccess: () => {
        notifications.show({ message: `The billing run for ${formatMonth(month)} has started.` })
        dialog.close()
      },
    }),
  )
  return (
    <>
      <Button onClick={open}>Run a month</Button>
      <FormDialog
        title="Run a month"
        action="Start billing run"
        isOpen={dialog.isOpen}
        onClose={dialog.close}
        onSubmit={run}
        isSaving={create.isPending}
        error={create.error}
      >
        <Select
          label="Month"
          allowDeselect={false}
          data={monthsBack(lastMonth, monthsOffered).map((value) => ({ value, label: formatMonth(value) }))}
          {...form.getInputProps('month')}
        />
        <p style={{ margin: 0 }}>Run again it gives the same invoices once: what is issued never changes.</p>
      </FormDialog>
    </>
  )
}

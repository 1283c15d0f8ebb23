import { Button, NumberInput, Text } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { useSetRetention } from '../../api/keeping.ts'
import type { Retention } from '../../api/types.ts'
import { FormDialog } from '../../ui/FormDialog.tsx'
import { useFormDialog } from '../../ui/use-form-dialog.ts'
import { formatKeptFor } from './describe.ts'

/** For the whole tree; what a shorter time makes due goes with the next round, within a minute. */
export function EditKeptFor({ retention }: { retention: Retention }) {
  const { kind, title, kept_for, at_least, version } = retention
  const set = useSetRetention()
  const form = useForm<{ count: number | string }>({
    initialValues: { count: kept_for.count },
    validate: { count: (value) => (Number.isInteger(value) && Number(value) > 0 ? null : 'A whole number from 1') },
  })
  const dialog = useFormDialog(form, set)
  const open = () => {
    form.setInitialValues({ count: kept_for.count })
    dialog.open()
  }
  const save = form.onSubmit(({ count }) =>
    set.mutate(
      { kind, version, count: Number(count) },
      {
        onSuccess: (saved) => {
          notifications.show({ message: `${title}: kept for ${formatKeptFor(saved.kept_for)}.` })
          dialog.close()
        },
        onError: dialog.onError,
      },
    ),
  )
  return (
    <>
      <Button size="compact-xs" variant="default" aria-label={`Change how long: ${title}`} onClick={open}>
        Change
      </Button>
      <FormDialog
        title={title}
        action="Save"
        isOpen={dialog.isOpen}
        onClose={dialog.close}
        onSubmit={save}
        isSaving={set.isPending}
        error={set.error}
      >
        <Text size="sm">
          This holds for all tenants. What a shorter time makes due is erased within a minute, and nothing brings it
          back.
        </Text>
        <NumberInput
          label={`Kept for, in ${kept_for.unit}`}
          description={`At least ${formatKeptFor(at_least)}`}
          min={1}
          allowDecimal={false}
          data-autofocus
          {...form.getInputProps('count')}
        />
      </FormDialog>
    </>
  )
}

import { Button, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { useAddPasskey } from '../../api/passkeys.ts'
import { FormDialog } from '../../ui/FormDialog.tsx'
import { useFormDialog } from '../../ui/use-form-dialog.ts'
import { describeAgent } from './describe-agent.ts'

type Props = { variant?: 'default' | 'filled'; size?: 'xs' | 'sm'; onAdded?: () => void }

/** Asks for a name, then the browser asks for the finger, the face or the PIN. */
export function AddPasskey({ variant = 'default', size = 'xs', onAdded }: Props) {
  const add = useAddPasskey()
  const form = useForm({
    initialValues: { name: describeAgent(window.navigator.userAgent) },
    validate: { name: (text) => (text.trim() ? null : 'Required') },
  })
  const dialog = useFormDialog(form, add)
  const submit = form.onSubmit(({ name }) =>
    add.mutate(name.trim(), {
      onSuccess: () => {
        dialog.close()
        notifications.show({ message: 'The passkey is added.' })
        onAdded?.()
      },
      onError: dialog.onError,
    }),
  )
  return (
    <>
      <Button variant={variant} size={size} onClick={dialog.open}>
        Add a passkey
      </Button>
      <FormDialog
        title="Add a passkey"
        action="Go on"
        isOpen={dialog.isOpen}
        onClose={dialog.close}
        onSubmit={submit}
        isSaving={add.isPending}
        error={add.error}
      >
        <p style={{ margin: 0 }}>
          Your device keeps it and asks for your finger, your face or its PIN. It signs you in without a password and a
          code.
        </p>
        <TextInput label="Name" description="To tell it from others" data-autofocus {...form.getInputProps('name')} />
      </FormDialog>
    </>
  )
}

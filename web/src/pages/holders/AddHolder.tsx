import { Button, Select, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { IconPlus } from '@tabler/icons-react'
import { useCreateDomain, useCreateGateway, useCreateSubscriber } from '../../api/holders.ts'
import type { TenantRef } from '../../api/types.ts'
import { FormDialog } from '../../ui/FormDialog.tsx'
import { useFormDialog } from '../../ui/use-form-dialog.ts'
import { type RegisterKind, registerNames } from './holder-columns.tsx'

type Props = { kind: RegisterKind; tenant: Pick<TenantRef, 'id' | 'name' | 'level'> }

const services = [
  { value: 'microsoft_365', label: 'Microsoft 365' },
  { value: 'google_workspace', label: 'Google Workspace' },
] as const

/** Persons and domains are of end customers and sites; a gateway may also stand at a reseller. */
const mayHold = (kind: RegisterKind, { level }: Props['tenant']) =>
  level === 'end_customer' || level === 'site' || (kind === 'gateway' && level === 'reseller')

const initialValues = { name: '', email: '', service: 'microsoft_365' as (typeof services)[number]['value'] }

export function AddHolder({ kind, tenant }: Props) {
  const commands = { subscriber: useCreateSubscriber(), gateway: useCreateGateway(), domain: useCreateDomain() }
  const command = commands[kind]
  const form = useForm({
    initialValues,
    validate: {
      name: (value) => (value.trim() ? null : 'Required'),
      email: (value) => (kind !== 'subscriber' || /^\S+@\S+$/.test(value.trim()) ? null : 'Enter an e-mail address'),
    },
  })
  const dialog = useFormDialog(form, command)
  if (!mayHold(kind, tenant)) return null

  const submit = form.onSubmit(({ name, email, service }) => {
    const given = { tenant_id: tenant.id, name: name.trim() }
    const then = {
      onError: dialog.onError,
      onSuccess: () => {
        notifications.show({ message: `${given.name} is added` })
        dialog.close()
      },
    }
    if (kind === 'subscriber') commands.subscriber.mutate({ ...given, email: email.trim() }, then)
    else if (kind === 'domain') commands.domain.mutate({ ...given, kind: service }, then)
    else commands.gateway.mutate(given, then)
  })
  return (
    <>
      <Button leftSection={<IconPlus aria-hidden size={16} />} onClick={dialog.open}>
        Add {registerNames[kind].one}
      </Button>
      <FormDialog
        title={`Add a ${registerNames[kind].one} of ${tenant.name}`}
        action="Add"
        isOpen={dialog.isOpen}
        onClose={dialog.close}
        onSubmit={submit}
        isSaving={command.isPending}
        error={command.error}
      >
        <TextInput
          label={kind === 'domain' ? 'Domain name' : 'Name'}
          placeholder={kind === 'domain' ? 'example.com' : undefined}
          data-autofocus
          {...form.getInputProps('name')}
        />
        {kind === 'subscriber' && <TextInput label="E-mail" type="email" {...form.getInputProps('email')} />}
        {kind === 'domain' && (
          <Select label="Service" allowDeselect={false} data={services} {...form.getInputProps('service')} />
        )}
      </FormDialog>
    </>
  )
}

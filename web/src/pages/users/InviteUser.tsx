import { Button, Group, Modal, Select, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useDisclosure } from '@mantine/hooks'
import { IconUserPlus } from '@tabler/icons-react'
import { useMay } from '../../api/may.ts'
import { fieldErrorsOf, findProblem } from '../../api/problem.ts'
import { useInstance } from '../../api/session.ts'
import type { CreatedUser, Role, TenantRef } from '../../api/types.ts'
import { useCreateUser } from '../../api/users.ts'
import { formatMoment } from '../../format/date.ts'
import { ErrorPanel } from '../../ui/ErrorPanel.tsx'
import { Secret } from '../../ui/Secret.tsx'
import { useGrantedRoles } from './use-granted-roles.ts'

type Props = { tenant: Pick<TenantRef, 'id' | 'name'>; isSmall?: boolean }

export function InviteUser({ tenant, isSmall }: Props) {
  const may = useMay('users.create')
  const [isOpen, dialog] = useDisclosure(false)
  if (!may) return null
  return (
    <>
      <Button
        variant={isSmall ? 'default' : 'filled'}
        size={isSmall ? 'xs' : 'sm'}
        leftSection={isSmall ? undefined : <IconUserPlus aria-hidden size={16} stroke={1.6} />}
        onClick={dialog.open}
      >
        Invite user
      </Button>
      <Modal
        opened={isOpen}
        onClose={dialog.close}
        title={`Invite a user of ${tenant.name}`}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <InviteForm tenantId={tenant.id} onDone={dialog.close} />
      </Modal>
    </>
  )
}

/** Lives as long as the dialog is open: closing it forgets the link. */
function InviteForm({ tenantId, onDone }: { tenantId: string; onDone: () => void }) {
  const create = useCreateUser()
  const roles = useGrantedRoles()
  const form = useForm<{ name: string; email: string; role: Role }>({
    initialValues: { name: '', email: '', role: 'administrator' },
    validate: {
      name: (value) => (value.trim() ? null : 'Required'),
      email: (value) => (/^\S+@\S+$/.test(value.trim()) ? null : 'Enter an e-mail address'),
    },
  })
  const showErrors = (error: unknown) => {
    const problem = findProblem(error)
    if (!problem) return
    form.setErrors({ ...(problem.code === 'email_taken' && { email: problem.title }), ...fieldErrorsOf(problem) })
  }
  const invite = form.onSubmit(({ name, email, role }) =>
    create.mutate({ tenant_id: tenantId, name: name.trim(), email: email.trim(), role }, { onError: showErrors }),
  )
  if (create.data) return <Invited created={create.data} onDone={onDone} />
  return (
    <form onSubmit={invite} noValidate>
      <Stack gap={12}>
        {create.error && <ErrorPanel error={create.error} />}
        <TextInput label="Name" data-autofocus {...form.getInputProps('name')} />
        <TextInput label="E-mail" type="email" {...form.getInputProps('email')} />
        <Select label="Role" allowDeselect={false} data={roles} {...form.getInputProps('role')} />
        <Group gap={8} justify="flex-end">
          <Button variant="default" onClick={onDone}>
            Cancel
          </Button>
          <Button type="submit" loading={create.isPending}>
            Invite
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

export function Invited({ created, onDone }: { created: CreatedUser; onDone: () => void }) {
  const { mail_delivery } = useInstance()
  return (
    <Stack gap={12}>
      <p style={{ margin: 0 }}>
        {created.user.name} is invited
        {mail_delivery === 'smtp' ? ' by mail. This is the same link' : '. Pass this link on'}: it signs in once, until{' '}
        {formatMoment(created.sign_in_expires_at)}, and is not shown again.
      </p>
      <Secret label="Sign-in link" value={created.sign_in_url} />
      <Group justify="flex-end">
        <Button onClick={onDone}>Done</Button>
      </Group>
    </Stack>
  )
}

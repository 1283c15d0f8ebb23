import { Button, Checkbox, Group, Modal, NumberInput, Select, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useDisclosure } from '@mantine/hooks'
import { IconKey } from '@tabler/icons-react'
import { useCreateApiKey } from '../../api/api-keys.ts'
import { useMay } from '../../api/may.ts'
import { fieldErrorsOf, findProblem } from '../../api/problem.ts'
import type { Permission, Role, Tenant } from '../../api/types.ts'
import { useRoles } from '../../api/users.ts'
import { ErrorPanel } from '../../ui/ErrorPanel.tsx'
import { Secret } from '../../ui/Secret.tsx'
import { permissionName } from '../users/permission-names.ts'
import { useGrantedRoles } from '../users/use-granted-roles.ts'

export function CreateApiKey({ tenant }: { tenant: Tenant }) {
  const may = useMay('api_keys.manage')
  const [isOpen, dialog] = useDisclosure(false)
  if (!may) return null
  return (
    <>
      <Button leftSection={<IconKey aria-hidden size={16} stroke={1.6} />} onClick={dialog.open}>
        Create API key
      </Button>
      <Modal
        opened={isOpen}
        onClose={dialog.close}
        title={`Create an API key for ${tenant.name}`}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <CreateForm tenantId={tenant.id} onDone={dialog.close} />
      </Modal>
    </>
  )
}

type Values = { name: string; role: Role; scopes: Permission[]; days: number | string }

/** Lives as long as the dialog is open: closing it forgets the secret. */
function CreateForm({ tenantId, onDone }: { tenantId: string; onDone: () => void }) {
  const create = useCreateApiKey()
  const granted = useGrantedRoles()
  const roles = useRoles().data
  const form = useForm<Values>({
    initialValues: { name: '', role: 'supporter', scopes: [], days: 90 },
    validate: { name: (value) => (value.trim() ? null : 'Required') },
  })
  const possible = (roles?.find(({ role }) => role === form.values.role)?.allows ?? []).filter(
    (permission): boolean => permission !== 'api_keys.manage' && permission !== 'single_sign_on.manage',
  )
  const save = form.onSubmit(({ name, role, scopes, days }) =>
    create.mutate(
      {
        tenant_id: tenantId,
        name: name.trim(),
        role,
        scopes: scopes.filter((scope) => possible.some((permission) => permission === scope)),
        expires_in_days: Number(days),
      },
      {
        onError: (error) => {
          const problem = findProblem(error)
          const { expires_in_days: days, ...others } = problem ? fieldErrorsOf(problem) : {}
          form.setErrors({ ...others, ...(days && { days }) })
        },
      },
    ),
  )
  if (create.data) return <Created name={create.data.api_key.name} secret={create.data.secret} onDone={onDone} />
  return (
    <form onSubmit={save} noValidate>
      <Stack gap={12}>
        {create.error && <ErrorPanel error={create.error} />}
        <TextInput label="Name" description="What the key is for" data-autofocus {...form.getInputProps('name')} />
        <Select label="Role" allowDeselect={false} data={granted} {...form.getInputProps('role')} />
        <Checkbox.Group label="Beside reading the key may" {...form.getInputProps('scopes')}>
          <Stack gap={8} mt={6}>
            {possible.map((permission) => (
              <Checkbox key={permission} size="xs" value={permission} label={permissionName(permission)} />
            ))}
            {possible.length === 0 && <span>Nothing: this role reads only.</span>}
          </Stack>
        </Checkbox.Group>
        <NumberInput
          label="Days until it ends"
          description="At most 365"
          min={1}
          max={365}
          {...form.getInputProps('days')}
        />
        <Group gap={8} justify="flex-end">
          <Button variant="default" onClick={onDone}>
            Cancel
          </Button>
          <Button type="submit" loading={create.isPending}>
            Create
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

const Created = ({ name, secret, onDone }: { name: string; secret: string; onDone: () => void }) => (
  <Stack gap={12}>
    <p style={{ margin: 0 }}>Give this key to the program that needs it as {name}. It is not shown again.</p>
    <Secret label="API key" value={secret} />
    <Group justify="flex-end">
      <Button onClick={onDone}>Done</Button>
    </Group>
  </Stack>
)

import { Button, Checkbox, Group, Select, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { fieldErrorsOf, findProblem } from '../../api/problem.ts'
import { useMe } from '../../api/session.ts'
import type { User } from '../../api/types.ts'
import { useUpdateUser } from '../../api/users.ts'
import { ErrorPanel } from '../../ui/ErrorPanel.tsx'
import { useGrantedRoles } from './use-granted-roles.ts'

const valuesOf = ({ name, role, may_purchase, security_officer, support }: User) => ({
  name,
  role,
  may_purchase,
  security_officer,
  support,
})
const noFlags = { may_purchase: false, security_officer: false, support: false }

export function EditUser({ user, onSaved }: { user: User; onSaved: () => void }) {
  const me = useMe()
  const roles = useGrantedRoles()
  const update = useUpdateUser()
  const form = useForm({
    initialValues: valuesOf(user),
    validate: { name: (value) => (value.trim() ? null : 'Required') },
  })
  const isSupporter = form.values.role === 'supporter'
  const save = form.onSubmit((values) =>
    update.mutate(
      // A supporter holds no flags: choosing the role takes them away.
      {
        id: user.id,
        version: user.version,
        change: { ...values, name: values.name.trim(), ...(isSupporter && noFlags) },
      },
      {
        onSuccess: () => {
          notifications.show({ message: 'Saved.' })
          onSaved()
        },
        onError: (error) => {
          const problem = findProblem(error)
          if (problem) form.setErrors(fieldErrorsOf(problem))
        },
      },
    ),
  )
  const flag = (name: keyof typeof noFlags) => ({
    disabled: isSupporter,
    ...form.getInputProps(name, { type: 'checkbox' }),
  })
  return (
    <form onSubmit={save} noValidate>
      <Stack gap={12}>
        {update.error && <ErrorPanel error={update.error} />}
        <TextInput label="Name" {...form.getInputProps('name')} />
        <Select label="Role" allowDeselect={false} data={roles} {...form.getInputProps('role')} />
        <Checkbox label="May buy" {...flag('may_purchase')} />
        <Checkbox label="Security officer: sees recovery secrets" {...flag('security_officer')} />
        {me.tenant.level === 'vendor' && user.tenant_id === me.tenant.id && (
          <Checkbox label="Vendor support" {...flag('support')} />
        )}
        <Group>
          <Button type="submit" size="xs" loading={update.isPending}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

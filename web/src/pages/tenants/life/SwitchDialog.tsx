import { Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { type TenantSwitch, useTenantSwitch } from '../../../api/tenant-life.ts'
import type { Tenant } from '../../../api/types.ts'
import { FormDialog } from '../../../ui/FormDialog.tsx'

const words: Record<TenantSwitch, { title: string; action: string; done: string; text: string }> = {
  inactivate: {
    title: 'Inactivate',
    action: 'Inactivate',
    done: 'is inactive.',
    text:
      'Every request of its users, keys and agents, and of all below it, is refused within a minute. Usage is charged up to today. ' +
      'Nothing is erased, and it can be reactivated at any time.',
  },
  reactivate: {
    title: 'Reactivate',
    action: 'Reactivate',
    done: 'is active again.',
    text:
      'Users, keys and agents work as before, without charges for the days between. A trial is not made longer. ' +
      'Tenants below that were inactivated by themselves stay inactive.',
  },
  restore: {
    title: 'Restore',
    action: 'Restore',
    done: 'is back, inactive.',
    text: 'It comes back with everything that was deleted with it. It stays inactive until it is reactivated.',
  },
}

type Props = { tenant: Tenant; act: TenantSwitch; isOpen: boolean; onClose: () => void }

/** Says what an act means before it is done. */
export function SwitchDialog({ tenant, act, isOpen, onClose }: Props) {
  const command = useTenantSwitch(tenant.id)
  const { title, action, done, text } = words[act]
  const close = () => {
    command.reset()
    onClose()
  }
  return (
    <FormDialog
      title={`${title} ${tenant.name}`}
      action={action}
      isOpen={isOpen}
      onClose={close}
      onSubmit={(event) => {
        event.preventDefault()
        command.mutate(act, {
          onSuccess: () => {
            notifications.show({ message: `${tenant.name} ${done}` })
            close()
          },
        })
      }}
      isSaving={command.isPending}
      error={command.error}
    >
      <Text size="sm">{text}</Text>
    </FormDialog>
  )
}

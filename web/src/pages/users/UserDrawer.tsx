import { Button, Drawer, Group, Modal, Stack } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { useMay } from '../../api/may.ts'
import type { User } from '../../api/types.ts'
import { useInviteAgain, useRemoveUser } from '../../api/users.ts'
import { formatMoment } from '../../format/date.ts'
import { toWords } from '../../format/word.ts'
import { ErrorPanel } from '../../ui/ErrorPanel.tsx'
import { Facts } from '../../ui/Facts.tsx'
import { State } from '../../ui/State.tsx'
import { EditUser } from './EditUser.tsx'
import { Invited } from './InviteUser.tsx'
import { SignIns } from './SignIns.tsx'
import { useGrantedRoles } from './use-granted-roles.ts'

type Props = { user: User | null; onClose: () => void }

export const UserDrawer = ({ user, onClose }: Props) => (
  <Drawer
    opened={user !== null}
    onClose={onClose}
    position="right"
    size={480}
    shadow="none"
    title={user?.name}
    closeButtonProps={{ 'aria-label': 'Close' }}
  >
    {user && <UserDetails key={user.id} user={user} onClose={onClose} />}
  </Drawer>
)

function UserDetails({ user, onClose }: { user: User; onClose: () => void }) {
  const may = useMay('users.edit')
  const isBelow = useGrantedRoles().some(({ value }) => value === user.role)
  const yes = (value: boolean) => (value ? 'Yes' : 'No')
  return (
    <Stack gap={18}>
      <Facts
        facts={[
          ['E-mail', user.email],
          ['Tenant', user.tenant_name],
          ['State', <State key="state" state={user.state} />],
          ['Second factor', yes(user.second_factor)],
          ['Created', formatMoment(user.created_at)],
          ...(may && isBelow
            ? []
            : ([
                ['Role', toWords(user.role)],
                ['May buy', yes(user.may_purchase)],
                ['Security officer', yes(user.security_officer)],
              ] as const)),
        ]}
      />
      {may && isBelow && (
        <>
          <EditUser user={user} onSaved={onClose} />
          <Group gap={8}>
            <InviteAgain user={user} />
            <RemoveUser user={user} onRemoved={onClose} />
          </Group>
        </>
      )}
      <SignIns userId={user.id} />
    </Stack>
  )
}

function InviteAgain({ user }: { user: User }) {
  const invite = useInviteAgain()
  const [isOpen, dialog] = useDisclosure(false)
  const close = () => {
    invite.reset()
    dialog.close()
  }
  return (
    <>
      <Button variant="default" size="xs" onClick={dialog.open}>
        {user.state === 'invited' ? 'New invitation link' : 'Reset sign-in'}
      </Button>
      <Modal
        opened={isOpen}
        onClose={close}
        title="Make a new sign-in link"
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        {invite.data ? (
          <Invited created={invite.data} onDone={close} />
        ) : (
          <Stack gap={12}>
            {invite.error && <ErrorPanel error={invite.error} />}
            <p style={{ margin: 0 }}>
              {user.name} gets a link that signs in once. Former links, the password, the second factor and all sessions
              of {user.name} end now.
            </p>
            <Group gap={8} justify="flex-end">
              <Button variant="default" onClick={close}>
                Cancel
              </Button>
              <Button loading={invite.isPending} onClick={() => invite.mutate(user.id)}>
                Make the link
              </Button>
            </Group>
          </Stack>
        )}
      </Modal>
    </>
  )
}

function RemoveUser({ user, onRemoved }: { user: User; onRemoved: () => void }) {
  const remove = useRemoveUser()
  const [isOpen, dialog] = useDisclosure(false)
  const onSuccess = () => {
    notifications.show({ message: `${user.name} is removed.` })
    onRemoved()
  }
  return (
    <>
      <Button variant="default" color="red" size="xs" onClick={dialog.open}>
        Remove
      </Button>
      <Modal
        opened={isOpen}
        onClose={dialog.close}
        title={`Remove ${user.name}`}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <Stack gap={12}>
          {remove.error && <ErrorPanel error={remove.error} />}
          <p style={{ margin: 0 }}>
            All sessions of {user.email} and the API keys that {user.name} made end at once. What was done stays in the
            audit log.
          </p>
          <Group gap={8} justify="flex-end">
            <Button variant="default" onClick={dialog.close}>
              Cancel
            </Button>
            <Button color="red" loading={remove.isPending} onClick={() => remove.mutate(user.id, { onSuccess })}>
              Remove
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  )
}

import { Button, Group, Modal, Stack } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useRemoveDomain, useRemoveGateway, useRemoveSubscriber } from '../../api/holders.ts'
import { ErrorPanel } from '../../ui/ErrorPanel.tsx'
import type { HolderRow, RegisterKind } from './holder-columns.tsx'

type Props = { kind: RegisterKind; row: HolderRow | null; onClose: () => void }

/** Asks before; the license goes back to its pool and stays charged there. R-SUB-7. */
export function RemoveHolder({ kind, row, onClose }: Props) {
  const commands = { subscriber: useRemoveSubscriber(), gateway: useRemoveGateway(), domain: useRemoveDomain() }
  const remove = commands[kind]
  const close = () => {
    remove.reset()
    onClose()
  }
  const submit = (id: string, name: string) =>
    remove.mutate(id, {
      onSuccess: () => {
        notifications.show({ message: `${name} is removed` })
        close()
      },
    })
  return (
    <Modal
      opened={row !== null}
      onClose={close}
      title={`Remove the ${kind}`}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {row && (
        <Stack gap={12}>
          {remove.error && <ErrorPanel error={remove.error} />}
          <p style={{ margin: 0 }}>
            Remove {row.name ?? 'it'} of {row.tenant_name}? Its licenses go back to their pools, where they stay
            charged.
          </p>
          <Group gap={8} justify="flex-end">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button color="red" loading={remove.isPending} onClick={() => submit(row.id, row.name ?? 'It')}>
              Remove
            </Button>
          </Group>
        </Stack>
      )}
    </Modal>
  )
}

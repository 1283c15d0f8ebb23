import { Button, Menu } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconChevronDown } from '@tabler/icons-react'
import { isAllowed } from '../../../api/may.ts'
import { useMe } from '../../../api/session.ts'
import type { Me, Tenant } from '../../../api/types.ts'
import { DeleteDialog } from './DeleteDialog.tsx'
import { LocationDialog } from './LocationDialog.tsx'
import { MoveDialog } from './MoveDialog.tsx'
import { SwitchDialog } from './SwitchDialog.tsx'

const actions = ['inactivate', 'reactivate', 'restore', 'move', 'location', 'delete'] as const
type Action = (typeof actions)[number]

const names: Record<Action, string> = {
  inactivate: 'Inactivate',
  reactivate: 'Reactivate',
  restore: 'Restore',
  move: 'Move to another parent',
  location: 'Change the storage location',
  delete: 'Delete',
}

/** What may be done to a tenant in its state. Nobody does any of it to the own tenant. */
function possible({ state, id }: Tenant, me: Me): Record<Action, boolean> {
  const below = id !== me.tenant.id
  const lives = below && state !== 'deleted'
  return {
    inactivate: lives && state !== 'inactive' && isAllowed(me, 'tenants.inactivate'),
    reactivate: below && state === 'inactive' && isAllowed(me, 'tenants.inactivate'),
    restore: below && state === 'deleted' && isAllowed(me, 'tenants.delete'),
    move: lives && isAllowed(me, 'tenants.move'),
    location: lives && isAllowed(me, 'tenants.relocate'),
    delete: below && state === 'inactive' && isAllowed(me, 'tenants.delete'),
  }
}

export function TenantActions({ tenant }: { tenant: Tenant }) {
  const can = possible(tenant, useMe())
  const [isInactivating, inactivating] = useDisclosure(false)
  const [isReactivating, reactivating] = useDisclosure(false)
  const [isRestoring, restoring] = useDisclosure(false)
  const [isMoving, moving] = useDisclosure(false)
  const [isRelocating, relocating] = useDisclosure(false)
  const [isDeleting, deleting] = useDisclosure(false)
  const open: Record<Action, () => void> = {
    inactivate: inactivating.open,
    reactivate: reactivating.open,
    restore: restoring.open,
    move: moving.open,
    location: relocating.open,
    delete: deleting.open,
  }
  const shown = actions.filter((action) => can[action])
  return (
    <>
      {shown.length > 0 && (
        <Menu position="bottom-end" shadow="none" withInitialFocusPlaceholder={false}>
          <Menu.Target>
            <Button variant="default" rightSection={<IconChevronDown aria-hidden size={16} stroke={1.6} />}>
              Actions
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {shown.map((action) => (
              <Menu.Item key={action} color={action === 'delete' ? 'red' : undefined} onClick={open[action]}>
                {names[action]}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
      <SwitchDialog tenant={tenant} act="inactivate" isOpen={isInactivating} onClose={inactivating.close} />
      <SwitchDialog tenant={tenant} act="reactivate" isOpen={isReactivating} onClose={reactivating.close} />
      <SwitchDialog tenant={tenant} act="restore" isOpen={isRestoring} onClose={restoring.close} />
      {isMoving && <MoveDialog tenant={tenant} onClose={moving.close} />}
      {isRelocating && <LocationDialog tenant={tenant} onClose={relocating.close} />}
      {isDeleting && <DeleteDialog tenant={tenant} onClose={deleting.close} />}
    </>
  )
}

import { Button, Group, Modal, Stack } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import type { License } from '@tenantree/sdk'
import { useState } from 'react'
import type { HolderKind } from '../../api/find-holders.ts'
import { useAssignLicense } from '../../api/licenses.ts'
import { ErrorPanel } from '../../ui/ErrorPanel.tsx'
import { HolderSelect } from '../../ui/HolderSelect.tsx'

const kindOf: Record<License['offer']['unit'], HolderKind> = {
  user: 'subscriber',
  device: 'device',
  gateway: 'gateway',
  domain: 'domain',
  tenant: 'tenant',
}
const labels: Record<HolderKind, string> = {
  subscriber: 'Subscriber',
  device: 'Device',
  gateway: 'Gateway',
  domain: 'Domain',
  tenant: 'Tenant',
}

/** Gives the license to a holder of the kind that its offer is made for. R-LIC-1. */
export function AssignLicense({ license, tenantId }: { license: License; tenantId: string }) {
  const [isOpen, dialog] = useDisclosure(false)
  return (
    <>
      <Button size="xs" onClick={dialog.open}>
        Assign
      </Button>
      <Modal
        opened={isOpen}
        onClose={dialog.close}
        title="Assign the license"
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <AssignForm license={license} tenantId={license.company?.id ?? tenantId} onDone={dialog.close} />
      </Modal>
    </>
  )
}

function AssignForm({ license, tenantId, onDone }: { license: License; tenantId: string; onDone: () => void }) {
  const kind = kindOf[license.offer.unit]
  const [holder, setHolder] = useState<{ id: string; name?: string } | null>(null)
  const assign = useAssignLicense(license.id)
  const submit = () => {
    if (holder === null) return
    const { id, name } = holder
    assign.mutate(
      { holder_kind: kind, holder_id: id },
      {
        onSuccess: () => {
          notifications.show({ message: name ? `Assigned to ${name}` : 'Assigned' })
          onDone()
        },
      },
    )
  }
  return (
    <Stack gap={12}>
      {assign.error && <ErrorPanel error={assign.error} />}
      <HolderSelect
        label={labels[kind]}
        kind={kind}
        tenantId={tenantId}
        data-autofocus
        value={holder?.id ?? null}
        onChange={(id, name) => setHolder(id === null ? null : { id, name })}
      />
      <Group gap={8} justify="flex-end">
        <Button variant="default" onClick={onDone}>
          Cancel
        </Button>
        <Button disabled={holder === null} loading={assign.isPending} onClick={submit}>
          Assign
        </Button>
      </Group>
    </Stack>
  )
}

import { Button, Group, Modal, Select, Stack } from '@mantine/core'
import { useDebouncedValue, useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import type { License } from '@tenantree/sdk'
import { useState } from 'react'
import { type HolderKind, useFoundHolders } from '../../api/find-holders.ts'
import { useAssignLicense } from '../../api/licenses.ts'
import { ErrorPanel } from '../../ui/ErrorPanel.tsx'

const searchPauseMs = 200
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
  const [text, setText] = useState('')
  const [debounced] = useDebouncedValue(text.trim(), searchPauseMs)
  const [holderId, setHolderId] = useState<string | null>(null)
  const found = useFoundHolders({ kind, tenantId, q: debounced })
  const assign = useAssignLicense(license.id)
  const submit = () => {
    if (holderId === null) return
    const name = found.holders.find(({ value }) => value === holderId)?.label
    assign.mutate(
      { holder_kind: kind, holder_id: holderId },
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
      {found.error && <ErrorPanel error={found.error} />}
      <Select
        label={labels[kind]}
        placeholder="Type a part of the name"
        data-autofocus
        searchable
        data={found.holders}
        // The server has searched: what it found is shown as it is.
        filter={({ options }) => options}
        searchValue={text}
        onSearchChange={setText}
        value={holderId}
        onChange={setHolderId}
        nothingFoundMessage={found.isPending ? 'Searching' : 'None found here'}
      />
      <Group gap={8} justify="flex-end">
        <Button variant="default" onClick={onDone}>
          Cancel
        </Button>
        <Button disabled={holderId === null} loading={assign.isPending} onClick={submit}>
          Assign
        </Button>
      </Group>
    </Stack>
  )
}

import { Select } from '@mantine/core'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { useDevices } from '../../api/devices.ts'
import { useInstance } from '../../api/session.ts'
import type { Device } from '../../api/types.ts'
import { formatNumberOf } from '../../format/money.ts'
import { toWords } from '../../format/word.ts'
import { Grid } from '../../grid/Grid.tsx'
import { toDeviceSearch } from '../../search.ts'
import { TenantScreen } from '../../shell/TenantScreen.tsx'
import { useContextTenantId } from '../../shell/use-context-tenant.ts'
import { ButtonLink } from '../../ui/ButtonLink.tsx'
import { Empty } from '../../ui/Empty.tsx'
import { ListCount } from '../../ui/ListCount.tsx'
import { SearchField } from '../../ui/SearchField.tsx'
import { DeviceDrawer } from './DeviceDrawer.tsx'
import { deviceColumns, hiddenAtFirst } from './device-columns.tsx'

const states = ['active', 'offline', 'pending', 'deactivated', 'uninstalled', 'deleted'] as const
const stateChoices = states.map((value) => ({ value, label: toWords(value) }))

export function DevicesPage() {
  const tenantId = useContextTenantId()
  const { q, state } = useSearch({ from: '/signed-in/shell/t/$tenantId/devices' })
  const navigate = useNavigate({ from: '/t/$tenantId/devices' })
  const devices = useDevices({ tenant_id: tenantId, state, q })
  const { now } = useInstance()
  const [opened, setOpened] = useState<Device | null>(null)
  const [columns] = useState(() => deviceColumns({ now, onOpen: setOpened }))

  return (
    <TenantScreen title="Devices" fills>
      <Grid
        label="Devices"
        columns={columns}
        pages={devices}
        rowKey={(device) => device.id}
        onOpen={setOpened}
        hidden={hiddenAtFirst}
        canPickColumns
        views={{
          grid: 'devices',
          filters: { q, state },
          onApply: (filters) => void navigate({ search: toDeviceSearch(filters) }),
        }}
        toolbar={
          <>
            <SearchField
              label="Search by name"
              value={q ?? ''}
              onSearch={(text) =>
                void navigate({ search: (former) => ({ ...former, q: text || undefined }), replace: true })
              }
            />
            <Select
              aria-label="State"
              placeholder="Any state"
              clearable
              w={150}
              data={stateChoices}
              value={state ?? null}
              onChange={(value) =>
                void navigate({ search: (former) => ({ ...former, state: states.find((known) => known === value) }) })
              }
            />
            <ListCount pages={devices} format={(count) => formatNumberOf(count, 'device')} />
          </>
        }
        empty={
          <Empty
            action={
              <ButtonLink variant="default" to="/t/$tenantId/details" params={{ tenantId }}>
                Open the install token
              </ButtonLink>
            }
          >
            {q
              ? 'No device fits this search.'
              : state
                ? `No device is in the state "${toWords(state)}" here.`
                : 'No device is enrolled here yet. Make an install token for an end customer or a site, and run its command on a machine.'}
          </Empty>
        }
      />
      <DeviceDrawer device={opened} now={now} onClose={() => setOpened(null)} />
    </TenantScreen>
  )
}

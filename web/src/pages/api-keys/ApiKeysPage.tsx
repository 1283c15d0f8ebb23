import { Button, Group, Modal, Stack } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { useApiKeys, useRevokeApiKey } from '../../api/api-keys.ts'
import { useMay } from '../../api/may.ts'
import type { ApiKey } from '../../api/types.ts'
import { formatDay } from '../../format/date.ts'
import { formatNumberOf } from '../../format/money.ts'
import { toWords } from '../../format/word.ts'
import { columnsOf } from '../../grid/features.ts'
import { Grid } from '../../grid/Grid.tsx'
import { TenantScreen } from '../../shell/TenantScreen.tsx'
import { useContextTenant, useContextTenantId } from '../../shell/use-context-tenant.ts'
import { Empty } from '../../ui/Empty.tsx'
import { ErrorPanel } from '../../ui/ErrorPanel.tsx'
import { NotSet } from '../../ui/Facts.tsx'
import { ListCount } from '../../ui/ListCount.tsx'
import { State } from '../../ui/State.tsx'
import { permissionName } from '../users/permission-names.ts'
import { CreateApiKey } from './CreateApiKey.tsx'

const column = columnsOf<ApiKey>()
const keyColumns = (onRevoke: ((key: ApiKey) => void) | null) =>
  column.columns([
    column.accessor('name', { header: 'Name', size: 170 }),
    column.accessor('hint', { header: 'Begins with', size: 110, cell: ({ getValue }) => <code>{getValue()}</code> }),
    column.accessor('tenant_name', { header: 'Tenant', size: 160 }),
    column.accessor('role', { header: 'Role', size: 120, cell: ({ getValue }) => toWords(getValue()) }),
    column.accessor('scopes', {
      header: 'May',
      size: 220,
      cell: ({ getValue }) => getValue().map(permissionName).join(', ') || 'Read',
    }),
    column.accessor('created_by', { header: 'Made by', size: 130, cell: ({ getValue }) => getValue() ?? <NotSet /> }),
    column.accessor('expires_at', { header: 'Ends', size: 110, cell: ({ getValue }) => formatDay(getValue()) }),
    column.accessor('expired', {
      header: 'State',
      size: 100,
      cell: ({ getValue }) => <State state={getValue() ? 'expired' : 'active'} />,
    }),
    ...(onRevoke
      ? [
          column.display({
            id: 'revoke',
            header: 'Revoke',
            size: 100,
            cell: ({ row }) => (
              <Button size="compact-xs" variant="default" onClick={() => onRevoke(row.original)}>
                Revoke
              </Button>
            ),
          }),
        ]
      : []),
  ])

export function ApiKeysPage() {
  const tenantId = useContextTenantId()
  const tenant = useContextTenant().data
  const may = useMay('api_keys.manage')
  const keys = useApiKeys(tenantId)
  const [revoked, setRevoked] = useState<ApiKey | null>(null)
  const [columns] = useState(() => keyColumns(may ? setRevoked : null))
  return (
    <TenantScreen title="API keys" fills actions={tenant && <CreateApiKey tenant={tenant} />}>
      <Grid
        label="API keys"
        columns={columns}
        pages={keys}
        rowKey={(key) => key.id}
        canPickColumns
        views={{ grid: 'api_keys' }}
        toolbar={<ListCount pages={keys} format={(count) => formatNumberOf(count, 'API key')} />}
        empty={<Empty>No program acts for this tenant by a key yet.</Empty>}
      />
      <RevokeApiKey apiKey={revoked} onClose={() => setRevoked(null)} />
    </TenantScreen>
  )
}

function RevokeApiKey({ apiKey, onClose }: { apiKey: ApiKey | null; onClose: () => void }) {
  const revoke = useRevokeApiKey()
  const close = () => {
    revoke.reset()
    onClose()
  }
  const onSuccess = () => {
    notifications.show({ message: 'The key is revoked.' })
    close()
  }
  return (
    <Modal
      opened={apiKey !== null}
      onClose={close}
      title={`Revoke ${apiKey?.name ?? 'the key'}`}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Stack gap={12}>
        {revoke.error && <ErrorPanel error={revoke.error} />}
        <p style={{ margin: 0 }}>Whatever uses it is refused from now on. This cannot be undone.</p>
        <Group gap={8} justify="flex-end">
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button
            color="red"
            loading={revoke.isPending}
            onClick={() => apiKey && revoke.mutate(apiKey.id, { onSuccess })}
          >
            Revoke
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}

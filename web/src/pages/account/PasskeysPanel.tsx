import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { usePasskeys, useRemovePasskey } from '../../api/passkeys.ts'
import type { Passkey } from '../../api/types.ts'
import { formatMoment } from '../../format/date.ts'
import { Empty } from '../../ui/Empty.tsx'
import { ErrorPanel } from '../../ui/ErrorPanel.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { Queried } from '../../ui/Queried.tsx'
import { SimpleTable } from '../../ui/SimpleTable.tsx'
import { AddPasskey } from './AddPasskey.tsx'

export function PasskeysPanel() {
  const passkeys = usePasskeys()
  const remove = useRemovePasskey()
  const columns = [
    { key: 'name', name: 'Name', cell: ({ name }: Passkey) => name },
    { key: 'since', name: 'Added', cell: ({ created_at }: Passkey) => formatMoment(created_at) },
    {
      key: 'used',
      name: 'Last used',
      cell: ({ last_used_at }: Passkey) => (last_used_at ? formatMoment(last_used_at) : 'Never'),
    },
    {
      key: 'remove',
      name: '',
      cell: ({ id, name }: Passkey) => (
        <Button
          size="compact-xs"
          variant="default"
          loading={remove.isPending}
          aria-label={`Remove ${name}`}
          onClick={() =>
            remove.mutate(id, { onSuccess: () => notifications.show({ message: 'The passkey is removed.' }) })
          }
        >
          Remove
        </Button>
      ),
    },
  ]
  return (
    <Panel title="Passkeys" note="Sign in with your device" actions={<AddPasskey />}>
      {remove.error && <ErrorPanel error={remove.error} />}
      <Queried query={passkeys}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty>None yet. A passkey counts as both factors.</Empty>
          ) : (
            <SimpleTable label="Passkeys" columns={columns} rows={rows} rowKey={({ id }) => id} />
          )
        }
      </Queried>
    </Panel>
  )
}

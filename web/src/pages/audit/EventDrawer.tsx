import { Drawer, Stack } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { AuditEvent } from '../../api/types.ts'
import { formatMoment } from '../../format/date.ts'
import { toWords } from '../../format/word.ts'
import { useContextTenantId } from '../../shell/use-context-tenant.ts'
import { Facts, NotSet } from '../../ui/Facts.tsx'
import { SimpleTable } from '../../ui/SimpleTable.tsx'
import { type Change, describeAction, nameActor, nameField, toChanges } from './describe.ts'

const showValue = (change: Change, side: 'before' | 'after') => {
  const value = change[side]
  if (value !== null) return <span style={{ overflowWrap: 'anywhere' }}>{value}</span>
  return change.isErased && side === 'after' ? <em>erased</em> : <NotSet />
}

const columns = [
  { key: 'field', name: 'Field', cell: (change: Change) => nameField(change.field) },
  { key: 'before', name: 'Before', cell: (change: Change) => showValue(change, 'before') },
  { key: 'after', name: 'After', cell: (change: Change) => showValue(change, 'after') },
]

export function EventDrawer({ event, onClose }: { event: AuditEvent | null; onClose: () => void }) {
  return (
    <Drawer
      opened={event !== null}
      onClose={onClose}
      position="right"
      size={520}
      shadow="none"
      title={event && describeAction(event.action)}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {event && <EventFacts event={event} onClose={onClose} />}
    </Drawer>
  )
}

function EventFacts({ event, onClose }: { event: AuditEvent; onClose: () => void }) {
  const tenantId = useContextTenantId()
  const changes = toChanges(event)
  const { object } = event
  return (
    <Stack gap={16}>
      {changes.length > 0 && (
        <SimpleTable label="What changed" columns={columns} rows={changes} rowKey={({ field }) => field} />
      )}
      <Facts
        facts={[
          ['When', formatMoment(event.at)],
          ['Who', nameActor(event)],
          ['From', event.address],
          ['Tenant', event.tenant?.name],
          ['Thing', toWords(object.kind)],
          [
            'Its history',
            object.id && (
              <Link to="/t/$tenantId/audit" params={{ tenantId }} search={{ object_id: object.id }} onClick={onClose}>
                All changes of it
              </Link>
            ),
          ],
          ['Sealed', event.sealed ? 'Yes, a signed checkpoint covers it' : 'Not yet, within a minute'],
          ['Action', <code key="action">{event.action}</code>],
          ['Thing id', object.id && <code key="object">{object.id}</code>],
          ['Request id', <code key="request">{event.request_id}</code>],
        ]}
      />
    </Stack>
  )
}

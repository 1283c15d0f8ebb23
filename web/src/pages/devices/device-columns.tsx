import { UnstyledButton } from '@mantine/core'
import type { Device } from '../../api/types.ts'
import { formatAgo, formatDay } from '../../format/date.ts'
import { osName, toWords } from '../../format/word.ts'
import { columnsOf } from '../../grid/features.ts'
import { NotSet } from '../../ui/Facts.tsx'
import { LinkText } from '../../ui/LinkText.tsx'
import { LocationName } from '../../ui/LocationName.tsx'
import { State } from '../../ui/State.tsx'

const column = columnsOf<Device>()

/** R-PLACE-4: the storage location can be added to a view and is not there at first. */
export const hiddenAtFirst = { storage_location: false, machine_kind: false, enrolled_at: false }

type Context = { now: string; onOpen: (device: Device) => void }

export const deviceColumns = ({ now, onOpen }: Context) =>
  column.columns([
    column.accessor('host_name', {
      header: 'Device',
      size: 170,
      enableHiding: false,
      cell: ({ row, getValue }) => (
        <UnstyledButton fz="sm" onClick={() => onOpen(row.original)}>
          <LinkText>{getValue()}</LinkText>
        </UnstyledButton>
      ),
    }),
    column.accessor('tenant_name', { header: 'Tenant', size: 170 }),
    column.accessor('state', { header: 'State', size: 110, cell: ({ getValue }) => <State state={getValue()} /> }),
    column.accessor('os', {
      header: 'Operating system',
      size: 165,
      cell: ({ row }) => `${osName(row.original.os)} ${row.original.os_version}`,
    }),
    column.accessor('architecture', { header: 'Architecture', size: 100 }),
    column.accessor('machine_kind', { header: 'Machine', size: 100, cell: ({ getValue }) => toWords(getValue()) }),
    column.accessor('agent_version', { header: 'Agent', size: 80 }),
    column.accessor('storage_location', {
      header: 'Storage location',
      size: 130,
      cell: ({ getValue }) => <LocationName code={getValue()} />,
    }),
    column.accessor('active_days_this_month', { header: 'Days this month', size: 120, meta: { align: 'end' } }),
    column.accessor('enrolled_at', { header: 'Enrolled', size: 110, cell: ({ getValue }) => formatDay(getValue()) }),
    column.accessor('last_seen_at', {
      header: 'Last seen',
      size: 130,
      cell: ({ getValue }) => {
        const at = getValue()
        return at ? formatAgo(at, now) : <NotSet />
      },
    }),
  ])

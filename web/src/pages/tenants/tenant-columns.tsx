import { Link } from '@tanstack/react-router'
import type { TenantRow } from '../../api/types.ts'
import { countryName } from '../../format/country.ts'
import { formatDay } from '../../format/date.ts'
import { formatCount } from '../../format/money.ts'
import { levelNames, serviceTypeNames } from '../../format/word.ts'
import { columnsOf } from '../../grid/features.ts'
import { LocationName } from '../../ui/LocationName.tsx'
import { State } from '../../ui/State.tsx'

const column = columnsOf<TenantRow>()

export const hiddenAtFirst = { service_type: false, storage_location: false }

export const tenantColumns = column.columns([
  column.accessor('name', {
    header: 'Name',
    size: 220,
    enableSorting: true,
    enableHiding: false,
    cell: ({ row, getValue }) => (
      <Link to="/t/$tenantId/details" params={{ tenantId: row.original.id }}>
        {getValue()}
      </Link>
    ),
  }),
  column.accessor('level', { header: 'Level', size: 120, cell: ({ getValue }) => levelNames[getValue()] }),
  column.accessor('parent_name', { header: 'Under', size: 180 }),
  column.accessor('state', {
    header: 'State',
    size: 110,
    cell: ({ row, getValue }) => <State state={row.original.inactive_above ? 'inactive_above' : getValue()} />,
  }),
  column.accessor('device_country', {
    header: 'Country',
    size: 130,
    cell: ({ getValue }) => countryName(getValue()),
  }),
  column.accessor('service_type', {
    header: 'Service type',
    size: 120,
    cell: ({ getValue }) => serviceTypeNames[getValue()],
  }),
  column.accessor('storage_location', {
    header: 'Storage location',
    size: 130,
    cell: ({ getValue }) => <LocationName code={getValue()} />,
  }),
  column.accessor('child_count', {
    header: 'Direct tenants',
    size: 110,
    meta: { align: 'end' },
    cell: ({ getValue }) => formatCount(getValue()),
  }),
  column.accessor('device_count', {
    header: 'Devices',
    size: 90,
    meta: { align: 'end' },
    cell: ({ getValue }) => formatCount(getValue()),
  }),
  column.accessor('created_at', {
    header: 'Created',
    size: 110,
    enableSorting: true,
    cell: ({ getValue }) => formatDay(getValue()),
  }),
])

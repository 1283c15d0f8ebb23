import { Button } from '@mantine/core'
import type { Domain, Gateway, Subscriber } from '@tenantree/sdk'
import { formatDay } from '../../format/date.ts'
import { columnsOf } from '../../grid/features.ts'
import { NotSet } from '../../ui/Facts.tsx'
import { State } from '../../ui/State.tsx'

export type RegisterKind = 'subscriber' | 'gateway' | 'domain'

export const registerNames: Record<RegisterKind, { one: string; many: string; none: string }> = {
  subscriber: {
    one: 'subscriber',
    many: 'Subscribers',
    none: 'No subscriber here yet. A subscriber is a person to whom licenses are assigned.',
  },
  gateway: {
    one: 'gateway',
    many: 'Gateways',
    none: 'No gateway here yet. A gateway is a network device that needs a license of its own.',
  },
  domain: {
    one: 'domain',
    many: 'Domains',
    none: 'No domain here yet. A domain of Microsoft 365 or Google Workspace takes one license.',
  },
}

/** What the three registers have in common, and what one of them has beside it. */
export type HolderRow = {
  id: string
  name: string | null
  email: string | null
  kind: string | null
  tenant_name: string
  state: string
  created_at: string
}

const domainKinds: Record<Domain['kind'], string> = {
  microsoft_365: 'Microsoft 365',
  google_workspace: 'Google Workspace',
}

export const toRow = (row: Subscriber | Gateway | Domain): HolderRow => ({
  id: row.id,
  name: row.name,
  email: 'email' in row ? row.email : null,
  kind: 'kind' in row ? domainKinds[row.kind] : null,
  tenant_name: row.tenant_name,
  state: row.state,
  created_at: row.created_at,
})

const column = columnsOf<HolderRow>()

type Context = { kind: RegisterKind; onRemove: ((row: HolderRow) => void) | null }

export const holderColumns = ({ kind, onRemove }: Context) => [
  column.accessor('name', {
    header: 'Name',
    size: 180,
    enableHiding: false,
    cell: ({ getValue }) => getValue() ?? <NotSet />,
  }),
  ...(kind === 'subscriber'
    ? [column.accessor('email', { header: 'E-mail', size: 220, cell: ({ getValue }) => getValue() ?? <NotSet /> })]
    : []),
  ...(kind === 'domain' ? [column.accessor('kind', { header: 'Service', size: 160 })] : []),
  column.accessor('tenant_name', { header: 'Tenant', size: 170 }),
  column.accessor('state', { header: 'State', size: 105, cell: ({ getValue }) => <State state={getValue()} /> }),
  column.accessor('created_at', { header: 'Added', size: 105, cell: ({ getValue }) => formatDay(getValue()) }),
  ...(onRemove === null
    ? []
    : [
        column.display({
          id: 'remove',
          header: '',
          size: 100,
          enableHiding: false,
          cell: ({ row }) => (
            <Button
              size="compact-xs"
              variant="subtle"
              color="red"
              aria-label={`Remove ${row.original.name ?? 'it'}`}
              onClick={() => onRemove(row.original)}
            >
              Remove
            </Button>
          ),
        }),
      ]),
]

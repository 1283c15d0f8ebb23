import { UnstyledButton } from '@mantine/core'
import { useState } from 'react'
import type { User } from '../../api/types.ts'
import { useUsers } from '../../api/users.ts'
import { formatDay } from '../../format/date.ts'
import { formatNumberOf } from '../../format/money.ts'
import { toWords } from '../../format/word.ts'
import { columnsOf } from '../../grid/features.ts'
import { Grid } from '../../grid/Grid.tsx'
import { TenantScreen } from '../../shell/TenantScreen.tsx'
import { useContextTenant, useContextTenantId } from '../../shell/use-context-tenant.ts'
import { ButtonLink } from '../../ui/ButtonLink.tsx'
import { Empty } from '../../ui/Empty.tsx'
import { LinkText } from '../../ui/LinkText.tsx'
import { ListCount } from '../../ui/ListCount.tsx'
import { State } from '../../ui/State.tsx'
import { InviteUser } from './InviteUser.tsx'
import { UserDrawer } from './UserDrawer.tsx'

const column = columnsOf<User>()
const userColumns = (onOpen: (user: User) => void) =>
  column.columns([
    column.accessor('name', {
      header: 'Name',
      size: 170,
      cell: ({ row, getValue }) => (
        <UnstyledButton fz="sm" onClick={() => onOpen(row.original)}>
          <LinkText>{getValue()}</LinkText>
        </UnstyledButton>
      ),
    }),
    column.accessor('email', { header: 'E-mail', size: 240 }),
    column.accessor('tenant_name', { header: 'Tenant', size: 200 }),
    column.accessor('role', { header: 'Role', size: 120, cell: ({ getValue }) => toWords(getValue()) }),
    column.accessor('may_purchase', {
      header: 'May buy',
      size: 90,
      cell: ({ getValue }) => (getValue() ? 'Yes' : 'No'),
    }),
    column.accessor('security_officer', {
      header: 'Security',
      size: 90,
      cell: ({ getValue }) => (getValue() ? 'Yes' : 'No'),
    }),
    column.accessor('second_factor', {
      header: 'Second factor',
      size: 110,
      cell: ({ getValue }) => (getValue() ? 'Yes' : 'No'),
    }),
    column.accessor('state', { header: 'State', size: 110, cell: ({ getValue }) => <State state={getValue()} /> }),
    column.accessor('created_at', { header: 'Created', size: 110, cell: ({ getValue }) => formatDay(getValue()) }),
  ])

export function UsersPage() {
  const tenantId = useContextTenantId()
  const tenant = useContextTenant().data
  const users = useUsers(tenantId)
  const [opened, setOpened] = useState<User | null>(null)
  const [columns] = useState(() => userColumns(setOpened))
  return (
    <TenantScreen
      title="Users"
      fills
      actions={
        <>
          <ButtonLink variant="default" to="/t/$tenantId/users/roles" params={{ tenantId }}>
            Roles
          </ButtonLink>
          {tenant && <InviteUser tenant={tenant} />}
        </>
      }
    >
      <Grid
        label="Users"
        columns={columns}
        pages={users}
        rowKey={(user) => user.id}
        views={{ grid: 'users' }}
        onOpen={setOpened}
        canPickColumns
        toolbar={<ListCount pages={users} format={(count) => formatNumberOf(count, 'user')} />}
        empty={<Empty>Nobody signs in here yet. Invite one administrator, who can invite the rest.</Empty>}
      />
      <UserDrawer user={opened} onClose={() => setOpened(null)} />
    </TenantScreen>
  )
}

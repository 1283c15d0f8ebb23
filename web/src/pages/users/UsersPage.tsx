import type { User } from '../../api/types.ts'
import { useUsers } from '../../api/users.ts'
import { formatDay } from '../../format/date.ts'
import { formatNumberOf } from '../../format/money.ts'
import { toWords } from '../../format/word.ts'
import { columnsOf } from '../../grid/features.ts'
import { Grid } from '../../grid/Grid.tsx'
import { TenantScreen } from '../../shell/TenantScreen.tsx'
import { useContextTenant, useContextTenantId } from '../../shell/use-context-tenant.ts'
import { Empty } from '../../ui/Empty.tsx'
import { ListCount } from '../../ui/ListCount.tsx'
import { State } from '../../ui/State.tsx'
import { InviteUser } from './InviteUser.tsx'

const column = columnsOf<User>()
const columns = column.columns([
  column.accessor('name', { header: 'Name', size: 170 }),
  column.accessor('email', { header: 'E-mail', size: 240 }),
  column.accessor('tenant_name', { header: 'Tenant', size: 200 }),
  column.accessor('role', { header: 'Role', size: 120, cell: ({ getValue }) => toWords(getValue()) }),
  column.accessor('may_purchase', { header: 'May buy', size: 90, cell: ({ getValue }) => (getValue() ? 'Yes' : 'No') }),
  column.accessor('state', { header: 'State', size: 110, cell: ({ getValue }) => <State state={getValue()} /> }),
  column.accessor('created_at', { header: 'Created', size: 110, cell: ({ getValue }) => formatDay(getValue()) }),
])

export function UsersPage() {
  const tenantId = useContextTenantId()
  const tenant = useContextTenant().data
  const users = useUsers(tenantId)
  return (
    <TenantScreen title="Users" fills actions={tenant && <InviteUser tenant={tenant} />}>
      <Grid
        label="Users"
        columns={columns}
        pages={users}
        rowKey={(user) => user.id}
        toolbar={<ListCount pages={users} format={(count) => formatNumberOf(count, 'user')} />}
        empty={<Empty>Nobody signs in here yet. Invite one administrator, who can invite the rest.</Empty>}
      />
    </TenantScreen>
  )
}

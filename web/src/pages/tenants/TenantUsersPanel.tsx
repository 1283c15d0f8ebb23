import type { Tenant, User } from '../../api/types.ts'
import { useUsers } from '../../api/users.ts'
import { toWords } from '../../format/word.ts'
import { Empty } from '../../ui/Empty.tsx'
import { ErrorPanel } from '../../ui/ErrorPanel.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { SimpleTable } from '../../ui/SimpleTable.tsx'
import { State } from '../../ui/State.tsx'
import { TextSkeleton } from '../../ui/TextSkeleton.tsx'
import { InviteUser } from '../users/InviteUser.tsx'

const columns = [
  { key: 'name', name: 'Name', cell: (user: User) => user.name },
  { key: 'email', name: 'E-mail', cell: (user: User) => user.email },
  { key: 'role', name: 'Role', cell: (user: User) => toWords(user.role) },
  { key: 'state', name: 'State', cell: (user: User) => <State state={user.state} /> },
]
const shownUsers = 8

export function TenantUsersPanel({ tenant }: { tenant: Tenant }) {
  const users = useUsers(tenant.id)
  const own = users.rows.filter((user) => user.tenant_id === tenant.id).slice(0, shownUsers)
  return (
    <Panel title="Users" actions={<InviteUser tenant={tenant} isSmall />}>
      {users.error ? <ErrorPanel error={users.error} onRetry={users.retry} /> : null}
      {users.isPending && <TextSkeleton lines={2} />}
      {!users.isPending && !users.error && own.length === 0 && (
        <Empty>Nobody signs in at {tenant.name} yet. Invite one administrator, who can invite the rest.</Empty>
      )}
      {own.length > 0 && <SimpleTable label="Users" columns={columns} rows={own} rowKey={({ id }) => id} />}
    </Panel>
  )
}

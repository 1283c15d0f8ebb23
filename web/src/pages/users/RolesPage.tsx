import { IconCheck } from '@tabler/icons-react'
import type { Permission, RoleRow } from '../../api/types.ts'
import { useRoles } from '../../api/users.ts'
import { toWords } from '../../format/word.ts'
import { TenantScreen } from '../../shell/TenantScreen.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { Queried } from '../../ui/Queried.tsx'
import { SimpleTable } from '../../ui/SimpleTable.tsx'
import { permissionName } from './permission-names.ts'

/** Which role allows what at one's own tenant, as the server decides it. */
export function RolesPage() {
  const roles = useRoles()
  return (
    <TenantScreen
      title="Roles"
      note="What each role allows, beside reading. A role holds for its tenant and everything below."
    >
      <Panel>
        <Queried query={roles}>{(rows) => <Matrix roles={rows} />}</Queried>
      </Panel>
    </TenantScreen>
  )
}

type Line = { key: string; name: string; has: (role: RoleRow) => boolean }

function Matrix({ roles }: { roles: readonly RoleRow[] }) {
  const allowed = new Set<Permission>(roles.flatMap(({ allows }) => allows))
  const lines: Line[] = [
    ...[...allowed].map((permission) => ({
      key: permission,
      name: permissionName(permission),
      has: (role: RoleRow) => role.allows.includes(permission),
    })),
    ...roles
      .filter(({ role }) => roles.some(({ grants }) => grants.includes(role)))
      .map(({ role }) => ({
        key: `grants ${role}`,
        name: `Give the role ${toWords(role).toLowerCase()}`,
        has: ({ grants }: RoleRow) => grants.includes(role),
      })),
  ]
  const columns = [
    { key: 'name', name: 'May', cell: (line: Line) => line.name },
    ...roles.map((role) => ({
      key: role.role,
      name: toWords(role.role),
      cell: (line: Line) => (line.has(role) ? <Yes /> : <span className="visually-hidden">no</span>),
    })),
  ]
  return <SimpleTable label="Roles" columns={columns} rows={lines} rowKey={({ key }) => key} />
}

const Yes = () => (
  <>
    <IconCheck aria-hidden size={16} stroke={2} />
    <span className="visually-hidden">yes</span>
  </>
)

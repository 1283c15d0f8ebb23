import { useMe } from './session.ts'
import type { Me, Permission } from './types.ts'

/** Whether the role allows it. The server decides again; this only spares a button that would be refused. */
export const isAllowed = (me: Me, permission: Permission) => me.may.includes(permission)

export const useMay = (permission: Permission) => isAllowed(useMe(), permission)

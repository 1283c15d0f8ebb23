import { IconLock, IconLockOpen } from '@tabler/icons-react'

export const autoAddLegend = 'Locked: on, unknown clients with its code are added by themselves. Unlocked: off.'

/** The key icon of "Automatically add clients": locked is on, unlocked is off. R-DEV-3. */
export const AutoAddIcon = ({ isOn }: { isOn: boolean }) => {
  const Icon = isOn ? IconLock : IconLockOpen
  return <Icon size={15} stroke={1.7} role="img" aria-label={isOn ? 'Locked: on' : 'Unlocked: off'} />
}

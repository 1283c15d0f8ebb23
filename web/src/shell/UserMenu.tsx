import { Avatar, Menu, UnstyledButton } from '@mantine/core'
import { IconLogout, IconUserCog } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useMe, useSignOut } from '../api/session.ts'
import { initials, toWords } from '../format/word.ts'

export function UserMenu() {
  const { user, tenant } = useMe()
  const navigate = useNavigate()
  const signOut = useSignOut(() => navigate({ to: '/sign-in' }))
  return (
    <Menu position="bottom-end" width={240} shadow="none" withinPortal={false} withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <UnstyledButton style={{ borderRadius: '50%' }}>
          <Avatar aria-hidden color="accent" size={30} radius="xl">
            {initials(user.name)}
          </Avatar>
          <span className="visually-hidden">Your account, {user.name}</span>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <span style={{ fontWeight: 600 }}>{user.name}</span>
          <br />
          {user.email}
          <br />
          {toWords(user.role)} at {tenant.name}
        </Menu.Label>
        <Menu.Divider />
        <Menu.Item
          leftSection={<IconUserCog aria-hidden size={16} stroke={1.6} />}
          onClick={() => void navigate({ to: '/account' })}
        >
          Account and security
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout aria-hidden size={16} stroke={1.6} />} onClick={() => signOut.mutate()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

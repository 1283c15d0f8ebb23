import { ActionIcon } from '@mantine/core'
import { IconMenu2 } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { Brand } from './Brand.tsx'
import { ClockPanel } from './ClockPanel.tsx'
import { ColorSchemeToggle } from './ColorSchemeToggle.tsx'
import { SearchPalette } from './SearchPalette.tsx'
import classes from './TopBar.module.css'
import { UserMenu } from './UserMenu.tsx'

/** `onMenu` opens the navigation where it does not stand beside the page. */
export function TopBar({ onMenu }: { onMenu?: () => void }) {
  return (
    <header className={classes.bar}>
      <div className={classes.start}>
        {onMenu && (
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label="Open the menu" onClick={onMenu}>
            <IconMenu2 aria-hidden size={19} stroke={1.6} />
          </ActionIcon>
        )}
        <Link to="/" className={classes.product}>
          <Brand />
        </Link>
      </div>
      <SearchPalette />
      <div className={classes.end}>
        <ClockPanel />
        <ColorSchemeToggle />
        <UserMenu />
      </div>
    </header>
  )
}

import { Drawer } from '@mantine/core'
import { useDisclosure, useMediaQuery } from '@mantine/hooks'
import { Outlet, useRouterState } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { Navigation } from './Navigation.tsx'
import classes from './Shell.module.css'
import { TopBar } from './TopBar.tsx'

const wideScreen = '(min-width: 1100px)'

/** The frame of every page behind the sign-in: top bar, navigation with the tenant tree, and the page. */
export function Shell() {
  const isWide = useMediaQuery(wideScreen, true, { getInitialValueInEffect: false })
  const [isOpen, drawer] = useDisclosure(false)
  const pathname = useRouterState({ select: (state) => state.location.pathname })
  const main = useRef<HTMLElement>(null)

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new page begins at its top, and the drawer makes way for it
  useEffect(() => {
    drawer.close()
    main.current?.scrollTo(0, 0)
  }, [pathname])

  return (
    <div className={classes.shell}>
      <a className={classes.skip} href="#main">
        Skip to the page
      </a>
      <TopBar onMenu={isWide ? undefined : drawer.open} />
      {isWide ? (
        <aside className={classes.sidebar}>
          <Navigation />
        </aside>
      ) : (
        <Drawer
          opened={isOpen}
          onClose={drawer.close}
          title="Tenantree"
          size={300}
          shadow="none"
          closeButtonProps={{ 'aria-label': 'Close the menu' }}
          classNames={{ content: classes.drawer, body: classes.drawerBody }}
        >
          <Navigation />
        </Drawer>
      )}
      <main ref={main} id="main" tabIndex={-1} className={classes.main}>
        <Outlet />
      </main>
    </div>
  )
}

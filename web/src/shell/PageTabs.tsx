import { Link, useRouterState } from '@tanstack/react-router'
import { useMe } from '../api/session.ts'
import classes from './PageTabs.module.css'
import { groupOf } from './pages.ts'
import { useContextTenantId } from './use-context-tenant.ts'

/** The pages of the group that is open, where it has more than one. */
export function PageTabs() {
  const me = useMe()
  const tenantId = useContextTenantId()
  const pathname = useRouterState({ select: (state) => state.location.pathname })
  const group = groupOf(me, pathname)
  if (!group || group.pages.length < 2) return null
  return (
    <nav aria-label={group.name} className={classes.tabs}>
      {group.pages.map(({ to, name }) => (
        <Link key={to} to={to} params={{ tenantId }} className={classes.tab} activeProps={{ 'data-active': true }}>
          {name}
        </Link>
      ))}
    </nav>
  )
}

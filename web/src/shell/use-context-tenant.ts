import { useNavigate, useParams, useRouterState } from '@tanstack/react-router'
import { useMe } from '../api/session.ts'
import { useTenant } from '../api/tenants.ts'
import { pagesFor } from './pages.ts'

/** The tenant that the console shows: the one in the URL, or the user's own. */
export function useContextTenantId(): string {
  const me = useMe()
  const { tenantId } = useParams({ strict: false })
  return tenantId ?? me.tenant.id
}

export const useContextTenant = () => useTenant(useContextTenantId())

/** The page that is open, for another tenant; a page about one thing gives way to its list. */
export function useTenantPage() {
  const me = useMe()
  const pathname = useRouterState({ select: (state) => state.location.pathname })
  const name = pathname.split('/')[3] ?? 'overview'
  return pagesFor(me).find(({ to }) => to.endsWith(`/${name}`))?.to ?? '/t/$tenantId/overview'
}

export function useSelectTenant() {
  const navigate = useNavigate()
  const to = useTenantPage()
  return (tenantId: string) => void navigate({ to, params: { tenantId } })
}

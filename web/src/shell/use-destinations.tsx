import { useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useMe } from '../api/session.ts'
import { useTenants } from '../api/tenants.ts'
import { levelNames } from '../format/word.ts'
import { LevelIcon } from '../tree/LevelIcon.tsx'
import { pagesFor } from './pages.ts'
import { useContextTenantId } from './use-context-tenant.ts'

export type Destination = { key: string; name: string; note: string; icon: ReactNode; go: () => void }

const shownTenants = 20

/** Where the text may lead: pages whose name holds it, then tenants that the API finds by name. */
export function useDestinations(text: string): { destinations: Destination[]; isSearching: boolean } {
  const me = useMe()
  const tenantId = useContextTenantId()
  const navigate = useNavigate()
  const found = useTenants({ q: text }, text !== '')

  const pages = pagesFor(me)
    .filter(({ name }) => name.toLowerCase().includes(text.toLowerCase()))
    .map(({ to, name, icon: Icon }) => ({
      key: to,
      name,
      note: 'Page',
      icon: <Icon aria-hidden size={16} stroke={1.6} />,
      go: () => void navigate({ to, params: { tenantId } }),
    }))
  const tenants = (text ? found.rows.slice(0, shownTenants) : []).map((tenant) => ({
    key: tenant.id,
    name: tenant.name,
    note: tenant.parent_name ? `${levelNames[tenant.level]} of ${tenant.parent_name}` : levelNames[tenant.level],
    icon: <LevelIcon level={tenant.level} />,
    go: () => void navigate({ to: '/t/$tenantId/overview', params: { tenantId: tenant.id } }),
  }))
  return { destinations: [...pages, ...tenants], isSearching: text !== '' && (found.isPending || found.isRefreshing) }
}

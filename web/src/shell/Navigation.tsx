import { CloseButton, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { Link, useRouterState } from '@tanstack/react-router'
import { useState } from 'react'
import { useMe } from '../api/session.ts'
import { useTenant } from '../api/tenants.ts'
import { formatCount } from '../format/money.ts'
import { FoundTenants } from '../tree/FoundTenants.tsx'
import { TenantTree } from '../tree/TenantTree.tsx'
import classes from './Navigation.module.css'
import { groupOf, groupsFor } from './pages.ts'
import { useContextTenantId, useSelectTenant } from './use-context-tenant.ts'

const filterPauseMs = 200

export function Navigation() {
  const me = useMe()
  const tenantId = useContextTenantId()
  const open = groupOf(me, useRouterState({ select: (state) => state.location.pathname }))
  return (
    <div className={classes.navigation}>
      <nav aria-label="Pages">
        <ul className={classes.pages}>
          {groupsFor(me).map(({ name, icon: Icon, pages: [first] }) => (
            <li key={name}>
              {first && (
                <Link
                  to={first.to}
                  params={{ tenantId }}
                  className={classes.page}
                  data-active={name === open?.name || undefined}
                >
                  <Icon aria-hidden size={17} stroke={1.6} />
                  {name}
                </Link>
              )}
            </li>
          ))}
        </ul>
      </nav>
      <TenantNavigation rootId={me.tenant.id} tenantId={tenantId} />
    </div>
  )
}

function TenantNavigation({ rootId, tenantId }: { rootId: string; tenantId: string }) {
  const root = useTenant(rootId).data
  const select = useSelectTenant()
  const [text, setText] = useState('')
  const [debounced] = useDebouncedValue(text.trim(), filterPauseMs)
  return (
    <nav aria-label="Tenants" className={classes.tenants}>
      <h2 className={classes.heading}>
        Tenants
        {root && <span className={classes.count}>{formatCount(root.tenant_count + 1)}</span>}
      </h2>
      <TextInput
        size="xs"
        className={classes.filter}
        aria-label="Filter tenants"
        placeholder="Filter tenants"
        leftSection={<IconSearch aria-hidden size={14} />}
        rightSection={text && <CloseButton size="xs" aria-label="Clear the filter" onClick={() => setText('')} />}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {debounced && text ? (
        <FoundTenants text={debounced} onSelect={select} />
      ) : (
        <TenantTree rootId={rootId} selectedId={tenantId} onSelect={select} />
      )}
    </nav>
  )
}

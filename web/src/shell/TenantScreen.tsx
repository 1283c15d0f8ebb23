import type { ReactNode } from 'react'
import { ErrorPanel } from '../ui/ErrorPanel.tsx'
import { PageHead } from '../ui/PageHead.tsx'
import { PageTabs } from './PageTabs.tsx'
import { TenantPath } from './TenantPath.tsx'
import classes from './TenantScreen.module.css'
import { useContextTenant } from './use-context-tenant.ts'

type Props = {
  title: string
  note?: ReactNode
  actions?: ReactNode
  fills?: boolean
  isAboutTenant?: boolean
  children: ReactNode
}

/** A page about the context tenant: its path, a heading with actions, and the content. `fills`: a grid takes the height. */
export function TenantScreen({ title, note, actions, fills, isAboutTenant, children }: Props) {
  const tenant = useContextTenant()
  return (
    <div className={classes.screen} data-fills={fills || undefined}>
      <PageHead title={title} note={note} above={tenant.error ? undefined : <TenantPath withoutLast={isAboutTenant} />}>
        {tenant.error ? undefined : actions}
      </PageHead>
      <PageTabs />
      {tenant.error ? <ErrorPanel error={tenant.error} onRetry={() => void tenant.refetch()} /> : children}
    </div>
  )
}

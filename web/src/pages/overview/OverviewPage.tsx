import { Skeleton } from '@mantine/core'
import { useOverview } from '../../api/billing.ts'
import { useMe } from '../../api/session.ts'
import { TenantScreen } from '../../shell/TenantScreen.tsx'
import { useContextTenantId } from '../../shell/use-context-tenant.ts'
import { ErrorPanel } from '../../ui/ErrorPanel.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { EndingSoonPanel } from '../trials/EndingSoonPanel.tsx'
import { ActivityPanel } from './ActivityPanel.tsx'
import { OpenInvoices } from './OpenInvoices.tsx'
import classes from './Overview.module.css'
import { Tiles } from './Tiles.tsx'

export function OverviewPage() {
  const tenantId = useContextTenantId()
  const overview = useOverview(tenantId)
  const me = useMe()
  return (
    <TenantScreen title="Overview">
      {overview.error && <ErrorPanel error={overview.error} onRetry={() => void overview.refetch()} />}
      {overview.isPending && <WaitingOverview />}
      {overview.data && (
        <>
          <Tiles overview={overview.data} tenantId={tenantId} />
          <ActivityPanel days={overview.data.active_per_day} />
          {overview.data.trials > 0 && <EndingSoonPanel tenantId={tenantId} />}
          <OpenInvoices overview={overview.data} tenantId={tenantId} ownName={me.tenant.name} />
        </>
      )}
    </TenantScreen>
  )
}

const tileKeys = ['tenants', 'devices', 'active', 'trials']
/** As high as what it waits for. */
const WaitingOverview = () => (
  <div aria-hidden className={classes.waiting}>
    <div className={classes.tiles}>
      {tileKeys.map((key) => (
        <Panel key={key}>
          <Skeleton height={12} width="40%" mb={14} />
          <Skeleton height={24} width="30%" mb={10} />
          <Skeleton height={10} width="60%" />
        </Panel>
      ))}
    </div>
    <Skeleton height={302} radius={10} />
  </div>
)

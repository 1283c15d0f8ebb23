import { Skeleton } from '@mantine/core'
import type { Tenant } from '../../api/types.ts'
import { TenantScreen } from '../../shell/TenantScreen.tsx'
import { useContextTenant } from '../../shell/use-context-tenant.ts'
import { CompanyPanel } from './CompanyPanel.tsx'
import { FactsPanel } from './FactsPanel.tsx'
import { FilePoliciesPanel } from './file-policies/FilePoliciesPanel.tsx'
import { HistoryPanel } from './HistoryPanel.tsx'
import { InstallTokenPanel } from './InstallTokenPanel.tsx'
import { TenantActions } from './life/TenantActions.tsx'
import { TenantNote } from './life/TenantNote.tsx'
import { OffersPanel } from './OffersPanel.tsx'
import { OrderingPanel } from './OrderingPanel.tsx'
import { PricesPanel } from './PricesPanel.tsx'
import { SignInPolicyPanel } from './SignInPolicyPanel.tsx'
import { SubscriptionsPanel } from './SubscriptionsPanel.tsx'
import classes from './TenantPage.module.css'
import { TenantUsersPanel } from './TenantUsersPanel.tsx'

export function TenantPage() {
  const tenant = useContextTenant().data
  return (
    <TenantScreen
      isAboutTenant
      title={tenant?.name ?? 'Tenant'}
      note={tenant && <TenantNote tenant={tenant} />}
      actions={tenant && <TenantActions key={tenant.id} tenant={tenant} />}
    >
      {tenant ? <TenantPanels key={tenant.id} tenant={tenant} /> : <Skeleton height={420} radius={10} />}
    </TenantScreen>
  )
}

/** Left what the tenant is, right what it has. Panels that make no sense at its level are not there. */
function TenantPanels({ tenant }: { tenant: Tenant }) {
  const { level } = tenant
  const isCustomer = level === 'end_customer' || level === 'site'
  return (
    <div className={classes.columns}>
      <div className={classes.column}>
        <FactsPanel tenant={tenant} />
        {level !== 'site' && <CompanyPanel tenant={tenant} />}
        <HistoryPanel tenant={tenant} />
      </div>
      <div className={classes.column}>
        {isCustomer && <InstallTokenPanel tenant={tenant} />}
        {level === 'end_customer' && <SubscriptionsPanel tenant={tenant} />}
        {level === 'end_customer' && <FilePoliciesPanel tenant={tenant} />}
        {level !== 'site' && level !== 'vendor' && <OffersPanel tenant={tenant} />}
        {level !== 'site' && level !== 'vendor' && <PricesPanel tenant={tenant} />}
        {level !== 'site' && level !== 'vendor' && <OrderingPanel tenant={tenant} />}
        <TenantUsersPanel tenant={tenant} />
        <SignInPolicyPanel tenant={tenant} />
      </div>
    </div>
  )
}

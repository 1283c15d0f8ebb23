import { useBranding } from '../../api/mails.ts'
import { useMay } from '../../api/may.ts'
import type { Tenant } from '../../api/types.ts'
import { TenantScreen } from '../../shell/TenantScreen.tsx'
import { useContextTenant } from '../../shell/use-context-tenant.ts'
import { Empty } from '../../ui/Empty.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { Queried } from '../../ui/Queried.tsx'
import { SignInPolicyPanel } from '../tenants/SignInPolicyPanel.tsx'
import { BrandingForm } from './BrandingForm.tsx'
import classes from './Settings.module.css'
import { SingleSignOnPanel } from './SingleSignOnPanel.tsx'

export function SettingsPage() {
  const tenant = useContextTenant().data
  return (
    <TenantScreen title="Settings">
      {tenant && (
        <div key={tenant.id} className={classes.settings}>
          <BrandingSettings tenant={tenant} />
          <div className={classes.columns}>
            <SingleSignOnPanel tenant={tenant} />
            <SignInPolicyPanel tenant={tenant} />
          </div>
        </div>
      )}
    </TenantScreen>
  )
}

function BrandingSettings({ tenant }: { tenant: Tenant }) {
  const may = useMay('branding.edit')
  const sells = tenant.level !== 'end_customer' && tenant.level !== 'site'
  if (may && sells) return <EditableBranding tenant={tenant} />
  return (
    <Panel title="Branding">
      <Empty>
        {sells
          ? `Ask an administrator of your organization to set the branding of ${tenant.name}.`
          : `${tenant.name} sells nothing on, so it shows the branding of whom it buys from.`}
      </Empty>
    </Panel>
  )
}

function EditableBranding({ tenant }: { tenant: Tenant }) {
  const branding = useBranding(tenant.id)
  return (
    <Queried query={branding}>
      {(current) => <BrandingForm key={tenant.id} tenantId={tenant.id} branding={current} />}
    </Queried>
  )
}

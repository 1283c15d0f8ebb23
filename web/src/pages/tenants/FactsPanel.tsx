import { useMay } from '../../api/may.ts'
import type { Tenant } from '../../api/types.ts'
import { countryName } from '../../format/country.ts'
import { formatDay } from '../../format/date.ts'
import { formatCount, formatQuantity } from '../../format/money.ts'
import { levelNames, serviceTypeNames } from '../../format/word.ts'
import { Facts } from '../../ui/Facts.tsx'
import { LocationName } from '../../ui/LocationName.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { AutoAddIcon } from './AutoAddIcon.tsx'
import { EditSettings } from './EditSettings.tsx'
import classes from './TenantForm.module.css'

const AutoAdd = ({ isOn }: { isOn: boolean }) => (
  <span className={classes.withIcon}>
    {isOn ? 'On' : 'Off'} <AutoAddIcon isOn={isOn} />
  </span>
)

const isSeller = (level: Tenant['level']) => level !== 'end_customer' && level !== 'site'

const provides = (tenant: Tenant) =>
  ['Provides', tenant.provided_service_types.map((type) => serviceTypeNames[type]).join(', ')] as const

export function FactsPanel({ tenant }: { tenant: Tenant }) {
  const may = useMay('tenants.edit')
  const space = tenant.usage_space_gb
  return (
    <Panel title="Facts" actions={may && <EditSettings tenant={tenant} />}>
      <Facts
        facts={[
          ['Level', levelNames[tenant.level]],
          ['Service type', serviceTypeNames[tenant.service_type]],
          ...(isSeller(tenant.level) ? [provides(tenant)] : []),
          ['Device country', countryName(tenant.device_country)],
          ['Storage location', <LocationName key="location" code={tenant.storage_location} />],
          ...(tenant.trial_ends_at ? [['Trial ends', formatDay(tenant.trial_ends_at)] as const] : []),
          ['Usage space', space === null ? 'Unlimited' : `${formatQuantity(space)} GB`],
          ['Automatically add clients', <AutoAdd key="auto" isOn={tenant.auto_add_clients} />],
          ['E-mail reports', tenant.email_reports ? 'On' : 'Off'],
          ['Your own id', tenant.external_id],
          ['Tenants below', formatCount(tenant.tenant_count)],
          ['Devices', formatCount(tenant.device_count)],
          ['Created', formatDay(tenant.created_at)],
        ]}
      />
    </Panel>
  )
}

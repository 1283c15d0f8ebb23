import { Skeleton } from '@mantine/core'
import type { Tenant } from '../../api/types.ts'
import { TenantScreen } from '../../shell/TenantScreen.tsx'
import { useContextTenant } from '../../shell/use-context-tenant.ts'
import { Empty } from '../../ui/Empty.tsx'
import { AddTenantForm } from './AddTenantForm.tsx'
import { childLevels } from './level.ts'

const titleOf = (tenant: Tenant | undefined) => {
  if (tenant?.level === 'reseller') return 'Add an end customer'
  return tenant?.level === 'end_customer' ? 'Add a site' : 'Add a tenant'
}

export function AddTenantPage() {
  const tenant = useContextTenant().data
  return (
    <TenantScreen title={titleOf(tenant)} note={tenant && `Under ${tenant.name}`}>
      {!tenant && <Skeleton height={420} radius={10} />}
      {tenant && childLevels[tenant.level].length === 0 && <Empty>Nothing can be added under a site.</Empty>}
      {tenant && childLevels[tenant.level].length > 0 && <AddTenantForm key={tenant.id} parent={tenant} />}
    </TenantScreen>
  )
}

import type { Tenant } from '../../../api/types.ts'
import { formatDay } from '../../../format/date.ts'
import { State } from '../../../ui/State.tsx'

/** The state of a tenant, and what of it one would not guess. */
export function TenantNote({ tenant }: { tenant: Tenant }) {
  return (
    <>
      <State state={tenant.state} />
      {tenant.purge_at && ` until it is erased on ${formatDay(tenant.purge_at)}; it can be restored before`}
      {tenant.state === 'inactive' && tenant.inactivated_at && ` since ${formatDay(tenant.inactivated_at)}`}
      {tenant.inactive_above && tenant.state !== 'deleted' && ' · refused, because a tenant above it is inactive'}
    </>
  )
}

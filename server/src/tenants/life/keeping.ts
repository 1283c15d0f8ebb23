import { sql } from 'kysely'
import { aDay, days, type KeepingClock, type Standing } from '../../keeping/index.ts'

/** Deleted tenants with all below: they can be restored until the very moment at which `tenants.purge` erases them. R-TREE-8. */
export const deletedTenants: KeepingClock = {
  kind: 'deleted_tenants',
  title: 'Deleted tenants',
  erases:
    'The tenant with everything below it: users, devices, settings, names in the audit log. Issued invoices with their evidence and the sealed audit entries stay.',
  keptFor: days(30),
  atLeast: aDay,
  standing: (until) => sql<Standing>`
    select t.realm_id, t.path, t.id, t.name, t.deleted_at as since from tenants t
    where t.deleted_at <= ${until}::timestamptz and t.deletion_id = t.id`,
  erase: null,
}

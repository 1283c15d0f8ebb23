import type { License, licenseEvent, licenseEventQuery } from '@tenantree/contract'
import { sql } from 'kysely'
import type * as z from 'zod'
import type { CallContext } from '../../kernel/context.ts'
import { fromCursor, type Page, toPage } from '../../kernel/page.ts'
import { type Database, inScope } from '../../platform/database.ts'
import { readLicense } from './queries.ts'
import { toHolder } from './rows.ts'

type Event = z.infer<typeof licenseEvent>
type Details = Record<string, string | number | boolean | null>
type Row = Omit<Event, 'holder' | 'details'> & {
  details: Details
  holder_name: string | null
  holder_tenant_id: string | null
  holder_tenant_name: string | null
}

/** What happened to a license, the latest first: what was noted where the caller sees. Throws not_found. */
export const listLicenseHistory = (
  db: Database,
  call: CallContext,
  id: string,
  query: z.infer<typeof licenseEventQuery>,
): Promise<Page<Event>> =>
  db.transaction(call, async (tx) => {
    await readLicense(tx, call, id)
    const after = fromCursor(query.cursor, ['uuid'])
    const scope = { ...call.scope, realmId: null }
    const { rows } = await sql<Row>`
      select e.id, e.at, e.what, e.actor_kind, u.name as actor_name, e.details, ht.id as holder_tenant_id, ht.name as holder_tenant_name,
        coalesce(
          (select p.name from subscriber_persons p where p.realm_id = e.realm_id and p.subscriber_id = (e.details ->> 'holder_id')::uuid),
          (select d.host_name from devices d where d.realm_id = e.realm_id and d.id = (e.details ->> 'holder_id')::uuid),
          (select g.name from gateways g where g.realm_id = e.realm_id and g.id = (e.details ->> 'holder_id')::uuid),
          (select m.name from domains m where m.realm_id = e.realm_id and m.id = (e.details ->> 'holder_id')::uuid)) as holder_name
      from license_events e
      left join users u on u.id = e.actor_id and ${inScope(scope, 'u')}
      left join tenants ht on ht.path = e.path and e.details ? 'holder_id' and ${inScope(scope, 'ht')}
      where e.license_id = ${id} and ${inScope(scope, 'e')} ${after === null ? sql`` : sql`and e.id < ${after[0]}::uuid`}
      order by e.id desc limit ${query.limit + 1}`.execute(tx.tables())
    const page = toPage(rows, query.limit, (row) => [row.id])
    return { ...page, data: page.data.map(toEvent) }
  })

function toEvent({ details, holder_name, holder_tenant_id, holder_tenant_name, ...row }: Row): Event {
  const { holder_kind, holder_id, ...rest } = details as Details & {
    holder_kind?: NonNullable<License['holder']>['kind']
    holder_id?: string
  }
  const held = { holder_kind: holder_kind ?? null, holder_id: holder_id ?? null, holder_tenant_id }
  return { ...row, holder: toHolder({ ...held, holder_name, holder_tenant_name }), details: toFields(rest) }
}

const toFields = (details: Details): Event['details'] =>
  Object.entries(details)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => ({ name, value: String(value) }))

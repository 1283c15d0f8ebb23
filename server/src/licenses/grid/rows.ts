import type { License, LicenseHolderKind } from '@tenantree/contract'
import { type RawBuilder, sql } from 'kysely'
import type { OfferRef } from '../../catalog/index.ts'
import { offerJson } from '../../catalog/index.ts'
import type { CallContext } from '../../kernel/context.ts'
import { dayOf, toDay } from '../../kernel/time.ts'
import { isWithin, parentPath } from '../../kernel/tree.ts'
import { inScope, type Transaction } from '../../platform/database.ts'
import { isLive, toShownState } from '../domain.ts'
import type { LicenseRecord } from '../repository.ts'

type Named = { id: string; name: string }
export type Row = LicenseRecord & {
  offer: OfferRef
  next_offer: OfferRef | null
  company: License['company']
  holder_name: string | null
  holder_tenant_name: string | null
  owner_name: string | null
  pool_name: string | null
  set_aside_name: string | null
}

/** Joins to licenses what the grid shows of them; `rows` is a select of licenses, a page of them at most. */
export async function selectRows(
  tx: Transaction,
  call: CallContext,
  { rows: from, order, byId = false }: { rows: RawBuilder<unknown>; order: RawBuilder<unknown>; byId?: boolean },
): Promise<Row[]> {
  const seller = parentPath(call.scope.lo) ?? ''
  const visible = (alias: string) => inScope(call.scope, alias)
  // The own seller may be known by its name, nobody else above. R-TREE-9.
  const nameOf = (id: string, path: string) => sql`coalesce(
    (select t.name from tenants t where t.realm_id = l.realm_id and t.id = ${sql.ref(id)} and ${visible('t')}),
    (select b.name from tenant_brands b where b.realm_id = l.realm_id and b.tenant_id = ${sql.ref(id)} and ${sql.ref(path)} = ${seller}))`
  const query = sql<Row>`
    select l.*, ${offerJson} as offer,
      (select jsonb_build_object('id', n.id, 'product', n.product, 'edition', n.edition, 'rank', n.rank, 'unit', n.unit, 'charge_model', n.charge_model,
        'created_at', to_char(n.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) from offers n where n.id = l.next_offer_id) as next_offer,
      case when c.id is not null then jsonb_build_object('id', c.id, 'name', c.name, 'level', c.level) end as company,
      ht.name as holder_tenant_name, ${nameOf('l.owner_id', 'l.owner_path')} as owner_name, ${nameOf('l.pool_id', 'l.pool_path')} as pool_name,
      sa.name as set_aside_name,
      case l.holder_kind
        when 'subscriber' then (select p.name from subscriber_persons p where p.realm_id = l.realm_id and p.subscriber_id = l.holder_id)
        when 'device' then (select d.host_name from devices d where d.realm_id = l.realm_id and d.id = l.holder_id)
        when 'gateway' then (select g.name from gateways g where g.realm_id = l.realm_id and g.id = l.holder_id)
        when 'domain' then (select m.name from domains m where m.realm_id = l.realm_id and m.id = l.holder_id)
        when 'tenant' then ht.name
      end as holder_name
    from (${from}) l
    join offers o on o.id = l.offer_id
    left join tenants ht on ht.realm_id = l.realm_id and ht.id = l.holder_tenant_id and ${visible('ht')}
    left join tenants sa on sa.realm_id = l.realm_id and sa.id = l.set_aside_for and ${visible('sa')}
    left join tenants c on c.realm_id = l.realm_id and c.id = coalesce(l.holder_tenant_id, l.set_aside_for, nullif(l.pool_id, l.owner_id)) and ${visible('c')}
    order by ${order}`
  // Planned once for rows that are named: planning all these joins costs more than they do. What is found by a filter is planned for what it asks.
  return byId ? tx.send(query) : (await query.execute(tx.tables())).rows
}

const named = (id: string | null, name: string | null): Named | null =>
  id === null || name === null ? null : { id, name }

/** What the caller may know of a license: of one whose owner is above it neither the order nor the commitment. R-TREE-9, R-TREE-10. */
export function toLicense(row: Row, call: CallContext): License {
  const isOwners = isWithin(row.owner_path, call.scope.lo)
  const state = toShownState(row, dayOf(call.now).toString())
  const renews = row.auto_renew && isLive(state) && row.ends_on !== null
  return {
    id: row.id,
    offer: row.offer,
    kind: row.is_trial ? 'trial' : 'commercial',
    state,
    valid: isLive(state),
    company: row.company,
    holder: toHolder(row),
    assigned_at: row.assigned_at,
    starts_on: row.starts_on,
    valid_until: row.ends_on,
    auto_renew: row.auto_renew,
    next_renewal: renews
      ? toDay(row.ends_on ?? '')
          .add({ days: 1 })
          .toString()
      : null,
    term: row.term,
    committed_to: isOwners ? row.committed_to : null,
    next_offer: isOwners ? row.next_offer : null,
    order_id: isOrdersEnd(row.owner_path, call.scope.lo) ? row.order_id : null,
    owner: named(row.owner_id, row.owner_name),
    pool: named(row.pool_id, row.pool_name),
    set_aside_for: named(row.set_aside_for, row.set_aside_name),
    may_manage: isOwners,
    created_at: row.created_at,
    version: row.version,
  }
}

/** Of an order only the two ends of its edge know. R-TREE-10. */
const isOrdersEnd = (ownerPath: string, lo: string): boolean => ownerPath === lo || parentPath(ownerPath) === lo

type Held = { holder_kind: LicenseHolderKind | null; holder_id: string | null; holder_tenant_id: string | null }

export function toHolder(
  row: Held & { holder_name: string | null; holder_tenant_name: string | null },
): License['holder'] {
  if (row.holder_kind === null || row.holder_id === null || row.holder_tenant_id === null) return null
  return {
    kind: row.holder_kind,
    id: row.holder_id,
    name: row.holder_name,
    tenant_id: row.holder_tenant_id,
    tenant_name: row.holder_tenant_name ?? '',
  }
}

import * as z from 'zod'
import { id, instant, line, pageOf, pageQuery } from './common.ts'

/** The grids that have views: the columns, filters and sorts that each has. R-VIEW-1. */
export const grids = {
  tenants: {
    columns: [
      ...['name', 'level', 'parent_name', 'state', 'device_country', 'service_type', 'storage_location'],
      ...['child_count', 'device_count', 'created_at'],
    ],
    filters: ['q', 'level', 'state'],
    sorts: ['name', 'created_at'],
  },
  devices: {
    columns: [
      ...['host_name', 'tenant_name', 'state', 'os', 'architecture', 'machine_kind', 'agent_version'],
      ...['storage_location', 'active_days_this_month', 'enrolled_at', 'last_seen_at'],
    ],
    filters: ['q', 'state'],
    sorts: [],
  },
  licenses: {
    columns: [
      ...['holder', 'company', 'state', 'kind', 'valid_until', 'auto_renew', 'pool', 'order'],
      ...['starts_on', 'set_aside_for', 'owner', 'select'],
    ],
    filters: ['q', 'kind', 'validity', 'use', 'auto_renew'],
    sorts: ['valid_until'],
  },
  holders: {
    columns: ['name', 'email', 'tenant_name', 'kind', 'state', 'created_at', 'remove'],
    filters: ['q', 'kind'],
    sorts: [],
  },
  trials: {
    columns: ['name', 'tenant_name', 'ends_at', 'action', 'at_end', 'kind', 'offer', 'started_at'],
    filters: ['kind', 'within_days'],
    sorts: [],
  },
  orders: {
    columns: [
      ...['placed_at', 'offers', 'quantity', 'direction', 'buyer', 'company', 'payment_mode', 'state'],
      'first_total',
    ],
    filters: ['direction', 'state'],
    sorts: [],
  },
  usage: {
    columns: ['host_name', 'customer', 'site', 'offer', 'days', 'quantity', 'reason'],
    filters: ['month'],
    sorts: [],
  },
  peaks: {
    columns: ['host_name', 'customer', 'site', 'offer', 'value', 'peak_on', 'quantity', 'reason', 'charged_days'],
    filters: ['month'],
    sorts: [],
  },
  invoices: {
    columns: ['number', 'direction', 'month', 'seller_name', 'buyer_name', 'state', 'due_on', 'total'],
    filters: ['month', 'direction', 'state'],
    sorts: [],
  },
  users: {
    columns: [
      'name',
      'email',
      'tenant_name',
      'role',
      'may_purchase',
      'security_officer',
      'second_factor',
      'support',
      'state',
      'created_at',
    ],
    filters: [],
    sorts: [],
  },
  api_keys: {
    columns: ['name', 'hint', 'tenant_name', 'role', 'scopes', 'created_by', 'expires_at', 'expired', 'revoke'],
    filters: [],
    sorts: [],
  },
  mails: {
    columns: ['subject', 'recipient', 'tenant_name', 'state', 'attempts', 'created_at'],
    filters: ['state'],
    sorts: [],
  },
  audit: {
    columns: ['at', 'action', 'tenant', 'actor', 'object', 'changes', 'address', 'sealed'],
    filters: ['action', 'object_kind', 'object_id', 'actor_id', 'from', 'to', 'only'],
    sorts: [],
  },
} as const satisfies Record<
  string,
  { columns: readonly string[]; filters: readonly string[]; sorts: readonly string[] }
>

export const gridNames = Object.keys(grids) as [keyof typeof grids, ...(keyof typeof grids)[]]
export const gridName = z.enum(gridNames)
export type GridName = z.infer<typeof gridName>

const name = z.string().regex(/^[a-z][a-z_]{0,39}$/, 'must be the name of a column or filter')

export const viewDefinition = z
  .strictObject({
    columns: z
      .array(
        z.strictObject({
          id: name,
          visible: z.boolean(),
          width: z.int().min(40).max(1200).nullable().meta({ description: 'Pixels; null is the usual width' }),
        }),
      )
      .max(60)
      .meta({ description: 'In their order. Columns that are left out follow as they usually are' }),
    filters: z.array(z.strictObject({ name, value: z.string().min(1).max(200) })).max(20),
    sort: z.strictObject({ column: name, descending: z.boolean() }).nullable(),
  })
  .meta({ id: 'ViewDefinition' })
export type ViewDefinition = z.infer<typeof viewDefinition>

export const view = z
  .strictObject({
    id,
    grid: gridName,
    name: z.string(),
    definition: viewDefinition,
    version: z.int().meta({ description: 'Goes up with each change; the ETag' }),
    created_at: instant,
  })
  .meta({ id: 'View' })
export type View = z.infer<typeof view>
export const viewPage = pageOf(view).meta({ id: 'ViewPage' })
export const viewQuery = z.strictObject({ ...pageQuery, grid: gridName.optional() })
export const createView = z
  .strictObject({ grid: gridName, name: line(100), definition: viewDefinition })
  .meta({ id: 'CreateView' })
export const updateView = z
  .strictObject({ name: line(100).optional(), definition: viewDefinition.optional() })
  .meta({ id: 'UpdateView' })

import * as z from 'zod'
import { country, id, instant, line, optionalLine, pageOf, pageQuery } from './common.ts'

export const levels = ['vendor', 'distributor', 'sub_distributor', 'reseller', 'end_customer', 'site'] as const
export const level = z.enum(levels)
export type Level = z.infer<typeof level>
export const serviceTypes = ['all_inclusive', 'software_only'] as const
export const serviceType = z.enum(serviceTypes)
export type ServiceType = z.infer<typeof serviceType>
export const tenantState = z.enum(['in_trial', 'production', 'inactive', 'deleted'])

/** Company data. Legal name, address and country are needed before the first invoice. R-TREE-3. */
export const company = z
  .strictObject({
    legal_name: optionalLine(200),
    vat_number: optionalLine(40),
    street: optionalLine(200),
    postal_code: optionalLine(20),
    city: optionalLine(100),
    country: country.nullable(),
    web_site: optionalLine(200),
    customer_reference: optionalLine(100),
    contact_name: optionalLine(200),
    contact_email: z.email().max(254).nullable(),
  })
  .meta({ id: 'Company' })

export const tenantRef = z.strictObject({ id, name: z.string(), level }).meta({ id: 'TenantRef' })

export const tenant = z
  .strictObject({
    id,
    name: z.string(),
    level,
    parent_id: id.nullable().meta({ description: 'null at the top of what you see' }),
    ancestors: z.array(tenantRef).meta({ description: 'From the top of what you see down to the parent' }),
    state: tenantState,
    inactive_above: z.boolean().meta({ description: 'A tenant above it is inactive, so it is refused too' }),
    inactivated_at: instant.nullable(),
    purge_at: instant
      .nullable()
      .meta({ description: 'When a deleted tenant is erased for good; until then it can be restored' }),
    trial_ends_at: instant.nullable(),
    service_type: serviceType,
    provided_service_types: z.array(serviceType),
    device_country: country,
    storage_location: z.string(),
    usage_space_gb: z.string().nullable().meta({ description: 'Quota in GB (10^9 bytes), null is unlimited' }),
    auto_add_clients: z.boolean(),
    email_reports: z.boolean(),
    external_id: z.string().nullable(),
    company,
    child_count: z.int(),
    device_count: z.int().meta({ description: 'Devices of the tenant and everything below it' }),
    tenant_count: z.int().meta({ description: 'Tenants below it, at any depth' }),
    created_at: instant,
    version: z.int().meta({ description: 'Goes up with each change; the ETag' }),
  })
  .meta({ id: 'Tenant' })
export type Tenant = z.infer<typeof tenant>

/** A row of the tree and of the grid. */
export const tenantRow = z
  .strictObject({
    id,
    name: z.string(),
    level,
    parent_id: id.nullable(),
    parent_name: z.string().nullable(),
    state: tenantState,
    inactive_above: z.boolean(),
    device_country: country,
    storage_location: z.string(),
    service_type: serviceType,
    child_count: z.int(),
    device_count: z.int(),
    created_at: instant,
  })
  .meta({ id: 'TenantRow' })
export type TenantRow = z.infer<typeof tenantRow>
export const tenantPage = pageOf(tenantRow).meta({ id: 'TenantPage' })

export const tenantQuery = z.strictObject({
  ...pageQuery,
  parent_id: id.optional().meta({ description: 'Only the direct children of this tenant' }),
  under_id: id.optional().meta({ description: 'Only tenants below this one, at any depth' }),
  level: level.optional(),
  state: tenantState.optional().meta({ description: 'Deleted tenants are listed only where asked for' }),
  q: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .optional()
    .meta({ description: 'Part of the name, letter case does not matter' }),
  sort: z.enum(['name', '-created_at']).default('name'),
})

export const createTenant = z
  .strictObject({
    name: line(200),
    parent_id: id,
    level: level.meta({ description: 'Under a reseller it is end_customer, under an end customer site' }),
    service_type: serviceType.optional().meta({ description: 'Required but for sites, which inherit it' }),
    provided_service_types: z.array(serviceType).max(2).optional().meta({ description: 'Partners only' }),
    device_country: country,
    storage_location: z.string().max(40).optional().meta({ description: 'Needed where the country hosts no storage' }),
    in_trial: z.boolean().default(false),
    usage_space_gb: z
      .string()
      .regex(/^[0-9]{1,12}(\.[0-9]{1,3})?$/)
      .nullable()
      .default(null),
    auto_add_clients: z.boolean().default(false),
    email_reports: z.boolean().default(false),
    send_welcome_mail: z.boolean().default(false),
    external_id: optionalLine(200).default(null),
    company: company.partial().optional(),
  })
  .meta({ id: 'CreateTenant' })
export type CreateTenant = z.infer<typeof createTenant>

export const updateTenant = z
  .strictObject({
    name: line(200).optional(),
    device_country: country.optional(),
    usage_space_gb: z
      .string()
      .regex(/^[0-9]{1,12}(\.[0-9]{1,3})?$/)
      .nullable()
      .optional(),
    auto_add_clients: z.boolean().optional(),
    email_reports: z.boolean().optional(),
    external_id: optionalLine(200).optional(),
    company: company.partial().optional(),
  })
  .meta({ id: 'UpdateTenant' })
export type UpdateTenant = z.infer<typeof updateTenant>

export const storageLocation = z
  .strictObject({ code: z.string(), name: z.string(), country, offered: z.boolean() })
  .meta({ id: 'StorageLocation' })
export const storageLocationPage = pageOf(storageLocation).meta({ id: 'StorageLocationPage' })

import * as z from 'zod'
import { day, id, instant, pageOf, pageQuery } from './common.ts'
import { tenantRef } from './tenants.ts'

export const keptUnits = ['days', 'months', 'years'] as const
export const keptFor = z
  .strictObject({ count: z.int(), unit: z.enum(keptUnits) })
  .meta({ id: 'KeptFor', description: 'How long something is kept' })
export type KeptFor = z.infer<typeof keptFor>

const kind = z
  .string()
  .regex(/^[a-z][a-z_]{0,49}$/, 'must be lower-case words')
  .meta({ description: 'What is kept, such as `ended_devices`' })

/** One kind of record and what of it goes when. R-KEEP-1. */
export const retention = z
  .strictObject({
    kind,
    title: z.string(),
    erases: z.string().meta({ description: 'What an erasing takes away, and what stays' }),
    kept_for: keptFor,
    default: keptFor,
    at_least: keptFor.meta({ description: 'The shortest that can be set' }),
    due: z
      .array(z.strictObject({ on: day, count: z.int() }))
      .meta({ description: 'What goes within the next 30 days, by day: at the first moment of it' }),
    due_count: z.int().meta({ description: 'The sum of `due`' }),
    version: z.int().meta({ description: 'Goes up with each change of how long; the ETag' }),
  })
  .meta({ id: 'Retention' })
export type Retention = z.infer<typeof retention>
export const retentionPage = pageOf(retention).meta({ id: 'RetentionPage' })

export const retentionParams = z.strictObject({ kind })
export const dueQuery = z.strictObject({
  ...pageQuery,
  tenant_id: id.optional().meta({ description: 'Only what stands at this tenant and everything below it' }),
})
export const dueRecord = z
  .strictObject({
    id: id.meta({ description: 'Of the device, user, tenant, mail, invoice or entry of the access log' }),
    tenant: tenantRef.nullable().meta({ description: 'null once the tenant itself is erased' }),
    name: z.string().nullable(),
    since: instant.meta({ description: 'When its clock began to run' }),
    goes_on: day,
  })
  .meta({ id: 'DueRecord' })
export type DueRecord = z.infer<typeof dueRecord>
export const dueRecordPage = pageOf(dueRecord).meta({ id: 'DueRecordPage' })

export const setRetention = z
  .strictObject({ count: z.int().min(1).max(36_500).meta({ description: 'In the unit of the kind' }) })
  .meta({ id: 'SetRetention' })

/** Who came in, when and from where; kept for 90 days. R-KEEP-1. */
export const access = z
  .strictObject({
    id,
    at: instant.meta({ description: 'Of an API key: its first use from this address on that UTC day' }),
    tenant: tenantRef,
    actor: z.strictObject({
      kind: z.enum(['user', 'key']),
      id,
      name: z.string().nullable().meta({ description: 'null once it is removed' }),
    }),
    how: z.string().meta({ description: 'By what: `password`, `link`, `key`, ...' }),
    refused: z.boolean(),
    address: z.string(),
    user_agent: z.string(),
  })
  .meta({ id: 'Access' })
export type Access = z.infer<typeof access>
export const accessPage = pageOf(access).meta({ id: 'AccessPage' })
export const accessQuery = z.strictObject({
  ...pageQuery,
  tenant_id: id.optional().meta({ description: 'Only of this tenant and everything below it' }),
  actor_id: id.optional().meta({ description: 'Only of this user or API key' }),
})

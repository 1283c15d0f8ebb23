import * as z from 'zod'
import { day, id, line } from './common.ts'
import { problemCodes } from './problems.ts'
import { tenantRef } from './tenants.ts'

export const deleteTenant = z
  .strictObject({
    confirm_name: z.string().max(200).meta({ description: 'The name of the tenant, typed again' }),
    with_everything_below: z.boolean().default(false),
  })
  .meta({ id: 'DeleteTenant' })
export type DeleteTenant = z.infer<typeof deleteTenant>

export const moveTenant = z
  .strictObject({
    parent_id: id,
    allow_unlicensed: z
      .boolean()
      .default(false)
      .meta({ description: 'Move even where holders are left without a license' }),
  })
  .meta({ id: 'MoveTenant' })

export const moveFinding = z
  .strictObject({ code: z.enum(problemCodes), detail: z.string(), refuses: z.boolean() })
  .meta({ id: 'MoveFinding', description: 'What stands against a move, or has to be seen to after it' })
export type MoveFinding = z.infer<typeof moveFinding>
/** What a move would do. R-TREE-6. */
export const movePreview = z
  .strictObject({
    allowed: z.boolean(),
    findings: z.array(moveFinding),
    tenant_count: z.int().meta({ description: 'The tenant itself and everything below it' }),
    device_count: z.int(),
    moves_on: day.meta({
      description:
        'The first day in the new chain: what was used before it in the month is charged in the old one. R-BILL-9',
    }),
    losing_sight: z.array(tenantRef).meta({ description: 'Those who see it now and would not after the move' }),
    gaining_sight: z.array(tenantRef),
  })
  .meta({ id: 'MovePreview' })
export type MovePreview = z.infer<typeof movePreview>

export const setStorageLocation = z
  .strictObject({ storage_location: z.string().max(40), reason: line(500) })
  .meta({ id: 'SetStorageLocation' })

export const importTenants = z
  .strictObject({
    csv: z.string().max(1_000_000).meta({ description: 'RFC 4180 with a line of titles' }),
    dry_run: z.boolean().default(false),
  })
  .meta({ id: 'ImportTenants' })
export const importedTenants = z
  .strictObject({
    dry_run: z.boolean(),
    rows: z.int().meta({ description: 'Tenants that were, or would be, created' }),
  })
  .meta({ id: 'ImportedTenants' })
export const exportQuery = z.strictObject({ under_id: id.optional() })

import * as z from 'zod'
import { id, instant, pageOf, pageQuery } from './common.ts'

const fields = z.record(z.string(), z.unknown()).nullable()

/** What was changed, by whom, when and from where. R-AUDIT-1. */
export const auditEvent = z
  .strictObject({
    id,
    at: instant,
    action: z.string().meta({ description: 'noun.past_tense', examples: ['tenant.updated'] }),
    tenant: z
      .strictObject({ id, name: z.string() })
      .nullable()
      .meta({ description: 'Whom the change belongs to; null once the tenant is erased' }),
    actor: z.strictObject({
      kind: z.string().meta({ description: 'user, device, key or system' }),
      id: id.nullable().meta({ description: 'null for the system and for someone above you' }),
      name: z.string().nullable().meta({ description: 'null for someone above you, and once removed' }),
    }),
    address: z
      .string()
      .nullable()
      .meta({ description: 'Where the request came from; null for someone above you, and once erased' }),
    request_id: z.string(),
    object: z.strictObject({ kind: z.string(), id: id.nullable() }),
    before: fields,
    after: fields,
    erased: z.array(z.string()).meta({ description: 'JSON pointers of values that were erased: the seal still holds' }),
    sealed: z.boolean().meta({ description: 'Whether a signed checkpoint covers it already' }),
  })
  .meta({ id: 'AuditEvent' })
export type AuditEvent = z.infer<typeof auditEvent>
export const auditEventPage = pageOf(auditEvent).meta({ id: 'AuditEventPage' })

const word = z.string().regex(/^[a-z][a-z0-9_.]{0,99}$/, 'must be lower-case words')
export const auditQuery = z.strictObject({
  ...pageQuery,
  tenant_id: id.optional().meta({ description: 'Only changes of this tenant itself' }),
  under_id: id.optional().meta({ description: 'Only changes of this tenant and everything below it' }),
  action: word.optional().meta({ description: 'How the action begins, such as `user.` or `tenant.created`' }),
  actor_id: id.optional().meta({ description: 'Only what this user, device or key did' }),
  object_kind: word.optional().meta({ description: 'Only changes of such things, such as `user`' }),
  object_id: id.optional().meta({ description: 'Only changes of this thing' }),
  from: instant.optional().meta({ description: 'At or after this moment' }),
  to: instant.optional().meta({ description: 'Before this moment' }),
})

/** What the newest 20,000 changes of the caller's subtree can be filtered by: for the pickers of the audit page. */
export const auditFilters = z
  .strictObject({
    actions: z.array(z.string()),
    object_kinds: z.array(z.string()),
    actors: z
      .array(z.strictObject({ kind: z.enum(['user', 'key']), id, name: z.string().nullable() }))
      .meta({ description: 'Users and API keys, at most 500, the latest first' }),
  })
  .meta({ id: 'AuditFilters' })
export type AuditFilters = z.infer<typeof auditFilters>
export const auditFiltersQuery = z.strictObject({
  under_id: id.optional().meta({ description: 'Only of this tenant and everything below it' }),
})

export const auditKey = z
  .strictObject({
    key: z
      .string()
      .meta({ description: 'The Ed25519 key that signs checkpoints, as a verifier key of C2SP signed notes' }),
  })
  .meta({ id: 'AuditKey' })

import * as z from 'zod'
import { id, instant, pageOf, pageQuery } from './common.ts'

export const fileDirection = z.enum(['upload', 'download'])
export type FileDirection = z.infer<typeof fileDirection>
export const fileAction = z.enum(['allow', 'block', 'sandbox'])
export type FileAction = z.infer<typeof fileAction>

const label = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?'
/** `example.com` is that host alone, `*.example.com` also every host below it, `*` every host. */
export const webSite = z
  .string()
  .trim()
  .toLowerCase()
  .max(253)
  .regex(
    new RegExp(`^(\\*|(\\*\\.)?${label}(\\.${label})*)$`),
    'must be a host such as example.com, *.example.com or *',
  )
const token = '[a-z0-9][a-z0-9!#$&^_.+-]{0,126}'
/** A type, all of a kind (`image/*`), or all. */
export const mimeType = z
  .string()
  .trim()
  .toLowerCase()
  .max(255)
  .regex(new RegExp(`^(\\*/\\*|${token}/(\\*|${token}))$`), 'must be a type such as application/pdf, image/* or */*')

const rule = {
  direction: fileDirection,
  web_sites: z.array(webSite).min(1).max(50),
  mime_types: z.array(mimeType).min(1).max(50),
  action: fileAction,
}
export const createFilePolicy = z.strictObject(rule).meta({ id: 'CreateFilePolicy' })
export type CreateFilePolicy = z.infer<typeof createFilePolicy>
export const filePolicy = z
  .strictObject({
    id,
    tenant_id: id,
    position: z.int().meta({ description: 'From 1: the first policy that matches wins' }),
    direction: fileDirection,
    web_sites: z.array(z.string()),
    mime_types: z.array(z.string()),
    action: fileAction,
    is_applied: z.boolean().meta({ description: 'false: no offer that is held has the feature any more' }),
    missing_features: z.array(z.string()).meta({ description: 'Codes of the features that it lacks' }),
    created_at: instant,
  })
  .meta({ id: 'FilePolicy' })
export type FilePolicy = z.infer<typeof filePolicy>
export const filePolicyPage = pageOf(filePolicy).meta({ id: 'FilePolicyPage' })
export const filePolicyQuery = z.strictObject({ ...pageQuery })
export const orderFilePolicies = z
  .strictObject({ ids: z.array(id).max(200).meta({ description: 'All policies of the customer, the first first' }) })
  .meta({ id: 'OrderFilePolicies' })

export const fileQuestion = z.strictObject({ direction: fileDirection, host: webSite, mime_type: mimeType })
/** What would happen to a file. */
export const fileAnswer = z
  .strictObject({
    action: fileAction,
    policy_id: id.nullable().meta({ description: 'null: no policy matches, and what no policy names is allowed' }),
  })
  .meta({ id: 'FileAnswer' })

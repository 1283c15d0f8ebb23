import * as z from 'zod'
import { id, instant, line, optionalLine, pageOf, pageQuery } from './common.ts'

export const mailTemplates = [
  'user_invitation',
  'customer_welcome',
  'password_changed',
  'password_reset',
  'passkey_added',
  'trial_ending',
  'purchase_receipt',
  'license_expiring',
  'license_renewed',
  'renewal_failed',
] as const
export const mailTemplateName = z.enum(mailTemplates)
export type MailTemplateName = z.infer<typeof mailTemplateName>
export const mailStates = ['queued', 'sent', 'failed'] as const
/** smtp: by SMTP_URL. mailbox: kept to be looked at (demo and test mode). none: kept queued until there is a server. */
export const mailDelivery = z.enum(['smtp', 'mailbox', 'none'])

const mailFields = {
  id,
  tenant_id: id,
  tenant_name: z.string(),
  template: mailTemplateName,
  state: z.enum(mailStates),
  recipient: z.string().nullable().meta({ description: 'null once the content was erased, 30 days after it was made' }),
  subject: z.string().nullable(),
  attempts: z.int().meta({ description: 'How often it was tried since it was queued' }),
  due_at: instant.nullable().meta({ description: 'When it is tried next; null unless it is queued' }),
  last_error: z.string().nullable(),
  created_at: instant,
  sent_at: instant.nullable(),
}
export const mailRow = z.strictObject(mailFields).meta({ id: 'MailRow' })
export type MailRow = z.infer<typeof mailRow>
export const mail = z
  .strictObject({
    ...mailFields,
    text: z.string().nullable().meta({ description: 'In demo and test mode without a mail server, while it is kept' }),
    html: z
      .string()
      .nullable()
      .meta({ description: 'As `text`. A mail may hold a sign-in link: else nobody reads it' }),
  })
  .meta({ id: 'Mail' })
export type Mail = z.infer<typeof mail>
export const mailPage = pageOf(mailRow).meta({ id: 'MailPage' })
export const mailQuery = z.strictObject({
  ...pageQuery,
  tenant_id: id.optional().meta({ description: 'Only mails of this tenant and everything below it' }),
  state: z.enum(mailStates).optional(),
})

const hexColor = z.string().regex(/^#[0-9a-f]{6}$/, 'must be a color such as #0b7285')
/** 100 KB as base64, with the head of a data URL. */
const longestLogo = 136_600

export const brandingInput = z
  .strictObject({
    name: line(80),
    color: hexColor.meta({ description: 'Readable on white: contrast 4.5 or more (WCAG 2 AA)' }),
    logo: z
      .string()
      .max(longestLogo, 'must be at most 100 KB')
      .regex(/^data:image\/(png|svg\+xml);base64,[A-Za-z0-9+/]+={0,2}$/, 'must be a PNG or SVG as a data URL in base64')
      .nullable(),
    sender_name: optionalLine(80).meta({ description: 'Who a mail says that it is from; the name if null' }),
  })
  .meta({ id: 'SetBranding' })
export type BrandingInput = z.infer<typeof brandingInput>
export const branding = z
  .strictObject({
    is_set: z.boolean().meta({ description: 'false: only the name of the tenant is shown to those below' }),
    name: z.string(),
    color: z.string(),
    logo: z.string().nullable(),
    sender_name: z.string().nullable(),
    version: z.int().meta({ description: 'Goes up with each change; the ETag' }),
  })
  .meta({ id: 'Branding' })
export type Branding = z.infer<typeof branding>
/** What a user sees of the branding of the own tenant or its seller. R-TREE-9. */
export const shownBranding = z
  .strictObject({ name: z.string(), color: z.string(), logo: z.string().nullable() })
  .meta({ id: 'ShownBranding' })

export const mailTemplate = z
  .strictObject({ name: mailTemplateName, title: z.string(), description: z.string() })
  .meta({ id: 'MailTemplate' })
export const mailTemplatePage = pageOf(mailTemplate).meta({ id: 'MailTemplatePage' })
export const mailTemplateParams = z.strictObject({ name: mailTemplateName })
export const previewMail = z
  .strictObject({ branding: brandingInput.optional().meta({ description: 'A draft; your own branding if left out' }) })
  .meta({ id: 'PreviewMail' })
export const mailPreview = z
  .strictObject({ subject: z.string(), sender_name: z.string(), text: z.string(), html: z.string() })
  .meta({ id: 'MailPreview' })

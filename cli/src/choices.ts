import type { CreateApiKey, CreateTenant, Device, InvoiceRow, MailRow, User } from '@tenantree/sdk'

// Each says all words of its type: a word that the contract gains or loses breaks the types here.
const all =
  <Word extends string>() =>
  <const Words extends readonly Word[]>(...words: [Word] extends [Words[number]] ? Words : never): readonly Word[] =>
    words

export const levels = all<CreateTenant['level']>()(
  'vendor',
  'distributor',
  'sub_distributor',
  'reseller',
  'end_customer',
  'site',
)
export const serviceTypes = all<NonNullable<CreateTenant['service_type']>>()('all_inclusive', 'software_only')
export const deviceStates = all<Device['state']>()(
  'pending',
  'active',
  'offline',
  'deactivated',
  'uninstalled',
  'deleted',
)
export const directions = all<InvoiceRow['direction']>()('issued', 'received')
export const invoiceStates = all<InvoiceRow['state']>()('draft', 'issued', 'paid', 'overdue', 'void')
export const mailStates = all<MailRow['state']>()('queued', 'sent', 'failed')
export const roles = all<User['role']>()('superuser', 'administrator', 'manager', 'operator', 'supporter', 'finance')
export const permissions = all<CreateApiKey['scopes'][number]>()(
  'tenants.create',
  'tenants.edit',
  'tenants.inactivate',
  'tenants.delete',
  'tenants.move',
  'tenants.relocate',
  'users.create',
  'users.edit',
  'api_keys.manage',
  'offers.create',
  'offers.enable',
  'prices.manage',
  'subscriptions.create',
  'install_tokens.create',
  'billing.run',
  'clock.move',
  'mails.resend',
  'branding.edit',
)

import type { CreateTenant, Device, InvoiceRow } from '@tenantree/sdk'

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

import type {
  CreateApiKey,
  CreateOffer,
  CreatePrice,
  CreateTenant,
  Device,
  InvoiceRow,
  License,
  MailRow,
  OrderRow,
  User,
} from '@tenantree/sdk'

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
export const orderDirections = all<OrderRow['direction']>()('bought', 'sold')
export const orderStates = all<OrderRow['state']>()('placed', 'accepted', 'payment_failed', 'withdrawn')
export const paymentMethods = all<OrderRow['payment_method']>()('invoice', 'card')
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
  'single_sign_on.manage',
  'offers.create',
  'offers.enable',
  'prices.manage',
  'subscriptions.create',
  'install_tokens.create',
  'holders.manage',
  'devices.delete',
  'licenses.assign',
  'licenses.manage',
  'billing.run',
  'clock.move',
  'mails.resend',
  'branding.edit',
  'keeping.edit',
  'subscriptions.end',
  'trials.edit',
  'file_policies.edit',
  'orders.place',
)
export const chargeModels = all<CreateOffer['charge_model']>()('committed', 'prepaid', 'active_use', 'peak')
export const licensedUnits = all<CreateOffer['unit']>()('user', 'device', 'gateway', 'domain', 'tenant')
export const peakMetrics = all<NonNullable<CreateOffer['metric']>>()('selected_size', 'used_storage', 'protected_users')
export const trialEndPolicies = all<NonNullable<CreateOffer['trial']>['end_policy']>()(
  'convert',
  'deactivate',
  'take_from_pool',
)
export const paymentModes = all<NonNullable<CreatePrice['period']>>()('monthly', 'annual')
export const licenseKinds = all<License['kind']>()('commercial', 'trial')
export const holderKinds = all<NonNullable<License['holder']>['kind']>()(
  'subscriber',
  'device',
  'gateway',
  'domain',
  'tenant',
)
